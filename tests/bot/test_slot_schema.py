"""What a slot of `domain.toml` may and may not declare."""

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
import tomlkit

from bot.domain import FILE_NAME, load
from bot.slot_schema import PROBLEMS, SlotType
from knowledge.errors import DeskmateError
from tests.bot.shop import SHOP, shop, shop_values, texts

ASKING = {"ask": texts("?", "？"), "ask_again": texts("?", "？")}
REASONS = {
    "faulty": {"en": ["It is faulty", "broken"], "zh": ["质量问题", "坏了"]},
    "other": {"en": ["Another reason"], "zh": ["其他原因"]},
}


def problem(folder: Path, **slot: Any) -> str:
    values = shop_values(slots__it={**ASKING, **slot})
    (folder / FILE_NAME).write_text(tomlkit.dumps(values), encoding="utf-8")
    with pytest.raises(DeskmateError) as caught:
        load(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{folder / FILE_NAME}: ")


@pytest.mark.parametrize(
    "slot",
    [
        {
            "type": "order_number",
            "pattern": r"TW-?\d{6}",
            "refused": {"format": texts("{given}?", "？")},
        },
        {
            "type": "date",
            "past": True,
            "refused": {"future": texts("{given} is yet to come", "？")},
        },
        {"type": "amount", "min": 10, "max": 500.5},
        {"type": "choice", "choices": REASONS, "label": texts("the reason", "原因")},
        {"type": "text", "min_length": 8, "max_length": 200},
        {"type": "product"},
    ],
)
def test_every_type_of_slot_is_read_from_the_file(tmp_path: Path, slot: dict[str, Any]) -> None:
    values = shop_values(slots__it={**ASKING, **slot}, products={"Drift": {"en": ["robot"]}})
    (tmp_path / FILE_NAME).write_text(tomlkit.dumps(values), encoding="utf-8")
    domain = load(tmp_path)
    domain.check_languages(("en", "zh"))
    assert domain.slots["it"].type == slot["type"]


@pytest.mark.parametrize(
    ("slot", "said"),
    [
        (
            {"type": "email", "past": True},
            "slots.it: past has no use where type is 'email'; take it out or correct type",
        ),
        ({"type": "date", "pattern": "x"}, "slots.it: pattern has no use where type is 'date'"),
        ({"type": "text", "max": 5}, "slots.it: max has no use where type is 'text'"),
        ({"type": "amount", "max_length": 5}, "slots.it: max_length has no use where type"),
        ({"type": "text", "choices": REASONS}, "slots.it: choices has no use where type is 'text'"),
        (
            {"type": "date", "past": True, "future": True},
            "slots.it: expected past or future, found both; take one out",
        ),
        (
            {"type": "amount", "min": 5, "max": 2},
            "slots.it: expected min up to max, found 5 and 2; swap them",
        ),
        (
            {"type": "text", "min_length": 50, "max_length": 20},
            "slots.it: expected min_length up to max_length, found 50 and 20; swap them",
        ),
        ({"type": "text", "min_length": 0}, "slots.it.min_length: "),
        (
            {"type": "choice"},
            "slots.it: expected at least two choices, found 0; add to choices",
        ),
        (
            {"type": "choice", "choices": {**REASONS, "third": {"en": ["Broken"]}}},
            "slots.it: choices: 'Broken' stands for 'faulty' and 'third'; take it out of one",
        ),
        (
            {"type": "choice", "choices": {**REASONS, "third": {"en": []}}},
            "slots.it: choices.third: expected a label, found none; write one",
        ),
        (
            {"type": "email", "refused": {"past": texts("?", "？")}},
            "slots.it: refused: expected a problem of type 'email' (format), found 'past'; "
            "take it out",
        ),
        (
            {"type": "email", "refused": {"format": texts("{give}?", "？")}},
            "slots.it.refused.format.en names {give}; it may name bot, given, shop",
        ),
        ({"type": "product"}, "slots.it: type is 'product', but there are no [products]; add some"),
        ({"type": "colour"}, "slots.it.type: "),
    ],
)
def test_declaration_that_makes_no_sense_is_refused(
    tmp_path: Path, slot: dict[str, Any], said: str
) -> None:
    assert problem(tmp_path, **slot).startswith(said)


def test_the_example_of_the_page_is_read() -> None:
    page = (Path(__file__).parents[2] / "bot" / "DOMAIN.md").read_text("utf-8")
    example = page.partition("## Slots")[2].partition("```toml\n")[2].partition("```")[0]
    domain = shop({**SHOP, **tomllib.loads(example)} | {"intents": {}})
    assert domain.slots["order_number"].refused.keys() == {"format"}
    assert domain.slots["reason"].choices["other"] == {
        "en": ("Another reason",),
        "zh": ("其他原因",),
    }


@pytest.mark.parametrize("kind", get_args(SlotType))
def test_every_type_stands_in_the_page_with_its_problems(kind: SlotType) -> None:
    page = (Path(__file__).parents[2] / "bot" / "DOMAIN.md").read_text("utf-8")
    section = page.partition("## Slots")[2].partition("\n## ")[0]
    row = re.search(rf"^\| `{kind}` \|.*\|(.*)\|$", section, re.MULTILINE)
    assert row is not None
    assert tuple(re.findall(r"`(\w+)`", row[1])) == PROBLEMS[kind]


def test_name_of_two_products_is_refused(tmp_path: Path) -> None:
    products = {"Drift": {"en": ["robot"]}, "Lift": {"zh": ["Robot"]}}
    said = "products: 'Robot' stands for 'Drift' and 'Lift'; take it out of one"
    (tmp_path / FILE_NAME).write_text(tomlkit.dumps({**SHOP, "products": products}), "utf-8")
    with pytest.raises(DeskmateError, match=said):
        load(tmp_path)


@pytest.mark.parametrize(
    ("slot", "said"),
    [
        ({"type": "email", "label": {"en": "e-mail"}}, "add slots.it.label.zh"),
        ({"type": "email", "refused": {"format": {"en": "no"}}}, "add slots.it.refused.format.zh"),
        (
            {"type": "choice", "choices": {**REASONS, "third": {"en": ["Third"]}}},
            "add slots.it.choices.third.zh",
        ),
    ],
)
def test_text_of_a_slot_missing_in_a_language_is_named(slot: dict[str, Any], said: str) -> None:
    domain = shop(shop_values(slots__it={**ASKING, **slot}))
    domain.check_languages(("en",))
    with pytest.raises(DeskmateError, match=said):
        domain.check_languages(("en", "zh"))
