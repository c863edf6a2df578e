"""When the shop's people work: spans of each weekday, in the shop's own time zone.

Owns the section `[hours]` of `domain.toml`. Knows nothing of who is there or of what is said.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LOOK_AHEAD_DAYS = 366
"""Who opens no more within a year is closed."""

_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_WHOLE_DAY = (0, 24 * 60)


def _span(text: str) -> str:
    start, end = _minutes(text)
    if not 0 <= start < end <= 24 * 60:
        raise ValueError(
            f"expected an end after the start, up to 24:00, found {text!r}; "
            "write hours over midnight as two days: 22:00-24:00 and 00:00-02:00"
        )
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:  # not found, a folder's name, no name at all
        raise ValueError(
            f"expected a time zone such as Europe/Paris, found {name!r}; correct it"
        ) from error
    return name


Spans = tuple[Annotated[str, AfterValidator(_span)], ...]


class Hours(BaseModel):
    """The hours of each weekday as `["09:00-12:00", "13:00-17:00"]`.

    Without hours on any day it is always open. On a day in `closed` nobody is there.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    monday: Spans = ()
    tuesday: Spans = ()
    wednesday: Spans = ()
    thursday: Spans = ()
    friday: Spans = ()
    saturday: Spans = ()
    sunday: Spans = ()
    closed: tuple[date, ...] = ()

    def open_at(self, at: datetime) -> bool:
        """Whether it is open at `at`, which knows its time zone."""
        local = self.local(at)
        minute = local.hour * 60 + local.minute
        return any(start <= minute < end for start, end in self._spans(local.date()))

    def opens_next(self, at: datetime) -> datetime | None:
        """The first moment from `at` on at which it is open, in the shop's time zone.

        That is `at` itself while it is open; None when it does not open within a year.
        """
        local = self.local(at)
        return local if self.open_at(at) else next(self._openings(local), None)

    def local(self, at: datetime) -> datetime:
        """`at` in the shop's time zone."""
        return at.astimezone(ZoneInfo(self.timezone))

    def _openings(self, after: datetime) -> Iterator[datetime]:
        for days in range(LOOK_AHEAD_DAYS):
            day = after.date() + timedelta(days)
            for start, _ in sorted(self._spans(day)):
                opening = datetime.combine(day, time(*divmod(start, 60)), after.tzinfo)
                if opening > after:
                    yield opening

    def _spans(self, day: date) -> list[tuple[int, int]]:
        """The open spans of a day in minutes from its midnight."""
        if day in self.closed:
            return []
        if not any(getattr(self, name) for name in DAYS):
            return [_WHOLE_DAY]
        return [_minutes(text) for text in getattr(self, DAYS[day.weekday()])]


def _minutes(text: str) -> tuple[int, int]:
    found = _SPAN.fullmatch(text)
    if found is None or int(found[2]) > 59 or int(found[4]) > 59:
        raise ValueError(f"expected hours such as '09:00-17:00', found {text!r}; correct them")
    return int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
