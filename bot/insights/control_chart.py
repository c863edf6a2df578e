"""When a share is higher than its own past explains: a control chart for proportions. Pure.

The last 24 hours, with `x` marked of `n`, are compared with the days before them (`x_i` of `n_i`,
`k` days with anything in them):

    p      = (sum x_i + 0.5) / (sum n_i + 1)                                   the usual share
    phi    = max(1, sum((x_i - n_i p)^2 / (n_i p (1 - p))) / (k - 1))          unrest of the days
    phi'   = phi (1 + n / sum n_i)                                             p is an estimate
    beyond = P(X >= floor(x / phi')) < ALPHA, X binomial of floor(n / phi') and p

This is the p-chart (Montgomery, Introduction to Statistical Quality Control, ch. 7) with the exact
binomial tail in place of three standard deviations, which are wrong for few marked ones, and with
the dispersion of a quasi-binomial model (McCullagh and Nelder, Generalized Linear Models, 1989,
4.5), since days differ by more than chance. What is counted must be independent of each other:
conversations are, the messages of one are not.

Looking every ten minutes for 365 quiet days gives 0.0 to 0.3 false alarms where each day has the
same share (25 to 500 conversations a day, a tenth to a quarter of them marked), 0.7 to 1.2 where
the shares of the days differ by a fifth to a third (means of ten simulated years). The price: of 25
conversations a day 58 % must be marked where 20 % are usual, of 100 37 %, of 500 27 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

from bot.insights.rates import Rate

ALPHA = 0.0001
"""One look in ten thousand; a day has 144 looks, each much like the one before."""
LEAST = 20
"""Fewer in the last 24 hours say nothing."""
LEAST_DAYS = 7
"""Fewer days with anything in them do not show what is usual."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The usual share, the share from which it is beyond (above 1: never), and whether it is."""

    usual: float
    limit: float
    beyond: bool


def judge(present: Rate, days: Sequence[Rate]) -> Judgement | None:
    """Compare `present` with the days before it; None where there is too little of either."""
    past = [day for day in days if day.n]
    if present.n < LEAST or len(past) < LEAST_DAYS:
        return None
    total = sum(day.n for day in past)
    usual = (sum(day.count for day in past) + 0.5) / (total + 1)
    unrest = _unrest(past, usual) * (1 + present.n / total)
    least = _critical(int(present.n / unrest), usual)
    limit = least * unrest / present.n
    return Judgement(usual, limit, int(present.count / unrest) >= least)


def _unrest(past: Sequence[Rate], usual: float) -> float:
    """How many times more the days vary than chance alone would make them; 1 at least."""
    chance = usual * (1 - usual)
    squares = sum((day.count - day.n * usual) ** 2 / (day.n * chance) for day in past)
    return max(1.0, squares / (len(past) - 1))


def _critical(n: int, usual: float) -> int:
    """The smallest number of `n` that as many or more are hardly ever; `n + 1` if none is."""
    hit, miss = log(usual), log1p(-usual)
    tail = 0.0
    for x in range(n, -1, -1):
        ways = lgamma(n + 1) - lgamma(x + 1) - lgamma(n - x + 1)
        tail += exp(ways + x * hit + (n - x) * miss)
        if tail >= ALPHA:
            return x + 1
    return 0
