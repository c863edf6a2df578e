"""What is known when slot values are read, what is found, and what was read in the end.

Knows no conversation and no type of slot.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.products import Catalogue
from bot.slot_schema import Problem, Slot
from knowledge.types import Language


@dataclass(frozen=True, slots=True)
class SlotContext:
    """What a message is read with: the slot just `asked` for, its language, the shop's `products`.

    `today` is the customer's day, which "yesterday" counts from.
    """

    asked: str | None
    language: Language
    products: Catalogue
    today: date


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a message is searched for: a value of `slot`, which was just asked for or not."""

    slot: Slot
    asked: bool
    context: SlotContext


@dataclass(frozen=True, slots=True)
class Found:
    """A value at `text[start:end]`, normalised; `problem` says why it is refused."""

    start: int
    end: int
    value: str
    problem: Problem | None = None


Finder = Callable[[str, Hearing], list[Found]]
"""Finds all values of a slot in a text, in any order, those that are denied included."""


@dataclass(frozen=True, slots=True)
class SlotValues:
    """What a message gives, by slot: normalised `values`, and what was `refused` with its problem.

    `given` holds the customer's words of what was refused.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, Problem] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
