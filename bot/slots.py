"""Find the values of slots in what a customer wrote. Knows no conversation."""

from collections.abc import Mapping

from bot.domain import Slot, SlotType
from bot.slot_values import SlotContext, SlotValues
from knowledge import redact
from knowledge.language import normalise

__all__ = ["SlotContext", "SlotValues", "extract", "read"]

_ANNOUNCED: dict[SlotType, tuple[str, ...]] = {
    "order_number": ("order number {}", "订单号{}"),
    "phone": ("phone {}", "电话{}"),
    "name": ("name: {}", "姓名：{}"),
}
"""Words in front of a bare answer by which redaction recognises what it is."""


def read(text: str, declared: Mapping[str, Slot], context: SlotContext) -> SlotValues:
    """Return what `text` gives for the declared slots; normalised text, in simplified script."""
    return SlotValues(extract(text, declared, context.asked))


def extract(text: str, declared: Mapping[str, Slot], asked: str | None = None) -> dict[str, str]:
    """Return the values that `text` holds for the declared slots, by slot name.

    A slot's `pattern` decides where it has one; otherwise what redaction recognises as its type,
    and for the slot that was just `asked` a bare answer, too ("204188"). The last value counts:
    people correct themselves forwards.
    """
    plain = normalise(text)
    found = {name: _value(plain, slot) for name, slot in declared.items()}
    if asked is not None and found.get(asked) == "":
        found[asked] = _bare_value(plain, declared[asked])
    return {name: value for name, value in found.items() if value}


def _value(text: str, slot: Slot) -> str:
    if slot.pattern:
        matches = [match[0] for match in slot.expression().finditer(text)]
    else:
        matches = [span.text for span in redact.find(text) if span.kind == slot.type]
    if not matches:
        return ""
    return matches[-1].upper() if slot.type in ("order_number", "pattern") else matches[-1]


def _bare_value(text: str, slot: Slot) -> str:
    announced = () if slot.pattern else _ANNOUNCED.get(slot.type, ())
    return next((v for words in announced if (v := _value(words.format(text), slot))), "")
