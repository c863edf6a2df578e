"""What is known when slot values are read, and what was read. Knows no conversation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.products import Catalogue
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
class SlotValues:
    """What a message gives, by slot: normalised `values`, and what was `refused` with its problem.

    `given` holds the customer's words of what was refused.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
