"""What people say about a conversation beside the messages: ratings, contacts, files, reviews."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot import log_rows, turn_rows
from bot.log_rows import LogAccess
from bot.messages import LoggedMessage, UnknownConversationError
from bot.types import Review
from knowledge.errors import DeskmateError
from knowledge.redact import mask_cards


class UnknownMessageError(DeskmateError):
    """No message with this id can be rated in this conversation."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer who wants to be written to."""

    conversation_id: str
    name: str
    email: str
    message: str
    at: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that the customer sent; `id` is its name on the disk, `size` counts bytes."""

    id: str
    conversation_id: str
    message_id: int
    name: str
    content_type: str
    size: int
    at: str


class Feedback(LogAccess):
    """The part of the log that takes in judgements and files."""

    def conversation_of(self, message_id: int) -> str | None:
        """The id of the conversation that a message stands in; None if there is no such message."""
        row = self.reading.execute(
            "SELECT conversation_id FROM messages WHERE id = ?", (message_id,)
        ).fetchone()
        return row[0] if row else None

    def rate_message(
        self, message_id: int, rating: Literal[-1, 1], note: str | None, conversation_id: str
    ) -> None:
        """Rate a message of the bot or the staff; a second rating replaces the first.

        Raises UnknownMessageError when `conversation_id` has no such message.
        """
        with self.database.write() as writing:
            rated = writing.conn.execute(
                "UPDATE messages SET rating = ?, rating_note = ?"
                " WHERE id = ? AND conversation_id = ? AND role != 'customer'",
                (rating, _masked(note), message_id, conversation_id),
            )
            if not rated.rowcount:
                raise UnknownMessageError(
                    f"conversation {conversation_id} has no message {message_id} to rate"
                )

    def rate_conversation(self, conversation_id: str, stars: int, note: str | None) -> None:
        """Keep 1 to 5 stars. Raises UnknownConversationError."""
        with self.database.write() as writing:
            rated = writing.conn.execute(
                "UPDATE conversations SET stars = ?, stars_note = ? WHERE id = ?",
                (stars, _masked(note), conversation_id),
            )
            if not rated.rowcount:
                raise UnknownConversationError(conversation_id)

    def contact(self, conversation_id: str, name: str, email: str, message: str) -> None:
        """Keep the wish to be written to. Raises UnknownConversationError.

        Who was nobody yet has this name and address from now on; a signed identity stays as it is.
        """
        with self.database.write() as writing:
            log_rows.read_status(writing.conn, conversation_id)
            writing.conn.execute(
                "INSERT INTO contacts (conversation_id, name, email, message, at)"
                " VALUES (?, ?, ?, ?, ?)",
                (conversation_id, name, email, mask_cards(message), self.clock()),
            )
            writing.conn.execute(
                "UPDATE conversations SET customer_name = coalesce(customer_name, nullif(?, '')),"
                " customer_email = coalesce(customer_email, ?)"
                " WHERE id = ? AND customer_verified = 0",
                (name, email, conversation_id),
            )

    def contacts(self) -> list[Contact]:
        """Everybody who wants to be written to, oldest first."""
        rows = self.reading.execute(
            "SELECT conversation_id, name, email, message, at FROM contacts ORDER BY id"
        )
        return [Contact(*row) for row in rows]

    def attach(
        self, conversation_id: str, name: str, content_type: str, data: bytes, folder: Path
    ) -> Attachment:
        """Keep a customer's file in `folder`, under an id, and a message `[name]` that shows it.

        Raises UnknownConversationError. A file that could not be logged is deleted again.
        """
        file_id = self.new_id()
        path = folder / file_id
        try:
            _write_synced(path, data)
            return self._log_file(conversation_id, (file_id, name, content_type, len(data)))
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def attachments(self, conversation_id: str) -> list[Attachment]:
        """The conversation's files, oldest first."""
        rows = self.reading.execute(
            "SELECT id, conversation_id, message_id, name, content_type, size, at FROM files"
            " WHERE conversation_id = ? ORDER BY message_id",
            (conversation_id,),
        )
        return [Attachment(*row) for row in rows]

    def add_review(self, review: Review) -> None:
        """Keep a verdict; it replaces the turn's earlier ones. Raises UnknownTurnError."""
        if review.intent is None and review.answer is None:
            raise ValueError("expected a review with an intent or an answer, found neither")
        with self.database.write() as writing:
            turn_rows.read_turn(writing.conn, review.turn_id)
            writing.conn.execute(
                "INSERT INTO reviews (turn_id, reviewer, intent, answer, at)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    review.turn_id,
                    review.reviewer,
                    review.intent,
                    _masked(review.answer),
                    review.at or self.clock(),
                ),
            )

    def _log_file(self, conversation_id: str, file: tuple[str, str, str, int]) -> Attachment:
        file_id, name, content_type, size = file
        now = self.clock()
        with self.database.write() as writing:
            log_rows.read_status(writing.conn, conversation_id)
            shown = LoggedMessage(0, "customer", f"[{name}]", now)
            message = log_rows.write_message(writing.conn, conversation_id, shown)
            row = (file_id, conversation_id, message.id, name, content_type, size, now)
            writing.conn.execute(
                "INSERT INTO files (id, conversation_id, message_id, name, content_type, size, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
        return Attachment(*row)


def _masked(text: str | None) -> str | None:
    return None if text is None else mask_cards(text)


def _write_synced(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
