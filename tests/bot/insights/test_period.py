"""Periods: whole days of the shop's time zone, cut into days, weeks and months."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bot.insights.period import Period, PeriodError

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def test_the_last_days_end_today() -> None:
    period = Period.of_days(7, "2026-03-04T10:00:00Z")
    assert (period.first, period.last) == (date(2026, 2, 26), date(2026, 3, 4))
    assert (period.since, period.until) == ("2026-02-26T00:00:00Z", "2026-03-05T00:00:00Z")


def test_today_is_the_day_of_the_shop() -> None:
    period = Period.of_days(1, "2026-03-04T20:00:00Z", SHANGHAI)
    assert period.last == date(2026, 3, 5)
    assert period.since == "2026-03-04T16:00:00Z"


def test_a_day_on_which_clocks_change_is_shorter() -> None:
    (part,) = Period(date(2026, 3, 29), date(2026, 3, 29), "day", BERLIN).parts()
    assert (part.since, part.until) == ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")


def test_the_period_before_is_as_long_and_ends_where_this_begins() -> None:
    period = Period(date(2026, 3, 1), date(2026, 3, 28))
    assert period.before() == Period(date(2026, 2, 1), date(2026, 2, 28))


def test_weeks_begin_on_monday_and_are_cut_at_the_ends() -> None:
    parts = Period(date(2026, 3, 4), date(2026, 3, 18), "week").parts()
    assert [part.first.day for part in parts] == [4, 9, 16]
    assert parts[-1].until == "2026-03-19T00:00:00Z"


def test_months_are_those_of_the_calendar() -> None:
    parts = Period(date(2025, 12, 31), date(2026, 3, 1), "month").parts()
    assert [str(part.first) for part in parts] == [
        "2025-12-31", "2026-01-01", "2026-02-01", "2026-03-01"
    ]  # fmt: skip


@pytest.mark.parametrize(("days", "unit"), [(1, "day"), (62, "day"), (63, "week"), (371, "month")])
def test_the_unit_fits_the_length(days: int, unit: str) -> None:
    assert Period.of_days(days, "2026-03-04T10:00:00Z").unit == unit


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(PeriodError, match="2026-03-04 to 2026-03-03"):
        Period.between(date(2026, 3, 4), date(2026, 3, 3))


@pytest.mark.parametrize("day", [date.min, date.max])
def test_days_far_from_our_time_are_refused(day: date) -> None:
    with pytest.raises(PeriodError, match=str(day)):
        Period(day, day)


@pytest.mark.parametrize("days", [0, -1, 100_000])
def test_no_days_and_too_many_are_refused(days: int) -> None:
    with pytest.raises(PeriodError, match=str(days)):
        Period.of_days(days, "2026-03-04T10:00:00Z")
