"""Hand-offs: their summary, what the customer is told while everybody is away, or waits too long.

Everything is kept with the hand-off, so that it happens once, whoever restarts meanwhile.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from sqlite3 import Connection

from bot import log_rows, turn_rows
from bot.desk_access import DeskAccess
from bot.domain import Domain
from bot.log import ConversationRecord
from bot.messages import bot_message
from bot.summary import Summary, Talk, decode_summary, encode_summary, summarise
from bot.types import HandOff, Reply, SmallTalk
from knowledge.types import Language

_TURNS_SINCE_RESOLVED = (
    "t.conversation_id = ?1 AND t.at >= coalesce((SELECT max(at) FROM status_changes"
    " WHERE conversation_id = ?1 AND status = 'resolved'), '') ORDER BY t.id"
)
_REJECTED = (
    "SELECT t.id FROM turns t JOIN messages r ON r.id = t.reply_id"
    " WHERE t.conversation_id = ? AND r.rating = -1"
)
_KEEP = (
    "INSERT INTO hand_offs (conversation_id, handed_off, summary, told)"
    " VALUES (:id, :handed_off, :summary, :told) ON CONFLICT (conversation_id) DO UPDATE"
    " SET told = CASE WHEN handed_off = :handed_off THEN told ELSE :told END,"
    " handed_off = :handed_off, summary = :summary"
)
_TO_BE_TOLD = (
    "status IN ('waiting', 'open') AND status = 'waiting' AND handed_off <= ? AND NOT EXISTS (SELECT 1 FROM hand_offs h"
    " WHERE h.conversation_id = conversations.id AND h.handed_off = conversations.handed_off"
    " AND h.told IS NOT NULL)"
)


class HandOffs(DeskAccess):
    """The part of the desk that keeps hand-offs and looks after those who wait."""

    def told(self, reply: Reply) -> Reply:
        """`reply`; if it hands off while everybody is away, it says so and when staff is back."""
        domain = self._domain()
        if domain is None or not isinstance(reply.action, HandOff) or not self.away():
            return reply
        return replace(reply, text=self._away_text(domain, reply.language))

    def note_hand_off(self, conversation_id: str) -> None:
        """Keep the summary of a conversation that waits; does nothing for others.

        To be called with the hand-off and with each message in the wait, in one transaction with
        it. Who is handed off while everybody is away has been told by that reply.
        Raises UnknownConversationError.
        """
        with self._log.database.write() as writing:
            record = self._log.conversation(conversation_id)
            if record.status == "waiting":
                told = self._log.clock() if self._domain() and self.away() else None
                self._keep(writing.conn, record, told)

    def tell_waiting(self, minutes: int) -> int:
        """Tell everybody who has waited for `minutes` that it takes longer; returns how many.

        Each is told once in a hand-off; while everybody is away, that nobody is there.
        """
        domain = self._domain()
        if domain is None:
            return 0
        limit = datetime.fromisoformat(self._log.clock()) - timedelta(minutes=minutes)
        late = (_text(limit),)
        if not log_rows.read_records(self._log.reading, f"{_TO_BE_TOLD} LIMIT 1", late):
            return 0
        with self._log.database.write() as writing:  # read again: another server may have told
            found = log_rows.read_records(writing.conn, _TO_BE_TOLD, late)
            for record in found:
                self._tell(writing.conn, record, domain)
        return len(found)

    def summary(self, conversation_id: str) -> Summary:
        """What was kept with the last hand-off; without one, what it would be now."""
        return self.kept_summary(conversation_id)[0]

    def kept_summary(self, conversation_id: str) -> tuple[Summary, bool]:
        """The summary of the last hand-off, and whether its customer knows that it takes longer."""
        row = self._log.reading.execute(
            "SELECT h.summary, h.told FROM hand_offs h JOIN conversations c"
            " ON c.id = h.conversation_id AND c.handed_off = h.handed_off WHERE c.id = ?",
            (conversation_id,),
        ).fetchone()
        if row is None:
            return self._summarise(self._log.reading, conversation_id), False
        return decode_summary(row[0]), row[1] is not None

    def _keep(self, connection: Connection, record: ConversationRecord, told: str | None) -> None:
        summary = encode_summary(self._summarise(connection, record.id))
        kept = {"id": record.id, "handed_off": record.handed_off, "summary": summary, "told": told}
        connection.execute(_KEEP, kept)

    def _summarise(self, connection: Connection, conversation_id: str) -> Summary:
        turns = turn_rows.read_turns(connection, _TURNS_SINCE_RESOLVED, (conversation_id,))
        rejected = {row[0] for row in connection.execute(_REJECTED, (conversation_id,))}
        state = self._log.state(conversation_id)
        return summarise(Talk(turns, state, rejected, self._domain()))

    def _tell(self, connection: Connection, record: ConversationRecord, domain: Domain) -> None:
        now, language = self._log.clock(), record.language
        late = domain.fill(domain.messages[language].still_waiting, language, {})
        text = self._away_text(domain, language) if self.away() else late
        told = Reply(text, SmallTalk("still_waiting"), language)
        log_rows.write_message(connection, record.id, bot_message(told, None, now))
        self._keep(connection, record, now)
        connection.execute(
            "UPDATE hand_offs SET told = ? WHERE conversation_id = ?", (now, record.id)
        )

    def _away_text(self, domain: Domain, language: Language) -> str:
        opens = {"opens": self.attendance.back(language)}
        return domain.fill(domain.messages[language].away, language, opens)


def _text(at: datetime) -> str:
    """As the log's clock writes it, so that SQLite can compare."""
    return at.isoformat().replace("+00:00", "Z")
