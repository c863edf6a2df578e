"""Champion against challenger on the same frozen rows: promote or not, and why. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

SIGNIFICANT = 0.05
"""Two-sided p-value of McNemar's exact test from which a set counts as worse."""

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Comparison:
    """One frozen set: rows only the challenger had right, rows only the champion had right."""

    name: str
    n: int
    won: int
    lost: int
    p_value: float

    @property
    def worse(self) -> bool:
        """Whether the challenger is worse beyond chance."""
        return self.lost > self.won and self.p_value < SIGNIFICANT


@dataclass(frozen=True)
class Verdict:
    """Whether to promote, the reason in one line, and what it rests on."""

    promote: bool
    reason: str
    comparisons: tuple[Comparison, ...]


def compare(name: str, champion: Bools, challenger: Bools) -> Comparison:
    """Pair two models' outcomes on the same n rows (McNemar's exact test)."""
    if len(champion) != len(challenger):
        raise ValueError(
            f"{name}: expected the same rows, found {len(champion)}, {len(challenger)}"
        )
    won = int((challenger & ~champion).sum())
    lost = int((champion & ~challenger).sum())
    p_value = float(binomtest(won, won + lost).pvalue) if won + lost else 1.0
    return Comparison(name, len(champion), won, lost, p_value)


def judge(champion: Mapping[str, Bools], challenger: Mapping[str, Bools]) -> Verdict:
    """Promote a challenger that is better over all sets and on none worse beyond chance.

    Both map set names to outcomes on the same rows; a set that one of them cannot answer (a
    language it does not speak, say) counts as all wrong for it.
    """
    pairs = tuple(_pair(name, champion, challenger) for name in sorted({*champion, *challenger}))
    won, lost = sum(pair.won for pair in pairs), sum(pair.lost for pair in pairs)
    worse = [pair for pair in pairs if pair.worse]
    if worse:
        named = ", ".join(f"{p.name} (-{p.lost} +{p.won}, p={p.p_value:.3f})" for p in worse)
        return Verdict(False, f"worse beyond chance on {named}", pairs)
    if won <= lost:
        return Verdict(False, f"not better: {won} rows won, {lost} lost", pairs)
    return Verdict(True, f"better: {won} rows won, {lost} lost, no set worse beyond chance", pairs)


def _pair(name: str, champion: Mapping[str, Bools], challenger: Mapping[str, Bools]) -> Comparison:
    known = champion.get(name, challenger.get(name))
    wrong = np.zeros_like(known, dtype=bool)
    return compare(name, champion.get(name, wrong), challenger.get(name, wrong))
