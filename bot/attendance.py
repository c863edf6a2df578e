"""Whether anybody of the shop is there for a customer, and in which words one says when.

Knows the hours and who is signed in by the functions it is given; keeps nothing.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol

from bot.hours import DAYS, Hours
from knowledge.types import Language


class Person(Protocol):
    """Somebody who works here."""

    @property
    def name(self) -> str:
        """The unique name of the account."""


Present = Callable[[], Collection[Person]]
"""The staff seen in the last minutes."""

_MONTHS = "January February March April May June July August September October November December"
_WEEKDAYS = "一二三四五六日"
_SOON: dict[Language, str] = {"en": "as soon as we can", "zh": "会尽快"}
_NEAR: dict[Language, tuple[str, str]] = {"en": ("today at", "tomorrow at"), "zh": ("今天", "明天")}


class Attendance:
    """Who is there and when. Without `present` somebody is, during the hours."""

    def __init__(
        self, hours: Callable[[], Hours], clock: Callable[[], str], present: Present | None = None
    ) -> None:
        """`hours` gives those in force now; `clock` gives ISO 8601 with its zone."""
        self._hours = hours
        self._clock = clock
        self._present = present

    def away(self) -> bool:
        """Whether it is outside the hours, or nobody is present."""
        if not self._hours().open_at(self._now()):
            return True
        return self._present is not None and not self._present()

    def names(self) -> set[str] | None:
        """Who is present by name; None where nobody counts them."""
        return None if self._present is None else {one.name for one in self._present()}

    def back(self, language: Language) -> str:
        """When somebody is back, in words: "on Monday at 09:00", "将于周一 09:00 "."""
        hours, now = self._hours(), self._now()
        opens = hours.opens_next(now)
        if opens is None or opens <= now:
            return _SOON[language]
        days = (opens.date() - hours.local(now).date()).days
        moment = f"{_day(opens, days, language)} {opens:%H:%M}"
        return f"将于{moment} " if language == "zh" else moment

    def _now(self) -> datetime:
        return datetime.fromisoformat(self._clock())


def _day(opens: datetime, days: int, language: Language) -> str:
    """The day of `opens`, which is `days` away."""
    if days < 2:
        return _NEAR[language][days]
    weekday = opens.weekday()
    if language == "zh":
        return f"周{_WEEKDAYS[weekday]}" if days < 7 else f"{opens.month} 月 {opens.day} 日"
    name = DAYS[weekday].capitalize()
    return f"on {name} at" if days < 7 else f"on {name}, {opens.day} {_month(opens)}, at"


def _month(day: datetime) -> str:
    return _MONTHS.split()[day.month - 1]
