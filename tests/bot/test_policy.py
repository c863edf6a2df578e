"""The answer ladder as two tables: state -> action, and action -> state after it."""

from typing import Any

import pytest

from bot.policy import advance, decide
from bot.types import (
    Action,
    Answer,
    Ask,
    Clarify,
    HandOff,
    Prediction,
    SmallTalk,
    State,
    Understanding,
)
from knowledge.types import Hit, Passage
from tests.bot.shop import shop

DOMAIN = shop()
THRESHOLD = 0.6
ORDER = {"order_number": "TW-204188"}
EMAIL = {"email": "ada@example.com"}


def hit(score: float, number: int = 1, title: str = "", body: str = "") -> Hit:
    title, body = title or f"Question {number}?", body or f"Answer {number}."
    return Hit(Passage(number, "faq", "en", title, title, body, "faq", True), score)


def sure(intent: str, confidence: float = 0.9, out_of_scope: float = 0.0) -> Prediction:
    """An intent that clears its threshold."""
    return Prediction(intent, confidence, ((intent, confidence),), out_of_scope, True)


def unsure(*ranking: tuple[str, float], out_of_scope: float = 0.0) -> Prediction:
    """Intents of which the best does not clear its threshold."""
    return Prediction(*ranking[0], ranking, out_of_scope, False)


def state(**changed: Any) -> State:
    return State("c", "en", **changed)


def asked(intent: str = "order_status", slot: str = "order_number", **changed: Any) -> State:
    return state(intent=intent, asked=slot, **changed)


def heard(prediction: Prediction | None = None, *hits: Hit, **slots: str) -> Understanding:
    return Understanding(prediction, hits, slots)


NOTHING = unsure(("greeting", 0.3), out_of_scope=0.9)
OFFER = unsure(("delivery_time", 0.5), ("refund_status", 0.3), out_of_scope=0.1)

LADDER: dict[str, tuple[State, Understanding, Action]] = {
    # 1. An intent accepted by its own threshold.
    "template": (state(), heard(sure("delivery_time")), Answer(intent="delivery_time")),
    "needs a slot": (state(), heard(sure("order_status")), Ask("order_status", "order_number")),
    "slot in the message": (
        state(),
        heard(sure("order_status"), **ORDER),
        Answer(intent="order_status"),
    ),
    "slot known from before": (
        state(slots=ORDER),
        heard(sure("order_status")),
        Answer(intent="order_status"),
    ),
    "person asked for": (
        state(),
        heard(sure("talk_to_human")),
        HandOff("requested", "talk_to_human"),
    ),
    "intent for a person": (state(), heard(sure("complaint")), HandOff("intent", "complaint")),
    "intent for a person needs a slot": (
        state(),
        heard(sure("refund_status")),
        Ask("refund_status", "order_number"),
    ),
    "intent for a person has its slot": (
        state(),
        heard(sure("refund_status"), **ORDER),
        HandOff("intent", "refund_status"),
    ),
    "small talk": (state(), heard(sure("greeting")), SmallTalk("greeting")),
    "small talk after a failure": (
        state(failures=1),
        heard(sure("greeting")),
        SmallTalk("greeting"),
    ),
    # 2. The best passage.
    "passage": (state(), heard(NOTHING, hit(0.6), hit(0.5, 2)), Answer(hits=(hit(0.6),))),
    "passage without an intent head": (state(), heard(None, hit(0.7)), Answer(hits=(hit(0.7),))),
    "passage after a failure": (
        state(failures=1),
        heard(NOTHING, hit(0.7)),
        Answer(hits=(hit(0.7),)),
    ),
    "passage for an intent the domain does not know": (
        state(),
        heard(sure("recycling"), hit(0.7)),
        Answer(hits=(hit(0.7),)),
    ),
    # Passage against template.
    "template more probable than passage": (
        state(),
        heard(sure("delivery_time", 0.9), hit(0.89)),
        Answer(intent="delivery_time"),
    ),
    "template as probable as passage": (
        state(),
        heard(sure("delivery_time", 0.9), hit(0.9)),
        Answer(intent="delivery_time"),
    ),
    "passage more probable than template": (
        state(),
        heard(sure("delivery_time", 0.9), hit(0.91)),
        Answer(hits=(hit(0.91),)),
    ),
    "template of a message perhaps out of scope": (
        state(),
        heard(sure("delivery_time", 0.9, out_of_scope=0.2), hit(0.75)),
        Answer(hits=(hit(0.75),)),
    ),
    "passage more probable but below its threshold": (
        state(),
        heard(sure("delivery_time", 0.5), hit(0.59)),
        Answer(intent="delivery_time"),
    ),
    "passage never beats a procedure": (
        state(),
        heard(sure("order_status", 0.7), hit(0.99)),
        Ask("order_status", "order_number"),
    ),
    "passage never beats a person": (
        state(),
        heard(sure("talk_to_human", 0.7), hit(0.99)),
        HandOff("requested", "talk_to_human"),
    ),
    "passage's own button, though it sounds like a procedure": (
        state(),
        heard(sure("order_status", 0.99), hit(1.0)),
        Answer(hits=(hit(1.0),)),
    ),
    "button of an intent with a passage of that name": (
        state(),
        heard(sure("talk_to_human", 1.0), hit(1.0)),
        HandOff("requested", "talk_to_human"),
    ),
    "question behind a greeting": (
        state(),
        heard(sure("greeting", 0.7), hit(0.9)),
        Answer(hits=(hit(0.9),)),
    ),
    # 4. A question back.
    "offer intents": (state(), heard(OFFER), Clarify(("delivery_time", "refund_status"))),
    "offer intents and passages": (
        state(),
        heard(OFFER, hit(0.59), hit(0.09, 2)),
        Clarify(("delivery_time", "refund_status"), (hit(0.59),)),
    ),
    "offer the three most probable": (
        state(),
        heard(OFFER, hit(0.55), hit(0.5, 2), hit(0.4, 3)),
        Clarify(("delivery_time",), (hit(0.55), hit(0.5, 2))),
    ),
    "offer no small talk, no person, nothing unknown": (
        state(),
        heard(unsure(("greeting", 0.4), ("talk_to_human", 0.3), ("recycling", 0.3)), hit(0.55)),
        Clarify((), (hit(0.55),)),
    ),
    "offer no text and no title twice": (
        state(),
        heard(
            None,
            hit(0.59, 1, "A?", "Yes."),
            hit(0.5, 2, "B?", "Yes."),
            hit(0.4, 3, "A?", "No."),
            hit(0.3, 4, "C?", "No."),
        ),
        Clarify((), (hit(0.59, 1, "A?", "Yes."), hit(0.3, 4, "C?", "No."))),
    ),
    "offer a passage that is as likely right as wrong": (
        state(),
        heard(None, hit(0.5), hit(0.1, 2)),
        Clarify((), (hit(0.5), hit(0.1, 2))),
    ),
    "offer intents by their probability with the scope's": (
        state(),
        heard(unsure(("delivery_time", 0.8), ("refund_status", 0.12), out_of_scope=0.25)),
        Clarify(("delivery_time",)),
    ),
    "offer nothing when the right one is hardly among it": (
        state(),
        heard(unsure(("delivery_time", 0.3), ("order_status", 0.2))),
        Clarify(),
    ),
    "offer nothing out of scope": (state(), heard(NOTHING), Clarify()),
    "offer nothing without an intent head": (state(), heard(None), Clarify()),
    # 5. A person.
    "second failure in a row": (state(failures=1), heard(OFFER), HandOff("failed_turns")),
    # A slot is asked for.
    "slot given": (asked(), heard(NOTHING, **ORDER), Answer(intent="order_status")),
    "slot given after a wrong one": (
        asked(failures=1),
        heard(NOTHING, **ORDER),
        Answer(intent="order_status"),
    ),
    "slot given for a person": (
        asked("refund_status"),
        heard(NOTHING, **ORDER),
        HandOff("intent", "refund_status"),
    ),
    "slot given, a passage found": (
        asked(),
        heard(NOTHING, hit(0.9), **ORDER),
        Answer(intent="order_status"),
    ),
    "slot given, number taken for another intent that needs it": (
        asked("refund_status"),
        heard(sure("order_status"), **ORDER),
        HandOff("intent", "refund_status"),
    ),
    "slot given with thanks": (
        asked(),
        heard(sure("thanks"), **ORDER),
        Answer(intent="order_status"),
    ),
    "slot given, but a person asked for": (
        asked(),
        heard(sure("talk_to_human"), **ORDER),
        HandOff("requested", "talk_to_human"),
    ),
    "slot given, but about something else": (
        asked(),
        heard(sure("delivery_time"), **ORDER),
        Answer(intent="delivery_time"),
    ),
    "slot given, the next one asked": (
        asked("invoice"),
        heard(NOTHING, **ORDER),
        Ask("invoice", "email"),
    ),
    "last of two slots given": (
        asked("invoice", "email", slots=ORDER),
        heard(NOTHING, **EMAIL),
        Answer(intent="invoice"),
    ),
    "the other of two slots given": (
        asked("invoice"),
        heard(NOTHING, **EMAIL),
        Ask("invoice", "order_number"),
    ),
    "the other of two slots given again": (
        asked("invoice", slots=EMAIL),
        heard(NOTHING, **EMAIL),
        Ask("invoice", "order_number", again=True),
    ),
    "slot missing": (asked(), heard(NOTHING), Ask("order_status", "order_number", again=True)),
    "slot missing, offers likely": (
        asked(),
        heard(OFFER),
        Ask("order_status", "order_number", again=True),
    ),
    "slot missing, intent repeated": (
        asked(),
        heard(sure("order_status")),
        Ask("order_status", "order_number", again=True),
    ),
    "slot missing, intent repeated, a passage found": (
        asked(),
        heard(sure("order_status"), hit(0.9)),
        Ask("order_status", "order_number", again=True),
    ),
    "slot missing, a passage's own question asked": (
        asked(),
        heard(sure("order_status"), hit(1.0)),
        Answer(hits=(hit(1.0),)),
    ),
    "slot missing twice": (
        asked(failures=1),
        heard(NOTHING),
        HandOff("failed_turns", "order_status"),
    ),
    "topic switched": (asked(), heard(sure("delivery_time")), Answer(intent="delivery_time")),
    "topic switched after a failure": (
        asked(failures=1),
        heard(sure("refund_status")),
        Ask("refund_status", "order_number"),
    ),
    "person asked for instead": (
        asked(),
        heard(sure("talk_to_human")),
        HandOff("requested", "talk_to_human"),
    ),
    "small talk in between": (asked(failures=1), heard(sure("thanks")), SmallTalk("thanks")),
    "question in between": (asked(), heard(NOTHING, hit(0.7)), Answer(hits=(hit(0.7),))),
    "question in between after a failure": (
        asked(failures=1),
        heard(OFFER, hit(0.7)),
        Answer(hits=(hit(0.7),)),
    ),
    "question in between that no passage answers": (
        asked(),
        heard(NOTHING, hit(0.59)),
        Ask("order_status", "order_number", again=True),
    ),
    # The domain was edited since the slot was asked for.
    "intent gone": (asked("gone"), heard(NOTHING), Clarify()),
    "slot no longer needed": (asked("delivery_time"), heard(NOTHING, **ORDER), Clarify()),
}


@pytest.mark.parametrize(("before", "understood", "action"), LADDER.values(), ids=LADDER)
def test_decide(before: State, understood: Understanding, action: Action) -> None:
    assert decide(before, understood, DOMAIN, THRESHOLD) == action


AFTER: dict[str, tuple[State, Action, Understanding, State]] = {
    "template": (
        asked(failures=1, cited=(3,)),
        Answer(intent="delivery_time"),
        heard(),
        state(intent="delivery_time"),
    ),
    "passage": (
        state(intent="delivery_time", failures=1, cited=(3,)),
        Answer(hits=(hit(0.9, 7), hit(0.8, 8))),
        heard(),
        state(cited=(7, 8)),
    ),
    "passage while a slot is asked": (
        asked(failures=1),
        Answer(hits=(hit(0.9, 7),)),
        heard(),
        asked(cited=(7,)),
    ),
    "slot asked": (
        state(intent="delivery_time", failures=1, cited=(3,)),
        Ask("order_status", "order_number"),
        heard(),
        asked(),
    ),
    "slot asked again": (
        asked(),
        Ask("order_status", "order_number", again=True),
        heard(),
        asked(failures=1),
    ),
    "slot given": (
        asked(slots=EMAIL, failures=1),
        Answer(intent="order_status"),
        heard(None, **ORDER),
        state(intent="order_status", slots={**EMAIL, **ORDER}),
    ),
    "slot corrected": (
        state(slots=ORDER),
        Answer(intent="order_status"),
        heard(None, order_number="TW-204189"),
        state(intent="order_status", slots={"order_number": "TW-204189"}),
    ),
    "question back": (
        asked(cited=(3,)),
        Clarify(("delivery_time",)),
        heard(),
        state(failures=1),
    ),
    "small talk": (
        asked(failures=1, cited=(3,)),
        SmallTalk("thanks"),
        heard(),
        asked(failures=1, cited=(3,)),
    ),
    "person": (
        asked(failures=1, cited=(3,)),
        HandOff("failed_turns", "order_status"),
        heard(),
        state(intent="order_status", status="waiting"),
    ),
}


@pytest.mark.parametrize(("before", "action", "understood", "after"), AFTER.values(), ids=AFTER)
def test_advance(before: State, action: Action, understood: Understanding, after: State) -> None:
    assert advance(before, action, understood) == after


def test_advance_keeps_language_topic_and_history() -> None:
    before = State("c", "zh", topic="多久到？", history=(("customer", "你好"),))
    after = advance(before, Clarify(), heard())
    assert (after.conversation_id, after.language) == ("c", "zh")
    assert (after.topic, after.history) == (before.topic, before.history)


def talk(*messages: Understanding) -> list[Action]:
    """The actions of a whole conversation."""
    now, actions = state(), []
    for understood in messages:
        actions.append(decide(now, understood, DOMAIN, THRESHOLD))
        now = advance(now, actions[-1], understood)
    return actions


def test_slot_may_still_be_given_after_a_question_in_between() -> None:
    actions = talk(
        heard(sure("order_status")),
        heard(NOTHING, hit(0.9)),
        heard(sure("thanks")),
        heard(NOTHING, **ORDER),
    )
    assert actions[1:] == [
        Answer(hits=(hit(0.9),)),
        SmallTalk("thanks"),
        Answer(intent="order_status"),
    ]


def test_two_failures_in_a_row_lead_to_a_person_whatever_is_chatted_in_between() -> None:
    assert talk(heard(NOTHING), heard(sure("greeting")), heard(NOTHING)) == [
        Clarify(),
        SmallTalk("greeting"),
        HandOff("failed_turns"),
    ]


def test_failures_that_are_not_in_a_row_do_not_add_up() -> None:
    helped = heard(sure("delivery_time"))
    assert talk(heard(NOTHING), helped, heard(NOTHING), helped, heard(NOTHING))[-1] == Clarify()


def test_message_repeated_for_ever_ends_with_a_person() -> None:
    for understood in (heard(NOTHING), heard(sure("order_status")), heard(OFFER, hit(0.5))):
        assert any(isinstance(action, HandOff) for action in talk(*[understood] * 4))
