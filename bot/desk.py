"""The desk: conversations pass between the bot and the people who work here.

Every passage is one transaction and is kept in the log. Who may do what is the web's to check.
"""

from sqlite3 import Connection

from bot import log_rows
from bot.log import ConversationLog, ConversationRecord
from bot.log_rows import StatusChange
from bot.messages import LoggedMessage, bot_message
from bot.types import HandOffReason, Reply, Status
from knowledge.errors import DeskmateError


class TakenError(DeskmateError):
    """Somebody else has the conversation."""


class Desk:
    """What staff and customers do with a conversation beside the bot. Threads may share it."""

    def __init__(self, log: ConversationLog) -> None:
        self._log = log

    def hand_off(
        self, conversation_id: str, reason: HandOffReason, reply: Reply | None = None
    ) -> tuple[Status, list[LoggedMessage]]:
        """Put the conversation among the waiting; `reply` tells the customer so.

        Where a person is already asked for or there, nothing changes and nothing is said.
        Raises UnknownConversationError.
        """
        now = self._log.clock()
        with self._log.database.write() as writing:
            status = log_rows.read_status(writing.conn, conversation_id)
            if status in ("waiting", "open"):
                return status, []
            change = StatusChange("waiting", "customer", now, reason)
            log_rows.write_status(writing.conn, conversation_id, change)
            if reply is None:
                return "waiting", []
            message = bot_message(reply, None, now)
            return "waiting", [log_rows.write_message(writing.conn, conversation_id, message)]

    def cancel(self, conversation_id: str) -> Status:
        """The customer waits no longer: back to the bot, unless somebody came meanwhile.

        Returns the status after it. Raises UnknownConversationError.
        """
        with self._log.database.write() as writing:
            status = log_rows.read_status(writing.conn, conversation_id)
            if status != "waiting":
                return status
            change = StatusChange("bot", "customer", self._log.clock())
            log_rows.write_status(writing.conn, conversation_id, change)
        return "bot"

    def claim(self, conversation_id: str, staff: str) -> None:
        """Give the conversation to `staff`: of several who try at once, one gets it.

        Raises TakenError for the others, UnknownConversationError.
        """
        with self._log.database.write() as writing:
            self._claim(writing.conn, conversation_id, staff)

    def say(self, conversation_id: str, author: str, text: str) -> LoggedMessage:
        """Log a staff message; who writes has claimed the conversation by that.

        Raises TakenError when somebody else has it, UnknownConversationError.
        """
        now = self._log.clock()
        with self._log.database.write() as writing:
            self._claim(writing.conn, conversation_id, author)
            message = LoggedMessage(0, "staff", text, now, author=author)
            writing.conn.execute(
                "UPDATE conversations SET updated = ? WHERE id = ?", (now, conversation_id)
            )
            return log_rows.write_message(writing.conn, conversation_id, message)

    def release(self, conversation_id: str, staff: str = "staff") -> None:
        """Give the conversation back to the bot; `staff` goes into its history.

        Raises UnknownConversationError.
        """
        self._move(conversation_id, StatusChange("bot", staff, self._log.clock()))

    def resolve(self, conversation_id: str, staff: str = "staff") -> None:
        """Close the conversation; the customer's next message opens it again, with the bot.

        Raises UnknownConversationError.
        """
        self._move(conversation_id, StatusChange("resolved", staff, self._log.clock()))

    def waiting(self) -> list[ConversationRecord]:
        """Those who wait for a person, the longest waiting first."""
        return log_rows.read_records(
            self._log.reading, "status = 'waiting' ORDER BY handed_off, id", ()
        )

    def with_staff(self) -> list[ConversationRecord]:
        """Those that a person has, the earliest handed off first."""
        return log_rows.read_records(
            self._log.reading, "status = 'open' ORDER BY handed_off, id", ()
        )

    def _claim(self, connection: Connection, conversation_id: str, staff: str) -> None:
        row = connection.execute(
            "SELECT staff FROM conversations WHERE id = ? AND status = 'open'", (conversation_id,)
        ).fetchone()
        if row == (staff,):
            return
        if row is not None:
            raise TakenError(
                f"conversation {conversation_id} is with {row[0]}; ask them to release it"
            )
        log_rows.read_status(connection, conversation_id)
        change = StatusChange("open", staff, self._log.clock())
        log_rows.write_status(connection, conversation_id, change)

    def _move(self, conversation_id: str, change: StatusChange) -> None:
        with self._log.database.write() as writing:
            if log_rows.read_status(writing.conn, conversation_id) != change.status:
                log_rows.write_status(writing.conn, conversation_id, change)
