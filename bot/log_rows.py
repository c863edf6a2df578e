"""The statements for conversations and messages of the log; every one names its columns.

Works on the plain connection, since a reply waits for these. Whoever writes holds the transaction.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from sqlite3 import Connection
from typing import Any

from bot.messages import (
    ConversationRecord,
    LoggedMessage,
    UnknownConversationError,
    message_from_row,
)
from bot.turn_json import dump
from bot.types import Customer, HandOffReason, Status
from knowledge.database import Database
from knowledge.redact import mask_cards

_MESSAGE_COLUMNS = "id, role, author, text, at, action, reason, details, rating"

_RECORD_COLUMNS = (
    "id, status, language, created, updated, handoff_reason, handed_off, staff, stars,"
    " customer_id, customer_name, customer_email, customer_verified"
)


class LogAccess:
    """What every part of the log works with: the database, the clock (ISO 8601 UTC), new ids."""

    def __init__(
        self, database: Database, clock: Callable[[], str], new_id: Callable[[], str]
    ) -> None:
        self.database = database
        self.clock = clock
        self.new_id = new_id

    @property
    def reading(self) -> Connection:
        """This thread's connection, outside any transaction."""
        connection: Connection = self.database.connection.conn
        return connection


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A conversation goes to `status`; `actor` is a staff name, `customer` or `bot`."""

    status: Status
    actor: str
    at: str
    reason: HandOffReason | None = None


def read_status(connection: Connection, conversation_id: str) -> Status:
    """Raises UnknownConversationError."""
    row = connection.execute(
        "SELECT status FROM conversations WHERE id = ?", (conversation_id,)
    ).fetchone()
    if row is None:
        raise UnknownConversationError(conversation_id)
    status: Status = row[0]
    return status


def write_status(connection: Connection, conversation_id: str, change: StatusChange) -> None:
    """Move the conversation to another status and keep that in its history.

    The bot will start afresh then: of its state only the slots stay.
    """
    handed_off = change.at if change.status == "waiting" else None
    connection.execute(
        "UPDATE conversations SET status = ?, staff = ?, updated = ?,"
        " state = json_object('slots', json(coalesce(json_extract(state, '$.slots'), '{}'))),"
        " handoff_reason = coalesce(?, handoff_reason), handed_off = coalesce(?, handed_off)"
        " WHERE id = ?",
        (
            change.status,
            change.actor if change.status == "open" else None,
            change.at,
            change.reason,
            handed_off,
            conversation_id,
        ),
    )
    note_status(connection, conversation_id, change)


def note_status(connection: Connection, conversation_id: str, change: StatusChange) -> None:
    """Keep the change in the conversation's history only."""
    connection.execute(
        "INSERT INTO status_changes (conversation_id, status, actor, reason, at)"
        " VALUES (?, ?, ?, ?, ?)",
        (conversation_id, change.status, change.actor, change.reason, change.at),
    )


def read_changes(connection: Connection, conversation_id: str) -> dict[int, StatusChange]:
    """The conversation's changes of status by their row, oldest first."""
    rows = connection.execute(
        "SELECT id, status, actor, at, reason FROM status_changes WHERE conversation_id = ?"
        " ORDER BY id",
        (conversation_id,),
    )
    return {number: StatusChange(*change) for number, *change in rows}


def read_records(
    connection: Connection, condition: str, values: Iterable[object]
) -> list[ConversationRecord]:
    """Conversations for which `condition` (SQL of this program, with `?` for values) holds."""
    rows = connection.execute(
        f"SELECT {_RECORD_COLUMNS} FROM conversations WHERE {condition}",  # noqa: S608
        tuple(values),
    )
    return [_record(row) for row in rows]


def write_message(
    connection: Connection, conversation_id: str, message: LoggedMessage
) -> LoggedMessage:
    """Insert a message, payment cards masked; returned as stored, with its id."""
    text = mask_cards(message.text)
    cursor = connection.execute(
        "INSERT INTO messages (conversation_id, role, author, text, at, action, reason, details)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            conversation_id,
            message.role,
            message.author,
            text,
            message.at,
            message.action,
            message.reason,
            dump(message.details()) if message.role == "bot" else None,
        ),
    )
    return replace(message, id=cursor.lastrowid or 0, text=text)


def read_messages(
    connection: Connection, condition: str, values: Iterable[object]
) -> list[LoggedMessage]:
    """Messages for which `condition` (SQL of this program, with `?` for values) holds."""
    rows = connection.execute(
        f"SELECT {_MESSAGE_COLUMNS} FROM messages WHERE {condition}",  # noqa: S608
        tuple(values),
    )
    return [message_from_row(row) for row in rows]


def _record(row: tuple[Any, ...]) -> ConversationRecord:
    *known, customer_id, name, email, verified = row
    customer = Customer(customer_id, name, email, bool(verified))
    record = ConversationRecord(*known)
    return record if customer == Customer() else replace(record, customer=customer)
