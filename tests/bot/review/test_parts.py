"""What the review queue is made of: priorities, thresholds, likeness, verdicts; and its speed."""

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot import thresholds
from bot.classifier import HEAD_FILE
from bot.home import Home
from bot.retrieval import Retrieval
from bot.review.likeness import clusters
from bot.review.priority import Weights, combined, doubt, strongest_first, unknown
from bot.review.queue import ReviewQueue
from bot.review.types import OutOfScope, Verdict
from bot.review.verdicts import confirmable
from bot.thresholds import ThresholdBook, Thresholds
from bot.types import Action, Answer, Ask, Call, Clarify, HandOff, SmallTalk
from knowledge.retriever import Fusion
from tests.bot.homes import add_release, new_home
from tests.bot.log_samples import HIT, PASSAGE, PREDICTION, reply, turn


@pytest.mark.parametrize(
    ("weights", "total"),
    [
        ({}, 0),
        ({"rejected": 0.8}, 0.8),
        ({"rejected": 0.8, "corrected": 0.5}, 0.9),
        ({"rejected": 1, "corrected": 0.5}, 1),
    ],
)
def test_reasons_add_up_and_never_pass_one(weights: Weights, total: float) -> None:
    assert combined(weights) == pytest.approx(total)


def test_the_strongest_reason_comes_first() -> None:
    assert strongest_first({"low_confidence": 0.4, "disagreement": 0.4, "corrected": 0.7}) == (
        "corrected",
        "disagreement",
        "low_confidence",
    )


def test_doubt_is_greatest_at_the_threshold_and_clusters_weigh_by_size() -> None:
    assert doubt(0) > doubt(0.1) == pytest.approx(doubt(-0.1))
    assert doubt(0.1) > doubt(0.5) == doubt(-1) == 0
    assert unknown(1) < unknown(2) < unknown(50) < 1


@pytest.mark.parametrize(
    ("intent", "score", "passage", "margin"),
    [
        ("a", 1.0, None, 1),
        ("a", 0.8, None, 0),
        ("a", 0.9, None, 0.5),
        ("a", 0.4, None, -0.5),
        ("b", 0.5, None, 0),
        ("a", 0.0, 0.6, 0),
        ("a", 0.9, 0.1, 0.5),
        (None, 0.0, None, -1),
    ],
)
def test_a_margin_is_measured_from_the_threshold_to_certainty(
    intent: str | None, score: float, passage: float | None, margin: float
) -> None:
    found = Thresholds(0.6, 0.5, {"a": 0.8}).margin(intent, score, passage)
    assert found == pytest.approx(margin)


def test_thresholds_of_a_release_that_is_gone_are_the_champions(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home", ("en", "zh"))
    first = add_release(home)
    staged = home.registry.folder(first.id) / "en"
    assert thresholds.read(staged) == Thresholds(0.5)
    book = ThresholdBook(home, lambda: None)
    assert book.of("r0099-gone", "en") == book.of(first.id, "en") == Thresholds(0.5)
    home.close()


def test_thresholds_are_read_without_models(tmp_path: Path) -> None:
    Retrieval(Fusion(), 0.7).save(tmp_path)
    (tmp_path / HEAD_FILE).write_text(json.dumps({"threshold": 0.6, "thresholds": {"a": 0.9}}))
    found = thresholds.read(tmp_path)
    assert found
    assert (found.passage, found.of("a"), found.of("b")) == (0.7, 0.9, 0.6)
    assert thresholds.read(tmp_path / "none") is None


def test_rows_join_the_first_group_that_is_alike() -> None:
    rows = np.array([[1, 0], [0, 1], [0.9, 0.436], [0.436, 0.9]], np.float32)
    assert clusters(rows, 0.85) == [[0, 2], [1, 3]]
    assert clusters(rows, 0.99) == [[0], [1], [2], [3]]
    assert clusters(rows[:0], 0.5) == []


@pytest.mark.parametrize(
    ("action", "verdict"),
    [
        (Answer(intent="return_item"), Verdict(intent="return_item")),
        (Ask("return_item", "order_number"), Verdict(intent="return_item")),
        (Call("return_item", "look_up", 0), Verdict(intent="return_item")),
        (Call("refund_status", "look_up", 0), None),
        (HandOff("intent", "return_item"), Verdict(intent="return_item")),
        (Answer(hits=(HIT,)), Verdict(answer=PASSAGE.body)),
        (Answer(intent="refund_status"), None),
        (Ask("return_item", "order_number", again=True), None),
        (Clarify(("return_item",)), None),
        (HandOff("failed_turns", None), None),
        (SmallTalk("return_item"), None),
    ],
)
def test_what_confirming_would_teach(action: Action, verdict: Verdict | None) -> None:
    assert confirmable(turn("c", reply=reply(action=action))) == verdict


def test_nothing_is_confirmed_of_what_was_not_accepted_or_not_said() -> None:
    unsure = replace(PREDICTION, accepted=False)
    said = reply(action=Answer(intent="return_item"))
    assert confirmable(turn("c", prediction=unsure, reply=said)) is None
    assert confirmable(turn("c", reply=None)) is None


TURNS = 50_000


@pytest.fixture(scope="module")
def long_log(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with many turns, a fifth of which helped nobody."""
    home = new_home(tmp_path_factory.mktemp("long") / "home")
    add_release(home)
    with home.database.write() as writing:
        write = writing.conn.executemany
        chats = [(f"c{n}",) for n in range(TURNS // 5)]
        write(
            "INSERT INTO conversations (id, token_sha256, language, status, created, updated)"
            " VALUES (?, '', 'en', 'bot', '2026', '2026')",
            chats,
        )
        say = (
            "INSERT INTO messages (id, conversation_id, role, text, at, rating) VALUES"
            " (?, ?, ?, ?, '2026', ?)"
        )
        rows = range(TURNS)
        write(say, ((n * 2 + 1, f"c{n // 5}", "customer", f"ask {n}", None) for n in rows))
        rated = ((n * 2 + 2, f"c{n // 5}", "bot", "-", -1 if n % 40 == 0 else None) for n in rows)
        write(say, rated)
        write(
            "INSERT INTO turns (conversation_id, message_id, reply_id, query, language, hits,"
            " prediction, action, release, index_version, timings_ms, at) VALUES"
            " (?, ?, ?, ?, 'en', '[]', ?, ?, 'r0001', 1, '{}', '2026')",
            ((f"c{n // 5}", n * 2 + 1, n * 2 + 2, f"ask {n}", said(n), done(n)) for n in rows),
        )
    return home


def said(number: int) -> str:
    return json.dumps(
        {"intent": "a", "confidence": 0.9, "ranking": [], "out_of_scope": 0.0, "accepted": True}
    )


def done(number: int) -> str:
    failed = {"name": "clarify", "intents": [], "passages": []}
    return json.dumps({"name": "answer", "intent": "a", "passages": []} if number % 5 else failed)


def test_the_queue_of_a_long_log_is_there_at_once(long_log: Home) -> None:
    queue = ReviewQueue(long_log, lambda: None)
    queue.items()  # looks at all turns, once
    start = time.perf_counter()
    items, left = queue.items(limit=20), queue.left()
    spent_s = time.perf_counter() - start
    assert len(items) == 20
    assert items[0].reasons[0] == "rejected"
    assert left >= TURNS // 5
    assert spent_s < 0.3, spent_s
    start = time.perf_counter()
    for item in items:
        queue.decide(item.turn.id, "ana", OutOfScope())
    assert (time.perf_counter() - start) / len(items) < 0.03
    long_log.close()
