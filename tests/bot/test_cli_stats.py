"""`deskmate stats`: what happened, for people and for scripts."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.home import Home
from bot.insights.headlines import duration, headlines, shown
from bot.insights.insights import Insights
from bot.insights.rates import Count, Rate
from tests.bot.busy_log import add_conversation, add_turn
from tests.bot.homes import Deskmate, add_release, new_home

NOW = datetime.now(UTC)
TODAY = f"{NOW:%Y-%m-%d}"


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


@pytest.fixture
def home(folder: Path) -> Path:
    home = new_home(folder)
    add_release(home)
    Insights(home, lambda: None)
    db = home.log.reading
    for number, back in enumerate((0, 0, 40)):
        at = NOW - timedelta(days=back)
        add_conversation(db, f"c{number}", at, stars=4)
        add_turn(db, f"c{number}", at, "answer", intent="delivery", rating=1, mood="neutral")
        add_turn(db, f"c{number}", at, "clarify", text="do you sell gift cards")
    home.close()
    return folder


def test_stats_counts_the_last_four_weeks(home: Path, deskmate: Deskmate) -> None:
    told = json.loads(deskmate("stats", "--json").stdout)
    figures, before = told["figures"], told["before"]
    assert (figures["conversations"], before["conversations"]) == (2, 1)
    assert figures["coverage"] == {**figures["coverage"], "count": 2, "n": 4, "share": 0.5}
    assert figures["last"] == TODAY
    assert len(figures["parts"]) == 28
    assert "topics" not in told


def test_stats_prints_tables(home: Path, deskmate: Deskmate) -> None:
    printed = deskmate("stats", "--days", "7", "--language", "en").stdout
    assert f"to {TODAY}, en" in printed
    assert "answered without a person" in printed
    assert "100.0 %" in printed
    assert "delivery" in printed
    assert "nobody waits" in printed


def test_stats_of_chosen_days(home: Path, deskmate: Deskmate) -> None:
    day = f"{NOW - timedelta(days=40):%Y-%m-%d}"
    told = json.loads(deskmate("stats", "--from", day, "--to", day, "--json").stdout)
    assert told["figures"]["conversations"] == 1
    assert told["before"]["conversations"] == 0
    told = json.loads(deskmate("stats", "--to", day, "--days", "3", "--json").stdout)
    assert (told["figures"]["last"], len(told["figures"]["parts"])) == (day, 3)
    told = json.loads(deskmate("stats", "--days", "90", "--by", "month", "--json").stdout)
    assert told["figures"]["unit"] == "month"
    assert told["figures"]["conversations"] == 3


def test_stats_of_the_other_language_are_empty(home: Path, deskmate: Deskmate) -> None:
    told = json.loads(deskmate("stats", "--language", "zh", "--json").stdout)
    assert told["figures"]["conversations"] == 0


@pytest.mark.usefixtures("fake_encoder")
def test_stats_groups_unanswered_questions(home: Path, deskmate: Deskmate) -> None:
    told = json.loads(deskmate("stats", "--topics", "--json").stdout)
    (topic,) = told["topics"]["topics"]
    assert (topic["name"], topic["questions"]) == ("do you sell gift cards", 2)
    assert "do you sell gift cards" in deskmate("stats", "--topics").stdout


def test_stats_of_an_empty_home_has_dashes(folder: Path, deskmate: Deskmate) -> None:
    new_home(folder).close()
    result = deskmate("stats", "--topics")
    assert result.exit_code == 0
    assert "–" in result.stdout


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--from", "2026-03-01", "--days", "3"), 2),
        (("--from", "yesterday"), 2),
        (("--days", "0"), 2),
        (("--from", "2026-03-02", "--to", "2026-03-01"), 1),
    ],
)
def test_wrong_periods_are_refused(
    folder: Path, deskmate: Deskmate, words: tuple[str, ...], status: int
) -> None:
    new_home(folder).close()
    assert deskmate("stats", *words).exit_code == status


def test_a_day_is_one_of_the_shops_time_zone(folder: Path, deskmate: Deskmate) -> None:
    home = new_home(folder)
    text = (folder / "domain.toml").read_text("utf-8")
    home.close()
    zoned = text.replace('timezone = "UTC"', 'timezone = "Pacific/Kiritimati"')
    if zoned == text:
        zoned = text + '\n[hours]\ntimezone = "Pacific/Kiritimati"\n'
    (folder / "domain.toml").write_text(zoned, "utf-8")
    told = json.loads(deskmate("stats", "--json").stdout)
    assert told["figures"]["last"] == f"{NOW + timedelta(hours=14):%Y-%m-%d}"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (45.4, "45 s"), (200, "3 min 20 s"), (3600, "1 h"), (7500, "2 h 5 min"),
     (273_600, "3 d 4 h")],
)  # fmt: skip
def test_durations_are_read_in_two_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_headlines_say_what_they_are_a_share_of(home: Path) -> None:
    opened = Home.open(home)
    insights = Insights(opened, lambda: None)
    figures = insights.figures(insights.period())
    opened.close()
    found = {one.key: one for one in headlines(figures)}
    assert found["coverage"].n == figures.coverage.n == 4
    assert shown(found["coverage"]) == "50.0 %"
    assert shown(found["stars"]) == "4.00"
    assert shown(found["staff_p50"]) == "–"
    assert shown(found["bot_p50"]) == "10 ms"
    assert figures.intents == (Count("delivery", 2),)
    assert figures.thumbs_up == Rate(2, 2)
