"""Nobody waits unseen: who waits too long is told so, and taken back from an agent who left.

What was told is kept with the hand-off, so that it is told once, whoever restarts meanwhile.
"""

from datetime import datetime, timedelta
from sqlite3 import Connection

from bot import log_rows
from bot.domain import Domain
from bot.hand_offs import HandOffs
from bot.log import ConversationRecord
from bot.log_rows import StatusChange
from bot.messages import bot_message
from bot.types import Reply, SmallTalk

_TO_BE_TOLD = (
    "status IN ('waiting', 'open') AND status = 'waiting' AND handed_off <= ?"
    " AND NOT EXISTS (SELECT 1 FROM hand_offs h WHERE h.conversation_id = conversations.id"
    " AND h.handed_off = conversations.handed_off AND h.told IS NOT NULL)"
    " AND NOT EXISTS (SELECT 1 FROM contacts c WHERE c.conversation_id = conversations.id"
    " AND c.handled IS NULL)"
)

_ALONE_SINCE = """
WITH opened AS (SELECT max(at) AS at FROM status_changes
                WHERE conversation_id = ?1 AND status = 'open'),
     answered AS (SELECT max(id) AS id FROM messages
                  WHERE conversation_id = ?1 AND role = 'staff' AND at >= (SELECT at FROM opened))
SELECT CASE WHEN answered.id IS NULL THEN opened.at
       ELSE (SELECT min(at) FROM messages
             WHERE conversation_id = ?1 AND role = 'customer' AND id > answered.id) END
FROM opened, answered
"""


class Waiting(HandOffs):
    """The part of the desk that looks after those who wait."""

    def tell_waiting(self, minutes: int) -> int:
        """Tell everybody who has waited for `minutes` that it takes longer; returns how many.

        Each is told once in a hand-off; while everybody is away, that nobody is there. Who has
        asked to be called back already is not told.
        """
        domain = self._domain()
        if domain is None:
            return 0
        late = (self._ago(minutes),)
        if not log_rows.read_records(self._log.reading, f"{_TO_BE_TOLD} LIMIT 1", late):
            return 0
        with self._log.database.write() as writing:  # read again: another server may have told
            found = log_rows.read_records(writing.conn, _TO_BE_TOLD, late)
            for record in found:
                self._tell(writing.conn, record, domain)
        return len(found)

    def take_back(self, minutes: int) -> int:
        """Let conversations wait again whose agent has left a customer alone for `minutes`.

        Only those whose agent is not there any more; returns how many.
        """
        late, present = self._ago(minutes), self.attendance.names()
        if present is None:
            return 0
        with_nobody = [one for one in self.with_staff() if one.staff not in present]
        taken = 0
        for record in with_nobody:
            with self._log.database.write() as writing:
                if self._is_left_alone(writing.conn, record, late):
                    change = StatusChange("waiting", "bot", self._log.clock())
                    log_rows.write_status(writing.conn, record.id, change)
                    self.keep(writing.conn, self._log.conversation(record.id), None)
                    taken += 1
        return taken

    def with_staff(self) -> list[ConversationRecord]:
        """Those that a person has, the earliest handed off first."""
        open_ones = "status IN ('waiting', 'open') AND status = 'open' ORDER BY handed_off, id"
        return log_rows.read_records(self._log.reading, open_ones, ())

    def alone_since(self, conversation_id: str) -> str | None:
        """Since when the customer of an open conversation waits for its agent; None: not at all.

        That is since the claim, or since the first message after the agent's last one.
        """
        row = self._log.reading.execute(_ALONE_SINCE, (conversation_id,)).fetchone()
        return row[0] if row else None

    def _is_left_alone(self, connection: Connection, record: ConversationRecord, late: str) -> bool:
        """Whether it still has the same agent and its customer is alone since `late` or longer."""
        staff = connection.execute(
            "SELECT staff FROM conversations WHERE id = ? AND status = 'open'", (record.id,)
        ).fetchone()
        since = self.alone_since(record.id)
        return staff == (record.staff,) and since is not None and since <= late

    def _tell(self, connection: Connection, record: ConversationRecord, domain: Domain) -> None:
        now = self._log.clock()
        spoken = record.language in domain.messages
        language = record.language if spoken else next(iter(domain.messages))
        late = domain.fill(domain.messages[language].still_waiting, language, {})
        text = self.away_text(domain, language) if self.away() else late
        told = Reply(text, SmallTalk("still_waiting"), language)
        log_rows.write_message(connection, record.id, bot_message(told, None, now))
        self.keep(connection, record, now)
        connection.execute(
            "UPDATE hand_offs SET told = ? WHERE conversation_id = ?", (now, record.id)
        )

    def _ago(self, minutes: int) -> str:
        """The time `minutes` ago as the log's clock writes it, so that SQLite can compare."""
        ago = datetime.fromisoformat(self._log.clock()) - timedelta(minutes=minutes)
        return ago.isoformat().replace("+00:00", "Z")
