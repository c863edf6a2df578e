from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import tomlkit

from bot.attendance import Attendance
from bot.domain import FILE_NAME, load
from bot.hours import Hours
from bot.staff import Staff
from knowledge.errors import DeskmateError
from knowledge.types import Language
from tests.bot.shop import shop_values

WEEK = {
    "timezone": "Europe/Berlin",
    **{day: ["09:00-12:00", "13:00-17:00"] for day in ("monday", "tuesday", "wednesday")},
    "thursday": ["20:00-24:00"],
    "closed": ["2026-03-03"],
}
MONDAY = "2026-03-02"


def hours(**changed: Any) -> Hours:
    return Hours.model_validate({**WEEK, **changed})


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}Z")


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (f"{MONDAY}T07:59:59", False),  # Berlin is an hour ahead of UTC in March
        (f"{MONDAY}T08:00:00", True),
        (f"{MONDAY}T10:59:59", True),
        (f"{MONDAY}T11:00:00", False),
        (f"{MONDAY}T12:30:00", True),
        (f"{MONDAY}T16:00:00", False),
        ("2026-03-03T09:00:00", False),
        ("2026-03-05T22:59:59", True),
        ("2026-03-05T23:00:00", False),
        ("2026-03-06T09:00:00", False),
    ],
)
def test_open_within_the_spans_of_the_shops_own_day(at: str, is_open: bool) -> None:
    assert hours().open_at(utc(at)) is is_open


def test_hours_follow_summer_time() -> None:
    assert hours().open_at(utc("2026-06-01T07:00:00"))
    assert not hours().open_at(utc("2026-06-01T15:00:00"))


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (f"{MONDAY}T05:00:00", f"{MONDAY}T09:00"),
        (f"{MONDAY}T11:30:00", f"{MONDAY}T13:00"),
        (f"{MONDAY}T18:00:00", "2026-03-04T09:00"),  # Tuesday is closed
        ("2026-03-05T23:30:00", "2026-03-09T09:00"),
    ],
)
def test_opens_next_at_the_start_of_the_next_span(at: str, opens: str) -> None:
    found = hours().opens_next(utc(at))
    assert found == datetime.fromisoformat(opens).replace(tzinfo=ZoneInfo("Europe/Berlin"))


def test_opens_next_is_now_while_it_is_open() -> None:
    assert hours().opens_next(utc(f"{MONDAY}T09:30:00")) == utc(f"{MONDAY}T09:30:00")


def test_without_hours_it_is_always_open_but_on_closed_days() -> None:
    always = Hours.model_validate({"closed": ["2026-12-25"]})
    assert always.open_at(utc("2026-12-24T23:59:59"))
    assert not always.open_at(utc("2026-12-25T12:00:00"))
    assert always.opens_next(utc("2026-12-25T12:00:00")) == utc("2026-12-26T00:00:00")


def test_who_never_opens_again_says_so() -> None:
    once = Hours.model_validate({"monday": ["09:00-10:00"], "closed": _mondays()})
    assert once.opens_next(utc(f"{MONDAY}T10:00:00")) is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"monday": ["9-17"]},
            "hours.monday.0: expected hours such as '09:00-17:00', found '9-17'",
        ),
        ({"monday": ["09:00-09:60"]}, "hours.monday.0: expected hours such as"),
        ({"monday": ["22:00-02:00"]}, "hours.monday.0: expected an end after the start"),
        ({"monday": ["09:00-24:01"]}, "hours.monday.0: expected an end after the start"),
        ({"timezone": "Mars/Base"}, "hours.timezone: expected a time zone such as Europe/Paris"),
        ({"timezone": "../etc"}, "hours.timezone: expected a time zone such as Europe/Paris"),
        ({"mondays": []}, "unknown key 'hours.mondays'; did you mean 'hours.monday'?"),
        ({"closed": ["christmas"]}, "hours.closed.0: "),
    ],
)
def test_mistake_in_the_hours_is_told_with_its_place(
    tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    text = tomlkit.dumps({**shop_values(), "hours": changed})
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(DeskmateError) as caught:
        load(tmp_path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_domain_without_hours_and_new_messages_stays_valid(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(tomlkit.dumps(shop_values()), encoding="utf-8")
    domain = load(tmp_path)
    assert domain.hours.open_at(utc(f"{MONDAY}T03:00:00"))
    assert "{opens}" in domain.messages["en"].away
    assert "{opens}" in domain.messages["zh"].away
    assert domain.messages["zh"].still_waiting


@pytest.mark.parametrize(
    ("now", "english", "chinese"),
    [
        (f"{MONDAY}T05:00:00", "today at 09:00", "将于今天 09:00 "),
        ("2026-03-03T18:00:00", "tomorrow at 09:00", "将于明天 09:00 "),
        (f"{MONDAY}T18:00:00", "on Wednesday at 09:00", "将于周三 09:00 "),
        ("2026-03-06T12:00:00", "on Monday at 09:00", "将于周一 09:00 "),
        (f"{MONDAY}T10:00:00", "as soon as we can", "会尽快"),
    ],
)
def test_time_of_return_is_said_in_the_shops_zone_and_the_customers_language(
    now: str, english: str, chinese: str
) -> None:
    for language, text in (("en", english), ("zh", chinese)):
        assert _back(hours(), now, language) == text


def test_return_after_more_than_a_week_names_the_date() -> None:
    holidays = hours(closed=[f"2026-12-{day}" for day in range(21, 32)])
    assert _back(holidays, "2026-12-18T12:00:00", "en") == "on Monday, 4 January, at 09:00"
    assert _back(holidays, "2026-12-18T12:00:00", "zh") == "将于1 月 4 日 09:00 "


def test_away_outside_the_hours_and_while_nobody_is_present() -> None:
    somebody, nobody = [Staff("bo", "agent", "Bo")], list[Staff]()
    for at, people, away in (
        (f"{MONDAY}T10:00:00Z", somebody, False),
        (f"{MONDAY}T10:00:00Z", nobody, True),
        (f"{MONDAY}T20:00:00Z", somebody, True),
    ):
        found = Attendance(hours, lambda at=at: at, lambda people=people: people)
        assert found.away() is away, at


def test_where_nobody_counts_who_is_present_somebody_is() -> None:
    assert not Attendance(Hours, lambda: f"{MONDAY}T10:00:00Z").away()


def _back(when: Hours, now: str, language: Language) -> str:
    return Attendance(lambda: when, lambda: f"{now}Z").back(language)


def _mondays() -> list[str]:
    start = utc(f"{MONDAY}T00:00:00").date()
    return [(start + timedelta(weeks=week)).isoformat() for week in range(60)]
