"""The shop's products as customers name them. Knows no conversation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from knowledge.script import simplified
from knowledge.types import Language

Catalogue = Mapping[str, Mapping[Language, tuple[str, ...]]]
"""Other names of each product, by product and language."""


@dataclass(frozen=True, slots=True)
class Named:
    """A product in a text: `text[start:end]`, its `name` in the catalogue."""

    name: str
    start: int
    end: int
    text: str


class Products:
    """Finds the catalogue's products in texts of simplified script, the longest name first."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._names = {
            simplified(each).lower(): name
            for name, others in catalogue.items()
            for each in (name, *(one for listed in others.values() for one in listed))
        }

    def named(self, text: str) -> list[Named]:
        """The products in `text` in their order, each once."""
        if not self._names:
            return []
        found: dict[str, Named] = {}
        for match in _expression(tuple(self._names)).finditer(text):
            said = match[0].lower()
            name = self._names.get(said) or self._names[said.removesuffix("s")]
            found.setdefault(name, Named(name, match.start(), match.end(), match[0]))
        return list(found.values())

    def names(self, text: str) -> frozenset[str]:
        """The products that a text of any script names."""
        return frozenset(each.name for each in self.named(simplified(text)))


@cache
def _expression(names: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the names; Latin ones not inside another word, with or without a plural s."""
    listed = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![A-Za-z])(?:{listed})s?(?![A-Za-z])", re.IGNORECASE)
