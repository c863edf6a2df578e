"""In which order the things of one message are answered."""

from typing import Any

from bot.order import Order, in_order
from bot.types import Prediction, State, Understanding
from bot.understanding import Thing
from tests.bot.talks import talk_domain

DOMAIN = talk_domain()


def thing(intent: str | None, *, accepted: bool = True, **slots: str) -> Thing:
    prediction = intent and Prediction(intent, 0.9, ((intent, 0.9),), 0.1, accepted)
    return Thing(f"{intent}", f"{intent}", None, Understanding(prediction or None, slots=slots))


def order(*things: Thing, **state: Any) -> Order:
    return in_order(things, State("c", "en", **state), DOMAIN)


QUESTION, DELIVERY, GREETING = thing(None), thing("delivery_time"), thing("greeting")
CANCEL, INVOICE, STATUS = thing("cancel_order"), thing("invoice"), thing("order_status")
COMPLAINT = thing("complaint")


def test_answers_keep_their_order() -> None:
    assert order(DELIVERY, QUESTION, GREETING) == Order((DELIVERY, QUESTION, GREETING))


def test_what_asks_comes_last() -> None:
    assert order(STATUS, DELIVERY, QUESTION) == Order((DELIVERY, QUESTION, STATUS))


def test_of_several_that_ask_the_first_is_taken_up_and_the_others_are_kept() -> None:
    assert order(INVOICE, DELIVERY, CANCEL, STATUS) == Order((DELIVERY, INVOICE), (CANCEL, STATUS))


def test_same_procedure_twice_is_not_kept_for_afterwards() -> None:
    assert order(STATUS, thing("order_status")) == Order((STATUS,))


def test_what_has_all_that_it_needs_is_an_answer() -> None:
    known = thing("order_status", order_number="TW-204188")
    assert order(known, DELIVERY) == Order((known, DELIVERY))
    assert order(STATUS, DELIVERY, slots={"order_number": "TW-204188"}).things == (STATUS, DELIVERY)


def test_what_will_be_confirmed_asks_even_when_all_is_known() -> None:
    known = thing("cancel_order", order_number="TW-204188")
    assert order(known, DELIVERY).things == (DELIVERY, known)


def test_hand_off_comes_after_the_answers_and_before_what_asks() -> None:
    assert order(CANCEL, COMPLAINT, DELIVERY).things == (DELIVERY, COMPLAINT, CANCEL)


def test_intent_that_is_not_accepted_asks_nothing() -> None:
    unsure = thing("cancel_order", accepted=False)
    assert order(unsure, DELIVERY) == Order((unsure, DELIVERY))


def test_intent_that_the_domain_lacks_asks_nothing() -> None:
    gone = thing("gone")
    assert order(gone, DELIVERY) == Order((gone, DELIVERY))
