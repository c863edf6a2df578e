import pytest

from bot.domain import Slot, SlotType
from bot.slots import extract
from tests.bot.shop import texts


def slot(kind: SlotType, pattern: str = "") -> Slot:
    return Slot(type=kind, pattern=pattern, ask=texts("?", "？"), ask_again=texts("?", "？"))


ORDER = {"order": slot("order_number", r"TW-?\d{6}")}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It is TW-204188.", "TW-204188"),
        ("tw-204188 pls", "TW-204188"),
        ("TW204188", "TW204188"),
        ("订单号是TW-204188，谢谢", "TW-204188"),
        ("ＴＷ－２０４１８８", "TW-204188"),
        ("TW-204188, sorry, TW-204189", "TW-204189"),
        ("TW-\u200b204188", "TW-204188"),
    ],
)
def test_value_is_found_by_its_pattern(text: str, value: str) -> None:
    assert extract(text, ORDER) == {"order": value}


@pytest.mark.parametrize(
    "text", ["", "where is it?", "TW-20418", "TW-2041888", "XTW-204188", "😀", "204188"]
)
def test_text_without_the_exact_form_gives_no_value(text: str) -> None:
    assert extract(text, ORDER, asked="order") == {}


def test_groups_in_a_pattern_do_not_cut_the_value() -> None:
    declared = {"code": slot("pattern", r"(AB|CD)-(\d{2})|(EF)")}
    assert extract("my code is cd-12 ok", declared) == {"code": "CD-12"}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("email", "write to Ada.L@example.com please", "Ada.L@example.com"),
        ("phone", "call me on 212-555-0142", "212-555-0142"),
        ("order_number", "my order number is a-77123", "A-77123"),
        ("name", "my name is Ada Lovelace", "Ada Lovelace"),
        ("name", "我叫王小明", "王小明"),
    ],
)
def test_value_without_a_pattern_is_found_by_its_type(
    kind: SlotType, text: str, value: str
) -> None:
    assert extract(text, {"it": slot(kind)}) == {"it": value}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("order_number", "204188", "204188"),
        ("order_number", "204188 是这个", "204188"),
        ("phone", "0123456", "0123456"),
        ("name", "Ada Lovelace", "Ada Lovelace"),
        ("name", "王小明", "王小明"),
    ],
)
def test_bare_answer_counts_for_the_slot_asked_only(kind: SlotType, text: str, value: str) -> None:
    declared = {"it": slot(kind), "other": slot("email")}
    assert extract(text, declared, asked="it") == {"it": value}
    assert extract(text, declared, asked="other") == {}
    assert extract(text, declared) == {}


@pytest.mark.parametrize("kind", ["order_number", "phone", "name", "email"])
@pytest.mark.parametrize("text", ["where is my order?", "thanks", "怎么退货", "2 pairs", "{0} %s"])
def test_other_talk_is_no_bare_answer(kind: SlotType, text: str) -> None:
    assert extract(text, {"it": slot(kind)}, asked="it") == {}


def test_several_slots_are_found_in_one_message() -> None:
    found = extract("TW-204188, ada@example.com", {**ORDER, "email": slot("email")})
    assert found == {"order": "TW-204188", "email": "ada@example.com"}


def test_unknown_slot_asked_is_left_alone() -> None:
    assert extract("204188", ORDER, asked="gone") == {}
