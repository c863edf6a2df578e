"""Links a staff reply to the question it answers and to the suggestion it came from.

Owns the table `staff_replies`. Whoever logs a staff message notes the link in the same transaction;
what is learned from it later is `teaching`'s.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from sqlite3 import Connection
from typing import Any, Literal

from sqlite_utils import Database as Tables
from sqlite_utils import Migrations

from bot import asked
from bot.messages import LoggedMessage
from bot.types import UsedSuggestion
from knowledge.language import normalise
from knowledge.redact import mask_cards

MIGRATIONS = Migrations("staff_replies")
REWRITTEN_BELOW = 0.5
"""A reply that shares less than this with its suggestion (0..1) is the staff's own words."""
MOST_COMPARED = 600
"""Words compared: the time grows with their square, and a reply waits for it."""

_SIGN = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+|[^\w\s]")

Edit = Literal["unchanged", "edited", "rewritten"]

_STAFF_REPLIES = """
CREATE TABLE staff_replies (
    message_id INTEGER PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    question_id INTEGER,
    suggestion_kind TEXT CHECK (suggestion_kind IN ('passage', 'case', 'template')),
    suggestion_ref TEXT,
    suggested TEXT,
    edit TEXT CHECK (edit IN ('unchanged', 'edited', 'rewritten')),
    similarity REAL,
    pending INTEGER NOT NULL DEFAULT 1,
    passage_id INTEGER,
    at TEXT NOT NULL
)
"""
_COLUMNS = (
    "message_id, conversation_id, question_id, suggestion_kind, suggestion_ref, suggested, edit,"
    " similarity, passage_id, at"
)


@dataclass(frozen=True, slots=True)
class ReplyLink:
    """Where a staff reply came from.

    `question_id` is the customer's last message before it, None when there was none. `edit` and
    `similarity` (0..1) compare it with the suggestion, None when it began with an empty box.
    `passage_id` is the knowledge suggestion made of it or strengthened by it, if any.
    """

    message_id: int
    conversation_id: str
    question_id: int | None
    used: UsedSuggestion | None
    edit: Edit | None
    similarity: float | None
    passage_id: int | None
    at: str


@MIGRATIONS()
def m001_staff_replies(tables: Tables) -> None:
    tables.conn.execute(_STAFF_REPLIES)
    tables.conn.execute("CREATE INDEX staff_replies_of ON staff_replies (conversation_id)")
    tables.conn.execute("CREATE INDEX staff_replies_taught ON staff_replies (passage_id)")
    tables.conn.execute(
        "CREATE INDEX staff_replies_pending ON staff_replies (message_id) WHERE pending"
    )


def compare(suggested: str, sent: str) -> tuple[Edit, float]:
    """How a suggestion was edited, and how much of it is left (0..1) in words or Han signs."""
    one, other = normalise(suggested), normalise(sent)
    if one == other:
        return "unchanged", 1.0
    matcher = SequenceMatcher(None, _signs(one), _signs(other), autojunk=False)
    ratio = round(matcher.ratio(), 3)
    return ("edited" if ratio >= REWRITTEN_BELOW else "rewritten"), ratio


def _signs(text: str) -> list[str]:
    return _SIGN.findall(text.lower())[:MOST_COMPARED]


def note_reply(
    connection: Connection,
    conversation_id: str,
    message: LoggedMessage,
    used: UsedSuggestion | None = None,
) -> None:
    """Link a staff message that was just logged, in the transaction of the caller."""
    before = asked.said(connection, conversation_id, message.id)
    question_id = next((one.id for one in reversed(before) if one.role == "customer"), None)
    edit = compare(used.text, message.text) if used else (None, None)
    offered = (used.kind, used.ref, mask_cards(used.text)) if used else (None, None, None)
    connection.execute(
        "INSERT INTO staff_replies (message_id, conversation_id, question_id, suggestion_kind,"
        " suggestion_ref, suggested, edit, similarity, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (message.id, conversation_id, question_id, *offered, *edit, message.at),
    )


def settle(connection: Connection, message_id: int, passage_id: int | None) -> None:
    """Note that a reply was learned from, and the passage that says it now, if any."""
    connection.execute(
        "UPDATE staff_replies SET pending = 0, passage_id = ? WHERE message_id = ?",
        (passage_id, message_id),
    )


def read_links(
    connection: Connection, condition: str, values: tuple[object, ...]
) -> list[ReplyLink]:
    """Links for which `condition` (SQL of this program, with `?` for values) holds."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM staff_replies WHERE {condition}",  # noqa: S608
        values,
    )
    return [_link(row) for row in rows]


def _link(row: tuple[Any, ...]) -> ReplyLink:
    message_id, conversation_id, question_id, kind, ref, suggested, *rest = row
    used = UsedSuggestion(kind, ref, suggested) if kind else None
    return ReplyLink(message_id, conversation_id, question_id, used, *rest)
