"""The main figures as one list: the same in the shell, in the console and in the CSV file."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from bot.insights.figures import Figures
from bot.insights.rates import Rate

Kind = Literal["count", "share", "ms", "seconds", "stars"]
Good = Literal["more", "less", "neither"]


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure: `value` (None: nothing to count) of `n` counted; shares in 0..1.

    `n` is None where the value counts itself; `good` says which change is for the better.
    """

    key: str
    kind: Kind
    value: float | None
    n: int | None = None
    good: Good = "neither"


def headlines(figures: Figures) -> tuple[Headline, ...]:
    """The main figures in the order in which they are read."""
    hand_offs = sum(one.count for one in figures.hand_offs)
    replies = figures.staff_replies.seconds
    return (
        Headline("conversations", "count", figures.conversations),
        Headline("messages", "count", figures.messages.customer),
        _share("containment", figures.outcomes.containment, "more"),
        _share("coverage", figures.coverage, "more"),
        Headline("hand_offs", "count", hand_offs),
        _share("thumbs_up", figures.thumbs_up, "more"),
        Headline("stars", "stars", figures.stars.mean, figures.stars.n, "more"),
        _share("negative", figures.moods.negative_share, "less"),
        Headline("bot_p50", "ms", figures.bot_ms.p50, figures.bot_ms.n, "less"),
        Headline("bot_p90", "ms", figures.bot_ms.p90, figures.bot_ms.n, "less"),
        Headline("staff_p50", "seconds", replies.p50, replies.n, "less"),
        Headline("staff_p90", "seconds", replies.p90, replies.n, "less"),
    )


def shown(one: Headline) -> str:
    """The value with its unit, as it is read in any language; a dash where there is none."""
    value = one.value
    if value is None:
        return "–"
    match one.kind:
        case "count":
            return f"{value:,.0f}"
        case "share":
            return f"{100 * value:.1f} %"
        case "ms":
            return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"
        case "stars":
            return f"{value:.2f}"
        case "seconds":
            return duration(value)


def duration(seconds: float) -> str:
    """A length of time in its two largest units: `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    whole = round(seconds)
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    for (large, size), (small, less) in pairwise(units):
        if whole >= size:
            rest = whole % size // less
            return f"{whole // size} {large}" + (f" {rest} {small}" if rest else "")
    return f"{whole} s"


def _share(key: str, rate: Rate, good: Good) -> Headline:
    return Headline(key, "share", rate.share, rate.n, good)
