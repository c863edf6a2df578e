"""The conversation log: conversations, their messages and turns, in one SQLite file.

A reply may be sent only after `append` returned: by then it stands on the disk. Feedback, lessons
for training and the export are the log's other parts, each in a file of its own.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot import log_append, log_rows, reply_links, turn_rows
from bot.export import Export
from bot.feedback import Feedback
from bot.lessons import Lessons
from bot.log_append import Arrival, ReleasedMeanwhileError
from bot.log_schema import MIGRATIONS
from bot.messages import ConversationRecord, LoggedMessage, UnknownConversationError, bot_message
from bot.turn_json import decode_state
from bot.turn_rows import UnknownTurnError
from bot.types import Customer, Reply, State, Status, Turn
from knowledge.database import Database
from knowledge.types import Language

__all__ = [
    "ConversationLog",
    "ConversationRecord",
    "LoggedMessage",
    "ReleasedMeanwhileError",
    "UnknownConversationError",
    "UnknownTurnError",
]

HISTORY = 6
"""Messages that a state remembers."""
FORGET_AT_ONCE = 200
"""Conversations deleted in one transaction: a customer's message waits for no more than that."""


class ConversationLog(Feedback, Lessons, Export):
    """Everything that was said. Threads may share it."""

    def __init__(
        self, database: Database, clock: Callable[[], str], new_id: Callable[[], str]
    ) -> None:
        """`clock` gives ISO 8601 in UTC, `new_id` an id that nobody can guess."""
        super().__init__(database, clock, new_id)
        database.migrate(MIGRATIONS)
        database.migrate(reply_links.MIGRATIONS)

    def start(self, language: Language, customer: Customer | None = None) -> tuple[str, str]:
        """Open a conversation: its id and its token. Only the token's SHA-256 is kept."""
        conversation_id, token, now = self.new_id(), secrets.token_urlsafe(32), self.clock()
        known = customer or Customer()
        who = (known.id, known.name, known.email, known.verified)
        with self.database.write() as writing:
            writing.conn.execute(
                "INSERT INTO conversations (id, token_sha256, language, status, customer_id,"
                " customer_name, customer_email, customer_verified, created, updated)"
                " VALUES (?, ?, ?, 'bot', ?, ?, ?, ?, ?, ?)",
                (conversation_id, _sha256(token), language, *who, now, now),
            )
        return conversation_id, token

    def authorise(self, conversation_id: str, token: str) -> bool:
        """Whether `token` opens the conversation, compared in constant time."""
        row = self.reading.execute(
            "SELECT token_sha256 FROM conversations WHERE id = ?", (conversation_id,)
        ).fetchone()
        return hmac.compare_digest(_sha256(token), row[0] if row else "")

    def conversation(self, conversation_id: str) -> ConversationRecord:
        """Raises UnknownConversationError."""
        found = log_rows.read_records(self.reading, "id = ?", (conversation_id,))
        if not found:
            raise UnknownConversationError(conversation_id)
        return found[0]

    def state(self, conversation_id: str) -> State:
        """What the next turn depends on. Raises UnknownConversationError."""
        row = self.reading.execute(
            "SELECT language, status, state FROM conversations WHERE id = ?", (conversation_id,)
        ).fetchone()
        if row is None:
            raise UnknownConversationError(conversation_id)
        language, status, kept = row
        state = State(conversation_id, language, status, history=self._history(conversation_id))
        return decode_state(kept, state)

    def messages(self, conversation_id: str, after: int = 0) -> list[LoggedMessage]:
        """The conversation's messages with an id above `after`, oldest first."""
        return log_rows.read_messages(
            self.reading, "conversation_id = ? AND id > ? ORDER BY id", (conversation_id, after)
        )

    def turn(self, turn_id: int) -> Turn:
        """A turn as it was logged; its passages have no key. Raises UnknownTurnError."""
        return turn_rows.read_turn(self.reading, turn_id)

    def turns(self, conversation_id: str) -> list[Turn]:
        """The conversation's turns, oldest first; their passages have no key."""
        return turn_rows.read_turns(
            self.reading, "t.conversation_id = ? ORDER BY t.id", (conversation_id,)
        )

    def first_result(self, conversation_id: str, client_id: str) -> list[LoggedMessage] | None:
        """What the bot said to the message that carried `client_id`; None if there was no such."""
        return turn_rows.read_first_result(self.reading, conversation_id, client_id)

    def append(
        self, turns: Turn | Sequence[Turn], state: State, client_id: str | None = None
    ) -> tuple[Status, list[LoggedMessage]]:
        """Log the turns of one message and the state after it, all or nothing.

        Returns the bot's messages, one for each turn.

        A repeated `client_id` changes nothing and returns the first result. Where a person has
        taken the conversation since they were computed, the customer's message is kept, the
        replies and `state` are dropped. Raises UnknownConversationError; and, with nothing written,
        ReleasedMeanwhileError when there is no reply and no person has the conversation.
        """
        several = (turns,) if isinstance(turns, Turn) else tuple(turns)
        arrival = Arrival(several, state, client_id, self.clock())
        with self.database.write() as writing:
            return log_append.append(writing.conn, arrival)

    def announce(self, conversation_id: str, reply: Reply) -> LoggedMessage:
        """Log what the bot says unasked, such as its greeting. Raises UnknownConversationError."""
        message = bot_message(reply, None, self.clock())
        with self.database.write() as writing:
            log_rows.read_status(writing.conn, conversation_id)
            return log_rows.write_message(writing.conn, conversation_id, message)

    def forget(self, retention_days: int, files: Path) -> int:
        """Delete conversations in which nothing happened for `retention_days`; returns how many.

        All of them goes: messages, turns, reviews, and the attachments kept in `files`.
        """
        limit = datetime.fromisoformat(self.clock()) - timedelta(days=retention_days)
        self.reading.execute("PRAGMA secure_delete = ON")
        forgotten = 0
        while count := self._forget_some(limit.isoformat(), files):
            forgotten += count
        return forgotten

    def _forget_some(self, limit: str, files: Path) -> int:
        with self.database.write() as writing:
            rows = writing.conn.execute(
                "SELECT id FROM conversations WHERE updated < ? LIMIT ?", (limit, FORGET_AT_ONCE)
            ).fetchall()
            for row in rows:
                # Files first: what fails here is tried again, a lost row would leave them behind.
                for (name,) in writing.conn.execute(
                    "SELECT id FROM files WHERE conversation_id = ?", row
                ):
                    (files / name).unlink(missing_ok=True)
                writing.conn.execute("DELETE FROM conversations WHERE id = ?", row)
        return len(rows)

    def _history(self, conversation_id: str) -> tuple[tuple[str, str], ...]:
        last = self.reading.execute(
            "SELECT role, text FROM messages WHERE conversation_id = ? ORDER BY id DESC LIMIT ?",
            (conversation_id, HISTORY),
        ).fetchall()
        return tuple(last[::-1])


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
