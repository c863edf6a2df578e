"""Days of the calendar around a given one: the date, weekday or month that a slot can mean."""

import calendar
from collections.abc import Iterable
from datetime import date, timedelta

from bot.slot_schema import Slot


def year_for(month: int, day: int, slot: Slot, today: date) -> date | None:
    """The date in the year that fits the slot; None where no such day exists."""
    return _fitting(
        (_date(year, month, day) for year in range(today.year - 4, today.year + 5)), slot, today
    )


def in_month(day: int, slot: Slot, today: date) -> date | None:
    """The `day` of the month that fits the slot: this one, that before or the one after."""
    months = (months_from(today.replace(day=1), step) for step in (-2, -1, 0, 1, 2))
    return _fitting((_date(first.year, first.month, day) for first in months), slot, today)


def weekday(place: int, slot: Slot, today: date) -> date:
    """The weekday (0 is Monday) a customer means by its name alone: the last or the next one."""
    if slot.past:
        return today - timedelta(days=(today.weekday() - place) % 7 or 7)
    return today + timedelta(days=(place - today.weekday()) % 7)


def of_week(place: int, weeks: int, today: date) -> date:
    """The weekday (0 is Monday) of the calendar week that is `weeks` after that of today."""
    return today + timedelta(days=place - today.weekday(), weeks=weeks)


def months_from(day: date, months: int) -> date:
    """The same day `months` later, or the last one of a shorter month."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _fitting(days: Iterable[date | None], slot: Slot, today: date) -> date | None:
    there = [day for day in days if day is not None]
    if slot.past:
        there = [day for day in there if day <= today] or there
    if slot.future:
        there = [day for day in there if day >= today] or there
    return min(there, key=lambda day: abs(day - today), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
