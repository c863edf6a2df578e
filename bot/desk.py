"""The desk: conversations pass between the bot and the people who work here.

Every passage is one transaction and is kept in the log. Who may do what is the web's to check.
"""

from sqlite3 import Connection

from bot import log_rows
from bot.canned import CannedReplies
from bot.desk_past import Past
from bot.log_rows import StatusChange
from bot.messages import LoggedMessage, bot_message
from bot.queue import Queue
from bot.reply_links import note_reply
from bot.types import HandOffReason, Reply, Status, UsedSuggestion
from knowledge.errors import DeskmateError


class TakenError(DeskmateError):
    """Somebody else has the conversation: the account `staff`, known as `called`."""

    def __init__(self, conversation_id: str, staff: str, called: str = "") -> None:
        self.staff, self.called = staff, called or staff
        super().__init__(
            f"conversation {conversation_id} is with {self.called}; ask them to release it"
        )


class Desk(Queue, CannedReplies, Past):
    """What staff and customers do with a conversation beside the bot. Threads may share it.

    `staff` is always the unique name of an account; customers read what `called` makes of it.
    """

    def hand_off(
        self, conversation_id: str, reason: HandOffReason, reply: Reply | None = None
    ) -> tuple[Status, list[LoggedMessage]]:
        """Put the conversation among the waiting; `reply` tells the customer so.

        While everybody is away the customer is told that instead. Where a person is already asked
        for or there, nothing changes and nothing is said. Raises UnknownConversationError.
        """
        now = self._log.clock()
        with self._log.database.write() as writing:
            status = log_rows.read_status(writing.conn, conversation_id)
            if status in ("waiting", "open"):
                return status, []
            change = StatusChange("waiting", "customer", now, reason)
            log_rows.write_status(writing.conn, conversation_id, change)
            self.note_hand_off(conversation_id)
            if reply is None:
                return "waiting", []
            message = bot_message(self.told(reply), None, now)
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

    def say(
        self, conversation_id: str, author: str, text: str, used: UsedSuggestion | None = None
    ) -> LoggedMessage:
        """Log a staff message; who writes has claimed the conversation by that.

        `used` is the suggestion that the text was made from; the reply teaches.
        Raises TakenError when somebody else has the conversation, UnknownConversationError.
        """
        with self._log.database.write() as writing:
            self._claim(writing.conn, conversation_id, author)
            now = self._log.clock()
            writing.conn.execute(
                "UPDATE conversations SET updated = ? WHERE id = ?", (now, conversation_id)
            )
            message = LoggedMessage(0, "staff", text, now, author=self.called(author))
            said = log_rows.write_message(writing.conn, conversation_id, message)
            note_reply(writing.conn, conversation_id, said, used)
        return said

    def release(self, conversation_id: str, staff: str = "staff") -> None:
        """Give the conversation back to the bot; `staff` goes into its history.

        Raises UnknownConversationError.
        """
        self._move(conversation_id, StatusChange("bot", staff, self._log.clock()))

    def resolve(self, conversation_id: str, staff: str = "staff") -> None:
        """Close the conversation; the customer's next message opens it again, with the bot.

        Who wanted to be called back there has been. Raises UnknownConversationError.
        """
        now = self._log.clock()
        with self._log.database.write() as writing:
            self._move(conversation_id, StatusChange("resolved", staff, now))
            writing.conn.execute(
                "UPDATE contacts SET handled = ?, handled_by = ?"
                " WHERE conversation_id = ? AND handled IS NULL",
                (now, staff, conversation_id),
            )

    def reopen(self, conversation_id: str, staff: str) -> None:
        """Take up a resolved conversation again; one that is with nobody is claimed.

        Raises TakenError when somebody else has it, UnknownConversationError.
        """
        self.claim(conversation_id, staff)

    def transfer(self, conversation_id: str, staff: str, to: str) -> None:
        """Pass the conversation from `staff` to the colleague `to`.

        Raises TakenError when somebody else than `staff` has it, UnknownConversationError.
        """
        with self._log.database.write() as writing:
            self._claim(writing.conn, conversation_id, staff)
            change = StatusChange("open", to, self._log.clock())
            if to != staff:
                log_rows.write_status(writing.conn, conversation_id, change)

    def _claim(self, connection: Connection, conversation_id: str, staff: str) -> None:
        row = connection.execute(
            "SELECT staff FROM conversations WHERE id = ? AND status = 'open'", (conversation_id,)
        ).fetchone()
        if row == (staff,):
            return
        if row is not None:
            raise TakenError(conversation_id, row[0], self.called(row[0]))
        log_rows.read_status(connection, conversation_id)
        change = StatusChange("open", staff, self._log.clock())
        log_rows.write_status(connection, conversation_id, change)

    def _move(self, conversation_id: str, change: StatusChange) -> None:
        with self._log.database.write() as writing:
            if log_rows.read_status(writing.conn, conversation_id) != change.status:
                log_rows.write_status(writing.conn, conversation_id, change)
