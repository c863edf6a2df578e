"""What a message means after those before it."""

from typing import Any

import pytest

from bot.context import MOST_TOPICS, Readings, readings, remembered
from bot.types import State
from knowledge.types import Language
from tests.bot.shop import shop, shop_values

DOMAIN = shop(
    shop_values(
        products={
            "Murmur": {"en": ["earbuds"], "zh": ["耳塞"]},
            "Murmur Studio": {"en": ["studio", "headphones"], "zh": ["头戴耳机"]},
            "Brook": {"en": ["kettle"], "zh": ["水壶"]},
        }
    )
)
PLAY = "How long does the Murmur play?"
PLAY_ZH = "Murmur 能听多久？"


def read(text: str, topic: str = "", **remembered: Any) -> Readings:
    language: Language = "en" if text.isascii() else "zh"
    return readings(text, State("c", language, topic=topic, **remembered), DOMAIN)


def flags(found: Readings) -> set[str]:
    """What the wording shows, but for its length."""
    return {name for name in ("leans", "contrasts", "surely") if getattr(found, name)}


@pytest.mark.parametrize("text", ["and the kettle?", "is it waterproof?", "那水壶呢", "它防水吗"])
def test_first_message_stands_by_itself(text: str) -> None:
    assert read(text) == Readings(text)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Where is my order?", PLAY),
        ("I would like an invoice for my company", PLAY),
        ("我的包裹到哪了", PLAY_ZH),
        ("怎么开发票", PLAY_ZH),
    ],
)
def test_question_of_its_own_does_not_lean_but_may_be_meant_with_what_was_said(
    text: str, topic: str
) -> None:
    found = read(text, topic, subject="Murmur")
    assert found.in_context == (f"Murmur: {text}", f"{topic} {text}")
    assert flags(found) == set()


def test_question_about_another_product_may_be_meant_as_the_last_one_was() -> None:
    found = read("Is the kettle loud?", PLAY, subject="Murmur")
    assert found.in_context == ("How long does the Brook play? Is the kettle loud?",)
    assert flags(found) == set()


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("returns", True),
        ("left one only please", True),
        ("is the left one louder", False),
        ("左边那只呢", True),
        ("充电要六个", True),
        ("充电要六个小时吗", False),
        ("Murmur 耳塞能退", True),
    ],
)
def test_few_words_or_signs_are_short(text: str, short: bool) -> None:
    assert read(text, PLAY if text.isascii() else PLAY_ZH).short is short


# What about ...


@pytest.mark.parametrize(
    ("text", "topic", "meant"),
    [
        ("and the Studio?", PLAY, "How long does the Murmur Studio play?"),
        ("What about the headphones then?", PLAY, "How long does the Murmur Studio play?"),
        ("and in white?", PLAY, f"{PLAY} and in white?"),
        (
            "what about the Studio in white?",
            PLAY,
            "How long does the Murmur Studio play? what about the Studio in white?",
        ),
        ("and the kettle?", "Do you ship to Alaska?", "Do you ship to Alaska? and the kettle?"),
        ("and the Murmur?", PLAY, f"{PLAY} and the Murmur?"),
        ("那水壶呢", PLAY_ZH, "Brook 能听多久？"),
        ("头戴耳机呢？", PLAY_ZH, "Murmur Studio 能听多久？"),
        ("要是开着降噪呢", PLAY_ZH, f"{PLAY_ZH} 要是开着降噪呢"),
    ],
)
def test_what_about_is_the_last_question_of_something_else(
    text: str, topic: str, meant: str
) -> None:
    found = read(text, topic)
    assert found.in_context == (meant,)
    assert flags(found) == {"leans", "contrasts", "surely"}


def test_last_question_in_another_language_is_named_by_its_intent() -> None:
    found = read("那运费呢", PLAY, intent="delivery_time", subject="Murmur")
    assert found.in_context == ("Murmur: 那运费呢", "多久能送到 Murmur 那运费呢")
    assert read("and express?", "多久能到", intent="delivery_time").in_context == (
        "How long delivery takes and express?",
    )
    assert read("and express?", "多久能到", matter="delivery_time").in_context == (
        "How long delivery takes and express?",
    )


def test_last_question_in_another_language_without_an_intent_is_kept_as_it_was() -> None:
    found = read("那水壶呢", "Do you gift-wrap?")
    assert found.in_context == ("Do you gift-wrap? 那水壶呢",)


# Pronouns


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("is it waterproof?", "is Murmur waterproof?"),
        ("are they comfortable to wear all day", "are Murmur comfortable to wear all day"),
        ("can I return this thing", "can I return Murmur"),
        ("how do I clean them properly?", "how do I clean Murmur properly?"),
        ("它防水吗", "Murmur防水吗"),
        ("这个能退吗", "Murmur能退吗"),
        ("我想退掉这东西", "我想退掉Murmur"),
    ],
)
def test_pronoun_stands_for_the_product_last_spoken_of(text: str, first: str) -> None:
    topic = PLAY if text.isascii() else PLAY_ZH
    found = read(text, topic, subject="Murmur")
    assert found.in_context == (first, f"Murmur: {text}", f"{topic} {text}")
    assert flags(found) == {"leans"}


@pytest.mark.parametrize(
    "text",
    [
        "is it possible to pay later and still get points?",
        "how long does it take to ship to Hawaii?",
        "does it take long to get a refund from you",
        "is the kettle loud, does it beep?",
        "这个订单能取消吗",
        "那个快递员态度很差",
        "其它颜色有吗",
    ],
)
def test_pronoun_of_something_else_is_left_alone(text: str) -> None:
    topic = PLAY if text.isascii() else PLAY_ZH
    found = read(text, topic, subject="Murmur")
    assert flags(found) == set()
    assert all(each.endswith(text) for each in found.in_context)


def test_pronoun_without_a_product_stands_for_what_was_asked() -> None:
    found = read("is it waterproof at all?", "Do you have lamps?")
    assert found.in_context == ("Do you have lamps? is it waterproof at all?",)
    assert flags(found) == {"leans"}


def test_pronoun_in_a_long_message_may_well_stand_for_something_in_it() -> None:
    long = "I paid with a card last week and it says that the money is still pending"
    assert flags(read(long, PLAY, subject="Murmur")) == set()
    assert flags(read("does it say pending", PLAY, subject="Murmur")) == {"leans"}


# Going back


@pytest.mark.parametrize(
    ("text", "topics", "meant"),
    [
        (
            "back to the return: who pays?",
            ("What is the warranty of the kettle?", "How do I return the lamp?"),
            "How do I return the lamp?",
        ),
        (
            "as I asked, and the warranty?",
            ("How do I return the lamp?", "What is the warranty of the kettle?"),
            "What is the warranty of the kettle?",
        ),
        ("about the return, who pays", ("How do I return the lamp?",), "How do I return the lamp?"),
        ("the return again", ("How do I return the lamp?",), "How do I return the lamp?"),
        ("back to my first question", ("Can I pay later?", "Is it in stock?"), "Is it in stock?"),
        ("回到运费的问题", ("怎么退货", "运费怎么算"), "运费怎么算"),
        ("第一个问题还没说完", ("怎么退货", "运费怎么算"), "运费怎么算"),
        ("刚才说的保修是多久", ("水壶保修多久", "怎么退货"), "水壶保修多久"),
    ],
)
def test_message_goes_back_to_the_topic_it_names(
    text: str, topics: tuple[str, ...], meant: str
) -> None:
    found = read(text, "Where is my parcel?" if text.isascii() else "包裹到哪了", topics=topics)
    assert found.in_context == (f"{meant} {text}",)
    assert flags(found) >= {"leans", "surely"}


def test_message_goes_back_to_the_topic_about_the_product_that_it_names() -> None:
    topics = ("How do I return it?", "How long does the Murmur play?", "Is the kettle loud?")
    found = read("back to the kettle, does delivery take long", "Is it long?", topics=topics)
    assert found.in_context[0].startswith("Is the kettle loud? back to")


def test_what_a_message_that_goes_back_says_besides_may_be_all_of_it() -> None:
    topics = ("How do I return the lamp?",)
    found = read("back to the return. who pays for the label then?", "Is it new?", topics=topics)
    assert found.in_context[1] == "the return. who pays for the label then?"


def test_message_that_goes_back_and_names_nothing_may_mean_any_earlier_topic() -> None:
    topics = ("How do I return the lamp?", "Is it new?")
    found = read("back to gift cards", "Where is my parcel?", topics=topics)
    assert found.in_context == tuple(f"{topic} back to gift cards" for topic in topics)
    assert flags(found) == {"leans", "surely"}


@pytest.mark.parametrize(
    ("text", "topic", "topics"),
    [
        ("back to the parcel", "Where is my parcel?", ("How do I return the parcel?",)),
        ("I want to return the lamp", "Where is my parcel?", ("How do I return the lamp?",)),
        ("I asked for a refund of the lamp", "Can I pay later?", ("How does the lamp work?",)),
        ("之前买的台灯坏了", "怎么退货", ("台灯怎么连手机",)),
        ("back to the return", "Where is my parcel?", ()),
    ],
)
def test_message_that_goes_back_to_no_earlier_topic_has_only_the_last_one(
    text: str, topic: str, topics: tuple[str, ...]
) -> None:
    found = read(text, topic, topics=topics)
    assert found.in_context == (f"{topic} {text}",)
    assert flags(found) == set()


# Pieces


def test_message_after_one_that_was_not_understood_may_be_its_second_half() -> None:
    said = (("customer", "the blue one"), ("bot", "I don't know"))
    whole = ("the blue one how heavy",)
    assert read("how heavy", failures=1, history=said).in_context == whole
    assert read("how heavy", failures=0, history=said).in_context == ()
    assert read("how heavy", failures=1).in_context == ()
    assert read("有多重", failures=1, history=said).in_context == ()
    traditional = (("customer", "藍色的"),)
    assert read("多重", failures=1, history=traditional).in_context == ("蓝色的 多重",)


def test_second_half_is_one_of_several_readings_after_a_topic() -> None:
    said = (("customer", "the blue one"), ("bot", "I don't know"))
    found = read("how heavy", "Do you have lamps?", failures=1, history=said)
    assert found.in_context == ("Do you have lamps? how heavy", "the blue one how heavy")


def test_second_half_of_the_topic_itself_is_one_reading() -> None:
    said = (("customer", "the blue one"), ("bot", "I don't know"))
    found = read("how heavy", "the blue one", failures=1, history=said)
    assert found.in_context == ("the blue one how heavy",)


# Memory


def test_topics_are_remembered_newest_first_without_repeats() -> None:
    assert remembered(State("c", "en", topic="b", topics=("a", "c")), "d") == ("b", "a", "c")
    assert remembered(State("c", "en", topic="b", topics=("a", "b")), "a") == ("b",)
    assert remembered(State("c", "en"), "a") == ()


def test_only_a_few_topics_are_remembered() -> None:
    state = State("c", "en", topic="9", topics=tuple("8765432"))
    assert remembered(state, "new") == tuple("987")[: MOST_TOPICS - 1]
