"""Hand-offs: the summary kept with each, and what the customer is told while everybody is away."""

from dataclasses import replace
from sqlite3 import Connection

from bot import turn_rows
from bot.attendance import Attendance
from bot.desk_access import DeskAccess
from bot.domain import Domain
from bot.log import ConversationRecord
from bot.summary import Summary, decode_summary, encode_summary, summarise
from bot.talk import Talk
from bot.types import HandOff, HandOffReason, Reply
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


KEPT_WHILE_AWAY: tuple[HandOffReason, ...] = ("self_harm", "safety", "intent")
"""Reasons whose own text holds advice that counts at any hour."""


def told(reply: Reply, domain: Domain, attendance: Attendance) -> Reply:
    """`reply`; if it hands off while everybody is away, it says so and when staff is back.

    What it says of the matter itself stays; only that a colleague takes over now does not.
    """
    action = reply.action
    if not isinstance(action, HandOff) or not attendance.away():
        return reply
    away = _away_text(domain, reply.language, attendance)
    text = f"{reply.text}\n\n{away}" if action.reason in KEPT_WHILE_AWAY else away
    return replace(reply, text=text)


def _away_text(domain: Domain, language: Language, attendance: Attendance) -> str:
    opens = {"opens": attendance.back(language)}
    return domain.fill(domain.messages[language].away, language, opens)


class HandOffs(DeskAccess):
    """The part of the desk that keeps hand-offs."""

    def told(self, reply: Reply) -> Reply:
        """`reply`; if it hands off while everybody is away, it says so and when staff is back."""
        domain = self._domain()
        return reply if domain is None else told(reply, domain, self.attendance)

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
                self.keep(writing.conn, record, told)

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

    def keep(self, connection: Connection, record: ConversationRecord, told: str | None) -> None:
        """Keep the summary; `told` counts for a hand-off that nothing was kept of yet."""
        summary = encode_summary(self._summarise(connection, record.id))
        kept = {"id": record.id, "handed_off": record.handed_off, "summary": summary, "told": told}
        connection.execute(_KEEP, kept)

    def away_text(self, domain: Domain, language: Language) -> str:
        """That nobody is there, and when somebody is back."""
        return _away_text(domain, language, self.attendance)

    def _summarise(self, connection: Connection, conversation_id: str) -> Summary:
        turns = turn_rows.read_turns(connection, _TURNS_SINCE_RESOLVED, (conversation_id,))
        rejected = {row[0] for row in connection.execute(_REJECTED, (conversation_id,))}
        state = self._log.state(conversation_id)
        return summarise(Talk(turns, state, rejected, self._domain()))
