"""What staff do in the Inbox: reads for its parts, and the desk's actions noted in the audit log.

Knows neither Gradio nor HTTP. What a colleague has is refused with TakenError, told by the tab.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot import log_rows
from bot.desk import Desk, TakenError
from bot.events import EventLog
from bot.messages import ConversationRecord, UnknownConversationError
from bot.queue import QueueEntry
from bot.staff import Staff
from bot.suggestions import suggest
from bot.types import UsedSuggestion
from bot.web.console.inbox_view import (
    OPEN_TO,
    Reader,
    earlier_item,
    event_item,
    file_item,
    found_item,
    message_item,
    queue_item,
    status_text,
    suggestion_item,
    title,
)
from bot.web.console.viewers import Viewers
from bot.web.service import Service
from bot.web.staff_session import allowed
from knowledge.types import Language

ALL_EVENTS = 100_000
FOUND = 50
SUGGESTED = 3
_REPLIES = "SELECT reply_id FROM turns WHERE conversation_id = ? AND reply_id IS NOT NULL"

Values = dict[str, Any]


class InboxDesk:
    """The Inbox of one application. Threads may share it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._log = service.runtime.log
        self._events = EventLog(service.runtime.log.database)
        self._viewers = Viewers()

    @property
    def desk(self) -> Desk:
        """Where conversations pass between the bot and people."""
        return self._service.runtime.desk

    def reader(self, staff: Staff, language: Language) -> Reader:
        """Who reads, and what everybody is called."""
        called = {one.name: one.display_name for one in self._service.accounts.list()}
        return Reader(staff.name, language, called)

    def look(self, page: str, name: str, conversation_id: str) -> None:
        """The page of `name` shows this conversation now."""
        self._viewers.look(page, name, conversation_id)

    def look_again(self, page: str, name: str, conversation_id: str) -> None:
        """The page of `name` shows this conversation still, unless it opened another just now."""
        self._viewers.look_again(page, name, conversation_id)

    def shown(self, page: str) -> str:
        """The conversation that was opened last on this page; "" when none is known."""
        return self._viewers.shown(page)

    def queue(self, reader: Reader, selected: str, sought: str) -> Values:
        """The queue, or what was found of `sought`."""
        sought = sought.strip()
        if sought:
            records = self.desk.search(sought, None, FOUND)
            items = [found_item(one, reader) for one in records]
        else:
            items = [queue_item(one, reader) for one in self.desk.queue()]
        late_s = 60 * self._service.runtime.settings.staff.waiting_minutes
        for item in items:
            item["urgent"] = item["status"] != "resolved" and (item["waiting_s"] or 0) >= late_s
            item["viewers"] = self._looking(item["id"], reader)
        return {"items": items, "selected": selected, "searching": bool(sought)} | _words(reader)

    def entry(self, conversation_id: str) -> QueueEntry | None:
        """The conversation as the queue has it; None when it is no longer there."""
        try:
            return self.desk.entry(conversation_id)
        except UnknownConversationError:
            return None

    def head(self, entry: QueueEntry, reader: Reader, alert: str) -> Values:
        """Who writes, where the conversation is, who looks at it too."""
        record, customer = entry.record, entry.record.customer
        return {
            "id": record.id,
            "title": title(record, reader),
            "status": record.status,
            "status_text": status_text(record, reader),
            "email": (customer and customer.email) or "",
            "verified": bool(customer and customer.verified),
            "known": bool(customer and (customer.id or customer.email)),
            "language": record.language,
            "mood": entry.mood,
            "stars": record.stars,
            "viewers": self._looking(record.id, reader),
            "alert": alert,
        } | _words(reader)

    def history(self, record: ConversationRecord, reader: Reader) -> Values:
        """All that was said and done, in its order."""
        files = {one.message_id: one for one in self._log.attachments(record.id)}
        messages = {one.id: one for one in self._log.messages(record.id)}
        changes = log_rows.read_changes(self._log.reading, record.id)
        explained = {row[0] for row in self._log.reading.execute(_REPLIES, (record.id,))}
        items = []
        for event in self._events.after(0, record.id, ALL_EVENTS):
            ref = event.ref or 0
            if event.kind == "message" and ref in messages:
                item = message_item(messages[ref], record, files.get(ref), reader)
                items.append(item | {"why": ref in explained})
            elif event.kind == "status" and ref in changes:
                items.append(event_item(ref, changes[ref], reader))
        return {"id": record.id, "items": items} | _words(reader)

    def side(self, entry: QueueEntry, reader: Reader) -> Values:
        """The summary, the notes, the customer's earlier conversations, their files."""
        record, summary, back = entry.record, entry.summary, entry.call_back
        notes = self.desk.notes(record.id)
        return {
            "id": record.id,
            "wants": summary.wants,
            "tried": list(summary.tried),
            "open_questions": list(summary.open_questions),
            "slots": dict(summary.slots),
            "call_back": back
            and {"name": back.name, "email": back.email, "text": back.message, "at": back.at},
            "notes": [
                {"id": one.id, "who": reader.call(one.author), "text": one.text, "at": one.at}
                for one in notes
            ],
            "earlier": [earlier_item(one, record, reader) for one in self.desk.earlier(record.id)],
            "files": [file_item(one) for one in self._log.attachments(record.id)],
        } | _words(reader)

    def suggestions(self, conversation_id: str, reader: Reader) -> Values:
        """At most three replies to what the customer asked last."""
        found = suggest(self._service.runtime, conversation_id, SUGGESTED)
        items = [suggestion_item(one) for one in found]
        return {"id": conversation_id, "items": items} | _words(reader)

    def said(self, conversation_id: str) -> str:
        """Changes when the customer, or staff, has said something new."""
        messages = self._log.messages(conversation_id)
        return f"{conversation_id}-{messages[-1].id if messages else 0}"

    def offered(self, record: ConversationRecord, staff: Staff) -> dict[str, bool]:
        """Which actions `staff` may take; an admin also passes on what a colleague left."""
        free = record.status != "open" or record.staff == staff.name
        own = free or allowed(staff, "admin")
        offered = {action: own and record.status in of for action, of in OPEN_TO.items()}
        return offered | {"transfer": own and record.status == "open", "reply": free}

    def claim(self, staff: Staff, conversation_id: str) -> None:
        """Raises TakenError, UnknownConversationError."""
        with self._noted(staff, "claim", conversation_id):
            self.desk.claim(conversation_id, staff.name)

    def reopen(self, staff: Staff, conversation_id: str) -> None:
        """Raises TakenError, UnknownConversationError."""
        with self._noted(staff, "reopen", conversation_id):
            self.desk.reopen(conversation_id, staff.name)

    def release(self, staff: Staff, conversation_id: str) -> None:
        """Raises TakenError, UnknownConversationError."""
        with self._noted(staff, "release", conversation_id):
            self._refuse_others(staff, conversation_id)
            self.desk.release(conversation_id, staff.name)

    def resolve(self, staff: Staff, conversation_id: str) -> None:
        """Raises TakenError, UnknownConversationError."""
        with self._noted(staff, "resolve", conversation_id):
            self._refuse_others(staff, conversation_id)
            self.desk.resolve(conversation_id, staff.name)

    def transfer(self, staff: Staff, conversation_id: str, to: str) -> None:
        """Raises TakenError, UnknownConversationError, StaffError."""
        person = self._service.accounts.find(to).name
        with self._noted(staff, "transfer", conversation_id, person):
            owner = self._refuse_others(staff, conversation_id)
            self.desk.transfer(conversation_id, owner or staff.name, person)

    def say(
        self, staff: Staff, conversation_id: str, text: str, used: UsedSuggestion | None
    ) -> None:
        """Send a reply; who sends takes over. Raises TakenError, UnknownConversationError."""
        with self._noted(staff, "say", conversation_id, used.kind if used else ""):
            self.desk.say(conversation_id, staff.name, text, used)

    def filled(self, staff: Staff, conversation_id: str, canned_id: int | None) -> str:
        """A canned reply with its variables filled; empty when it was deleted.

        Raises UnknownConversationError.
        """
        record = self.desk.entry(conversation_id).record
        for one in self.desk.canned(record.language):
            if one.id == canned_id:
                return self.desk.fill_canned(one, record, staff.name)
        return ""

    def note(self, staff: Staff, conversation_id: str, text: str) -> None:
        """Keep a private note. Raises UnknownConversationError."""
        with self._noted(staff, "note", conversation_id):
            self.desk.note(conversation_id, staff.name, text)

    def label(self, staff: Staff, conversation_id: str, labels: list[str]) -> None:
        """Replace the labels. Raises UnknownConversationError."""
        with self._noted(staff, "label", conversation_id):
            self.desk.set_labels(conversation_id, labels)

    def _refuse_others(self, staff: Staff, conversation_id: str) -> str | None:
        """Raise TakenError when a colleague has it and `staff` is no admin; returns who has it."""
        owner = self._log.conversation(conversation_id).staff
        if owner not in (None, staff.name) and not allowed(staff, "admin"):
            raise TakenError(conversation_id, owner, self.desk.called(owner))
        return owner

    @contextmanager
    def _noted(
        self, staff: Staff, action: str, conversation_id: str, details: str = ""
    ) -> Iterator[None]:
        """A deed and its line in the audit log are one transaction."""
        with self._log.database.write():
            yield
            self._service.audit.note(staff.name, f"desk.{action}", conversation_id, details)

    def _looking(self, conversation_id: str, reader: Reader) -> list[str]:
        return [reader.call(one) for one in self._viewers.of(conversation_id, but=reader.name)]


def _words(reader: Reader) -> Values:
    return {"words": reader.words(), "lang": reader.language}
