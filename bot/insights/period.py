"""The span of days that figures are asked for, cut into days, weeks or months.

Days begin at midnight in the shop's time zone; the log keeps UTC, so a part names the two moments
that it lies between. Knows nothing of what is counted.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal, get_args

from knowledge.errors import DeskmateError

Unit = Literal["day", "week", "month"]
UNITS: tuple[Unit, ...] = get_args(Unit)

DEFAULT_DAYS = 28
"""Four whole weeks, so that two periods hold the same weekdays."""
MOST_DAYS = 3660
FIRST_YEAR, LAST_YEAR = 1970, 2999
DAYS_BY_DAY = 62
DAYS_BY_WEEK = 370
"""The longest periods that are shown by the day and by the week, unless another unit is asked."""


class PeriodError(DeskmateError):
    """A period that cannot be counted."""


@dataclass(frozen=True, slots=True)
class Part:
    """One bar of a chart: its first day, and the moments (ISO 8601, UTC) from and until."""

    first: date
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included, in `zone`."""

    first: date
    last: date
    unit: Unit = "day"
    zone: tzinfo = UTC

    def __post_init__(self) -> None:
        ours = self.first.year >= FIRST_YEAR and self.last.year <= LAST_YEAR
        if not ours or not 0 <= (self.last - self.first).days < MOST_DAYS:
            raise PeriodError(
                f"expected a period of 1 to {MOST_DAYS} days, found {self.first} to {self.last}; "
                "give the earlier day first"
            )

    @classmethod
    def of_days(cls, days: int, now: str, zone: tzinfo = UTC) -> "Period":
        """The last `days` days, today included; `now` is ISO 8601."""
        today = datetime.fromisoformat(now).astimezone(zone).date()
        if not 0 < days <= MOST_DAYS:
            raise PeriodError(f"expected 1 to {MOST_DAYS} days, found {days}; give fewer")
        return cls.between(today - timedelta(days=days - 1), today, zone)

    @classmethod
    def between(cls, first: date, last: date, zone: tzinfo = UTC) -> "Period":
        """The days from `first` to `last` in the unit that fits their number."""
        days = (last - first).days + 1
        unit: Unit = "day" if days <= DAYS_BY_DAY else "week" if days <= DAYS_BY_WEEK else "month"
        return cls(first, last, unit, zone)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def since(self) -> str:
        """The moment it begins, ISO 8601 in UTC."""
        return _midnight(self.first, self.zone)

    @property
    def until(self) -> str:
        """The moment it is over, ISO 8601 in UTC."""
        return _midnight(self.last + timedelta(days=1), self.zone)

    def before(self) -> "Period":
        """The period of the same length that ends where this one begins."""
        length = timedelta(days=self.days)
        return Period(self.first - length, self.last - length, self.unit, self.zone)

    def parts(self) -> tuple[Part, ...]:
        """Its days, weeks (from Monday) or months, in order; those at its ends may be cut."""
        firsts = [self.first]
        while (following := _next(firsts[-1], self.unit)) <= self.last:
            firsts.append(following)
        ends = [*firsts[1:], self.last + timedelta(days=1)]
        return tuple(
            Part(first, _midnight(first, self.zone), _midnight(end, self.zone))
            for first, end in zip(firsts, ends, strict=True)
        )


def _next(day: date, unit: Unit) -> date:
    """The first day of the unit after the one that `day` lies in."""
    if unit == "day":
        return day + timedelta(days=1)
    if unit == "week":
        return day + timedelta(days=7 - day.weekday())
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _midnight(day: date, zone: tzinfo) -> str:
    moment = datetime.combine(day, time(), zone).astimezone(UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
