"""What events mean to those who watch: to a conversation's customer, and to the staff."""

import json
from collections.abc import Sequence

from bot.events import PAGE, Event, EventLog
from bot.messages import UnknownConversationError
from bot.web.customer_view import CustomerView
from bot.web.subscription import Notice


class Notices:
    """Turns events into notices. Threads may share it."""

    def __init__(self, events: EventLog, view: CustomerView) -> None:
        self._events = events
        self._view = view

    def translate(self, conversation_id: str | None, events: Sequence[Event]) -> list[Notice]:
        """What the customer of a conversation is told of its events; with None, the staff of all.

        Oldest first. Of a conversation that was deleted meanwhile nothing is told.
        """
        if conversation_id is None:
            return self._changes(events)
        told = self._messages(conversation_id, events)
        changes = [event.id for event in events if event.kind == "status"]
        if changes:
            # One is enough: it tells the status of now, not that of then.
            told += self.situation(conversation_id, changes[-1])
        return sorted(told, key=lambda notice: notice.id or 0)

    def replay(self, conversation_id: str, after: int) -> list[Notice]:
        """All messages that came with events above `after`, and the status of now at the end.

        The status carries the id of the last event. An id that the conversation never had, as
        after a restored backup, starts from the beginning.
        """
        if after > self._events.last(conversation_id):
            after = 0
        events = self._events.after(after, conversation_id)
        told = self._messages(conversation_id, events)
        while len(events) == PAGE:
            after = events[-1].id
            events = self._events.after(after, conversation_id)
            told += self._messages(conversation_id, events)
        last = events[-1].id if events else after
        return told + self.situation(conversation_id, last)

    def missed(self, after: int) -> list[Notice]:
        """What changed above `after`, for staff who were away shortly; after long, the newest."""
        return self._changes(self._events.after(max(after, self.last() - PAGE)))

    def last(self) -> int:
        """The id of the last event of all."""
        return self._events.last()

    def situation(self, conversation_id: str, event_id: int | None = None) -> list[Notice]:
        """The status as it is now; nothing when the conversation was deleted."""
        try:
            return [Notice("status", self._view.situation(conversation_id), event_id)]
        except UnknownConversationError:
            return []

    def _messages(self, conversation_id: str, events: Sequence[Event]) -> list[Notice]:
        ids = {event.ref: event.id for event in events if event.kind == "message" and event.ref}
        if not ids:
            return []
        messages = self._view.some(conversation_id, min(ids), max(ids))
        return [
            Notice("message", message, ids[message["id"]])
            for message in messages
            if message["id"] in ids
        ]

    def _changes(self, events: Sequence[Event]) -> list[Notice]:
        """One for each conversation and kind: the last."""
        last = {(event.conversation_id, event.kind): event.id for event in events}
        statuses = self._statuses({conversation_id for conversation_id, _ in last})
        told = [
            Notice(
                "change", {"conversation_id": one, "kind": kind, "status": statuses[one]}, number
            )
            for (one, kind), number in last.items()
            if one in statuses
        ]
        return sorted(told, key=lambda notice: notice.id or 0)

    def _statuses(self, conversation_ids: set[str]) -> dict[str, str]:
        rows = self._events.database.connection.conn.execute(
            "SELECT id, status FROM conversations WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(conversation_ids)),),
        )
        return dict(rows.fetchall())
