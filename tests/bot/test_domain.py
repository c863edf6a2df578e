from pathlib import Path
from typing import Any

import pytest
import tomlkit

from bot.domain import FILE_NAME, load
from knowledge.errors import DeskmateError
from tests.bot.shop import MESSAGES, SHOP, intent, shop, shop_values, texts

SAMPLE_SHOP = Path(__file__).parents[2] / "bot" / "demo" / "shop"


def problem(folder: Path, **changed: Any) -> str:
    (folder / FILE_NAME).write_text(tomlkit.dumps(shop_values(**changed)), encoding="utf-8")
    with pytest.raises(DeskmateError) as caught:
        load(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{folder / FILE_NAME}: ")


def test_domain_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(tomlkit.dumps(SHOP), encoding="utf-8")
    assert load(tmp_path) == shop()


def test_sample_shop_is_consistent_in_both_languages() -> None:
    domain = load(SAMPLE_SHOP)
    domain.check_languages(("en", "zh"))
    assert {"order_status", "talk_to_human"} < set(domain.intents)


def test_fill_puts_in_shop_bot_and_slots() -> None:
    filled = shop().fill("{bot} of {shop}: {order_number}", "zh", {"order_number": "TW-1", "x": ""})
    assert filled == "小灯 of 汐灯: TW-1"


def test_slot_values_are_not_filled_themselves() -> None:
    assert shop().fill("{order_number}", "en", {"order_number": "{shop}{0}"}) == "{shop}{0}"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"intents__thanks__reply": texts("It is {order_number}", "好")},
            "intents.thanks.reply.en names {order_number}; it may name bot, shop",
        ),
        (
            {"intents__order_status__slots": ["number"]},
            "intent 'order_status' needs slot 'number', which is not declared",
        ),
        (
            {"messages__en": {**MESSAGES, "welcome": "Hi {name}"}},
            "messages.en.welcome names {name}; it may name bot, shop",
        ),
        (
            {"slots__email__ask": texts("For {order_number}?", "邮箱？")},
            "slots.email.ask.en names {order_number}; it may name bot, shop",
        ),
        (
            {"intents__thanks__reply": texts("Any { time", "好")},
            "intents.thanks.reply.en: 'Any { time': expected '}' before end of string; "
            "write {{ for a brace",
        ),
        ({"intents__thanks__reply": texts("{}", "好")}, "intents.thanks.reply.en: '{}'"),
        (
            {"intents__thanks__reply": texts("{shop!x}", "好")},
            "intents.thanks.reply.en: '{shop!x}'",
        ),
        (
            {"intents__thanks__reply": texts("{shop.x}", "好")},
            "intents.thanks.reply.en: '{shop.x}'",
        ),
        (
            {"intents__new": intent(texts("New", "新"))},
            "intents.new: expected a reply, found none; add one",
        ),
        ({"slots__shop": SHOP["slots"]["email"]}, "slots.shop: the name is taken; choose another"),
        (
            {"slots__order_number__pattern": "TW-(\\d+"},
            "slots.order_number: pattern: expected a regular expression, found 'TW-(\\\\d+'",
        ),
        ({"slots__email__type": "pattern"}, "slots.email: expected a pattern, as type is"),
        (
            {"intents__thanks__lable": texts("Thanks", "谢谢")},
            "unknown key 'intents.thanks.lable'; did you mean 'intents.thanks.label'?",
        ),
        ({"intents__thanks__label": {}}, "intents.thanks.label: "),
        ({"intents__thanks": {}}, "intents.thanks.label: expected a value, found none; add"),
        ({"messages__fr": MESSAGES}, "messages.fr"),
    ],
)
def test_inconsistent_domain_is_refused_with_its_place(
    tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    assert problem(tmp_path, **changed).startswith(said)


def test_doubled_brace_is_a_brace() -> None:
    domain = shop(shop_values(intents__thanks__reply=texts("{{any}} time", "好")))
    assert domain.fill(domain.intents["thanks"].reply["en"], "en", {}) == "{any} time"


def test_hand_off_needs_no_reply() -> None:
    assert shop().intents["talk_to_human"].reply == {}


def test_languages_of_the_shop_are_complete() -> None:
    shop().check_languages(("en", "zh"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"messages": {"en": MESSAGES}}, r"expected \[messages.zh\], found none; write it or take"),
        ({"shop": {"en": "Tidewick"}}, "shop has no text in 'zh'; add shop.zh"),
        ({"intents__thanks__label": {"en": "Thanks"}}, "add intents.thanks.label.zh"),
        ({"intents__thanks__reply": {"en": "Any time"}}, "add intents.thanks.reply.zh"),
        ({"slots__email__ask_again": {"en": "Again?"}}, "add slots.email.ask_again.zh"),
    ],
)
def test_text_missing_in_a_language_is_named(changed: dict[str, Any], said: str) -> None:
    domain = shop(shop_values(**changed))
    domain.check_languages(("en",))
    with pytest.raises(DeskmateError, match=said):
        domain.check_languages(("en", "zh"))
