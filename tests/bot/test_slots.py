import pytest

from bot.slots import read
from tests.bot.slot_samples import context, heard, refusal, slot, value

TW = r"TW-?\d{6}"


@pytest.mark.parametrize(
    "text",
    [
        "It is TW-240017.",
        "tw-240017 pls",
        "TW240017",
        "tw 240017",
        "TW - 240017",
        "tw#240017",
        "where is my order 240017?",
        "order number 240017",
        "order no. 240017",
        "my order number is: 240017",
        "the number is 240017",
        "order #240017 please",
        "#240017",
        "订单号是TW-240017，谢谢",
        "订单240017到哪了",
        "我的订单号是 240017",
        "单号:240017",
        "订单号码240017",
        "ＴＷ－２４００１７",
        "TW-\u200b240017",
        "查一下tw240017",
    ],
)
def test_order_number_is_found_unasked_in_its_canonical_form(text: str) -> None:
    assert value(text, "order_number", asked=False, pattern=TW) == "TW-240017"


@pytest.mark.parametrize(
    "text",
    [
        "240017!",
        "cancel 240017",
        "any news on 240017?",
        "查一下 240017",
        "240017 any news?",
        "240017发货没",
        "那240017呢？",
        "那个240017到了没",
        "and 240017?",
        "hurry up 240017 must not ship, I want to cancel",
        "拜托 240017 先别发货",
        "where is it? 240017",
        "我想取消，240017，谢谢",
    ],
)
def test_order_number_without_its_letters_is_found_after_a_word_that_leads_to_it(text: str) -> None:
    assert value(text, "order_number", asked=False, pattern=TW) == "TW-240017"


@pytest.mark.parametrize(
    "text",
    ["邮编 200030", "邮编：200030", "my zip is 200030", "zip code: 200030"],
)
def test_post_code_is_no_order_number(text: str) -> None:
    assert value(text, "order_number", pattern=TW, asked=False) is None
    assert value(text, "order_number", pattern=TW) is None


@pytest.mark.parametrize(
    "text",
    ["取消后改寄成都市 610000", "cancel and ship to Elm Street 240017 instead", "我要退 240017 元"],
)
def test_digits_in_an_address_or_a_sum_are_no_order_number(text: str) -> None:
    assert value(text, "order_number", pattern=TW, asked=False) is None


@pytest.mark.parametrize("text", ["it's 240017", "是240017", "ok 240017", "that one is 240017"])
def test_bare_order_number_counts_when_asked_only(text: str) -> None:
    assert value(text, "order_number", pattern=TW) == "TW-240017"
    assert value(text, "order_number", pattern=TW, asked=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "where is it?",
        "XTW-240017",
        "😀",
        "call 2125550142",
        "2 pairs",
        "since 2024",
        "{0} %s",
        "order 240017.50",
        "I paid $240017.00",
        "怎么退货",
        "thanks",
        "买了3个",
        "123456789",
    ],
)
def test_other_numbers_are_no_order_number(text: str) -> None:
    assert heard(text, "order_number", pattern=TW).values == {}


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("no, I meant order 4417", "4417"),
        ("order 4417", "4417"),
        ("4417", "4417"),
        ("it's 24001", "24001"),
        ("TW-24001", "TW-24001"),
        ("tw 2400178", "tw 2400178"),
        ("订单4417", "4417"),
        ("我说的是 4417", "4417"),
        ("AB-240017", "AB-240017"),
    ],
)
def test_what_is_no_order_number_is_refused_with_what_was_given(text: str, given: str) -> None:
    assert refusal(text, "order_number", pattern=TW) == ("format", given)


@pytest.mark.parametrize("text", ["4417", "I ordered 400 of them", "room 4417", "waited 100 days"])
def test_other_numbers_are_not_refused_unasked(text: str) -> None:
    assert heard(text, "order_number", asked=False, pattern=TW).refused == {}


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"(?:TW[- ]?)?\d{6}", "240017", "TW-240017"),
        (r"[A-Z]\d{4}", "it is b1234", "B1234"),
        (r"SO\d{8}", "so 12345678", "SO12345678"),
        (r"(AB|CD)-(\d{2})|(EF)", "it's cd-12 ok", "CD-12"),
    ],
)
def test_other_patterns_have_forms_of_their_own(pattern: str, text: str, found: str) -> None:
    assert value(text, "order_number", pattern=pattern) == found


@pytest.mark.parametrize(
    "text",
    [
        "TW-240017, sorry, TW-240018",
        "no, not 240017, I meant 240018",
        "it's TW-240018 not TW-240017",
        "it's TW-240018, not TW-240017!",
        "not TW-240017 but TW-240018",
        "I meant 240018, I wrote 240017",
        "TW-240017 is wrong, TW-240018",
        "TW-240018. TW-240017 was wrong",
        "sorry, 240018 instead of 240017",
        "order 240018 rather than order 240017",
        "change it to 240018 from 240017",
        "actually it's 240018",
        "不是 240017，是 240018",
        "是 240018，不是 240017",
        "不是订单240017，而是240018",
        "我说的是240018，前面写的240017",
        "240017错了，240018",
        "应该是240018，不是240017",
        "240017 不对，是 240018",
    ],
)
def test_value_that_is_meant_counts(text: str) -> None:
    assert value(text, "order_number", asked=False, pattern=TW) == "TW-240018"


@pytest.mark.parametrize("text", ["not 240017", "不是240017", "TW-240017 is wrong"])
def test_denied_value_does_not_count(text: str) -> None:
    assert heard(text, "order_number", pattern=TW).values == {}


def test_question_whether_it_is_the_one_denies_nothing() -> None:
    assert value("是不是TW-240017", "order_number", pattern=TW) == "TW-240017"


def test_sound_value_counts_before_a_refused_one() -> None:
    assert value("TW-240018 (order 4417 before)", "order_number", pattern=TW) == "TW-240018"


def test_groups_in_a_pattern_do_not_cut_the_value() -> None:
    assert value("my code is cd-12 ok", "pattern", pattern=r"(AB|CD)-(\d{2})|(EF)") == "CD-12"


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("email", "write to Ada.L@example.com please", "Ada.L@example.com"),
        ("email", "邮箱是ada@example.com，谢谢", "ada@example.com"),
        ("email", "ada at example dot com", "ada@example.com"),
        ("phone", "call me on 212-555-0142", "+12125550142"),
        ("phone", "my phone is (212) 555-0142", "+12125550142"),
        ("phone", "+1 212 555 0142 is my number", "+12125550142"),
        ("phone", "手机号13800138000", "+8613800138000"),
        ("phone", "手机号13805550142", "+8613805550142"),
        ("phone", "my phone number is 13805550142", "+13805550142"),
        ("phone", "my Chinese number: +86 138 0013 8000", "+8613800138000"),
        ("order_number", "my order number is a-77123", "A-77123"),
        ("name", "my name is Ada Lovelace", "Ada Lovelace"),
        ("name", "我叫王小明", "王小明"),
    ],
)
def test_value_without_a_pattern_is_found_by_its_type(kind: str, text: str, found: str) -> None:
    assert value(text, kind, asked=False) == found


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("order_number", "204188", "204188"),
        ("order_number", "204188 是这个", "204188"),
        ("phone", "2125550142", "+12125550142"),
        ("phone", "13800138000", "+8613800138000"),
        ("email", "info@example.com", "info@example.com"),
        ("name", "Ada Lovelace", "Ada Lovelace"),
        ("name", "王小明", "王小明"),
    ],
)
def test_bare_answer_counts_for_the_slot_asked(kind: str, text: str, found: str) -> None:
    assert value(text, kind) == found


@pytest.mark.parametrize(
    ("kind", "text", "given"),
    [
        ("email", "ada@example", "ada@example"),
        ("phone", "0123456", "0123456"),
        ("phone", "it is 555-0142", "555-0142"),
        ("phone", "手机号是 138001380", "138001380"),
    ],
)
def test_incomplete_address_is_refused(kind: str, text: str, given: str) -> None:
    assert refusal(text, kind) == ("format", given)


@pytest.mark.parametrize("kind", ["order_number", "phone", "name", "email", "date", "amount"])
@pytest.mark.parametrize("text", ["where is my order?", "thanks", "怎么退货", "2 pairs", "{0} %s"])
def test_other_talk_is_no_bare_answer(kind: str, text: str) -> None:
    assert heard(text, kind).values == {}
    assert heard(text, kind).refused == {}


def test_several_slots_are_found_in_one_message() -> None:
    declared = {
        "order": slot("order_number", pattern=TW),
        "email": slot("email"),
        "day": slot("date", past=True),
        "product": slot("product"),
        "address": slot("text"),
    }
    text = "order 240017, the Drift, came last Friday, write to ada@example.com"
    assert read(text, declared, context()).values == {
        "order": "TW-240017",
        "email": "ada@example.com",
        "day": "2026-03-06",
        "product": "Drift",
    }


def test_slot_asked_that_is_not_declared_is_left_alone() -> None:
    declared = {"order": slot("order_number", pattern=TW)}
    assert read("it's 240017", declared, context(asked="gone")).values == {}


def test_a_long_message_is_read_in_no_time() -> None:
    long = "想要取消" * 1000 + "no " * 2000 + "12" * 3000
    for kind in ("order_number", "date", "amount", "text", "phone"):
        assert heard(long, kind).values.keys() <= {"it"}
