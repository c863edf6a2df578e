"""Messages of several things taken apart, and those that are one thing."""

import pytest

from bot.parts import MOST_PARTS, Part, parts
from bot.products import Products
from knowledge.types import Language
from tests.bot.test_products import CATALOGUE


def texts(text: str) -> list[str]:
    language: Language = "en" if text.isascii() else "zh"
    return [part.text for part in parts(text, language, Products(CATALOGUE))]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "Where is my order TW-204188? Also how do I return the lamp?",
            ["Where is my order TW-204188?", "how do I return the lamp?"],
        ),
        (
            "How long does shipping take and how much is it?",
            ["How long does shipping take", "how much is it?"],
        ),
        (
            "I want to cancel my order and change my address",
            ["I want to cancel my order", "change my address"],
        ),
        (
            "cancel TW-204188 please, also do you ship to Canada",
            ["cancel TW-204188 please", "do you ship to Canada"],
        ),
        (
            "where is my order also how do i return stuff",
            ["where is my order", "how do i return stuff"],
        ),
        (
            "I need an invoice. Plus: is gift wrapping free? Btw do you have a store?",
            ["I need an invoice.", "is gift wrapping free?", "do you have a store?"],
        ),
        (
            "where's my parcel; and what about the refund",
            ["where's my parcel", "what about the refund"],
        ),
        (
            "how much is shipping, how long does it take",
            ["how much is shipping", "how long does it take"],
        ),
        (
            "whats the return window and can i use a gift card",
            ["whats the return window", "can i use a gift card"],
        ),
        (
            "I'd like to cancel one order and I also have to return a lamp",
            ["I'd like to cancel one order", "I also have to return a lamp"],
        ),
        ("can I pay later\nwhere is your store", ["can I pay later", "where is your store"]),
        ("水壶多大？ 另外一个呢", ["水壶多大？", "另外一个呢"]),
        ("订单TW-204188到哪了？另外怎么退台灯？", ["订单TW-204188到哪了？", "怎么退台灯？"]),
        ("运费多少，几天能到", ["运费多少", "几天能到"]),
        ("我要退货，顺便问下退款多久到账", ["我要退货", "退款多久到账"]),
        ("我想取消订单，还想改地址", ["我想取消订单", "改地址"]),
        ("我想退货，还要开发票", ["我想退货", "开发票"]),
        ("对了，发票怎么开；还有积分怎么用", ["发票怎么开", "积分怎么用"]),
        ("滤网多久换一次？怎么换？", ["滤网多久换一次？", "怎么换？"]),
    ],
)
def test_several_things_are_taken_apart_in_their_order(text: str, pieces: list[str]) -> None:
    assert texts(text) == pieces


@pytest.mark.parametrize(
    "text",
    [
        "Where is my order?",
        "I bought it last week. How do I return it?",
        "My kettle is broken. How do I return it?",
        "It arrived yesterday and when I opened it, it was broken",
        "my order is late and I want a refund",
        "I want to return the lamp because it is broken and does not work",
        "Is the Tern loud and heavy?",
        "Can I return it? I opened the box. I also lost the receipt.",
        "I ordered the wrong color, can I exchange it or return it?",
        "Hello, where is my order?",
        "please cancel and refund",
        "Do you also sell lamps?",
        "If I order today, when will it arrive?",
        "Could you check if it shipped, and if not cancel it",
        "Hi! Thanks for the help. Bye!",
        "",
        "上周买的，怎么退？",
        "买了个灯，坏了，能换吗",
        "订单没收到，钱也没退",
        "能用支付宝还是只能刷卡",
        "灯要不要另外配网关的？他手笨",
        "还有货吗",
        "还有多少库存",
        "你好！谢谢！再见！",
    ],
)
def test_one_thing_stays_whole(text: str) -> None:
    assert texts(text) == [text]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "What's the battery life of the Murmur and the Studio?",
            ["What's the battery life of the Murmur?", "What's the battery life of the Studio?"],
        ),
        ("How much are the Tern & kettle?", ["How much are the Tern?", "How much are the kettle?"]),
        ("水壶和平板保修多久", ["水壶保修多久", "平板保修多久"]),
        ("水壶和平板分别多久到货", ["水壶多久到货", "平板多久到货"]),
        ("平板和水壶各卖多少钱", ["平板卖多少钱", "水壶卖多少钱"]),
        (
            "How much are the Tern & kettle each?",
            ["How much are the Tern?", "How much are the kettle?"],
        ),
    ],
)
def test_question_about_two_products_is_two_questions(text: str, pieces: list[str]) -> None:
    assert texts(text) == pieces


@pytest.mark.parametrize(
    "text",
    [
        "Which is better, the Murmur or the Studio?",
        "What's the difference between the Murmur and the Studio?",
        "Can I use the Tern and the Studio together?",
        "Does the Tern work with the Studio?",
        "How much are the Tern and the kettle and the buds?",
        "I got the Tern and the kettle",
        "水壶和平板有什么区别",
        "Murmur和Murmur Studio哪个好",
    ],
)
def test_products_that_belong_together_stay_together(text: str) -> None:
    assert texts(text) == [text]


def test_what_only_tells_is_marked() -> None:
    found = parts("It came Monday. How do I return it? And where is my refund?", "en", Products({}))
    assert found == [
        Part("It came Monday.", False),
        Part("How do I return it?", True),
        Part("And where is my refund?", True),
    ]


def test_more_things_than_one_can_answer_stay_whole() -> None:
    questions = ["How much?", "Where?", "Why not?", "What now?", "Is it blue?"]
    assert len(texts(" ".join(questions[:MOST_PARTS]))) == MOST_PARTS
    assert texts(" ".join(questions)) == [" ".join(questions)]


def test_typographic_apostrophes_change_nothing() -> None:
    found = parts("where is it and I’d like an invoice", "en", Products({}))
    assert [part.text for part in found] == ["where is it", "I’d like an invoice"]
