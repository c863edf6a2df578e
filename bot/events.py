"""What happened to the conversations, in order: one row for each message and change of status.

Triggers write the rows within the transaction of whatever caused them, so every writer of every
process makes them and none can be forgotten. Write transactions run one after another, hence ids
grow in the order of commits: who has read up to an id has missed nothing below it. Knows neither
who reads nor how it is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from sqlite3 import Connection

import sqlite_utils
from sqlite_utils import Migrations

from bot.desk_schema import MIGRATIONS as DESK_MIGRATIONS
from knowledge.database import Database

MIGRATIONS = Migrations("events")

_EVENTS = """
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    ref INTEGER,
    at TEXT NOT NULL
)
"""
_NOW = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"
_TRIGGERS = {
    "message": ("INSERT ON messages", "NEW.conversation_id", "NEW.id", "NEW.at"),
    "status": ("INSERT ON status_changes", "NEW.conversation_id", "NEW.id", "NEW.at"),
    "conversation": ("INSERT ON conversations", "NEW.id", "NULL", "NEW.created"),
    "rating": ("UPDATE OF rating ON messages", "NEW.conversation_id", "NEW.id", _NOW),
    "stars": ("UPDATE OF stars ON conversations", "NEW.id", "NULL", _NOW),
    "customer": ("UPDATE OF customer_id ON conversations", "NEW.id", "NULL", _NOW),
}
"""By name: what causes an event, and its conversation, ref and time."""
_OF_STAFF = {
    "note": ("INSERT ON notes", "NEW.conversation_id", "NEW.id", "NEW.at"),
    "label": ("INSERT ON labels", "NEW.conversation_id", "NULL", _NOW),
    # Labels of a deleted conversation go when it is gone already.
    "label_taken": (
        "DELETE ON labels WHEN EXISTS (SELECT 1 FROM conversations WHERE id = OLD.conversation_id)",
        "OLD.conversation_id",
        "NULL",
        _NOW,
    ),
}
_KINDS = {"stars": "rating", "label_taken": "label"}
"""The kind of an event where it is not the trigger's name."""
PAGE = 500
"""Events read at once."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    `kind` is message, status, conversation, rating, customer, contact, note or label. `ref` is the
    id of the message (also of a message's rating), of the row of `status_changes` or of the note,
    None where the conversation itself is meant. `at` is ISO 8601, UTC.
    """

    id: int
    conversation_id: str
    kind: str
    ref: int | None
    at: str


class EventLog:
    """The events of one database, which has the tables of the conversation log already."""

    def __init__(self, database: Database) -> None:
        self.database = database
        database.migrate(DESK_MIGRATIONS)
        database.migrate(MIGRATIONS)

    def after(
        self, event_id: int, conversation_id: str | None = None, limit: int = PAGE
    ) -> list[Event]:
        """The first `limit` events above `event_id`, oldest first; of one conversation or all."""
        one = "" if conversation_id is None else "AND conversation_id = ? "
        whose = () if conversation_id is None else (conversation_id,)
        rows = self._reading.execute(
            "SELECT id, conversation_id, kind, ref, at FROM events"  # noqa: S608
            f" WHERE id > ? {one}ORDER BY id LIMIT ?",
            (event_id, *whose, limit),
        )
        return [Event(*row) for row in rows]

    def last(self, conversation_id: str | None = None) -> int:
        """The id of the last event there is, of one conversation or of all; 0 without any."""
        one = "" if conversation_id is None else " WHERE conversation_id = ?"
        whose = () if conversation_id is None else (conversation_id,)
        row = self._reading.execute(
            f"SELECT coalesce(max(id), 0) FROM events{one}",  # noqa: S608
            whose,
        ).fetchone()
        return int(row[0])

    @property
    def _reading(self) -> Connection:
        connection: Connection = self.database.connection.conn
        return connection


@MIGRATIONS()
def m001_events(database: sqlite_utils.Database) -> None:
    database.conn.execute(_EVENTS)
    database.conn.execute("CREATE INDEX events_of_conversation ON events (conversation_id)")
    # What was said before there were events can be replayed too.
    database.conn.execute(
        "INSERT INTO events (conversation_id, kind, ref, at)"
        " SELECT conversation_id, 'message', id, at FROM messages ORDER BY id"
    )
    _create_triggers(database, _TRIGGERS)


@MIGRATIONS()
def m002_contacts(database: sqlite_utils.Database) -> None:
    """A wish to be called back changes the staff's queue, and so does having done it."""
    for name, cause, at in (("contact", "INSERT", "NEW.at"), ("call_back", "UPDATE", _NOW)):
        database.conn.execute(
            f"CREATE TRIGGER events_of_{name} AFTER {cause} ON contacts BEGIN"  # noqa: S608
            " INSERT INTO events (conversation_id, kind, ref, at)"
            f" VALUES (NEW.conversation_id, 'contact', NULL, {at}); END"
        )


@MIGRATIONS()
def m003_notes_and_labels(database: sqlite_utils.Database) -> None:
    _create_triggers(database, _OF_STAFF)


def _create_triggers(
    database: sqlite_utils.Database, triggers: Mapping[str, tuple[str, str, str, str]]
) -> None:
    for name, (cause, conversation_id, ref, at) in triggers.items():
        kind = _KINDS.get(name, name)
        database.conn.execute(
            f"CREATE TRIGGER events_of_{name} AFTER {cause} BEGIN"  # noqa: S608
            " INSERT INTO events (conversation_id, kind, ref, at)"
            f" VALUES ({conversation_id}, '{kind}', {ref}, {at}); END"
        )
