"""Find the values of slots in what a customer wrote. Knows no conversation.

Each type of slot has its finder; which of several values counts is decided for all alike.
"""

from collections.abc import Mapping

from bot.slot_amounts import amounts
from bot.slot_choices import choices, products
from bot.slot_choosing import chosen
from bot.slot_codes import order_numbers, patterned
from bot.slot_contacts import emails, names, phones
from bot.slot_dates import dates
from bot.slot_schema import Problem, Slot, SlotType
from bot.slot_values import Finder, Hearing, SlotContext, SlotValues
from bot.slot_words import words
from knowledge.language import normalise

__all__ = ["SlotContext", "SlotValues", "read"]

_FINDERS: dict[SlotType, Finder] = {
    "order_number": order_numbers,
    "email": emails,
    "phone": phones,
    "date": dates,
    "amount": amounts,
    "product": products,
    "choice": choices,
    "text": words,
    "name": names,
    "pattern": patterned,
}


def read(text: str, declared: Mapping[str, Slot], context: SlotContext) -> SlotValues:
    """Return what `text`, in simplified script, gives for the `declared` slots.

    A bare answer ("204188", "the second one") and free text count for the slot just asked for
    only. Of several values the last one counts, unless another is insisted on or it is denied.
    """
    plain = normalise(text)
    values: dict[str, str] = {}
    refused: dict[str, Problem] = {}
    given: dict[str, str] = {}
    for name, slot in declared.items():
        found = _FINDERS[slot.type](plain, Hearing(slot, name == context.asked, context))
        one = chosen(plain, found)
        if one is None:
            continue
        if one.problem is None:
            values[name] = one.value
        else:
            refused[name] = one.problem
            given[name] = plain[one.start : one.end].strip()
    return SlotValues(values, refused, given)
