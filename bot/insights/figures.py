"""What the statistics say, as frozen values; every share carries the number it is a share of.

`to_dict` gives plain JSON values. How the numbers are counted is the business of `bot.stats`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar

from bot.insights.rates import Count, Figure, Quantiles, Rate, plain
from knowledge.types import Language


@dataclass(frozen=True, slots=True)
class Outcomes(Figure):
    """How the conversations went in which the customer wrote; their sum is all of these.

    `answered`: ended, with an answer of the bot and without a person. `person`: a person was asked
    for or stepped in. `unanswered`: ended without either. `going_on`: not ended yet.
    """

    answered: int
    person: int
    unanswered: int
    going_on: int

    @property
    def containment(self) -> Rate:
        """The share answered without a person, of those whose outcome is known."""
        return Rate(self.answered, self.answered + self.person + self.unanswered)

    def to_dict(self) -> dict[str, Any]:
        """Return the four numbers and the containment."""
        return {**super(Outcomes, self).to_dict(), "containment": self.containment.to_dict()}


@dataclass(frozen=True, slots=True)
class Moods(Figure):
    """The customers' messages by mood, those whose mood is known."""

    negative: int
    neutral: int
    positive: int

    @property
    def negative_share(self) -> Rate:
        """The share of negative messages."""
        return Rate(self.negative, self.negative + self.neutral + self.positive)


@dataclass(frozen=True, slots=True)
class Messages(Figure):
    """Messages of the customers, the bot's replies to them, and what staff wrote."""

    customer: int
    bot: int
    staff: int


@dataclass(frozen=True, slots=True)
class Stars(Figure):
    """Ratings of whole conversations; `counts` from one star to five."""

    counts: tuple[int, ...]

    @property
    def n(self) -> int:
        """How many conversations were rated."""
        return sum(self.counts)

    @property
    def mean(self) -> float | None:
        """The mean number of stars, 1..5; None without a rating."""
        total = sum(stars * count for stars, count in enumerate(self.counts, start=1))
        return total / self.n if self.n else None

    def to_dict(self) -> dict[str, Any]:
        """Return the counts, their number and the mean."""
        return {"counts": list(self.counts), "n": self.n, "mean": plain(self.mean)}


@dataclass(frozen=True, slots=True)
class StaffReplies(Figure):
    """Hand-offs of the period: seconds until staff wrote first, and those that got no reply.

    `left`: gave up or were closed before anybody wrote. `open`: no reply yet, none of that either.
    """

    seconds: Quantiles
    left: int
    open: int


@dataclass(frozen=True, slots=True)
class Waiting(Figure):
    """Who waits for a person now, and for how long the first of them, in seconds."""

    count: int
    longest_s: float


@dataclass(frozen=True, slots=True)
class ReleaseUse(Figure):
    """A release that answered in the period: since when (ISO 8601, UTC), how much, how well."""

    release: str
    since: str
    messages: int
    coverage: Rate


@dataclass(frozen=True, slots=True)
class PartFigures(Figure):
    """The figures of one day, week or month; `first` is its first day."""

    first: date
    conversations: int
    messages: int
    replies: int
    outcomes: Outcomes
    coverage: Rate
    hand_offs: tuple[Count, ...]
    thumbs_up: Rate
    moods: Moods


@dataclass(frozen=True, slots=True)
class Figures(Figure):
    """All figures of a period, of one language or (None) of all; parts in order of time."""

    first: date
    last: date
    unit: str
    language: Language | None
    conversations: int
    messages: Messages
    outcomes: Outcomes
    coverage: Rate
    not_known: int
    hand_offs: tuple[Count, ...]
    thumbs_up: Rate
    stars: Stars
    bot_ms: Quantiles
    staff_replies: StaffReplies
    waiting: Waiting
    intents: tuple[Count, ...]
    moods: Moods
    releases: tuple[ReleaseUse, ...]
    parts: tuple[PartFigures, ...]


Sum = TypeVar("Sum", Rate, Outcomes, Moods)


def total(kind: type[Sum], values: Sequence[Sum]) -> Sum:
    """The sum of `values`, number by number."""
    return kind(*(sum(getattr(each, one.name) for each in values) for one in fields(kind)))
