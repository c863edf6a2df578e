"""A synthetic log for the statistics: conversations of many days, written straight into SQLite."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from sqlite3 import Connection
from typing import Any

from bot.log import ConversationLog
from bot.stats import Stats
from bot.turn_json import encode_hits, encode_prediction
from bot.types import Prediction
from knowledge.types import Hit, Passage

NOW = datetime(2026, 3, 4, 15, 0, 0, tzinfo=UTC)
_ACTIONS = {
    "answer": ("answer", {"intent": None, "passages": [7]}),
    "ask": ("ask", {"intent": "refund_status", "slot": "order_number", "again": False}),
    "clarify": ("clarify", {"intents": [], "passages": []}),
    "small_talk": ("small_talk", {"intent": "thanks"}),
    "failed": ("hand_off", {"reason": "failed_turns", "intent": None}),
    "requested": ("hand_off", {"reason": "requested", "intent": "person"}),
}
_INTENTS = ("refund_status", "delivery_time", "return_item", "change_address", "payment_methods")
_MOODS = ("negative", "neutral", "neutral", "neutral", "neutral", "positive")
_BODY = "You have 30 days to send an item back; we pay for the parcel. " * 8
_HITS = encode_hits(
    [
        Hit(Passage(number, "faq", "en", "Returns", "", _BODY, "FAQ", approved=True), 0.4)
        for number in range(7, 12)
    ],
    None,
)


def text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def add_turn(
    connection: Connection, conversation: str, at: datetime, kind: str, **more: Any
) -> int:
    """Log a customer's message and the bot's turn on it; `kind` "silent": a person has it."""
    action, details = _ACTIONS.get(kind, (None, {}))
    message = _message(connection, conversation, "customer", at, more.get("text", "Where is it?"))
    reply = None
    if action:
        reply = _message(connection, conversation, "bot", at, "30 days.", more.get("rating"))
    intent = more.get("intent")
    prediction = Prediction(intent, 0.9, ((intent, 0.9),), 0.1, accepted=True) if intent else None
    cursor = connection.execute(
        "INSERT INTO turns (conversation_id, message_id, reply_id, query, language, prediction,"
        " hits, action, reply_language, release, index_version, timings_ms, at, mood)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'en', ?, 1, ?, ?, ?)",
        (
            conversation,
            message,
            reply,
            more.get("text", "Where is it?"),
            more.get("language", "en"),
            encode_prediction(prediction),
            _HITS,
            json.dumps({"name": action, **details}) if action else None,
            more.get("release", "r0001-20260101T000000"),
            json.dumps({"encode": more.get("ms", 8.0), "retrieve": 2.0} if action else {}),
            text(at),
            more.get("mood"),
        ),
    )
    return cursor.lastrowid or 0


def add_conversation(connection: Connection, name: str, at: datetime, **more: Any) -> str:
    """Open a conversation in status `status` that nobody has written in since `updated`."""
    connection.execute(
        "INSERT INTO conversations (id, token_sha256, language, status, stars, handed_off,"
        " handoff_reason, created, updated) VALUES (?, '', ?, ?, ?, ?, ?, ?, ?)",
        (
            name,
            more.get("language", "en"),
            more.get("status", "bot"),
            more.get("stars"),
            text(more["handed_off"]) if "handed_off" in more else None,
            more.get("reason"),
            text(at),
            text(more.get("updated", at)),
        ),
    )
    return name


def add_status(
    connection: Connection, name: str, at: datetime, status: str, reason: str | None = None
) -> None:
    """Add to the history of a conversation's status."""
    connection.execute(
        "INSERT INTO status_changes (conversation_id, status, actor, reason, at)"
        " VALUES (?, ?, 'bot', ?, ?)",
        (name, status, reason, text(at)),
    )


def add_staff_reply(connection: Connection, name: str, at: datetime) -> None:
    """A person writes."""
    _message(connection, name, "staff", at, "It is on its way.")


def fill(log: ConversationLog, days: int, turns: int, seed: int = 0) -> None:
    """About `turns` turns in the `days` before NOW: answered, failed, handed over, rated."""
    Stats(log)
    chance = random.Random(seed)
    with log.database.write() as writing:
        for number, at in enumerate(_beginnings(chance, days, turns // 4)):
            _one(writing.conn, chance, f"busy{number}", at)


def _beginnings(chance: random.Random, days: int, count: int) -> Iterator[datetime]:
    span = timedelta(days=days).total_seconds()
    past = sorted((chance.uniform(3600, span) for _ in range(count)), reverse=True)
    return (NOW - timedelta(seconds=round(seconds)) for seconds in past)


def _one(connection: Connection, chance: random.Random, name: str, at: datetime) -> None:
    language = "zh" if chance.random() < 0.3 else "en"
    person = chance.random() < 0.2
    stars = chance.choice((None, None, None, 3, 4, 5))
    handed = {"handed_off": at + timedelta(seconds=90), "reason": "failed_turns"} if person else {}
    updated = at + timedelta(minutes=5)
    add_conversation(
        connection, name, at, language=language, stars=stars, updated=updated,
        status="resolved" if person else "bot", **handed,
    )  # fmt: skip
    for step in range(3 if person else 4):
        add_turn(
            connection, name, at + timedelta(seconds=30 * step),
            chance.choice(("answer", "answer", "answer", "ask", "clarify", "small_talk")),
            language=language, intent=chance.choice((None, *_INTENTS)),
            mood=chance.choice(_MOODS), rating=chance.choice((None, None, None, None, 1, 1, -1)),
            ms=round(chance.lognormvariate(2.5, 0.4), 1),
        )  # fmt: skip
    if person:
        add_turn(connection, name, at + timedelta(seconds=90), "failed", language=language)
        add_status(connection, name, at + timedelta(seconds=90), "waiting", "failed_turns")
        add_status(connection, name, at + timedelta(seconds=150), "open")
        add_staff_reply(connection, name, at + timedelta(seconds=chance.uniform(150, 400)))
        add_status(connection, name, at + timedelta(seconds=500), "resolved")


def _message(
    connection: Connection,
    conversation: str,
    role: str,
    at: datetime,
    said: str,
    rating: int | None = None,
) -> int:
    cursor = connection.execute(
        "INSERT INTO messages (conversation_id, role, text, at, details, rating)"
        " VALUES (?, ?, ?, ?, '{}', ?)",
        (conversation, role, said, text(at), rating),
    )
    return cursor.lastrowid or 0
