"""Conversation tests on fakes of the models: what is replayed, judged and counted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot import conversation_tests
from bot.conversation_checks import check, found
from bot.conversation_file import Expectation, read
from bot.conversation_tests import ConversationResult, by_kind, figures, to_dict
from bot.types import OFFER, Call, Reply, State
from knowledge.errors import DeskmateError
from knowledge.weights import silent
from tests.bot import procedure_shop
from tests.bot.conversations import CALLS, conversation, mind, step, write

Run = Callable[..., ConversationResult]
DOMAIN = procedure_shop.domain()
KETTLE = "how big is the kettle?"
NUMBER = step("cancel please", 'action = "ask"\nintent = "cancel_order"\nslot = "order_number"')
SURE = step("TW-240019", 'action = "ask"\nslot = "confirm"\nslots = { order_number = "TW-240019" }')


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run one conversation of these steps."""

    def ran(*steps: str, language: str = "en", more: str = "") -> ConversationResult:
        text = conversation("one", more + "".join(steps), language)
        tests = read([write(tmp_path, "a.toml", CALLS + text)])
        [result] = conversation_tests.run(tests, mind(), DOMAIN, silent)
        return result

    return ran


def last(result: ConversationResult) -> dict[str, Any]:
    return result.to_dict()["steps"][-1]["found"]


def wrong(result: ConversationResult) -> tuple[str, ...]:
    return result.steps[-1].wrong


def test_a_procedure_is_gone_through_with_stubbed_services(run: Run) -> None:
    done = 'action = "call"\nintent = "cancel_order"\nsays = ["done: tw-240019"]\nnever = "stays"'
    result = run(NUMBER, SURE, step("yes", done))
    assert result.ok, [each.wrong for each in result.steps]
    assert last(result)["action"] == "call"
    assert last(result)["slots"]["order_number"] == "TW-240019"


def test_a_service_that_is_down_leads_to_a_person_and_then_to_silence(run: Run) -> None:
    down = 'action = "hand_off"\nreason = "service_down"\nsays = "out of reach"'
    silent_after = step("hello??", 'action = "silent"\nnever = ["a"]')
    assert run(NUMBER, step("TW-240020", down), silent_after).ok
    again = run(NUMBER, step("TW-240020", down), step("hello??", 'action = "clarify"'))
    assert wrong(again) == ("action: expected clarify, found silent",)


def test_what_nobody_declared_is_not_found(run: Run) -> None:
    unknown = 'action = "ask"\nslot = "order_number"\nsays = "No order TW-999999"'
    assert run(NUMBER, step("TW-999999", unknown)).ok


def test_an_answer_in_between_leaves_the_question_open(run: Run) -> None:
    between = 'action = "answer"\nevidence = "holds 1.7 litres"\nslot = "order_number"'
    assert run(NUMBER, step(KETTLE, between), SURE).ok


def test_a_quote_is_found_in_either_script_and_its_source_told(run: Run) -> None:
    asked = step(
        "這盞燈亮多久？", 'action = "answer"\nevidence = "能亮 12 小时"\nsays = "能亮 12 小時"'
    )
    result = run(asked, language="zh")
    assert result.ok, wrong(result)
    assert [cited["passage_id"] for cited in last(result)["citations"]] == [2]


def test_while_nobody_is_there_the_customer_is_told_so(run: Run) -> None:
    wish = step(
        "a person!", 'action = "hand_off"\nreason = "requested"\nsays = "None of us is here"'
    )
    assert run(wish, more="after_hours = true\n").ok
    assert not run(wish).ok


def test_history_is_kept_as_the_log_keeps_it(run: Run) -> None:
    twice = [step("fjkdls jfkdl", f'action = "{what}"') for what in ("clarify", "hand_off")]
    assert run(*twice).ok


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ('action = "clarify"', "action: expected clarify, found answer"),
        ('action = ["ask", "call"]', "action: expected ask or call, found answer"),
        ('intent = "thanks"', "intent: expected thanks, found none"),
        ('slot = "email"', "slot: expected a question for email, found one for nothing"),
        ('slots = { email = "a@b.c" }', "slots: expected email = 'a@b.c', found None"),
        (
            'evidence = "9 litres"',
            "evidence: expected a quote of '9 litres', found 'The kettle holds 1.7 litres.'",
        ),
        ('reason = "complaint"', "reason: expected complaint, found none"),
        ('says = ["litres", "red"]', "says: expected 'red', found 'The kettle holds 1.7 litres.'"),
        ('never = "HOLDS"', "never: expected no 'HOLDS', found 'The kettle holds 1.7 litres.'"),
        (
            'parts = [{ action = "answer" }, { action = "ask" }]',
            "parts: expected 2 replies, found 1",
        ),
        (
            'parts = [{ action = "answer", reason = "legal" }]',
            "reason: reply 1: expected legal, found none",
        ),
    ],
)
def test_each_thing_expected_is_told_when_it_is_not_so(run: Run, expected: str, told: str) -> None:
    names_one = expected.startswith(("action", "parts"))
    given = expected if names_one else f'action = "answer"\n{expected}'
    assert wrong(run(step(KETTLE, given))) == (told,)


def test_several_things_of_a_message_are_judged_reply_by_reply(run: Run) -> None:
    both = "How big is the kettle? And how long do you need to deliver?"
    parts = (
        '{ action = "answer", evidence = "1.7" }, { action = "answer", intent = "delivery_time" }'
    )
    result = run(step(both, f'parts = [{parts}]\nsays = ["1.7", "2-4 days"]'))
    assert result.ok, wrong(result)
    assert [part["intent"] for part in last(result)["parts"]] == [None, "delivery_time"]


def test_a_reply_that_offers_what_was_kept_in_mind_asks_too(run: Run) -> None:
    after = State("c", "en", asked=OFFER, pending=("invoice",))
    came = found([Reply("Done. Shall we go on?", Call("cancel_order", "cancel", 0), "en")], after)
    for intent in ("invoice", "cancel_order"):
        expected = Expectation(action=("ask",), slot=OFFER, intent=intent)
        assert [each.wrong for each in check(expected, came)] == ["", "", ""]


def test_figures_count_conversations_steps_and_kinds(run: Run) -> None:
    right = run(NUMBER, SURE)
    bad = run(
        step(KETTLE, 'action = "answer"\nevidence = "9 litres"'),
        step("cancel", 'action = "clarify"'),
        step("fjkdls", 'action = ["ask", "hand_off"]'),
        step("a person", 'action = "hand_off"'),
    )
    counted = figures([right, bad])
    assert (counted.conversations, counted.conversations_right) == (2, 1)
    assert (counted.steps, counted.steps_right) == (6, 4)
    assert (counted.in_scope_steps, counted.rightly_answered) == (3, 2)
    assert counted.wrong_answers == 1
    assert by_kind([bad]) == {"action": (4, 3), "evidence": (1, 0)}


@pytest.mark.parametrize(
    ("expected", "is_wrong_answer"),
    [
        ('action = "clarify"', True),
        ('action = "answer"\nslot = "email"', False),
        ('action = "answer"\nnever = "litres"', True),
        ('action = "answer"\nevidence = "1.7"', False),
    ],
)
def test_an_answer_is_wrong_where_another_or_none_was_due(
    run: Run, expected: str, is_wrong_answer: bool
) -> None:
    assert run(step(KETTLE, expected)).steps[0].wrong_answer is is_wrong_answer


def test_asking_back_instead_of_answering_is_no_wrong_answer(run: Run) -> None:
    [only] = run(step("fjkdls", 'action = "answer"')).steps
    assert not only.ok
    assert not only.wrong_answer


def test_a_language_that_the_release_lacks_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, "a.toml", conversation("one", NUMBER, "zh"))
    with pytest.raises(DeskmateError, match=r"a\.toml: conversation one: expected a language .*zh"):
        conversation_tests.run(read([path]), mind("en"), DOMAIN, silent)


def test_json_holds_what_was_expected_and_found(run: Run) -> None:
    read_back = to_dict([run(step(KETTLE, 'action = "clarify"'))])
    [only] = read_back["conversations"]
    assert (only["id"], only["ok"]) == ("one", False)
    [only_step] = only["steps"]
    assert only_step["expected"] == {"action": ["clarify"]}
    assert only_step["found"]["text"] == "The kettle holds  1.7 litres."
    assert only_step["wrong"] == ["action: expected clarify, found answer"]
    assert read_back["figures"]["by_kind"] == {"action": {"n": 1, "right": 0}}
