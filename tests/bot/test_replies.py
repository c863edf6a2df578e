from typing import Any

import pytest

from bot.replies import LONGEST_LABEL, compose, welcome
from bot.types import (
    Action,
    Answer,
    Ask,
    Citation,
    Clarify,
    HandOff,
    Option,
    SmallTalk,
    State,
)
from knowledge.types import Hit, Language, Passage
from tests.bot.shop import shop

DOMAIN = shop()
ORDER = {"order_number": "TW-204188"}


def hit(title: str = "Shipping?", body: str = "It is {free} from $50.", number: int = 7) -> Hit:
    return Hit(Passage(number, "faq", "en", title, title, body, "faq.csv", True), 0.8)


def after(language: Language = "en", **changed: Any) -> State:
    return State("c", language, **changed)


def labels(action: Action, language: Language = "en") -> list[str]:
    return [option.label for option in compose(action, after(language), DOMAIN).options]


@pytest.mark.parametrize(
    ("action", "state", "text"),
    [
        (Answer(intent="delivery_time"), after(), "Tidewick delivers in 2-4 days"),
        (Answer(intent="delivery_time"), after("zh"), "汐灯 2-4 天送到"),
        (Answer(intent="order_status"), after(slots=ORDER), "TW-204188 is on its way"),
        (Answer(intent="order_status"), after("zh", slots=ORDER), "TW-204188 在路上"),
        (SmallTalk("greeting"), after(), "Hello!"),
        (SmallTalk("greeting"), after("zh"), "您好！"),
        (Ask("order_status", "order_number"), after(), "Which order at Tidewick?"),
        (Ask("order_status", "order_number", again=True), after(), "I see no order number"),
        (Ask("order_status", "order_number", again=True), after("zh"), "没看到订单号"),
        (Clarify(("delivery_time",)), after(), "Which of these?"),
        (Clarify((), (hit(),)), after(), "Which of these?"),
        (Clarify(), after(), "I don't know"),
        (Clarify(), after("zh"), "我不清楚"),
        (HandOff("requested", "talk_to_human"), after(), "A colleague of Tidewick takes over"),
        (HandOff("customer_button"), after("zh"), "同事马上来"),
        (HandOff("failed_turns", "refund_status"), after(), "I failed; a colleague takes over"),
        (HandOff("intent", "complaint"), after(), "A colleague of Tidewick takes over"),
        (
            HandOff("intent", "refund_status"),
            after(slots=ORDER),
            "A colleague looks up TW-204188",
        ),
    ],
)
def test_text_of_each_action(action: Action, state: State, text: str) -> None:
    reply = compose(action, state, DOMAIN)
    assert (reply.text, reply.action, reply.language) == (text, action, state.language)
    assert reply.citations == ()


def test_passage_is_quoted_word_for_word_with_its_source() -> None:
    reply = compose(Answer(hits=(hit(),)), after(), DOMAIN)
    assert reply.text == "It is {free} from $50."
    assert reply.citations == (Citation(7, "Shipping?", "faq.csv", 0.8),)
    assert reply.options == ()


def test_several_passages_are_quoted_each_with_its_source() -> None:
    reply = compose(Answer(hits=(hit(), hit("Returns?", "30 days.", 8))), after(), DOMAIN)
    assert reply.text == "It is {free} from $50.\n\n30 days."
    assert [citation.passage_id for citation in reply.citations] == [7, 8]


def test_options_are_intents_then_passages_then_the_ways_out() -> None:
    action = Clarify(("delivery_time", "order_status"), (hit(),))
    assert labels(action) == [
        "How long delivery takes",
        "Where is my order?",
        "Shipping?",
        "None of these",
        "Talk to a person",
    ]
    assert labels(action, "zh") == ["多久能送到", "查询订单进度", "Shipping?", "都不是", "找人工"]


def test_without_offers_a_person_is_the_only_option() -> None:
    assert labels(Clarify()) == ["Talk to a person"]


def test_option_sends_its_whole_text_and_shows_a_short_one() -> None:
    title = "I bought the lamp " * 20
    first = compose(Clarify((), (hit(title),)), after(), DOMAIN).options[0]
    assert first.value == title
    assert len(first.label) <= LONGEST_LABEL
    assert first.label.startswith("I bought the lamp")
    assert first.label.endswith("…")


def test_short_option_shows_all_it_sends() -> None:
    title = "x" * LONGEST_LABEL
    assert compose(Clarify((), (hit(title),)), after(), DOMAIN).options[0] == Option(title, title)


def test_shortened_label_is_as_long_as_may_be() -> None:
    label = compose(Clarify((), (hit("x" * 200),)), after(), DOMAIN).options[0].label
    assert label == "x" * (LONGEST_LABEL - 1) + "…"


def test_every_intent_has_its_words_in_every_language() -> None:
    slots = {**ORDER, "email": "ada@example.com"}
    for name, intent in DOMAIN.intents.items():
        for language in DOMAIN.messages:
            action = HandOff("intent", name) if intent.kind == "hand_off" else Answer(intent=name)
            assert compose(action, after(language, slots=slots), DOMAIN).text


def test_welcome_names_shop_and_bot() -> None:
    assert welcome("zh", DOMAIN).text == "您好，我是汐灯的小灯"
