"""The queue: who waits for a person or for a call back, and who talks to one, as staff see it.

Reads only; who takes whom is decided at the desk.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from bot import log_rows
from bot.desk_notes import Notes
from bot.feedback import Contact
from bot.log import ConversationRecord
from bot.messages import LoggedMessage
from bot.summary import Summary
from bot.types import HandOffReason, Mood
from bot.waiting import Waiting
from knowledge.types import Language

_CONTACTS = (
    "SELECT conversation_id, name, email, message, at FROM contacts INDEXED BY contacts_to_handle"
    " WHERE handled IS NULL ORDER BY id"
)
_ASKED = (
    "handed_off, (SELECT max(c.id) FROM status_changes c"
    " WHERE c.conversation_id = conversations.id AND c.status = 'waiting')"
)
"""When somebody asked for a person; the second, and the order within it."""
_WITH_STAFF = "status IN ('waiting', 'open')"
"""The words of the partial index, without which SQLite does not take it."""


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A conversation that needs a person, or has one.

    `waiting_s` counts seconds since the hand-off, since the wish to be called back, or, with a
    person there, since the customer began to wait for an answer (0 while nobody does).
    `call_back` is set until staff resolves it. `told` says that the customer knows that it takes
    longer. `mood` is that of the customer's last message. `last_message` is what the customer or
    staff wrote last; the bot's where neither wrote anything.
    """

    record: ConversationRecord
    waiting_s: int
    reason: HandOffReason | None
    language: Language
    mood: Mood | None
    summary: Summary
    labels: tuple[str, ...]
    last_message: LoggedMessage | None
    call_back: Contact | None = None
    told: bool = False


@dataclass(frozen=True, slots=True)
class QueueState:
    """What a customer may know: who talks to them, their place (from 1) and wait in seconds.

    `position` and `waiting_s` are None unless the conversation waits, `agent` unless it is open.
    """

    agent: str | None
    position: int | None
    waiting_s: int | None
    away: bool


class Queue(Waiting, Notes):
    """The part of the desk that lists who needs a person."""

    def waiting(self) -> list[ConversationRecord]:
        """Those who wait for a person, the longest waiting first."""
        return log_rows.read_records(
            self._log.reading,
            f"{_WITH_STAFF} AND status = 'waiting' ORDER BY {_ASKED}",
            (),
        )

    def queue(self) -> list[QueueEntry]:
        """Who waits or wants to be called back, the longest first; then who talks to a person."""
        contacts = self._call_backs()
        records = {one.id: one for one in (*self.waiting(), *self.with_staff())}
        missing = json.dumps([one for one in contacts if one not in records])
        called = "id IN (SELECT value FROM json_each(?))"
        for record in log_rows.read_records(self._log.reading, called, (missing,)):
            records[record.id] = record
        entries = [self._entry(one, contacts.get(one.id)) for one in records.values()]
        return sorted(entries, key=lambda one: (one.record.status == "open", -one.waiting_s))

    def entry(self, conversation_id: str) -> QueueEntry:
        """One conversation as the queue shows it. Raises UnknownConversationError."""
        record = self._log.conversation(conversation_id)
        return self._entry(record, self._call_backs().get(conversation_id))

    def queue_state(self, conversation_id: str) -> QueueState:
        """What the customer is told of the queue. Raises UnknownConversationError."""
        record = self._log.conversation(conversation_id)
        away = self.away()
        if record.status != "waiting":
            agent = self.called(record.staff) if record.staff else None
            return QueueState(agent, None, None, away)
        ahead = self._log.reading.execute(
            f"SELECT count(*) FROM conversations WHERE {_WITH_STAFF}"  # noqa: S608
            f" AND status = 'waiting' AND ({_ASKED}) <"
            f" (SELECT {_ASKED} FROM conversations WHERE id = ?)",
            (record.id,),
        ).fetchone()
        return QueueState(None, ahead[0] + 1, self._since(record.handed_off), away)

    def _call_backs(self) -> dict[str, Contact]:
        """The latest wish of each conversation to be called back that nobody has resolved."""
        rows = self._log.reading.execute(_CONTACTS)
        return {row[0]: Contact(*row) for row in rows}

    def _entry(self, record: ConversationRecord, call_back: Contact | None) -> QueueEntry:
        summary, told = self.kept_summary(record.id)
        return QueueEntry(
            record=record,
            waiting_s=self._waiting_s(record, call_back),
            reason=record.handoff_reason,
            language=record.language,
            mood=self._mood(record.id),
            summary=summary,
            labels=self.labels(record.id),
            last_message=self._last_message(record.id),
            call_back=call_back,
            told=told,
        )

    def _last_message(self, conversation_id: str) -> LoggedMessage | None:
        # A hand-over ends with a line of the bot, the same each time: it tells staff nothing.
        last = "conversation_id = ? ORDER BY role = 'bot', id DESC LIMIT 1"
        return next(iter(log_rows.read_messages(self._log.reading, last, (conversation_id,))), None)

    def _mood(self, conversation_id: str) -> Mood | None:
        row = self._log.reading.execute(
            "SELECT mood FROM turns WHERE conversation_id = ? ORDER BY id DESC LIMIT 1",
            (conversation_id,),
        ).fetchone()
        return row[0] if row else None

    def _waiting_s(self, record: ConversationRecord, call_back: Contact | None) -> int:
        if record.status == "waiting":
            return self._since(record.handed_off)
        if record.status != "open" and call_back:
            return self._since(call_back.at)
        return self._since(self.alone_since(record.id)) if record.status == "open" else 0

    def _since(self, at: str | None) -> int:
        """Seconds from `at` to now; 0 for a time to come, as after a clock was set."""
        if at is None:
            return 0
        passed = datetime.fromisoformat(self._log.clock()) - datetime.fromisoformat(at)
        return max(0, int(passed.total_seconds()))
