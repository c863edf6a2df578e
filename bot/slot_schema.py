"""A slot as `domain.toml` declares it: its type, what it accepts, and the words to ask for it.

Owns the declaration and its checks; how values are found stands in `bot.slots`.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from bot.domain_parts import Part, Texts
from knowledge.types import Language

SlotType = Literal[
    "order_number",
    "email",
    "phone",
    "date",
    "amount",
    "product",
    "choice",
    "text",
    "name",
    "pattern",
]
Problem = Literal[
    "format", "past", "future", "too_small", "too_large", "unknown", "too_short", "too_long"
]
"""Why a value is refused; `past` and `future` say where a date lies that may not lie there."""

PROBLEMS: dict[SlotType, tuple[Problem, ...]] = {
    "order_number": ("format",),
    "email": ("format",),
    "phone": ("format",),
    "date": ("format", "past", "future"),
    "amount": ("too_small", "too_large"),
    "product": ("unknown",),
    "choice": ("unknown",),
    "text": ("too_short", "too_long"),
    "name": (),
    "pattern": (),
}
_BELONGS_TO: dict[str, tuple[SlotType, ...]] = {
    "pattern": ("order_number", "email", "phone", "name", "pattern"),
    "past": ("date",),
    "future": ("date",),
    "min": ("amount",),
    "max": ("amount",),
    "choices": ("choice",),
    "min_length": ("text",),
    "max_length": ("text",),
}
"""The types that have a use for an option."""


class Slot(Part):
    """A piece of data the bot asks for.

    `pattern` is a regular expression for its exact form. `label` is its name in a list of what is
    still needed. `refused` says, by problem, what is wrong with a value, and may name `{given}`.
    A date with `past` may not lie in the future, one with `future` not in the past. `min` and `max`
    bound an amount, `min_length` and `max_length` the characters of a text. `choices` are the
    values of a choice, each with its label first and then other words for it.
    """

    type: SlotType
    pattern: str = ""
    ask: Texts
    ask_again: Texts
    label: dict[Language, str] = Field(default_factory=dict)
    refused: dict[Problem, Texts] = Field(default_factory=dict)
    choices: dict[str, dict[Language, tuple[str, ...]]] = Field(default_factory=dict)
    past: bool = False
    future: bool = False
    min: Decimal | None = None
    max: Decimal | None = None
    min_length: int | None = Field(default=None, ge=1)
    max_length: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _findable(self) -> "Slot":
        self._check_options()
        self._check_pattern()
        self._check_bounds()
        if self.type == "choice":
            self._check_choices()
        return self

    def _check_options(self) -> None:
        """Refuse what the type has no use for: it would be a mistake nobody notices."""
        for option in sorted(self.model_fields_set & _BELONGS_TO.keys()):
            if self.type not in _BELONGS_TO[option]:
                raise ValueError(
                    f"{option} has no use where type is {self.type!r}; take it out or correct type"
                )
        for problem in self.refused:
            if problem not in PROBLEMS[self.type]:
                known = ", ".join(PROBLEMS[self.type]) or "none"
                raise ValueError(
                    f"refused: expected a problem of type {self.type!r} ({known}), "
                    f"found {problem!r}; take it out"
                )

    def _check_pattern(self) -> None:
        if self.type == "pattern" and not self.pattern:
            raise ValueError("expected a pattern, as type is 'pattern', found none; write one")
        try:
            self.expression()
        except re.error as error:
            raise ValueError(
                f"pattern: expected a regular expression, found {self.pattern!r} ({error}); "
                "correct it"
            ) from error

    def _check_bounds(self) -> None:
        if self.past and self.future:
            raise ValueError("expected past or future, found both; take one out")
        for least, most in (("min", "max"), ("min_length", "max_length")):
            low, high = getattr(self, least), getattr(self, most)
            if low is not None and high is not None and low > high:
                raise ValueError(
                    f"expected {least} up to {most}, found {low} and {high}; swap them"
                )

    def _check_choices(self) -> None:
        if len(self.choices) < 2:
            raise ValueError(
                f"expected at least two choices, found {len(self.choices)}; add to choices"
            )
        owners: dict[tuple[str, str], str] = {}
        for value, language, word in self.words():
            owner = owners.setdefault((language, word.lower()), value)
            if owner != value:
                raise ValueError(
                    f"choices: {word!r} stands for {owner!r} and {value!r}; take it out of one"
                )
        for value, listed in self.choices.items():
            if not listed or not all(listed.values()):
                raise ValueError(f"choices.{value}: expected a label, found none; write one")

    def words(self) -> Iterator[tuple[str, Language, str]]:
        """Every word for a choice, as (value, language, word)."""
        for value, listed in self.choices.items():
            for language, words in listed.items():
                for word in words:
                    yield value, language, word

    def texts(self) -> list[tuple[str, Mapping[Language, str | tuple[str, ...]]]]:
        """What has to be there in each language, with its place within the slot."""
        return [
            ("ask", self.ask),
            ("ask_again", self.ask_again),
            ("label", self.label),
            *((f"refused.{problem}", said) for problem, said in self.refused.items()),
            *((f"choices.{value}", words) for value, words in self.choices.items()),
        ]

    def filled_texts(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Every text with braces: its place within the slot, the text, what it may name."""
        for place, said in (("ask", self.ask), ("ask_again", self.ask_again)):
            for language, text in said.items():
                yield f"{place}.{language}", text, ()
        for problem, said in self.refused.items():
            for language, text in said.items():
                yield f"refused.{problem}.{language}", text, ("given",)

    def expression(self) -> re.Pattern[str]:
        """The pattern as it stands in a sentence: in any case, not inside a word or number."""
        return re.compile(rf"(?<![A-Za-z0-9])(?:{self.pattern})(?![A-Za-z0-9])", re.IGNORECASE)


def check_products(
    products: Mapping[str, Mapping[Language, tuple[str, ...]]], slots: Mapping[str, Slot]
) -> None:
    """Raise ValueError for a product slot without products, or a name of two products."""
    for name, slot in slots.items():
        if slot.type == "product" and not products:
            raise ValueError(
                f"slots.{name}: type is 'product', but there are no [products]; add some"
            )
    owners: dict[str, str] = {}
    for product, listed in products.items():
        for each in (product, *(one for names in listed.values() for one in names)):
            owner = owners.setdefault(each.lower(), product)
            if owner != product:
                raise ValueError(
                    f"products: {each!r} stands for {owner!r} and {product!r}; take it out of one"
                )
