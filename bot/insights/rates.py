"""Shares, counts and quantiles, each with the number it stands for, and their plain JSON values.

Knows nothing of what is counted.
"""

from dataclasses import dataclass, fields
from datetime import date
from math import sqrt
from typing import Any

Z95 = 1.96


class Figure:
    """A value that turns into plain JSON values."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name, as JSON values."""
        names = (one.name for one in fields(self))  # type: ignore[arg-type]  # all are dataclasses
        return {name: plain(getattr(self, name)) for name in names}


@dataclass(frozen=True, slots=True)
class Rate(Figure):
    """`count` of `n`. `share` is None where there was nothing to count."""

    count: int
    n: int

    @property
    def share(self) -> float | None:
        """`count / n`, 0..1."""
        return self.count / self.n if self.n else None

    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the share (Wilson 1927), None where there was nothing to count."""
        if not self.n:
            return None
        share, spread = self.count / self.n, Z95**2 / self.n
        centre = (share + spread / 2) / (1 + spread)
        half = Z95 * sqrt(share * (1 - share) / self.n + spread / (4 * self.n)) / (1 + spread)
        return max(0.0, centre - half), min(1.0, centre + half)

    def to_dict(self) -> dict[str, Any]:
        """Return count, n, share and interval."""
        return {
            "count": self.count,
            "n": self.n,
            "share": plain(self.share),
            "interval": plain(self.interval()),
        }


@dataclass(frozen=True, slots=True)
class Count(Figure):
    """How often something with a name occurred."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Quantiles(Figure):
    """The median and the value that nine of ten keep below; None where `n` is 0."""

    p50: float | None
    p90: float | None
    n: int

    @classmethod
    def of(cls, values: list[float]) -> "Quantiles":
        """The quantiles of `values`, each the smallest value that enough others keep within."""
        ordered = sorted(values)
        if not ordered:
            return cls(None, None, 0)
        return cls(_quantile(ordered, 50), _quantile(ordered, 90), len(ordered))


def _quantile(ordered: list[float], percent: int) -> float:
    return ordered[-(-len(ordered) * percent // 100) - 1]


def plain(value: Any) -> Any:
    """The value as JSON has it: figures as objects, days as text, numbers with four digits."""
    if isinstance(value, Figure):
        return value.to_dict()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return value
