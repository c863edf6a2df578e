"""A slot to be read in tests, on Wednesday, March 11, 2026."""

from datetime import date
from typing import Any

from bot.slot_schema import Slot
from bot.slots import SlotContext, SlotValues, read
from knowledge.language import detect
from tests.bot.shop import texts

TODAY = date(2026, 3, 11)
PRODUCTS: dict[str, Any] = {
    "Murmur": {"en": ("earbuds",), "zh": ("真无线耳机",)},
    "Murmur Studio": {"en": ("studio headphones", "studio"), "zh": ("头戴耳机",)},
    "Drift": {"en": ("robot vacuum",), "zh": ("扫拖机器人", "扫地机")},
}
REASONS: dict[str, Any] = {
    "changed_mind": {"en": ["I changed my mind", "don't want it"], "zh": ["不想要了", "不喜欢"]},
    "faulty": {"en": ["It is faulty", "faulty", "broken"], "zh": ["质量问题", "坏了", "坏的"]},
    "wrong": {"en": ["It is the wrong item", "wrong item"], "zh": ["发错货", "发错了"]},
}


def slot(kind: str, **options: Any) -> Slot:
    asking = {"ask": texts("?", "？"), "ask_again": texts("?", "？")}
    return Slot.model_validate({"type": kind, **asking, **options})


def context(text: str = "", asked: str | None = None) -> SlotContext:
    return SlotContext(asked, detect(text), PRODUCTS, TODAY)


def heard(text: str, kind: str, *, asked: bool = True, **options: Any) -> SlotValues:
    """What `text` gives for one slot named "it"."""
    return read(text, {"it": slot(kind, **options)}, context(text, "it" if asked else None))


def value(text: str, kind: str, *, asked: bool = True, **options: Any) -> str | None:
    return heard(text, kind, asked=asked, **options).values.get("it")


def refusal(text: str, kind: str, **options: Any) -> tuple[str, str] | None:
    """The problem and what was given."""
    found = heard(text, kind, **options)
    return (found.refused["it"], found.given["it"]) if found.refused else None
