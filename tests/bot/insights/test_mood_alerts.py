"""Mood alerts: one for a rise, none for a quiet month, in any number of processes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.insights.mood_alerts import MoodAlert, MoodAlerts
from bot.log import ConversationLog
from bot.stats import Stats
from tests.bot import log_samples
from tests.bot.busy_log import NOW, add_conversation, add_turn, text

DAY = timedelta(days=1)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> str:
        return text(self.now)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(tmp_path: Path, clock: Clock) -> Iterator[ConversationLog]:
    with log_samples.opened_log(tmp_path) as log:
        log.clock = clock
        Stats(log)
        yield log


def talk(log: ConversationLog, until: datetime, negative: int, n: int, messages: int = 1) -> None:
    """`n` conversations in the 24 hours before `until`, of which `negative` are so throughout."""
    with log.database.write() as writing:
        for number in range(n):
            at = until - (number + 1) * DAY / (n + 1)
            name = add_conversation(writing.conn, f"{until:%m%d}-{number}", at)
            mood = "negative" if number < negative else "neutral"
            for _ in range(messages):
                add_turn(writing.conn, name, at, "answer", mood=mood)


def month(log: ConversationLog) -> None:
    for back in range(28, 0, -1):
        talk(log, NOW - back * DAY, 4 + back % 3, 50)


def test_a_rise_is_told_once(log: ConversationLog, clock: Clock) -> None:
    month(log)
    talk(log, NOW, 25, 50)
    told: list[MoodAlert] = []
    alerts = MoodAlerts(log)
    assert len(alerts.check(("en", "zh"), told.append)) == 1
    for _ in range(3):
        clock.now += timedelta(minutes=10)
        assert alerts.check(("en", "zh"), told.append) == []
    (alert,) = told
    assert (alert.language, alert.negative, alert.n) == ("en", 25, 50)
    assert alert.usual == pytest.approx(0.1, abs=0.005)
    assert alert.usual < alert.limit < 0.5
    assert [one.id for one in alerts.current()] == [alert.id]
    assert alerts.current()[0].last == text(clock.now)


def test_a_quiet_day_tells_nothing(log: ConversationLog) -> None:
    month(log)
    talk(log, NOW, 8, 50)
    assert MoodAlerts(log).check(("en",)) == []
    assert MoodAlerts(log).current() == []


def test_one_angry_customer_is_no_rise(log: ConversationLog) -> None:
    month(log)
    talk(log, NOW, 6, 50)
    add_conversation(log.reading, "angry", NOW)
    for _ in range(60):
        add_turn(log.reading, "angry", NOW, "clarify", mood="negative")
    assert MoodAlerts(log).check(("en",)) == []


def test_messages_without_a_known_mood_do_not_count(log: ConversationLog) -> None:
    month(log)
    with log.database.write() as writing:
        add_conversation(writing.conn, "c", NOW)
        for _ in range(50):
            add_turn(writing.conn, "c", NOW, "answer")
    assert MoodAlerts(log).check(("en",)) == []


def test_another_language_has_a_range_of_its_own(log: ConversationLog) -> None:
    month(log)
    talk(log, NOW, 25, 50)
    assert MoodAlerts(log).check(("zh",)) == []


def test_two_processes_tell_one_episode_between_them(log: ConversationLog) -> None:
    month(log)
    talk(log, NOW, 25, 50)
    first, second = MoodAlerts(log), MoodAlerts(log)
    assert len(first.check(("en",))) + len(second.check(("en",))) == 1


def test_an_episode_that_could_not_be_told_begins_again(log: ConversationLog) -> None:
    month(log)
    talk(log, NOW, 25, 50)

    def fail(_: MoodAlert) -> None:
        raise OSError

    alerts = MoodAlerts(log)
    with pytest.raises(OSError):  # noqa: PT011
        alerts.check(("en",), fail)
    assert alerts.current() == []
    assert len(alerts.check(("en",))) == 1


def test_a_rise_after_a_quiet_day_is_a_new_episode(log: ConversationLog, clock: Clock) -> None:
    month(log)
    talk(log, NOW, 30, 50)
    alerts = MoodAlerts(log)
    assert len(alerts.check(("en",))) == 1
    for day in (1, 2):
        talk(log, NOW + day * DAY, 5, 50)
    clock.now = NOW + 2 * DAY
    assert alerts.check(("en",)) == []
    assert alerts.current() == []
    talk(log, NOW + 3 * DAY, 35, 50)
    clock.now = NOW + 3 * DAY
    assert len(alerts.check(("en",))) == 1


def test_who_noted_it_first_is_kept(log: ConversationLog) -> None:
    month(log)
    talk(log, NOW, 25, 50)
    alerts = MoodAlerts(log)
    (alert,) = alerts.check(("en",))
    alerts.note(alert.id, "ann")
    alerts.note(alert.id, "bob")
    assert alerts.current()[0].noted_by == "ann"
    assert alerts.current()[0].to_dict()["limit"] == round(alert.limit, 4)
