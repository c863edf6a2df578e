"""Amounts, products, choices and free text."""

import pytest

from bot.slot_numbers import chinese_number
from tests.bot.slot_samples import REASONS, heard, refusal, value


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("$1,200", "1200"),
        ("I paid $1,200.50 for it", "1200.5"),
        ("US$ 49.90", "49.9"),
        ("1200 dollars", "1200"),
        ("20 bucks", "20"),
        ("USD 300", "300"),
        ("$1.5k", "1500"),
        ("1200元", "1200"),
        ("¥199.00", "199"),
        ("199块钱", "199"),
        ("2万元", "20000"),
        ("一千二百元", "1200"),
        ("一千二块", "1200"),
        ("not $20, $30", "30"),
        ("30 dollars, not 20 dollars", "30"),
    ],
)
def test_amount_is_found_by_its_currency(text: str, amount: str) -> None:
    assert value(text, "amount", asked=False) == amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1200", "1200"), ("about 1,200", "1200"), ("一千二", "1200"), ("19.99", "19.99")],
)
def test_bare_amount_counts_when_asked_only(text: str, amount: str) -> None:
    assert value(text, "amount") == amount
    assert value(text, "amount", asked=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "两个一块用",
        "一块寄来",
        "order 240017, I paid 50 or so",
        "TW-240017",
        "3 days",
        "50%",
        "3月4号",
        "twelve hundred",
        "两天",
    ],
)
def test_other_numbers_are_no_amount(text: str) -> None:
    assert heard(text, "amount").values == {}


@pytest.mark.parametrize(
    ("text", "problem", "given"), [("$5", "too_small", "$5"), ("2000元", "too_large", "2000元")]
)
def test_amount_beyond_its_bounds_is_refused(text: str, problem: str, given: str) -> None:
    assert refusal(text, "amount", min=10, max=500) == (problem, given)
    assert refusal("$10", "amount", min=10, max=500) is None
    assert refusal("$500", "amount", min=10, max=500) is None


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("三", 3),
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("一百零五", 105),
        ("一百五", 150),
        ("一千二", 1200),
        ("两千三百四十五", 2345),
        ("一万二", 12000),
        ("二〇二六", 2026),
        ("三万零五十", 30050),
    ],
)
def test_chinese_number(written: str, number: int) -> None:
    assert chinese_number(written) == number


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("it's about my earbuds", "Murmur"),
        ("the Murmur Studio", "Murmur Studio"),
        ("studio", "Murmur Studio"),
        ("我的扫地机坏了", "Drift"),
        ("Drift", "Drift"),
        ("not the Drift, the Studio", "Murmur Studio"),
        ("不是扫地机，是头戴耳机", "Murmur Studio"),
    ],
)
def test_product_is_found_by_any_of_its_names(text: str, product: str) -> None:
    assert value(text, "product", asked=False) == product


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("the toaster", "toaster"),
        ("it's my washing machine.", "washing machine"),
        ("我的烤箱", "烤箱"),
    ],
)
def test_thing_that_is_no_product_is_refused_when_asked(text: str, given: str) -> None:
    assert refusal(text, "product") == ("unknown", given)
    assert refusal(text, "product", asked=False) is None


@pytest.mark.parametrize(
    "text", ["thanks", "that's right", "是的", "I don't know", "好的", "算了", "where is it?"]
)
def test_other_talk_names_no_product(text: str) -> None:
    found = heard(text, "product")
    assert (found.values, found.refused) == ({}, {})


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("it arrived broken", "faulty"),
        ("because it's the wrong item", "wrong"),
        ("I just don't want it", "changed_mind"),
        ("耳机坏了，想退", "faulty"),
        ("就是不喜欢", "changed_mind"),
        ("not broken, wrong item", "wrong"),
    ],
)
def test_choice_is_found_by_label_or_synonym(text: str, choice: str) -> None:
    assert value(text, "choice", asked=False, choices=REASONS) == choice


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("2", "faulty"),
        ("number 2 please", "faulty"),
        ("option 3", "wrong"),
        ("the second one", "faulty"),
        ("2nd", "faulty"),
        ("the last one", "wrong"),
        ("It's the first.", "changed_mind"),
        ("第二个", "faulty"),
        ("最后一个", "wrong"),
        ("选1", "changed_mind"),
        ("二", "faulty"),
        ("第3个吧", "wrong"),
    ],
)
def test_choice_is_found_by_its_place_when_asked_only(text: str, choice: str) -> None:
    assert value(text, "choice", choices=REASONS) == choice
    assert value(text, "choice", choices=REASONS, asked=False) is None


@pytest.mark.parametrize(
    ("text", "given"), [("5", "5"), ("the fourth one", "fourth"), ("第九个", "九")]
)
def test_place_beyond_the_choices_is_refused(text: str, given: str) -> None:
    assert refusal(text, "choice", choices=REASONS) == ("unknown", given)


@pytest.mark.parametrize(
    "text", ["TW-240002", "2 pairs", "last week", "unbroken", "what are the options?"]
)
def test_other_talk_is_no_choice(text: str) -> None:
    found = heard(text, "choice", choices=REASONS)
    assert (found.values, found.refused) == ({}, {})


@pytest.mark.parametrize(
    "text",
    [
        "5 Oak Street, Dayton, OH 45402",
        "it's 5 Oak Street, Dayton, OH 45402",
        "It should be 5 Oak Street, Dayton, OH 45402.",
        "My new address is 5 Oak Street, Dayton, OH 45402, thanks",
        "the new delivery address is: 5 Oak Street, Dayton, OH 45402",
        "ok, please send it to 5 Oak Street, Dayton, OH 45402",
        "Can you change it to 5 Oak Street, Dayton, OH 45402 please",
        "New address: 5 Oak Street, Dayton, OH 45402",
        "yes, here it is: 5 Oak Street, Dayton, OH 45402",
        "sorry, I meant 5 Oak Street, Dayton, OH 45402",
        "to 5 Oak Street, Dayton, OH 45402!",
    ],
)
def test_free_text_is_taken_without_its_lead_in(text: str) -> None:
    assert value(text, "text") == "5 Oak Street, Dayton, OH 45402"


@pytest.mark.parametrize(
    "text",
    [
        "苏州市工业园区星湖街5号",
        "新地址是苏州市工业园区星湖街5号",
        "改到苏州市工业园区星湖街5号，谢谢",
        "我的新收货地址是：苏州市工业园区星湖街5号。",
        "麻烦改成苏州市工业园区星湖街5号",
        "寄到苏州市工业园区星湖街5号，麻烦了",
        "好的，地址改为苏州市工业园区星湖街5号",
        "是苏州市工业园区星湖街5号",
    ],
)
def test_chinese_free_text_is_taken_without_its_lead_in(text: str) -> None:
    assert value(text, "text") == "苏州市工业园区星湖街5号"


@pytest.mark.parametrize(
    "text", ["Noah lives at 5 Oak", "Tom's place", "Okemos Road 3", "改革路5号"]
)
def test_words_that_only_begin_like_a_lead_in_stay(text: str) -> None:
    assert value(text, "text") == text


@pytest.mark.parametrize(
    ("text", "choice"), [("质量", "faulty"), ("Wrong", "wrong"), ("发错", "wrong")]
)
def test_choice_is_found_by_how_it_begins_when_asked_only(text: str, choice: str) -> None:
    assert value(text, "choice", choices=REASONS) == choice
    assert value(text, "choice", choices=REASONS, asked=False) is None


def test_beginning_of_several_choices_is_none_of_them() -> None:
    assert heard("it is", "choice", choices=REASONS).values == {}


@pytest.mark.parametrize(
    "text",
    [
        "对了，送到西藏要几天",
        "改了地址运费要多少钱",
        "换了城市还能准时到吗",
        "哎算了，不改了",
        "never mind, I'll keep the old one",
        "how much does that cost?",
    ],
)
def test_question_or_giving_up_is_no_free_text(text: str) -> None:
    assert heard(text, "text").values == {}


@pytest.mark.parametrize(
    "text", ["算了，还是送苏州市星湖街5号", "苏州市星湖街5号，送货上门行不行", "5 Oak Street, ok?"]
)
def test_free_text_with_a_number_is_taken_whatever_is_said_with_it(text: str) -> None:
    assert "5" in (value(text, "text") or "")


def test_free_text_is_taken_when_asked_only() -> None:
    assert heard("5 Oak Street", "text", asked=False).values == {}


@pytest.mark.parametrize("text", ["thanks", "it's", "谢谢", "!", ""])
def test_lead_in_and_thanks_alone_are_no_text(text: str) -> None:
    found = heard(text, "text", min_length=8)
    assert (found.values, found.refused) == ({}, {})


@pytest.mark.parametrize(
    ("text", "problem", "given"),
    [
        ("it's 5 A", "too_short", "5 A"),
        ("x" * 31, "too_long", "x" * 31),
    ],
)
def test_text_of_the_wrong_length_is_refused(text: str, problem: str, given: str) -> None:
    assert refusal(text, "text", min_length=8, max_length=30) == (problem, given)
