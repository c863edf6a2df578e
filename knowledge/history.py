"""Imported conversations and the question/answer exchanges mined from them.

Owns both tables, and which exchange gave rise to which passage. Old dialogues are evidence: what
is stored here is redacted already and is never shown to a customer as it is.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlite_utils import Database as Connection
from sqlite_utils import Migrations

from knowledge.database import Database
from knowledge.types import Conversation, Language, Message

MIGRATIONS = Migrations("history")
_PAGE = 200
_CONVERSATIONS = """
CREATE TABLE imported_conversations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    messages TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    imported TEXT NOT NULL,
    UNIQUE (source, name)
)
"""
_EXCHANGES = """
CREATE TABLE exchanges (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation INTEGER NOT NULL REFERENCES imported_conversations (id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    at TEXT,
    passage_id INTEGER
)
"""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of a customer and the answer an agent gave; `id` is 0 until stored.

    `conversation_id` is the conversation's own id, unique within its source only: distinct
    conversations are counted by `HistoryStore.support`. `at` is ISO 8601 in UTC, or None.
    """

    id: int
    conversation_id: str
    language: Language
    question: str
    answer: str
    at: str | None = None


@MIGRATIONS(name="1_history")
def _create(connection: Connection) -> None:
    connection.execute(_CONVERSATIONS)
    connection.execute("CREATE INDEX imported_by_content ON imported_conversations (sha256)")
    connection.execute(_EXCHANGES)
    connection.execute("CREATE INDEX exchanges_of_conversation ON exchanges (conversation)")
    connection.execute("CREATE INDEX exchanges_of_passage ON exchanges (passage_id)")
    connection.execute(
        "CREATE INDEX exchanges_pending ON exchanges (language, id) WHERE passage_id IS NULL"
    )


class HistoryStore:
    """The imported conversations of one home."""

    def __init__(self, database: Database, clock: Callable[[], str]) -> None:
        self._database = database
        self._clock = clock
        database.migrate(MIGRATIONS)

    def add(
        self, conversation: Conversation, exchanges: Iterable[Exchange]
    ) -> Literal["added", "updated", "unchanged"]:
        """Store a conversation and what was mined from it; ids in `exchanges` are ignored.

        The same content is stored once, whatever its file is called. A conversation of a known
        source and id replaces the old one; exchanges that are in both keep their passage.
        """
        content = _content(conversation)
        sha256 = hashlib.sha256(f"{conversation.language}\n{content}".encode()).hexdigest()
        with self._database.write() as connection:
            known = _row_id(connection, "source = ? AND name = ?", _name(conversation))
            same = "sha256 = ? AND (id = ? OR ? IS NULL)"
            if _row_id(connection, same, [sha256, known, known]) is not None:
                return "unchanged"
            values = [conversation.language, content, sha256, self._clock()]
            if known is None:
                row = _insert(connection, conversation, values)
            else:
                row = _update(connection, known, values)
            _replace_exchanges(connection, row, list(exchanges))
        return "added" if known is None else "updated"

    def pending(self, language: Language, limit: int) -> list[Exchange]:
        """At most `limit` exchanges that belong to no passage yet, oldest import first."""
        return self._exchanges(
            "e.language = ? AND e.passage_id IS NULL ORDER BY e.id LIMIT ?", [language, limit]
        )

    def assign(self, exchange_ids: Sequence[int], passage_id: int) -> None:
        """Let exchanges belong to a passage. They stay with it even when it is removed later,
        so that what the staff deleted is not mined again."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE exchanges SET passage_id = ? WHERE id IN (SELECT value FROM json_each(?))",
                [passage_id, json.dumps(list(exchange_ids))],
            )

    def exchanges_of(self, passage_id: int) -> list[Exchange]:
        """The exchanges that belong to a passage, oldest import first."""
        return self._exchanges("e.passage_id = ? ORDER BY e.id", [passage_id])

    def conversations_of(self, passage_id: int, limit: int) -> list[Conversation]:
        """The conversations that gave rise to a passage, oldest import first."""
        sql = (
            "SELECT source, name, language, messages FROM imported_conversations WHERE id IN"
            " (SELECT conversation FROM exchanges WHERE passage_id = ?) ORDER BY id LIMIT ?"
        )
        rows = self._database.connection.execute(sql, [passage_id, limit])
        return [
            Conversation(name, source, language, _messages(messages))
            for source, name, language, messages in rows
        ]

    def support(self, passage_id: int) -> int:
        """How many distinct conversations gave rise to a passage."""
        sql = "SELECT count(DISTINCT conversation) FROM exchanges WHERE passage_id = ?"
        return int(self._database.connection.execute(sql, [passage_id]).fetchone()[0])

    def pairs(self, language: Language) -> list[tuple[str, str]]:
        """The distinct (question, answer) pairs of a language, for training, oldest first."""
        sql = (
            "SELECT question, answer FROM exchanges WHERE language = ? "
            "GROUP BY question, answer ORDER BY min(id)"
        )
        return [(q, a) for q, a in self._database.connection.execute(sql, [language])]

    def conversations(self) -> Iterator[Conversation]:
        """All conversations in the order of their first import, a page at a time."""
        last = 0
        while page := self._page(last):
            for row, source, name, language, messages in page:
                yield Conversation(name, source, language, _messages(messages))
                last = row

    def count(self) -> int:
        """How many conversations are stored."""
        sql = "SELECT count(*) FROM imported_conversations"
        return int(self._database.connection.execute(sql).fetchone()[0])

    def _page(self, after: int) -> list[tuple[Any, ...]]:
        sql = (
            "SELECT id, source, name, language, messages FROM imported_conversations "
            "WHERE id > ? ORDER BY id LIMIT ?"
        )
        return self._database.connection.execute(sql, [after, _PAGE]).fetchall()

    def _exchanges(self, condition: str, values: list[Any]) -> list[Exchange]:
        sql = (
            "SELECT e.id, c.name, e.language, e.question, e.answer, e.at FROM exchanges e "  # noqa: S608
            f"JOIN imported_conversations c ON c.id = e.conversation WHERE {condition}"
        )
        return [Exchange(*row) for row in self._database.connection.execute(sql, values)]


def _name(conversation: Conversation) -> list[Any]:
    return [conversation.source, conversation.id]


def _content(conversation: Conversation) -> str:
    messages = [asdict(message) for message in conversation.messages]
    return json.dumps(messages, ensure_ascii=False, sort_keys=True)


def _messages(content: str) -> tuple[Message, ...]:
    return tuple(Message(**message) for message in json.loads(content))


def _row_id(connection: Connection, where: str, values: list[Any]) -> int | None:
    sql = f"SELECT id FROM imported_conversations WHERE {where}"  # noqa: S608
    row = connection.execute(sql, values).fetchone()
    return None if row is None else int(row[0])


def _insert(connection: Connection, conversation: Conversation, values: list[Any]) -> int:
    cursor = connection.execute(
        "INSERT INTO imported_conversations (source, name, language, messages, sha256, imported) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [*_name(conversation), *values],
    )
    assert cursor.lastrowid is not None  # noqa: S101
    return cursor.lastrowid


def _update(connection: Connection, row: int, values: list[Any]) -> int:
    connection.execute(
        "UPDATE imported_conversations SET language = ?, messages = ?, sha256 = ?, imported = ? "
        "WHERE id = ?",
        [*values, row],
    )
    return row


def _replace_exchanges(connection: Connection, row: int, exchanges: list[Exchange]) -> None:
    kept = {
        (question, answer): passage_id
        for question, answer, passage_id in connection.execute(
            "SELECT question, answer, passage_id FROM exchanges WHERE conversation = ?", [row]
        )
    }
    connection.execute("DELETE FROM exchanges WHERE conversation = ?", [row])
    for exchange in exchanges:
        connection.execute(
            "INSERT INTO exchanges (conversation, language, question, answer, at, passage_id) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [
                row,
                exchange.language,
                exchange.question,
                exchange.answer,
                exchange.at,
                kept.get((exchange.question, exchange.answer)),
            ],
        )
