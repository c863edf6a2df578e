"""The policy as tables: state -> action, state -> place of the procedure, action -> state after."""

from typing import Any

import pytest

from bot.policy import advance, decide
from bot.types import (
    CONFIRM,
    OFFER,
    Action,
    Answer,
    Ask,
    Call,
    Clarify,
    HandOff,
    Prediction,
    SmallTalk,
    State,
    Understanding,
)
from knowledge.types import Hit, Passage
from tests.bot.procedure_shop import domain
from tests.bot.shop import intent, shop, shop_values, texts

DOMAIN = domain()
THRESHOLD = 0.6
ORDER = {"order_number": "TW-204188"}
OTHER_ORDER = {"order_number": "TW-204199"}
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


def said(prediction: Prediction | None = None, **more: Any) -> Understanding:
    """What rules on the wording found besides an intent."""
    return Understanding(prediction, **more)


def confirming(**changed: Any) -> State:
    """The order was looked up; whether to cancel it is asked."""
    known = {"slots": ORDER, "results": {"item": "Lantern"}, "step": "sure", **changed}
    return asked("cancel_order", CONFIRM, **known)


def offered(*pending: str, **changed: Any) -> State:
    return asked("delivery_time", OFFER, pending=pending, **changed)


NOTHING = unsure(("greeting", 0.3), out_of_scope=0.9)
LIKELY = unsure(("delivery_time", 0.5), ("refund_status", 0.3), out_of_scope=0.1)

LADDER: dict[str, tuple[State, Understanding, Action]] = {
    # 1. An intent accepted by its own threshold.
    "template": (state(), heard(sure("delivery_time")), Answer(intent="delivery_time")),
    "needs a slot": (state(), heard(sure("order_status")), Ask("order_status", "order_number")),
    "slot in the message": (
        state(),
        heard(sure("order_status"), **ORDER),
        Answer(intent="order_status"),
    ),
    "another order than the known one": (
        state(slots=ORDER),
        said(sure("order_status"), another=True),
        Ask("order_status", "order_number"),
    ),
    "another order, named": (
        state(slots=ORDER),
        said(sure("order_status"), another=True, slots=OTHER_ORDER),
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
    "some small talk, but not surely which": (
        state(),
        heard(unsure(("thanks", 0.45), ("greeting", 0.4), out_of_scope=0.1)),
        SmallTalk("thanks"),
    ),
    "perhaps small talk": (
        state(),
        heard(unsure(("thanks", 0.45), ("delivery_time", 0.4), out_of_scope=0.1)),
        Clarify(),
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
    # Passage against procedure and template.
    "question about a procedure": (
        state(),
        said(sure("cancel_order", 0.7), hits=(hit(0.9),), asks=True),
        Answer(hits=(hit(0.9),)),
    ),
    "question about a procedure, not much surer": (
        state(),
        said(sure("cancel_order", 0.7), hits=(hit(0.8),), asks=True),
        Ask("cancel_order", "order_number"),
    ),
    "question that brings what the procedure needs": (
        state(),
        said(sure("order_status", 0.7), hits=(hit(0.9),), asks=True, slots=ORDER),
        Answer(intent="order_status"),
    ),
    "question that begins a procedure": (
        state(),
        said(sure("cancel_order", 0.9), hits=(hit(0.8),), asks=True),
        Ask("cancel_order", "order_number"),
    ),
    "wish for a procedure": (
        state(),
        said(sure("cancel_order", 0.7), hits=(hit(0.8),)),
        Ask("cancel_order", "order_number"),
    ),
    "question for a person": (
        state(),
        said(sure("talk_to_human", 0.7), hits=(hit(0.8),), asks=True),
        HandOff("requested", "talk_to_human"),
    ),
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
    "offer intents": (state(), heard(LIKELY), Clarify(("delivery_time", "refund_status"))),
    "offer intents and passages": (
        state(),
        heard(LIKELY, hit(0.59), hit(0.09, 2)),
        Clarify(("delivery_time", "refund_status"), (hit(0.59),)),
    ),
    "offer the three most probable": (
        state(),
        heard(LIKELY, hit(0.55), hit(0.5, 2), hit(0.4, 3)),
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
    "second failure in a row": (state(failures=1), heard(LIKELY), HandOff("failed_turns")),
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
        heard(LIKELY),
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
        heard(LIKELY, hit(0.7)),
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
    "step gone, slot still needed": (
        asked(step="gone"),
        heard(NOTHING),
        Ask("order_status", "order_number", again=True),
    ),
    "confirmation gone": (confirming(step="gone"), said(NOTHING, yes=True), Clarify()),
    "confirmation of an intent without steps": (
        asked("order_status", CONFIRM, slots=ORDER),
        said(NOTHING, yes=True),
        Clarify(),
    ),
    "what was offered is gone": (offered("gone"), said(NOTHING, yes=True), Clarify()),
    # 0. A person, whatever else is understood.
    "grave words": (
        asked(),
        said(sure("delivery_time"), urgent="legal"),
        HandOff("legal", "order_status"),
    ),
    "grave words with what was asked for": (
        asked(),
        said(NOTHING, urgent="safety", slots=ORDER),
        HandOff("safety", "order_status"),
    ),
    "a person wanted in so many words": (
        asked(),
        said(NOTHING, urgent="requested"),
        HandOff("requested", "talk_to_human"),
    ),
    # A procedure.
    "procedure begins": (
        state(),
        heard(sure("cancel_order")),
        Ask("cancel_order", "order_number"),
    ),
    "procedure has all it needs": (
        state(),
        heard(sure("cancel_order"), **ORDER),
        Call("cancel_order", "look_up"),
    ),
    "confirmed": (confirming(), said(NOTHING, yes=True), Call("cancel_order", "cancel")),
    "not confirmed": (
        confirming(),
        said(NOTHING, yes=False),
        Call("cancel_order", "sure", outcome=0),
    ),
    "neither yes nor no": (
        confirming(),
        heard(NOTHING),
        Ask("cancel_order", CONFIRM, again=True, step="sure"),
    ),
    "neither yes nor no twice": (
        confirming(failures=1),
        heard(NOTHING),
        HandOff("failed_turns", "cancel_order"),
    ),
    "the same order is no yes": (
        confirming(),
        heard(NOTHING, **ORDER),
        Ask("cancel_order", CONFIRM, again=True, step="sure"),
    ),
    "yes, but another order": (
        confirming(),
        said(NOTHING, yes=True, slots=OTHER_ORDER),
        Call("cancel_order", "look_up"),
    ),
    "a question instead of a yes": (
        confirming(),
        heard(sure("delivery_time")),
        Answer(intent="delivery_time"),
    ),
    "given up": (confirming(), said(NOTHING, gives_up=True), SmallTalk("stopped")),
    "given up for a question that a passage answers": (
        confirming(),
        said(NOTHING, hits=(hit(0.9),), gives_up=True, asks=True),
        Answer(hits=(hit(0.9),)),
    ),
    "given up for a question that nothing answers": (
        confirming(),
        said(NOTHING, gives_up=True, asks=True),
        SmallTalk("stopped"),
    ),
    "put right without a value, taken for another matter with that value": (
        confirming(),
        said(sure("order_status"), corrects=True),
        Ask("cancel_order", "order_number"),
    ),
    "put right with a wish for something else": (
        confirming(),
        said(sure("delivery_time"), corrects=True, wishes=True),
        Answer(intent="delivery_time"),
    ),
    "given up while a slot is asked": (
        asked(),
        said(sure("delivery_time"), gives_up=True),
        SmallTalk("stopped"),
    ),
    "nothing to give up": (state(), said(NOTHING, gives_up=True), Clarify()),
    "taken back without another value": (
        confirming(),
        said(NOTHING, corrects=True),
        Ask("cancel_order", "order_number"),
    ),
    "value refused": (
        asked(),
        said(NOTHING, refused={"order_number": "format"}, given={"order_number": "TW-1"}),
        Ask("order_status", "order_number", again=True, problem="format", given="TW-1"),
    ),
    "value of another slot refused": (
        asked(),
        said(NOTHING, refused={"email": "format"}, given={"email": "ada@"}),
        Ask("order_status", "order_number", again=True),
    ),
    "value refused, but about something else": (
        asked(),
        said(sure("delivery_time"), refused={"order_number": "format"}),
        Answer(intent="delivery_time"),
    ),
    "another order once it is over": (
        state(intent="order_status", slots=ORDER),
        heard(NOTHING, **OTHER_ORDER),
        Answer(intent="order_status"),
    ),
    "the same order once it is over": (
        state(intent="order_status", slots=ORDER),
        heard(NOTHING, **ORDER),
        Clarify(),
    ),
    # A procedure kept in mind is offered.
    "offer accepted": (
        offered("cancel_order"),
        said(NOTHING, yes=True, slots=ORDER),
        Call("cancel_order", "look_up"),
    ),
    "offer named": (
        offered("cancel_order"),
        heard(sure("cancel_order")),
        Ask("cancel_order", "order_number"),
    ),
    "offer declined": (offered("cancel_order"), said(NOTHING, yes=False), SmallTalk("declined")),
    "offer given up": (
        offered("cancel_order"),
        said(NOTHING, gives_up=True),
        SmallTalk("declined"),
    ),
    "offer ignored": (
        offered("cancel_order"),
        heard(sure("invoice")),
        Ask("invoice", "order_number"),
    ),
    "offer not understood": (offered("cancel_order"), heard(NOTHING), Clarify()),
}


@pytest.mark.parametrize(("before", "understood", "action"), LADDER.values(), ids=LADDER)
def test_decide(before: State, understood: Understanding, action: Action) -> None:
    assert decide(before, understood, DOMAIN, THRESHOLD)[1] == action


@pytest.mark.parametrize(("score", "answered"), [(1.0, True), (0.999, False)])
def test_a_passages_own_question_is_answered_though_no_score_reaches_the_threshold(
    score: float, answered: bool
) -> None:
    _, action = decide(state(), heard(NOTHING, hit(score)), DOMAIN, 1.01)
    assert isinstance(action, Answer) is answered


PLACES: dict[str, tuple[State, Understanding, State]] = {
    "answer": (asked(), heard(sure("delivery_time")), asked()),
    "procedure begins": (
        state(results={"item": "Lantern"}),
        heard(sure("cancel_order"), **ORDER),
        state(intent="cancel_order", slots=ORDER, step=""),
    ),
    "slot given": (
        asked("invoice", step=""),
        heard(NOTHING, **ORDER),
        state(intent="invoice", slots=ORDER),
    ),
    "another order": (
        confirming(),
        heard(NOTHING, **OTHER_ORDER),
        state(intent="cancel_order", slots=OTHER_ORDER, step=""),
    ),
    "taken back": (
        confirming(),
        said(NOTHING, corrects=True),
        state(intent="cancel_order", step=""),
    ),
    "another procedure, the first kept in mind": (
        asked("order_status", pending=("invoice",)),
        heard(sure("cancel_order")),
        state(intent="cancel_order", step="", pending=("invoice", "order_status")),
    ),
    "back to the one kept in mind": (
        asked("order_status", pending=("cancel_order",)),
        heard(sure("cancel_order")),
        state(intent="cancel_order", step="", pending=("order_status",)),
    ),
    "another procedure instead of the first": (
        asked(),
        said(sure("cancel_order"), corrects=True, asks=True),
        state(intent="cancel_order", step=""),
    ),
    "another procedure, with what was told before it": (
        asked(slots=EMAIL),
        heard(sure("cancel_order")),
        state(intent="cancel_order", slots=EMAIL, step="", pending=("order_status",), kept=EMAIL),
    ),
    "offer accepted with what was told with it": (
        offered("cancel_order", slots={**OTHER_ORDER, **EMAIL}, kept=ORDER),
        said(NOTHING, yes=True),
        state(intent="cancel_order", slots={**ORDER, **EMAIL}, step="", kept=ORDER),
    ),
    "offer accepted, but nothing was told with it": (
        offered("cancel_order", slots={**OTHER_ORDER, **EMAIL}),
        said(NOTHING, yes=True),
        state(intent="cancel_order", slots=EMAIL, step=""),
    ),
    "offer accepted, the next one still in mind": (
        offered("cancel_order", "invoice"),
        said(NOTHING, yes=True),
        state(intent="cancel_order", step="", pending=("invoice",)),
    ),
    "offer declined": (
        offered("cancel_order", "invoice"),
        said(NOTHING, yes=False),
        asked("delivery_time", OFFER),
    ),
    "offer ignored": (
        offered("cancel_order"),
        heard(sure("delivery_time")),
        state(intent="delivery_time"),
    ),
    "step gone": (asked(step="gone"), heard(NOTHING), asked(step="")),
    "one kept in mind is gone": (
        asked(pending=("gone", "invoice")),
        heard(NOTHING),
        asked(pending=("invoice",)),
    ),
    "question gone": (
        asked("delivery_time"),
        heard(sure("delivery_time")),
        state(intent="delivery_time"),
    ),
}


@pytest.mark.parametrize(("before", "understood", "after"), PLACES.values(), ids=PLACES)
def test_decide_keeps_the_place_of_procedures(
    before: State, understood: Understanding, after: State
) -> None:
    assert decide(before, understood, DOMAIN, THRESHOLD)[0] == after


AFTER: dict[str, tuple[State, Action, Understanding, State]] = {
    "template": (
        state(intent="order_status", failures=1, cited=(3,), step=""),
        Answer(intent="delivery_time"),
        heard(),
        state(intent="delivery_time", cited=(3,)),
    ),
    "template while a slot is asked": (
        asked(failures=1, cited=(3,), step=""),
        Answer(intent="delivery_time"),
        heard(),
        asked(cited=(3,), step=""),
    ),
    "template, another procedure kept in mind": (
        state(intent="order_status", step="", pending=("invoice",)),
        Answer(intent="order_status"),
        heard(),
        state(intent="order_status", asked=OFFER, pending=("invoice",)),
    ),
    "procedure over": (
        state(intent="cancel_order", failures=1, cited=(3,), results={"item": "Lantern"}),
        Call("cancel_order", "cancel", outcome=0),
        heard(),
        state(intent="cancel_order", cited=(3,), results={"item": "Lantern"}),
    ),
    "procedure over, another kept in mind": (
        state(intent="cancel_order", pending=("invoice", "order_status")),
        Call("cancel_order", "cancel", outcome=0),
        heard(),
        state(intent="cancel_order", asked=OFFER, pending=("invoice", "order_status")),
    ),
    "passage": (
        state(intent="delivery_time", failures=1, cited=(3,)),
        Answer(hits=(hit(0.9, 7), hit(0.8, 8))),
        heard(),
        state(cited=(3, 7, 8)),
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
        asked(cited=(3,)),
    ),
    "slot asked again": (
        asked(),
        Ask("order_status", "order_number", again=True),
        heard(),
        asked(failures=1),
    ),
    "confirmation asked": (
        state(intent="cancel_order", slots=ORDER, step="sure"),
        Ask("cancel_order", CONFIRM, step="sure"),
        heard(),
        confirming(results={}),
    ),
    "question back": (
        asked(cited=(3,)),
        Clarify(("delivery_time",)),
        heard(),
        state(failures=1, cited=(3,)),
    ),
    "small talk": (
        asked(failures=1, cited=(3,)),
        SmallTalk("thanks"),
        heard(),
        asked(failures=1, cited=(3,)),
    ),
    "given up": (
        confirming(failures=1, pending=("invoice",)),
        SmallTalk("stopped"),
        heard(),
        state(slots=ORDER, results={"item": "Lantern"}, pending=("invoice",)),
    ),
    "offer declined": (
        asked("delivery_time", OFFER, failures=1),
        SmallTalk("declined"),
        heard(),
        state(),
    ),
    "bad mood": (
        state(negatives=1),
        SmallTalk("thanks"),
        said(mood="negative"),
        state(negatives=2),
    ),
    "bad mood over": (
        state(negatives=2),
        SmallTalk("thanks"),
        said(mood="neutral"),
        state(),
    ),
    "person": (
        asked(failures=1, cited=(3,)),
        HandOff("failed_turns", "order_status"),
        heard(),
        state(intent="order_status", status="waiting", cited=(3,)),
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
        now, action = decide(now, understood, DOMAIN, THRESHOLD)
        now = advance(now, action, understood)
        actions.append(action)
    return actions


@pytest.mark.parametrize("understood", [LIKELY, NOTHING, sure("delivery_time")])
def test_what_was_told_before_anything_needed_it_is_remembered(understood: Prediction) -> None:
    after, _ = decide(state(), heard(understood, **ORDER), DOMAIN, THRESHOLD)
    assert after.slots == ORDER


def test_value_told_with_another_question_is_no_answer_to_the_open_one() -> None:
    after, _ = decide(asked(), heard(sure("delivery_time"), **ORDER), DOMAIN, THRESHOLD)
    assert after.slots == {}


CHOICE = shop(
    shop_values(
        slots__reason={
            "type": "choice",
            "ask": texts("Why?", "为什么？"),
            "ask_again": texts("Why?", "为什么？"),
            "choices": {
                "faulty": {"en": ["It is broken"], "zh": ["坏了"]},
                "other": {"en": ["Another"], "zh": ["其他"]},
            },
        },
        intents__return_item=intent(
            texts("Return it", "退货"), texts("On with it", "好的"), slots=["reason"]
        ),
    )
)


@pytest.mark.parametrize("taken_for", ["delivery_time", "complaint", "refund_status"])
def test_choice_that_sounds_like_another_matter_is_the_answer(taken_for: str) -> None:
    understood = heard(sure(taken_for), reason="faulty")
    _, action = decide(asked("return_item", "reason"), understood, CHOICE, THRESHOLD)
    assert action == Answer(intent="return_item")


@pytest.mark.parametrize("wording", [{"asks": True}, {"wishes": True}])
def test_question_that_holds_a_choice_leads_elsewhere(wording: dict[str, bool]) -> None:
    understood = said(sure("delivery_time"), slots={"reason": "faulty"}, **wording)
    _, action = decide(asked("return_item", "reason"), understood, CHOICE, THRESHOLD)
    assert action == Answer(intent="delivery_time")


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
    for understood in (heard(NOTHING), heard(sure("order_status")), heard(LIKELY, hit(0.5))):
        assert any(isinstance(action, HandOff) for action in talk(*[understood] * 4))
