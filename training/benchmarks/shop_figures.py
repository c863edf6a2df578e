"""A share with its sample size, its 95 % Wilson interval, and what it is to reach."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.metrics import interval


@dataclass(frozen=True, slots=True)
class Share:
    """How many of `n` are so; `goal` is what the share is to reach (">= 0.94"), if anything."""

    name: str
    count: int
    n: int
    goal: str = ""

    def __str__(self) -> str:
        if not self.n:
            return "-"
        low, high = self.interval
        return f"{self.count / self.n:.3f} [{low:.3f}, {high:.3f}], n = {self.n}"

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval of the share; n must not be 0."""
        return interval(np.arange(self.n) < self.count)

    def to_dict(self) -> dict[str, Any]:
        """As JSON gives it."""
        counted = {"name": self.name, "count": self.count, "n": self.n, "goal": self.goal}
        if not self.n:
            return counted
        return {**counted, "share": self.count / self.n, "interval": list(self.interval)}


@dataclass(frozen=True, slots=True)
class Miss:
    """A line of the test set `what` that did not come out as it should."""

    what: str
    text: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares, and the lines that did not come out as they should."""

    shares: tuple[Share, ...]
    misses: tuple[Miss, ...]

    @classmethod
    def together(cls, parts: Sequence["Figures"]) -> "Figures":
        """All of several, in their order."""
        return cls(
            tuple(share for part in parts for share in part.shares),
            tuple(miss for part in parts for miss in part.misses),
        )


def figure(name: str, came: Iterable[bool], goal: str = "") -> Share:
    """Count how often something came out so."""
    results = list(came)
    return Share(name, sum(results), len(results), goal)
