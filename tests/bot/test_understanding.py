"""What is made of a message, on fakes of the models: its things, readings, values and buttons."""

import re
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.domain import Domain
from bot.mind import Component
from bot.stopwatch import Stopwatch
from bot.types import CONFIRM, OFFER, Prediction, State, Understanding
from bot.understanding import Listener, Thing, one_of_each
from bot.wording import Heard
from knowledge.types import Hit, Language, Passage
from tests.bot.shop import shop_values
from tests.bot.talks import (
    AT,
    GIFTS,
    INTENTS,
    MURMUR,
    MURMUR_WATER,
    PASSAGES,
    STUDIO,
    THRESHOLD,
    Head,
    Moods,
    Retriever,
    passage,
    talk_domain,
)
from tests.fakes import HashingEncoder

DOMAIN = talk_domain()


def component(language: Language = "en") -> Component:
    head, retriever = Head(INTENTS[language]), Retriever(PASSAGES[language])
    return Component(HashingEncoder(), cast(Any, head), cast(Any, retriever), THRESHOLD)


def things(
    text: str, domain: Domain = DOMAIN, models: Component | None = None, **state: Any
) -> list[Thing]:
    language: Language = "en" if text.isascii() else "zh"
    heard = Heard(text, AT, Stopwatch())
    listener = Listener(models or component(language), domain, heard)
    return listener.things(State("c", language, **state), text)


def understood(text: str, **state: Any) -> Understanding:
    [thing] = things(text, **state)
    return thing.understood


def intent(thing: Thing) -> str | None:
    prediction = thing.understood.prediction
    return prediction.intent if prediction and prediction.accepted else None


def passages(thing: Thing) -> list[Passage]:
    return [hit.passage for hit in thing.understood.hits]


# One thing


def test_message_of_one_thing_is_understood_as_it_stands() -> None:
    [thing] = things("where is my order")
    assert (thing.text, thing.query, thing.leans) == (
        "where is my order",
        "where is my order",
        False,
    )
    assert intent(thing) == "order_status"
    assert thing.vector is not None


def test_release_without_an_intent_head_has_no_prediction() -> None:
    [thing] = things("do you wrap gifts", models=replace(component(), head=None))
    assert thing.understood.prediction is None
    assert passages(thing) == [GIFTS]


def test_mood_is_told_where_the_release_has_learned_to() -> None:
    moody = replace(component(), mood=cast(Any, Moods(["negative"])))
    assert things("that is bad", models=moody)[0].understood.mood == "negative"
    assert understood("that is bad").mood is None


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("where is it", True),
        ("and what happens then", True),
        ("you take cards?", True),
        ("TW-204188", False),
        ("my lamp is broken", False),
        ("多久能到", True),
        ("可以吗", True),
        ("我要退货", False),
    ],
)
def test_question_is_told_from_a_statement(text: str, asks: bool) -> None:
    assert understood(text).asks is asks


def test_yes_counts_only_after_a_question_for_one() -> None:
    waiting = {"intent": "cancel_order", "step": "sure"}
    assert understood("yes", asked=CONFIRM, **waiting).yes is True
    assert understood("nope", asked=CONFIRM, **waiting).yes is False
    assert understood("是的", asked=OFFER, pending=("invoice",)).yes is True
    assert understood("yes", asked="order_number", **waiting).yes is None
    assert understood("yes").yes is None


def test_verb_of_the_question_is_a_yes_to_it() -> None:
    waiting = {"intent": "cancel_order", "step": "sure", "slots": {"order_number": "TW-204188"}}
    assert understood("cancel it", asked=CONFIRM, **waiting).yes is True
    assert understood("return it", asked=CONFIRM, **waiting).yes is not True


def test_wording_tells_second_thoughts() -> None:
    assert understood("never mind").gives_up
    assert understood("no, I meant the other order").corrects
    plain = understood("where is my order")
    assert (plain.gives_up, plain.corrects) == (False, False)


def test_values_are_found_and_wrong_ones_named() -> None:
    found = understood("TW-204188 and ada@example.com")
    assert dict(found.slots) == {"order_number": "TW-204188", "email": "ada@example.com"}
    wrong = understood("TW-20418", asked="order_number", intent="order_status")
    assert (dict(wrong.refused), dict(wrong.given)) == (
        {"order_number": "format"},
        {"order_number": "TW-20418"},
    )


# Words asked for

ASKS_WORDS = Domain.model_validate(
    shop_values(
        slots__note={
            "type": "text",
            "ask": {"en": "What shall we write?", "zh": "写什么？"},
            "ask_again": {"en": "What?", "zh": "什么？"},
        },
        intents__invoice__slots=["note"],
        intents__invoice__reply={"en": "Written", "zh": "写好了"},
    )
)


def test_words_that_were_asked_for_are_not_taken_apart() -> None:
    text = "To Ada; please wrap the gift. Please cancel my order TW-204188"
    [thing] = things(text, ASKS_WORDS, asked="note", intent="invoice")
    assert dict(thing.understood.slots) == {"note": text}


def test_question_is_not_the_words_that_were_asked_for() -> None:
    [thing] = things("how long does delivery take?", ASKS_WORDS, asked="note", intent="invoice")
    assert dict(thing.understood.slots) == {}
    assert intent(thing) == "delivery_time"


# Several things


def test_things_of_a_message_are_understood_one_by_one() -> None:
    found = things("Do you wrap gifts? And where is my order? And when will it arrive?")
    assert [thing.text for thing in found] == [
        "Do you wrap gifts?",
        "And where is my order?",
        "And when will it arrive?",
    ]
    assert [intent(thing) for thing in found] == [None, "order_status", "delivery_time"]
    assert passages(found[0]) == [GIFTS]


@pytest.mark.parametrize(
    "text",
    [
        "When will it arrive? And how long does delivery take?",
        "Hello? How are you? Where is my order?",
        "Where is it? What is it? Why is it?",
        "Thank you, can I say hello? And where is my order?",
    ],
)
def test_message_with_one_answer_is_one_thing(text: str) -> None:
    [thing] = things(text)
    assert thing.text == text


def test_question_without_an_answer_is_a_thing_of_its_own() -> None:
    found = things("Do you wrap gifts? Who is the king? And where is my order?")
    assert [thing.text for thing in found] == [
        "Do you wrap gifts?",
        "Who is the king?",
        "And where is my order?",
    ]


def test_thing_that_is_asked_twice_is_answered_once() -> None:
    found = things("Where is my order? Do you wrap gifts? So where is my order?")
    assert [thing.text for thing in found] == ["Where is my order?", "Do you wrap gifts?"]


def test_thing_that_has_an_answer_by_itself_does_not_lean() -> None:
    text = "Where is my order? Can you wrap it as a gift?"
    found = things(text, topic=MURMUR.title, subject="Murmur")
    assert [thing.query for thing in found] == ["Where is my order?", "Can you wrap it as a gift?"]
    assert not any(thing.leans for thing in found)


def test_value_told_once_belongs_to_every_thing() -> None:
    found = things("TW-204188 is mine. Where is my order? And can you cancel it?")
    assert [dict(thing.understood.slots) for thing in found] == [{"order_number": "TW-204188"}] * 2


def test_values_of_several_things_stay_with_their_own() -> None:
    found = things("Where is my order TW-204188? And can you cancel TW-204199?")
    assert [dict(thing.understood.slots) for thing in found] == [
        {"order_number": "TW-204188"},
        {"order_number": "TW-204199"},
    ]


def test_later_thing_leans_on_the_one_before_it() -> None:
    found = things("How long does the Murmur play? What about the headphones? When will it arrive?")
    assert found[1].query == "How long does the Murmur Studio play?"
    assert passages(found[1])[0] == STUDIO


def test_later_thing_is_about_the_product_that_the_one_before_it_names() -> None:
    found = things("How long does the Murmur play? And can I take it into water?")
    assert [passages(thing)[0] for thing in found] == [MURMUR, MURMUR_WATER]
    assert found[1].query == "And can I take Murmur into water?"
    assert not found[0].leans
    assert found[1].leans


def test_thing_with_an_answer_of_its_own_is_not_about_the_product_before_it() -> None:
    found = things("How long does the Murmur play? And do you wrap gifts?")
    assert [thing.query for thing in found] == [
        "How long does the Murmur play?",
        "And do you wrap gifts?",
    ]


def test_value_of_one_thing_is_not_lent_to_one_about_another_order() -> None:
    found = things("Where is my order TW-204188? And can you cancel another order?")
    assert [dict(thing.understood.slots) for thing in found] == [{"order_number": "TW-204188"}, {}]
    assert found[1].understood.another


# A reply to the bot and a question beside it

WAITING = {"intent": "order_status", "asked": "order_number"}


def test_value_and_a_question_are_two_things_of_which_the_question_comes_first() -> None:
    found = things("It's TW-204188. Do you wrap gifts?", **WAITING)
    assert [thing.text for thing in found] == ["Do you wrap gifts?", "It's TW-204188."]
    assert dict(found[1].understood.slots) == {"order_number": "TW-204188"}


def test_who_asks_to_wait_has_not_refused() -> None:
    waiting = {"intent": "cancel_order", "step": "sure", "asked": CONFIRM}
    [thing] = things("hold on. do you wrap gifts?", **waiting)
    assert thing.understood.yes is None


def test_yes_comes_before_the_question_beside_it() -> None:
    waiting = {"intent": "cancel_order", "step": "sure", "asked": CONFIRM}
    found = things("yes. do you wrap gifts?", **waiting)
    assert [thing.text for thing in found] == ["yes.", "do you wrap gifts?"]
    assert found[0].understood.yes is True


@pytest.mark.parametrize(
    "text",
    [
        "It's TW-204188. Is that right?",  # nothing answers that
        "It's TW-204188. Thank you, ok?",  # small talk
        "It's TW-204188. Where is my order?",  # what is asked for anyway
        "It's TW-204188. Where is my order TW-204199?",  # has a value itself
        "Do you wrap gifts?",
        "TW-204188",
    ],
)
def test_reply_with_nothing_else_to_answer_is_one_thing(text: str) -> None:
    assert [thing.text for thing in things(text, **WAITING)] == [text]


# With what was said before


def test_follow_up_is_understood_with_its_topic() -> None:
    [thing] = things("and the headphones?", topic=MURMUR.title, cited=(MURMUR.id,))
    assert (thing.query, thing.leans) == ("How long does the Murmur Studio play?", True)
    assert passages(thing) == [STUDIO]


def test_follow_up_is_not_answered_with_what_was_just_said() -> None:
    [thing] = things("and in winter?", topic=MURMUR.title, cited=(MURMUR.id,))
    assert passages(thing) == []


def test_message_that_goes_on_about_the_same_may_be_answered_with_it() -> None:
    state = {"topic": "is it loud", "subject": "Murmur", "cited": (MURMUR_WATER.id,)}
    [thing] = things("can it go under water then, as you say?", **state)
    assert passages(thing) == [MURMUR_WATER]


def test_question_for_more_may_be_answered_with_what_was_just_said() -> None:
    [thing] = things("and how long?", topic=MURMUR.title, cited=(MURMUR.id,))
    assert passages(thing) == [MURMUR]


def test_what_leans_on_a_product_is_not_answered_about_another() -> None:
    state = {"topic": "is the kettle loud", "subject": "Brook"}
    models = _only("^for how long", MURMUR)
    assert passages(things("for how long?", models=models, **state)[0]) == []
    [named] = things("for how long, the Murmur?", models=models, **state)
    assert passages(named) == [MURMUR]


def test_passage_about_another_product_is_left_out_where_none_is_named() -> None:
    models = _only("without", MURMUR)
    [thing] = things("does it go without wifi then", models=models, subject="Brook", topic="so")
    assert passages(thing) == []
    [thing] = things("does it go without wifi then", models=models, subject="Murmur", topic="so")
    assert passages(thing) == [MURMUR]


def test_own_question_of_a_passage_is_answered_whatever_was_spoken_of() -> None:
    rain = passage(9, "en", "Will rain do harm?", "Rain does the Murmur no harm.")
    [thing] = things(rain.title, models=_only("rain", rain), subject="Brook", topic="so")
    assert passages(thing) == [rain]


def test_what_is_answered_alike_by_itself_is_read_by_itself() -> None:
    models = replace(component(), belonging=None)
    [thing] = things("delivery time", models=_judging({}), topic="so", subject="Murmur")
    assert (thing.query, intent(thing)) == ("delivery time", "delivery_time")
    [thing] = things("and delivery?", models=models, topic="so", subject="Murmur")
    assert (thing.leans, intent(thing)) == (True, "delivery_time")


def test_knowledge_answers_what_sounds_like_the_procedure_under_way() -> None:
    waiting = {"intent": "cancel_order", "step": "", "topic": "cancel my order"}
    [thing] = things("and with gift wrap?", **waiting)
    assert thing.query == "cancel my order and with gift wrap?"
    assert (thing.understood.prediction, passages(thing)) == (None, [GIFTS])


def test_second_reading_counts_where_the_first_has_no_answer() -> None:
    [thing] = things("and delivery?", topic="is it loud")
    assert thing.query == "is it loud and delivery?"
    [thing] = things("what about gift wrap?", topic="zzz", models=_only("^what about gift"))
    assert (thing.query, passages(thing)) == ("what about gift wrap?", [GIFTS])


def test_first_reading_counts_where_neither_has_an_answer() -> None:
    [thing] = things("and in blue?", topic="is it loud")
    assert thing.query == "is it loud and in blue?"


SHIPPING = passage(6, "en", "How much is shipping?", "$5; express is $12.")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("and express?", [SHIPPING]),
        ("and for the kettle?", []),
        ("and express for the kettle?", [SHIPPING]),
        ("and then?", []),
    ],
)
def test_what_was_just_answered_is_said_again_only_where_it_speaks_of_what_is_named(
    text: str, kept: list[Passage]
) -> None:
    models = replace(_only("shipping", SHIPPING), head=None)
    [thing] = things(text, models=models, topic=SHIPPING.title, cited=(SHIPPING.id,))
    assert thing.query == f"{SHIPPING.title} {text}"
    assert passages(thing) == kept


def test_procedure_is_not_done_again_where_another_reading_has_an_answer() -> None:
    state = {"topic": "cancel my order", "intent": "cancel_order", "subject": "Murmur"}
    [thing] = things("is it waterproof at all?", **state)
    assert (intent(thing), passages(thing)) == (None, [MURMUR_WATER])


def test_procedure_is_done_again_where_no_other_reading_has_an_answer() -> None:
    [thing] = things("do it for me then", topic="cancel my order", intent="cancel_order")
    assert (thing.query, intent(thing)) == ("cancel my order do it for me then", "cancel_order")


def test_answer_that_is_no_procedure_may_be_given_again() -> None:
    state = {"topic": "when is the delivery", "intent": "delivery_time", "subject": "Murmur"}
    assert intent(things("is it waterproof at all?", **state)[0]) == "delivery_time"


@pytest.mark.parametrize(
    ("alone", "query"), [(0.7, "play and wrapped?"), (0.85, "play and wrapped?"), (0.95, None)]
)
def test_wording_that_leans_is_read_so_unless_it_is_much_surer_by_itself(
    alone: float, query: str | None
) -> None:
    models = replace(_only("^play"), head=None, retriever=cast(Any, Sure(0.7, {"^and": alone})))
    [thing] = things("and wrapped?", models=models, topic="play")
    assert thing.query == (query or "and wrapped?")


# Whether it goes on with what was said, where the wording does not show it


def test_nonsense_after_a_topic_is_not_answered() -> None:
    [thing] = things("blurp zonk", models=_judging({"blurp zonk": 0.1}), topic=MURMUR.title)
    assert (thing.query, passages(thing)) == ("blurp zonk", [])


def test_few_words_about_the_shop_are_read_with_the_topic() -> None:
    [thing] = things("full battery", models=_judging({}), topic=MURMUR.title)
    assert (thing.query, thing.leans) == (f"{MURMUR.title} full battery", True)
    assert passages(thing) == [MURMUR]


@pytest.mark.parametrize(
    ("text", "ours", "leans"),
    [
        ("full battery", 0.4, True),
        ("full battery", 0.2, False),
        ("with a full battery and the noise switched off", 0.6, True),
        ("with a full battery and the noise switched off", 0.4, False),
    ],
)
def test_few_words_may_be_less_clearly_about_the_shop(text: str, ours: float, leans: bool) -> None:
    assert things(text, models=_judging({text: ours}), topic=MURMUR.title)[0].leans is leans


def test_release_without_a_judge_reads_alone_what_does_not_show_that_it_leans() -> None:
    [thing] = things("full battery", topic=MURMUR.title)
    assert (thing.query, passages(thing)) == ("full battery", [])


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("yes", {"asked": CONFIRM, "intent": "cancel_order", "step": "sure"}),
        ("never mind", {}),
        ("thank you", {}),
        ("ada@example.com", {"asked": "email", "intent": "invoice"}),
        ("do you wrap gifts", {"asked": "order_number", "intent": "order_status"}),
        ("do you wrap it as a gift, too", {"asked": "order_number", "intent": "order_status"}),
    ],
)
def test_reply_to_the_bot_and_small_talk_mean_themselves(text: str, state: dict[str, Any]) -> None:
    [thing] = things(text, models=_judging({}), topic="where is my order", **state)
    assert (thing.query, thing.leans) == (text, False)


@pytest.mark.parametrize(
    ("text", "answered"),
    [
        ("sure: ada@example.com", False),
        ("it's ada.lovelace@mail.example.co.uk", False),
        ("ada@example.com arrived broken", True),
        ("ada@example.com delivery?", True),
        ("ada@example.com and please cancel my order today", True),
    ],
)
def test_what_only_gives_what_was_asked_for_has_no_answer_of_its_own(
    text: str, answered: bool
) -> None:
    models = replace(component(), head=cast(Any, Head({"": "delivery_time"})))
    said = things(text, models=models, asked="email", intent="invoice")
    assert any(map(intent, said)) is answered
    assert any(thing.understood.slots for thing in said)


def test_while_a_value_is_asked_for_a_wording_that_says_so_still_leans() -> None:
    waiting = {"asked": "order_number", "intent": "order_status"}
    [thing] = things("and the headphones?", topic=MURMUR.title, **waiting)
    assert (thing.leans, passages(thing)[0]) == (True, STUDIO)
    [thing] = things("and delivery?", topic=MURMUR.title, **waiting)
    assert (thing.leans, intent(thing)) == (True, "delivery_time")


@dataclass(frozen=True)
class Sure:
    """Finds the gifts whatever is asked, as surely as the first fitting expression says."""

    otherwise: float
    scores: dict[str, float]

    def search(
        self, text: str, _vector: NDArray[np.float32], _k: int, subject: str = ""
    ) -> list[Hit]:
        fitting = (each for one, each in self.scores.items() if re.search(one, text))
        return [Hit(GIFTS, next(fitting, self.otherwise))]


class Judge:
    """Says of each of `texts` how probably it is about the shop; anything else most probably is."""

    def __init__(self, texts: dict[str, float]) -> None:
        self._known = [(HashingEncoder().encode([text])[0], each) for text, each in texts.items()]

    def probabilities(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) of (n, 64) `vectors`."""
        return np.array([self._probability(each) for each in vectors], np.float32)

    def _probability(self, vector: NDArray[np.float32]) -> float:
        return next((each for known, each in self._known if np.allclose(known, vector)), 0.9)


def _judging(texts: dict[str, float]) -> Component:
    return replace(component(), belonging=cast(Any, Judge(texts)))


def _only(expression: str, found: Passage = GIFTS) -> Component:
    retriever = cast(Any, Retriever({expression: found}))
    return replace(component(), retriever=retriever, head=cast(Any, Head({})))


# Buttons


def test_button_names_its_intent_whatever_was_said_before() -> None:
    [thing] = things("Send an invoice", topic=MURMUR.title, subject="Murmur")
    assert thing.query == "Send an invoice"
    assert thing.understood.prediction == Prediction("invoice", 1.0, (("invoice", 1.0),), 0.0, True)


@pytest.mark.parametrize("text", ["None of these", " None  of these ", "都不是"])
def test_none_of_these_asks_nothing_of_the_models(text: str) -> None:
    assert things(text) == [Thing(text, text, None, Understanding(None))]


def test_buttons_of_a_shop_that_writes_traditional_script_are_understood() -> None:
    values = shop_values(messages__zh__none_of_these="以上都不對")
    values["intents"]["order_status"]["label"]["zh"] = "查詢訂單進度"
    domain = Domain.model_validate(values)
    assert intent(things("查询订单进度", domain)[0]) == "order_status"
    assert things("以上都不对", domain)[0].vector is None


def test_question_of_a_passage_is_surely_answered_by_it() -> None:
    both = replace(component(), retriever=cast(Any, Retriever({"play": MURMUR, "long": STUDIO})))
    [thing] = things(STUDIO.title, models=both)
    assert thing.understood.hits == (Hit(STUDIO, 1.0), Hit(MURMUR, 0.8))


def test_answer_with_several_wordings_comes_once_under_its_oldest() -> None:
    old = passage(1, "en", "Gift wrap?", "Yes.")
    new = replace(old, id=5, title="Wrapping?")
    other = replace(old, id=3, body="No.")
    assert one_of_each([Hit(new, 0.9), Hit(other, 0.8), Hit(old, 0.7)]) == (
        Hit(old, 0.9),
        Hit(other, 0.8),
    )
