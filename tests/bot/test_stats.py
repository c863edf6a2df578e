"""The figures of a period, counted from a log whose numbers are known."""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.insights.period import Period
from bot.insights.rates import Count, Quantiles, Rate
from bot.log import ConversationLog
from bot.stats import Stats
from tests.bot import log_samples
from tests.bot.busy_log import (
    NOW,
    add_conversation,
    add_staff_reply,
    add_status,
    add_turn,
    fill,
    text,
)

WEEK = Period.of_days(7, text(NOW))
YESTERDAY = NOW - timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ConversationLog]:
    with log_samples.opened_log(tmp_path) as log:
        log.clock = lambda: text(NOW)
        yield log


def test_an_empty_log_has_figures_without_shares(log: ConversationLog) -> None:
    figures = Stats(log).figures(WEEK)
    assert figures.conversations == figures.messages.customer == 0
    assert figures.outcomes.containment == Rate(0, 0)
    assert figures.outcomes.containment.share is None
    assert figures.bot_ms == Quantiles(None, None, 0)
    assert len(figures.parts) == 7


def test_containment_counts_what_ended_without_a_person(log: ConversationLog) -> None:
    stats, db = Stats(log), log.reading
    add_turn(db, add_conversation(db, "answered", YESTERDAY), YESTERDAY, "answer")
    add_turn(db, add_conversation(db, "resolved", NOW, status="resolved"), NOW, "answer")
    add_turn(db, add_conversation(db, "no-answer", YESTERDAY), YESTERDAY, "clarify")
    add_turn(db, add_conversation(db, "going-on", NOW), NOW, "answer")
    add_conversation(db, "silent", YESTERDAY)
    cancelled = add_conversation(db, "cancelled", YESTERDAY, handed_off=YESTERDAY)
    add_turn(db, cancelled, YESTERDAY, "answer")
    stepped_in = add_conversation(db, "stepped-in", YESTERDAY)
    add_turn(db, stepped_in, YESTERDAY, "answer")
    add_staff_reply(db, stepped_in, YESTERDAY)
    waiting = add_conversation(db, "waiting", NOW, status="waiting", handed_off=NOW)
    add_turn(db, waiting, NOW, "failed")
    outcomes = stats.figures(WEEK).outcomes
    assert (outcomes.answered, outcomes.person) == (2, 3)
    assert (outcomes.unanswered, outcomes.going_on) == (1, 1)
    assert outcomes.containment == Rate(2, 6)


def test_coverage_leaves_out_small_talk_questions_back_and_wished_persons(
    log: ConversationLog,
) -> None:
    stats, db = Stats(log), log.reading
    add_conversation(db, "c", YESTERDAY)
    for kind in ("answer", "answer", "answer", "clarify", "failed"):
        add_turn(db, "c", YESTERDAY, kind)
    for kind in ("ask", "small_talk", "requested", "silent"):
        add_turn(db, "c", YESTERDAY, kind)
    figures = stats.figures(WEEK)
    assert figures.coverage == Rate(3, 5)
    assert figures.not_known == 2
    assert (figures.messages.customer, figures.messages.bot) == (9, 8)


def test_staff_time_runs_from_the_hand_off_to_the_first_reply_before_it_was_closed(
    log: ConversationLog,
) -> None:
    stats, db = Stats(log), log.reading
    add_conversation(db, "c", YESTERDAY)
    add_status(db, "c", YESTERDAY, "waiting", "requested")
    add_status(db, "c", YESTERDAY + MINUTE, "bot")  # the customer gave up
    add_status(db, "c", YESTERDAY + 5 * MINUTE, "waiting", "failed_turns")
    add_status(db, "c", YESTERDAY + 6 * MINUTE, "open")
    add_staff_reply(db, "c", YESTERDAY + 7 * MINUTE)
    add_staff_reply(db, "c", YESTERDAY + 9 * MINUTE)
    add_conversation(db, "d", NOW, status="waiting", handed_off=NOW - 3 * MINUTE)
    add_status(db, "d", NOW - 3 * MINUTE, "waiting", "requested")
    figures = stats.figures(WEEK)
    assert figures.staff_replies.seconds == Quantiles(120.0, 120.0, 1)
    assert (figures.staff_replies.left, figures.staff_replies.open) == (1, 1)
    assert figures.hand_offs == (Count("requested", 2), Count("failed_turns", 1))
    assert (figures.waiting.count, figures.waiting.longest_s) == (1, 180.0)
    assert figures.messages.staff == 2


def test_figures_of_one_language_leave_out_the_other(log: ConversationLog) -> None:
    stats, db = Stats(log), log.reading
    for language in ("en", "zh", "zh"):
        name = add_conversation(
            db, f"{language}{time.perf_counter_ns()}", YESTERDAY, language=language, stars=4
        )
        add_turn(db, name, YESTERDAY, "answer", language=language, rating=1, mood="negative")
        add_status(db, name, YESTERDAY, "waiting", "requested")
        add_staff_reply(db, name, YESTERDAY)
    both, english = stats.figures(WEEK), stats.figures(WEEK, "en")
    for figures, expected in ((both, 3), (english, 1)):
        assert figures.conversations == figures.messages.customer == expected
        assert figures.thumbs_up == Rate(expected, expected)
        assert figures.stars.n == figures.moods.negative == figures.messages.staff == expected
        assert figures.hand_offs == (Count("requested", expected),)
        assert figures.staff_replies.seconds.n == figures.bot_ms.n == expected


def test_parts_add_up_to_the_whole_and_lie_on_their_day(log: ConversationLog) -> None:
    fill(log, days=20, turns=400)
    figures = Stats(log).figures(Period.of_days(20, text(NOW)))
    assert sum(part.messages for part in figures.parts) == figures.messages.customer > 350
    assert sum(part.coverage.n for part in figures.parts) == figures.coverage.n
    assert sum(part.outcomes.answered for part in figures.parts) == figures.outcomes.answered > 0
    assert sum(len(part.hand_offs) for part in figures.parts) > 0
    assert sum(part.moods.negative for part in figures.parts) == figures.moods.negative > 0
    one_day = Period(date(2026, 3, 1), date(2026, 3, 1))
    assert Stats(log).figures(one_day).parts == (figures.parts[-4],)


def test_releases_and_intents_come_with_their_counts(log: ConversationLog) -> None:
    stats, db = Stats(log), log.reading
    add_conversation(db, "c", YESTERDAY)
    for kind, release, intent in (
        ("answer", "r0001", "delivery"),
        ("answer", "r0002", "delivery"),
        ("clarify", "r0002", "refund"),
        ("small_talk", "r0002", "thanks"),
    ):
        add_turn(db, "c", YESTERDAY, kind, release=release, intent=intent)
    figures = stats.figures(WEEK)
    assert [(one.release, one.messages) for one in figures.releases] == [("r0001", 1), ("r0002", 3)]
    assert figures.releases[1].coverage == Rate(1, 2)
    assert figures.intents == (Count("delivery", 2), Count("refund", 1))


def test_the_log_of_an_older_version_is_counted_too(log: ConversationLog) -> None:
    db = log.reading
    add_conversation(db, "c", YESTERDAY)
    add_turn(db, "c", YESTERDAY, "answer", intent="delivery", ms=6.0)
    figures = Stats(log).figures(WEEK)
    assert figures.intents == (Count("delivery", 1),)
    assert figures.bot_ms == Quantiles(8.0, 8.0, 1)


def test_a_real_turn_is_counted_and_forgotten_with_its_conversation(
    log: ConversationLog, tmp_path: Path
) -> None:
    stats = Stats(log)
    conversation_id, _ = log.start("en")
    log.append(
        log_samples.turn(conversation_id, at=text(NOW), timings_ms={"encode": 5.5, "decide": 0.5}),
        log_samples.state(conversation_id),
    )
    figures = stats.figures(WEEK)
    assert figures.coverage == Rate(1, 1)
    assert figures.intents == (Count("return_item", 1),)
    assert figures.bot_ms.p50 == 6.0
    log.clock = lambda: text(NOW + timedelta(days=40))
    assert log.forget(30, tmp_path) == 1
    assert stats.figures(WEEK).coverage == Rate(0, 0)


def test_quantiles_are_values_that_occurred() -> None:
    assert Quantiles.of([float(value) for value in range(10, 0, -1)]) == Quantiles(5.0, 9.0, 10)
    assert Quantiles.of([3.0]) == Quantiles(3.0, 3.0, 1)


def test_a_rate_has_its_interval() -> None:
    low, high = Rate(5, 10).interval() or (0, 0)
    assert (round(low, 3), round(high, 3)) == (0.237, 0.763)
    assert Rate(0, 10).interval() == (0.0, pytest.approx(0.278, abs=0.001))
    assert Rate(0, 0).to_dict() == {"count": 0, "n": 0, "share": None, "interval": None}


def test_figures_are_plain_json_values(log: ConversationLog) -> None:
    fill(log, days=7, turns=40)
    read = Stats(log).figures(WEEK).to_dict()
    assert read["first"] == "2026-02-26"
    assert read["outcomes"]["containment"]["n"] > 0
    assert read["parts"][0]["coverage"].keys() == {"count", "n", "share", "interval"}


def test_a_month_of_a_large_log_is_counted_without_reading_all_of_it(log: ConversationLog) -> None:
    fill(log, days=365, turns=12_000)
    stats = Stats(log)
    begun = time.perf_counter()
    figures = stats.figures(Period.of_days(365, text(NOW)))
    assert figures.messages.customer > 10_000
    assert time.perf_counter() - begun < 1.0  # 45 ms where nothing else runs
