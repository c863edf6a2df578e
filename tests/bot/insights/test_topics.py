"""Unanswered questions, and their topics by the fake encoder: same words, same vector."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from bot.insights import unanswered
from bot.insights.period import Period
from bot.insights.topic_groups import TellingWords, by_centrality, densest_first
from bot.insights.topics import Topics
from bot.log import ConversationLog
from bot.mind import Mind
from bot.stats import Stats
from tests.bot import log_samples
from tests.bot.busy_log import NOW, add_conversation, add_turn, text
from tests.fakes import HashingEncoder

WEEK = Period.of_days(7, text(NOW))
HOUR = timedelta(hours=1)
NONE_OF_THESE = "None of these"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ConversationLog]:
    with log_samples.opened_log(tmp_path) as log:
        log.clock = lambda: text(NOW)
        Stats(log)
        yield log


def ask(log: ConversationLog, *steps: tuple[str, str], hours: int = 1, **more: Any) -> str:
    """A conversation of (text, kind of turn), `hours` ago."""
    at = NOW - hours * HOUR
    name = f"{hours}-{steps[0][0]}"
    add_conversation(log.reading, name, at, language=more.get("language", "en"))
    for said, kind in steps:
        add_turn(log.reading, name, at, kind, text=said, **more)
    return name


def mind(*languages: str) -> Mind:
    component = SimpleNamespace(encoder=HashingEncoder(), head=None)
    return cast(Mind, SimpleNamespace(release="r1", components=dict.fromkeys(languages, component)))


def texts(found: Sequence[unanswered.Question]) -> list[str]:
    return [one.text for one in found]


def test_a_question_back_that_led_to_an_answer_is_answered(log: ConversationLog) -> None:
    ask(log, ("it is broken", "clarify"), ("the lamp is broken", "answer"))
    ask(log, ("it fell", "clarify"), ("never mind", "small_talk"))
    ask(log, ("no idea", "clarify"))
    ask(log, ("gift cards?", "failed"))
    ask(log, ("a person please", "requested"))
    assert sorted(texts(unanswered.latest(log, WEEK))) == ["gift cards?", "it fell", "no idea"]
    assert unanswered.count(log, WEEK) == 3


def test_a_message_to_a_person_is_no_question_to_the_bot(log: ConversationLog) -> None:
    ask(log, ("what now", "silent"))
    assert unanswered.latest(log, WEEK) == []


def test_a_question_back_before_a_person_came_is_unanswered(log: ConversationLog) -> None:
    ask(log, ("why", "clarify"), ("hello?", "silent"))
    assert texts(unanswered.latest(log, WEEK)) == ["why"]


def test_pressed_buttons_are_no_questions(log: ConversationLog) -> None:
    ask(log, ("gift cards?", "clarify"), (NONE_OF_THESE, "failed"))
    assert texts(unanswered.latest(log, WEEK, leave_out=[NONE_OF_THESE])) == ["gift cards?"]


def test_the_latest_come_first_and_personal_data_is_removed(log: ConversationLog) -> None:
    ask(log, ("old one", "clarify"), hours=9)
    ask(log, ("write to ann.miller@example.com", "clarify"), hours=1)
    ask(log, ("of last month", "clarify"), hours=24 * 30)
    first, second = texts(unanswered.latest(log, WEEK))
    assert second == "old one"
    assert "example.com" not in first


def test_questions_that_ask_the_same_are_one_topic(log: ConversationLog) -> None:
    ask(log, ("do you sell gift cards", "clarify"), hours=30)
    ask(log, ("do you sell gift cards now", "clarify"), hours=3)
    ask(log, ("do you sell gift cards", "clarify"), hours=2)
    ask(log, ("is the shop open on Sunday", "clarify"), hours=1)
    report = Topics(log, lambda: mind("en")).of(WEEK)
    assert (report.questions, report.grouped, report.single) == (4, 4, 1)
    (topic,) = report.topics
    assert topic.name == "do you sell gift cards"
    assert set(topic.words) == {"gift", "cards", "sell"}
    assert (topic.questions, topic.conversations) == (3, 3)
    assert topic.counts == (0, 0, 0, 0, 0, 1, 2)
    assert [one.text for one in topic.examples] == [
        "do you sell gift cards", "do you sell gift cards now"
    ]  # fmt: skip
    assert report.to_dict()["topics"][0]["examples"][0]["turn_id"] > 0
    asked = {one.turn_id for one in unanswered.latest(log, WEEK) if "gift" in one.text}
    assert set(topic.turn_ids) == asked
    assert topic.turn_ids[0] == topic.examples[0].turn_id


def test_languages_are_grouped_apart(log: ConversationLog) -> None:
    for hours in (1, 2):
        ask(log, ("gift cards", "failed"), hours=hours)
        ask(log, ("有礼品卡吗", "failed"), hours=hours, language="zh")
    topics = Topics(log, lambda: mind("en", "zh")).of(WEEK).topics
    assert [(one.language, one.questions) for one in topics] == [("en", 2), ("zh", 2)]
    (chinese,) = Topics(log, lambda: mind("en", "zh")).of(WEEK, "zh").topics
    assert chinese.language == "zh"


def test_without_a_release_questions_are_counted_and_not_grouped(log: ConversationLog) -> None:
    ask(log, ("gift cards", "failed"))
    for serving in (None, mind("zh")):
        report = Topics(log, lambda serving=serving: serving).of(WEEK)  # type: ignore[misc]
        assert (report.questions, report.grouped, report.topics) == (1, 0, ())


def test_one_customer_who_asks_twice_is_one_conversation(log: ConversationLog) -> None:
    ask(log, ("gift cards", "clarify"), ("gift cards", "failed"))
    (topic,) = Topics(log, lambda: mind("en")).of(WEEK).topics
    assert (topic.questions, topic.conversations) == (2, 1)


def test_groups_do_not_depend_on_the_order() -> None:
    angles = np.radians([0, 10, 20, 30, 90, 95])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    alike = float(np.cos(np.radians(11)))
    groups = densest_first(vectors, alike)
    assert [sorted(group) for group in groups] == [[0, 1, 2], [4, 5], [3]]
    order = [5, 3, 1, 0, 4, 2]
    shuffled = densest_first(vectors[order], alike)
    named = [sorted(order[row] for row in group) for group in shuffled]
    assert sorted(map(len, named)) == [1, 2, 3]
    assert [4, 5] in named


def test_the_most_central_comes_first() -> None:
    angles = np.radians([0, 20, 45])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert by_centrality(vectors)[0] == 1


def test_telling_words_are_those_that_others_do_not_use() -> None:
    cards = ["price of gift cards", "gift cards online", "buy gift cards"]
    telling = TellingWords([*cards, "price of shoes", "buy shoes online", "price of lamps"], "en")
    assert set(telling.of(cards, 2)) == {"gift", "cards"}
    assert telling.of(["price of lamps"], 1) == ("lamps",)
