"""Insights in a running bot: the watcher looks at the mood, webhooks are told of a rise once."""

import json
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot import runtime as runtime_module
from bot.home import Home
from bot.insights.insights import Insights
from bot.insights.period import Period
from bot.runtime import Runtime
from tests.bot.busy_log import NOW, add_conversation, add_turn, text
from tests.bot.homes import add_release, new_home

SETTINGS = '[bot]\nlanguages = ["en"]\n[webhooks]\nurls = ["https://shop.example/hook"]\n'
DAY = timedelta(days=1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    folder = tmp_path / "shop"
    new_home(folder).close()
    (folder / "deskmate.toml").write_text(SETTINGS, "utf-8")
    home = Home.open(folder)
    monkeypatch.setattr(home.log, "clock", lambda: text(NOW))
    return home


def rise(home: Home) -> None:
    """A quiet month, then a day on which half of the customers are angry."""
    with home.database.write() as writing:
        for back in range(29):
            for number in range(24):
                at = NOW - back * DAY - number * DAY / 25
                name = add_conversation(writing.conn, f"{back}-{number}", at)
                angry = number < (12 if back == 0 else 2)
                mood = "negative" if angry else "neutral"
                add_turn(writing.conn, name, at, "answer", mood=mood)


def test_webhooks_are_told_of_a_rise_once(home: Home) -> None:
    runtime = Runtime(home, watch=False)
    rise(home)
    assert len(runtime.insights.check_mood()) == 1
    assert runtime.insights.check_mood() == []
    rows = home.log.reading.execute("SELECT kind, data FROM webhook_notices").fetchall()
    runtime.close()
    ((kind, data),) = rows
    assert kind == "mood_alert"
    told = json.loads(data)
    assert (told["language"], told["negative"], told["n"]) == ("en", 12, 24)


def test_the_watcher_looks_at_the_mood(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = threading.Event()
    monkeypatch.setattr(runtime_module, "WATCH_EVERY_S", 0.01)
    monkeypatch.setattr(Insights, "check_mood", lambda _: looked.set())
    runtime = Runtime(home)
    assert looked.wait(5)
    runtime.close()


@pytest.mark.usefixtures("fake_encoder")
def test_questions_are_grouped_by_the_release_that_serves(home: Home) -> None:
    add_release(home)
    runtime = Runtime(home, watch=False)
    for number in range(2):
        name = add_conversation(home.log.reading, f"c{number}", NOW - DAY)
        add_turn(home.log.reading, name, NOW - DAY, "failed", text="do you sell gift cards")
    person = home.domain.messages["en"].talk_to_person
    for number in range(2):
        name = add_conversation(home.log.reading, f"p{number}", NOW - DAY)
        add_turn(home.log.reading, name, NOW - DAY, "failed", text=person)
    report = runtime.insights.unanswered(runtime.insights.period())
    runtime.close()
    assert [topic.name for topic in report.topics] == ["do you sell gift cards"]


def test_a_period_is_what_was_given_or_the_last_days(home: Home) -> None:
    insights = Insights(home, lambda: None)
    first, last = date(2026, 1, 1), date(2026, 1, 10)
    zone = insights.zone
    assert insights.period(first, last) == Period(first, last, "day", zone)
    assert insights.period(last=last, days=10) == Period(first, last, "day", zone)
    assert insights.period(days=1).first == insights.period().last == date(2026, 3, 4)
    assert insights.period(first, last, unit="week").unit == "week"
    home.close()


def test_intents_are_called_as_on_their_buttons(home: Home) -> None:
    insights = Insights(home, lambda: None)
    name = add_conversation(home.log.reading, "c", NOW)
    for intent in ("order_status", "of_an_older_domain"):
        add_turn(home.log.reading, name, NOW, "answer", intent=intent)
    labels = insights.labels(insights.figures(insights.period()))
    home.close()
    assert labels.keys() == {"order_status"}
