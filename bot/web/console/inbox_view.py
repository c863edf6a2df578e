"""What the Inbox shows, as plain values for its scripts; knows neither Gradio nor the page.

Texts of customers go out as they are: the scripts set them as text, never as markup.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.feedback import Attachment
from bot.log import ConversationRecord
from bot.log_rows import StatusChange
from bot.messages import LoggedMessage
from bot.queue import QueueEntry
from bot.suggestions import Suggestion
from bot.types import Status
from bot.web.console.words import word, words_of
from knowledge.types import Language

JS_WORDS = words_of("inbox.js.")
SHORT_ID = 4


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: their name, their language, and how to call a colleague."""

    name: str
    language: Language
    called: Mapping[str, str]

    def word(self, key: str, **values: object) -> str:
        """Words of the Inbox in the reader's language."""
        return word(f"inbox.{key}", self.language, **values)

    def words(self) -> dict[str, str]:
        """What the scripts show by themselves."""
        return {key: texts[self.language] for key, texts in JS_WORDS.items()}

    def call(self, name: str | None) -> str:
        """A colleague as people know them."""
        return self.called.get(name or "", name or "")


def title(record: ConversationRecord, reader: Reader) -> str:
    """The customer's name, or something to tell them apart by."""
    customer = record.customer
    known = customer and (customer.name or customer.email or customer.id)
    return known or reader.word("customer", id=record.id[:SHORT_ID])


def status_text(record: ConversationRecord, reader: Reader) -> str:
    """Where the conversation is, in words."""
    return reader.word(f"status.{record.status}", name=reader.call(record.staff))


def queue_item(entry: QueueEntry, reader: Reader) -> dict[str, Any]:
    """One row of the queue."""
    record, last = entry.record, entry.last_message
    reason = "call_back" if entry.call_back else entry.reason
    return _item(record, reader) | {
        "waiting_s": entry.waiting_s,
        "reason": reader.word(f"reason.{reason}") if reason else "",
        "mood": entry.mood,
        "labels": list(entry.labels),
        "last": last.text if last else "",
        "last_role": last.role if last else "",
        "call_back": entry.call_back is not None,
    }


def found_item(record: ConversationRecord, reader: Reader) -> dict[str, Any]:
    """One row of a search."""
    none: dict[str, Any] = {"waiting_s": None, "reason": "", "mood": None}
    return (
        _item(record, reader)
        | none
        | {
            "labels": [],
            "last": "",
            "last_role": "",
            "call_back": False,
        }
    )


def earlier_item(
    earlier: ConversationRecord, now: ConversationRecord, reader: Reader
) -> dict[str, Any]:
    """One of the customer's earlier conversations; `proved` once both carry the same signed id.

    An e-mail address alone may have been typed by anybody, who must not be told of the other.
    """
    before, writing = earlier.customer, now.customer
    proved = before and writing and before.verified and writing.verified and before.id == writing.id
    return found_item(earlier, reader) | {"proved": bool(proved)}


def _item(record: ConversationRecord, reader: Reader) -> dict[str, Any]:
    return {
        "id": record.id,
        "title": title(record, reader),
        "status": record.status,
        "status_text": status_text(record, reader),
        "mine": record.staff == reader.name,
        "language": record.language,
        "at": record.updated,
    }


def message_item(
    message: LoggedMessage, record: ConversationRecord, file: Attachment | None, reader: Reader
) -> dict[str, Any]:
    """One message of the history."""
    names = {
        "customer": title(record, reader),
        "bot": reader.word("bot"),
        "staff": reader.call(message.author),
    }
    return {
        "kind": "message",
        "id": message.id,
        "role": message.role,
        "who": names[message.role],
        "text": message.text,
        "at": message.at,
        "sources": [{"title": one.title, "source": one.source} for one in message.citations],
        "rating": message.rating,
        "file": file and file_item(file),
    }


def file_item(file: Attachment) -> dict[str, Any]:
    """A customer's file and where staff fetch it."""
    url = f"/api/staff/conversations/{file.conversation_id}/files/{file.id}"
    return {"name": file.name, "size": file.size, "url": url, "at": file.at}


def event_item(number: int, change: StatusChange, reader: Reader) -> dict[str, Any]:
    """A change of status between the messages."""
    actor = {"customer": reader.word("by_customer"), "bot": reader.word("bot")}
    name = actor.get(change.actor) or reader.call(change.actor)
    reason = reader.word(f"reason.{change.reason}") if change.reason else ""
    text = reader.word(f"event.{change.status}", name=name, reason=reason).rstrip(":： ")
    return {"kind": "event", "id": f"change-{number}", "text": text, "at": change.at}


def suggestion_item(suggestion: Suggestion) -> dict[str, Any]:
    """A suggested reply."""
    return {
        "kind": suggestion.kind,
        "ref": suggestion.ref,
        "title": suggestion.title,
        "text": suggestion.text,
        "source": suggestion.source,
        "score": round(suggestion.score, 2),
    }


OPEN_TO: Mapping[str, tuple[Status, ...]] = {
    "claim": ("waiting", "bot"),
    "reopen": ("resolved",),
    "release": ("open",),
    "resolve": ("open", "waiting"),
}
"""In which status an action is offered; with a colleague none is."""
