"""Procedures: what comes next, what an answer means, what is sent and said."""

from dataclasses import replace
from typing import Any

import pytest

from bot import procedures
from bot.actions import CallResult
from bot.domain import Domain
from bot.types import CONFIRM, Action, Answer, Ask, Call, HandOff, State
from tests.bot.procedure_shop import CANCEL, LOOK_UP, REASON, SURE, domain, values
from tests.bot.shop import shop, texts

ORDER = {"order_number": "TW-240019"}
FOUND = {"state": {"name": "ordered"}, "total": 59.0, "items": [{"name": "Lantern"}]}
SHOP = domain()


def begun(**slots: str) -> State:
    return procedures.begin(State("c1", "en", slots=slots, results={"old": "1"}), "cancel_order")


def looked_up(
    fields: dict[str, Any] | None = None, status: int = 200, shop: Domain = SHOP
) -> tuple[State, Action]:
    found = CallResult(status, FOUND if fields is None else fields)
    return procedures.after_call(begun(**ORDER), Call("cancel_order", "look_up"), found, shop)


def answered(fields: dict[str, Any], step: str, status: int = 200) -> tuple[State, Action]:
    """The answer to `step` once the order was looked up and its cancelling confirmed."""
    state, _ = looked_up()
    state, call = procedures.confirmed(state, True, SHOP)
    assert call == Call("cancel_order", step)
    return procedures.after_call(state, call, CallResult(status, fields), SHOP)


def said(state: State, action: Action, shop: Domain = SHOP) -> str | None:
    text = procedures.text(action, shop, "en")
    return text and shop.fill(text, "en", procedures.known(state))


def test_a_procedure_first_asks_for_the_slots_of_its_intent() -> None:
    assert procedures.proceed(begun(), SHOP) == Ask("cancel_order", "order_number")


def test_beginning_forgets_what_an_earlier_procedure_found_out() -> None:
    assert begun().results == {}


def test_with_its_slots_it_calls() -> None:
    assert procedures.proceed(begun(**ORDER), SHOP) == Call("cancel_order", "look_up")


def test_an_answer_is_saved_and_leads_to_the_next_step() -> None:
    state, action = looked_up()
    assert state.results == {"status": "ordered", "total": "59", "item": "Lantern"}
    assert action == Ask("cancel_order", CONFIRM, step="sure")
    assert said(state, action) == "Cancel TW-240019 (Lantern)?"


def test_after_a_digression_the_confirmation_is_asked_for_again() -> None:
    state, action = looked_up()
    assert procedures.proceed(state, SHOP) == action


def test_a_yes_calls_and_a_no_ends_with_what_is_said_then() -> None:
    state, _ = looked_up()
    assert procedures.confirmed(state, True, SHOP)[1] == Call("cancel_order", "cancel")
    over, action = procedures.confirmed(state, False, SHOP)
    assert over.step is None
    assert said(over, action) == "It stays"


def test_a_yes_to_a_confirmation_that_the_domain_no_longer_has_confirms_nothing() -> None:
    state, _ = looked_up()
    changed = domain(LOOK_UP, {**SURE, "name": "really"}, CANCEL)
    assert procedures.confirmed(state, True, changed)[1] == Call("cancel_order", "look_up")


@pytest.mark.parametrize(("status", "text"), [(200, "Done: TW-240019"), (410, "Too late")])
def test_an_outcome_that_says_something_ends_the_procedure(status: int, text: str) -> None:
    state, action = answered({}, "cancel", status)
    assert state.step is None
    assert isinstance(action, Call)
    assert said(state, action) == text


def test_an_outcome_by_a_saved_field_ends_the_procedure() -> None:
    state, action = looked_up({**FOUND, "state": {"name": "shipped"}})
    assert action == Call("cancel_order", "look_up", outcome=1)
    assert said(state, action) == "It is shipped"


@pytest.mark.parametrize("total", [500.01, "1,596", None, "nan"])
def test_an_amount_above_the_limit_or_none_at_all_goes_to_a_person(total: Any) -> None:
    _, action = looked_up({**FOUND, "total": total})
    assert isinstance(action, HandOff)
    # Without the amount the text about it cannot be filled, and nothing is cancelled either.
    assert action.reason == ("amount" if total else "service_down")


def test_the_amount_at_the_limit_goes_on() -> None:
    assert looked_up({**FOUND, "total": 500})[1] == Ask("cancel_order", CONFIRM, step="sure")


def test_what_is_not_found_is_asked_for_again_with_its_old_value_in_the_text() -> None:
    state, action = looked_up({}, 404)
    assert action == Ask("cancel_order", "order_number", step="look_up", outcome=0)
    assert "order_number" not in state.slots
    assert said(state, action) == "No order TW-240019"
    assert procedures.proceed(state, SHOP) == Ask("cancel_order", "order_number")
    given = replace(state, slots={"order_number": "TW-1"})
    assert procedures.proceed(given, SHOP) == Call("cancel_order", "look_up")
    assert procedures.known(given)["order_number"] == "TW-1"


@pytest.mark.parametrize(
    "result", [CallResult(problem="no answer in time"), CallResult(500), CallResult(403, FOUND)]
)
def test_what_failed_or_is_not_provided_for_goes_to_a_person(result: CallResult) -> None:
    call = Call("cancel_order", "look_up")
    state, action = procedures.after_call(begun(**ORDER), call, result, SHOP)
    assert action == HandOff("service_down", "cancel_order", "look_up")
    assert said(state, action) == "Orders of Tidewick are out of reach"
    assert state.step is None


def test_a_confirmation_that_names_what_the_answer_lacks_goes_to_a_person() -> None:
    _, action = looked_up({**FOUND, "items": []})
    assert action == HandOff("service_down", "cancel_order", "sure")


def test_a_corrected_slot_goes_back_to_the_beginning() -> None:
    state, _ = looked_up()
    corrected = procedures.restarted(state, {"order_number": "TW-240020"}, SHOP)
    assert corrected.results == {}
    assert corrected.slots == {"order_number": "TW-240020"}
    assert procedures.proceed(corrected, SHOP) == Call("cancel_order", "look_up")


def test_a_step_asks_in_its_own_words_but_not_when_it_asks_again() -> None:
    shop = domain(LOOK_UP, REASON, SURE, CANCEL)
    state, action = looked_up(shop=shop)
    assert action == Ask("cancel_order", "email", step="reason")
    assert said(state, action, shop) == "Where do we write to?"
    assert procedures.text(replace(action, again=True), shop, "en") is None
    given = replace(state, slots={**state.slots, "email": "a@example.com"})
    assert procedures.proceed(given, shop) == Ask("cancel_order", CONFIRM, step="sure")


def test_what_only_a_procedure_had_use_for_is_forgotten_but_may_still_be_named() -> None:
    given = values(LOOK_UP, {**REASON, "slots": ["why"]}, SURE, CANCEL)
    given["slots"]["why"] = {"type": "text", "ask": texts("?", "？"), "ask_again": texts("?", "？")}
    made = shop(given)
    state, _ = looked_up(shop=made)
    state = replace(state, slots={**state.slots, "why": "too big", "email": "a@example.com"})
    over, _ = procedures.confirmed(state, False, made)
    assert over.slots == {**ORDER, "email": "a@example.com"}
    assert procedures.known(over)["why"] == "too big"


def test_an_intent_may_ask_for_its_first_slot_in_its_own_words() -> None:
    made = domain(ask=texts("Which one of {shop}?", "哪一个？"))
    asking = procedures.proceed(begun(), made)
    assert said(begun(), asking, made) == "Which one of Tidewick?"
    assert procedures.text(Ask("cancel_order", "order_number", again=True), made, "en") is None


def test_a_confirmation_is_found_from_the_question_before_it() -> None:
    shop = domain(LOOK_UP, REASON, SURE, CANCEL)
    asking = Ask("cancel_order", CONFIRM, again=True, step="reason")
    assert procedures.text(asking, shop, "en") == "Cancel {order_number} ({item})?"


def test_an_outcome_may_lead_to_another_step() -> None:
    goes = {**LOOK_UP, "outcomes": [{"when": {"status": ["ordered"]}, "go": "bye"}]}
    shop = domain(goes, SURE, CANCEL, {"name": "bye", "say": texts("{item} it is", "{item}")})
    state, action = looked_up(shop=shop)
    assert action == Call("cancel_order", "bye", outcome=0)
    assert said(state, action, shop) == "Lantern it is"
    assert state.step is None


def test_after_its_last_step_a_procedure_replies_with_what_it_saved() -> None:
    shop = domain(LOOK_UP, reply=texts("{item}: {status}", "{item}"))
    state, action = looked_up(shop=shop)
    assert action == Answer(intent="cancel_order")
    assert shop.fill("{item}: {status}", "en", procedures.known(state)) == "Lantern: ordered"


def test_without_a_reply_an_answer_not_provided_for_goes_to_a_person() -> None:
    assert looked_up(shop=domain(LOOK_UP))[1] == HandOff("service_down", "cancel_order", "look_up")


def test_a_hand_off_intent_goes_to_a_person_after_its_steps() -> None:
    shop = domain(LOOK_UP, kind="hand_off", reason="complaint")
    assert looked_up(shop=shop)[1] == HandOff("complaint", "cancel_order")


def test_an_intent_without_steps_is_answered() -> None:
    state = procedures.begin(State("c1", "en"), "delivery_time")
    assert procedures.proceed(state, SHOP) == Answer(intent="delivery_time")


def test_the_slots_of_an_intent_are_those_of_its_steps_too() -> None:
    shop = domain(LOOK_UP, REASON, SURE, CANCEL)
    assert procedures.slots_of("cancel_order", shop) == ("order_number", "email")
    assert procedures.slots_of("no_such_intent", shop) == ()


def request(number: str, step: str = "look_up", **changed: Any) -> Any:
    state = replace(begun(order_number=number), **changed)
    return procedures.request(state, Call("cancel_order", step), SHOP)


@pytest.mark.parametrize(
    ("number", "path"),
    [
        ("TW-1", "/orders/TW-1"),
        ("1/../2?a=b#c %41&", "/orders/1%2F..%2F2%3Fa%3Db%23c%20%2541%26"),
        ("订单", "/orders/%E8%AE%A2%E5%8D%95"),
        ("{shop}", "/orders/%7Bshop%7D"),
        ("\ud83d", "/orders/%3F"),
    ],
)
def test_slot_values_stay_inside_their_part_of_the_path(number: str, path: str) -> None:
    assert request(number).path == path


def test_a_body_is_filled_as_it_is() -> None:
    sent = request('1"/', "cancel")
    assert sent.body == {"by": "customer", "order": ['1"/'], "times": 1}
    assert (sent.method, sent.repeatable) == ("POST", True)


def test_the_key_is_the_same_only_for_the_same_turn() -> None:
    key = request("1", "cancel").key
    assert key == request("1", "cancel", results={"status": "ordered"}).key
    others = [
        request("2", "cancel"),
        request("1"),
        request("1", "cancel", conversation_id="c2"),
        request("1", "cancel", history=(("customer", "again, please"),)),
    ]
    assert key not in {one.key for one in others}
