"""What each turn of the log says at a glance: whether it helped, and how sure the bot was.

Worked out once for each turn, from what the log holds; no model is asked. What a reviewer is asked
about is `bot.review.candidates`' to choose.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any, Literal

from bot.domain import Domain
from bot.review.schema import MIGRATIONS
from bot.thresholds import ThresholdBook
from knowledge.database import Database
from knowledge.language import normalise
from knowledge.types import Language

Outcome = Literal["answered", "failed", "request", "small_talk", "button", "slot", "silent"]
"""What came of a message: the first two are for review, and small talk that was rated down.
`request`: a person was asked for; `slot`: a value that the bot had asked for, or nothing but
digits; `silent`: a person had the conversation."""

AT_ONCE = 2000
"""Turns looked at in one transaction: a customer's message waits for no more than that."""
SURE = 1.0
"""The score of a passage whose own question was sent, as by a button."""
UNSURE_HAND_OFFS = ("failed_turns", "not_known")

_NEW_TURNS = """
SELECT t.id, t.conversation_id, t.message_id, t.reply_id, t.language, t.release, m.text, t.query,
    t.action, json_extract(t.prediction, '$.intent'), json_extract(t.prediction, '$.confidence'),
    json_extract(t.prediction, '$.out_of_scope'), json_extract(t.prediction, '$.accepted'),
    json_extract(t.hits, '$[0].score')
FROM turns t JOIN messages m ON m.id = t.message_id WHERE t.id > ? ORDER BY t.id LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A turn's row of `_NEW_TURNS`."""

    turn_id: int
    conversation_id: str
    message_id: int
    reply_id: int | None
    language: Language
    release: str
    message: str
    query: str
    action: str | None
    intent: str | None
    confidence: float | None
    out_of_scope: float | None
    accepted: int | None
    passage: float | None


class Signals:
    """Keeps the table `review_signals` level with the log. Threads and processes may share it."""

    def __init__(self, database: Database, book: ThresholdBook) -> None:
        database.migrate(MIGRATIONS)
        self._database = database
        self._book = book

    def catch_up(self, domain: Domain) -> None:
        """Look at the turns that came since the last call."""
        buttons = frozenset(button_texts(domain))
        while self._behind() and self._some(buttons) == AT_ONCE:
            pass

    def _behind(self) -> bool:
        row = self._database.connection.conn.execute(
            "SELECT coalesce((SELECT max(id) FROM turns), 0)"
            " > coalesce((SELECT max(turn_id) FROM review_signals), 0)"
        ).fetchone()
        return bool(row[0])

    def _some(self, buttons: frozenset[str]) -> int:
        with self._database.write() as writing:
            connection: Connection = writing.conn
            (last,) = connection.execute(
                "SELECT coalesce(max(turn_id), 0) FROM review_signals"
            ).fetchone()
            rows = connection.execute(_NEW_TURNS, (last, AT_ONCE)).fetchall()
            connection.executemany(
                "INSERT INTO review_signals (turn_id, conversation_id, message_id, reply_id,"
                " language, outcome, margin, words) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                self._signals(rows, buttons),
            )
            connection.execute(
                "UPDATE review_signals SET closed_by = 0 WHERE turn_id > ? AND closed_by IS NULL"
                " AND EXISTS (SELECT 1 FROM reviews WHERE turn_id = review_signals.turn_id)",
                (last,),
            )
        return len(rows)

    def _signals(
        self, rows: Iterable[tuple[Any, ...]], buttons: frozenset[str]
    ) -> Iterator[tuple[object, ...]]:
        for row in rows:
            seen = _Seen(*row)
            place = seen.turn_id, seen.conversation_id, seen.message_id, seen.reply_id
            yield (*place, seen.language, _outcome(seen, buttons), self._margin(seen), _words(seen))

    def _margin(self, seen: _Seen) -> float:
        thresholds = self._book.of(seen.release, seen.language)
        if thresholds is None:
            return -1.0
        inside = (seen.confidence or 0.0) * (1 - (seen.out_of_scope or 0.0))
        return thresholds.margin(seen.intent, inside, seen.passage)


def button_texts(domain: Domain) -> Iterator[str]:
    """What the bot's own buttons send, normalised."""
    for messages in domain.messages.values():
        yield from (normalise(messages.none_of_these), normalise(messages.talk_to_person))
    for intent in domain.intents.values():
        yield from map(normalise, intent.label.values())


def _words(seen: _Seen) -> str:
    """The same for turns that say the same: they teach the same."""
    plain = f"{seen.language}\n{normalise(seen.query).casefold()}"
    return hashlib.blake2b(plain.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _outcome(seen: _Seen, buttons: frozenset[str]) -> Outcome:
    if seen.action is None:
        return "silent"
    if seen.passage == SURE or normalise(seen.message) in buttons:
        return "button"
    if not any(map(str.isalpha, seen.message)):
        return "slot"
    action = json.loads(seen.action)
    match action["name"], action.get("reason"), action.get("again"):
        case "small_talk", _, _:
            return "small_talk"
        case "hand_off", reason, _ if reason != "intent":
            return "failed" if reason in UNSURE_HAND_OFFS else "request"
        case ("clarify", _, _) | (_, _, True):
            return "failed"
    # What goes on with another intent than the message's own has only given it a value.
    intent = action.get("intent")
    return "answered" if intent is None or (seen.accepted and seen.intent == intent) else "slot"
