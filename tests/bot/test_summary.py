from dataclasses import replace
from typing import Any

import pytest

from bot.summary import LONGEST, MOST, Summary, decode_summary, encode_summary, summarise
from bot.talk import Talk
from bot.types import (
    Action,
    Answer,
    Ask,
    Call,
    Clarify,
    HandOff,
    Option,
    Prediction,
    Reply,
    SmallTalk,
    State,
    Turn,
)
from knowledge.types import Language
from tests.bot.log_samples import HIT, turn
from tests.bot.shop import shop

WHERE = "Where is my parcel?"
FAILED = HandOff("failed_turns")


def said(text: str, action: Action | None, intent: str | None = None, *options: str) -> Turn:
    """A turn in which the bot did `action` (None: it was silent) and took `intent` for sure."""
    prediction = Prediction(intent, 0.9, ((intent, 0.9),), 0.0, True) if intent else None
    offered = tuple(Option(text, text) for text in options)
    reply = Reply("-", action, "en", options=offered) if action else None
    return turn("c1", text, reply=reply, prediction=prediction, hits=())


def summed(*turns: Turn, language: Language = "en", **more: Any) -> Summary:
    numbered = [replace(one, id=number) for number, one in enumerate(turns, 1)]
    state = State("c1", language, slots=more.pop("slots", {}))
    return summarise(Talk(numbered, state, domain=shop(), **more))


def test_summary_of_nothing_is_empty() -> None:
    assert summed() == Summary()


def test_wants_is_the_topics_name_and_the_customers_words() -> None:
    found = summed(said(WHERE, Ask("order_status", "order_number")), said("A person!", FAILED))
    assert found.wants == "Where is my order: A person!"
    asked = summed(said(WHERE, Ask("order_status", "order_number")))
    assert asked.wants == f"Where is my order: {WHERE}"


ASKED = Ask("order_status", "order_number")


def test_matter_that_a_call_settled_is_answered() -> None:
    found = summed(said(WHERE, ASKED), said("TW-204188", Call("order_status", "look_up", 0)))
    assert (found.tried, found.open_questions) == (("Where is my order?",), ())
    other = summed(said(WHERE, ASKED), said("How long?", Call("invoice", "look_up", 0)))
    assert (other.tried, other.open_questions) == (("Send an invoice",), (WHERE,))


def test_what_a_call_told_and_the_customer_rejected_stays_open() -> None:
    turns = (said(WHERE, ASKED), said("TW-204188", Call("order_status", "look_up", 0)))
    assert summed(*turns, rejected=(2,)).open_questions == (WHERE,)


def test_matter_that_the_customer_gave_up_is_not_open() -> None:
    assert summed(said(WHERE, ASKED), said("forget it", SmallTalk("stopped"))).open_questions == ()
    assert summed(said(WHERE, ASKED), said("thanks", SmallTalk("thanks"))).open_questions == (
        WHERE,
    )


def test_message_of_several_things_is_open_once() -> None:
    both = "Refund? And the parcel?"
    found = summed(
        said(both, Answer("delivery_time")),
        said(both, Clarify()),
        said(both, ASKED),
        said("?", FAILED),
    )
    assert found.tried == ("How long delivery takes",)
    assert found.open_questions == (both, "?")


def test_name_of_a_topic_is_left_out_where_the_customer_used_its_words() -> None:
    asked = summed(said("where is my order", Ask("order_status", "order_number")))
    assert asked.wants == "where is my order"


def test_summary_is_in_the_language_of_the_conversation() -> None:
    found = summed(
        said("多久到？", Answer("delivery_time")), said("退款呢？", FAILED), language="zh"
    )
    asked = summed(said("多久到？", Answer("delivery_time")), language="zh")
    assert asked.wants == "多久能送到：多久到？"
    assert found.wants == "退款呢？"
    assert found.tried == ("多久能送到",)
    assert found.open_questions == ("退款呢？",)


@pytest.mark.parametrize(
    "asking",
    [
        said("I want a person", HandOff("requested", "talk_to_human"), "talk_to_human"),
        said("Talk to a person", FAILED),
        said("None of these", Clarify()),
        said("Thanks", SmallTalk("thanks"), "thanks"),
    ],
)
def test_buttons_greetings_and_the_wish_for_a_person_are_not_what_is_wanted(asking: Turn) -> None:
    found = summed(said(WHERE, Clarify()), asking)
    assert found.wants == WHERE
    assert found.open_questions == (WHERE,)


def test_value_of_a_slot_is_no_question_and_its_answer_was_tried() -> None:
    found = summed(
        said(WHERE, Ask("order_status", "order_number"), "order_status"),
        said("TW-123456", Answer("order_status"), "order_status"),
        slots={"order_number": "TW-123456"},
    )
    assert found.wants == f"Where is my order: {WHERE}"
    assert found.tried == ("Where is my order?",)
    assert found.open_questions == ()
    assert found.slots == {"order_number": "TW-123456"}


def test_question_whose_slot_never_came_is_open() -> None:
    found = summed(
        said(WHERE, Ask("order_status", "order_number"), "order_status"),
        said("Talk to a person", HandOff("requested", "talk_to_human")),
    )
    assert found.open_questions == (WHERE,)


def test_passage_that_was_given_is_named_by_its_title() -> None:
    assert summed(said("Can I return it?", Answer(hits=(HIT,)))).tried == ("Returns",)


def test_rejected_answer_was_tried_and_its_question_is_open() -> None:
    found = summed(said("Can I return it?", Answer(hits=(HIT,))), rejected={1})
    assert found.tried == ("Returns",)
    assert found.open_questions == ("Can I return it?",)


def test_question_answered_through_an_offered_option_is_settled() -> None:
    turns = (
        said("parcel", Clarify(("delivery_time",)), None, "How long delivery takes"),
        said("How long delivery takes", Answer("delivery_time"), "delivery_time"),
    )
    assert summed(*turns).open_questions == ()
    assert summed(*turns, rejected={2}).open_questions == ("parcel", "How long delivery takes")


def test_wish_written_while_waiting_is_open() -> None:
    found = summed(
        said("Who won the cup?", FAILED),
        said("Send me an invoice.", None, "invoice"),
        said("thank you", None, "thanks"),
        said("It is rainy here.", None),
    )
    assert found.open_questions == ("Who won the cup?", "Send me an invoice.")


def test_what_is_written_while_waiting_counts_where_nothing_was_said_before() -> None:
    first = said("My lamp flickers", None)
    found = summed(said("Hello", None, "greeting"), first, said("Is anybody there?", None))
    assert found.wants == "My lamp flickers"
    assert found.open_questions == ("Is anybody there?",)
    assert summed(said(WHERE, FAILED), first).wants == WHERE


def test_settled_matter_does_not_name_a_new_one() -> None:
    settled = said("When?", Answer("delivery_time"))
    assert summed(settled, said("A poem, please", FAILED)).wants == "A poem, please"
    rejected = summed(settled, said("A poem, please", FAILED), rejected={1})
    assert rejected.wants == "How long delivery takes: A poem, please"


def test_what_is_written_while_waiting_comes_first_once_the_bot_had_answered_all() -> None:
    found = summed(said("When?", Answer("delivery_time")), said("My lamp flickers", None))
    assert found.wants == "My lamp flickers"
    assert summed(said("When?", Answer("delivery_time"))).wants == "How long delivery takes: When?"


def test_same_words_are_listed_once_shortened_and_the_last_ones_only() -> None:
    repeated = [said("What?", Clarify())] * 3
    assert summed(*repeated).open_questions == ("What?",)
    many = [said(f"Question {number}?", Clarify()) for number in range(MOST + 2)]
    assert summed(*many).open_questions[0] == "Question 2?"
    assert len(summed(*many).open_questions) == MOST
    [long] = summed(said("long " * 100, Clarify())).open_questions
    assert len(long) <= LONGEST
    assert long.endswith("…")


def test_without_a_domain_an_intent_is_called_by_its_name() -> None:
    found = summarise(Talk([said(WHERE, Answer("order_status"))], State("c1", "en")))
    assert found == Summary(f"order_status: {WHERE}", ("order_status",))


def test_summary_is_kept_as_it_is() -> None:
    summary = Summary("退款：在哪？", ("多久",), ("a", "b"), {"order_number": "TW-123456"})
    assert decode_summary(encode_summary(summary)) == summary
