"""Error budgets a release has thresholds for, so that changing the budget needs no training."""

from collections.abc import Iterable

BUDGETS = (0.005, *(percent / 100 for percent in range(1, 31)))
"""Shares of wrong answers, each of which a release fits its thresholds to beside its own."""


def strictest_within(budgets: Iterable[str], error_budget: float) -> str:
    """Return the largest of `budgets` (numbers as text) that is no larger than `error_budget`.

    The smallest, where all of them are larger.
    """
    known = sorted(budgets, key=float)
    return max((each for each in known if float(each) <= error_budget), key=float, default=known[0])
