"""What an outgoing webhook says, and how it is signed. Sends nothing.

A call is `{id, event, at, data}`; the same id may come twice, after a network failed at the wrong
moment, and then means the same.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot import log_rows
from bot.events import Event, EventLog
from bot.log import ConversationLog
from bot.messages import ConversationRecord
from bot.outgoing_rows import Step, Target, Targets

NAMES = {
    "conversation": "conversation_created",
    "message": "message_created",
    "status": "conversation_status_changed",
}
"""Which kinds of events are told, and under which name."""


@dataclass(frozen=True, slots=True)
class Call:
    """The next call of an address, and where it stands after it; without a body none is made."""

    step: Step
    body: bytes | None = None


class Calls:
    """Finds what an address is to be told next. Threads may share it."""

    def __init__(self, log: ConversationLog, targets: Targets) -> None:
        self._log = log
        self._targets = targets
        self._events = EventLog(log.database)

    def next(self, target: Target) -> Call | None:
        """The call after those that the address had; None when there is no more."""
        events = self._events.after(target.event_id)
        for event in events:
            data = self._data(event)
            if data is not None:
                body = _body(f"event-{event.id}", NAMES[event.kind], event.at, data)
                return Call(Step(event_id=event.id), body)
        if events:
            return Call(Step(event_id=events[-1].id))
        notice = self._targets.notice_after(target.notice_id)
        if notice is None:
            return None
        body = _body(f"notice-{notice.id}", notice.kind, notice.at, notice.data)
        return Call(Step(notice_id=notice.id), body)

    def _data(self, event: Event) -> dict[str, Any] | None:
        """What is told of an event; None when nothing is, or all of it was deleted."""
        if event.kind not in NAMES:
            return None
        found = log_rows.read_records(self._log.reading, "id = ?", (event.conversation_id,))
        if not found:
            return None
        data: dict[str, Any] = {"conversation": _conversation(found[0])}
        if event.kind == "message":
            rows = log_rows.read_messages(self._log.reading, "id = ?", (event.ref,))
            data["message"] = rows[0].to_dict() if rows else None
        if event.kind == "status":
            changes = log_rows.read_changes(self._log.reading, event.conversation_id)
            one = changes[event.ref or 0]
            data["change"] = {"status": one.status, "actor": one.actor, "reason": one.reason}
        return data


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """The value of the header: `t=SECONDS,v1=HEX`, HMAC-SHA256 over `SECONDS.BODY`."""
    signed = b"%d.%b" % (timestamp, body)
    return f"t={timestamp},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def _body(number: str, name: str, at: str, data: Mapping[str, Any]) -> bytes:
    told = {"id": number, "event": name, "at": at, "data": data}
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")


def _conversation(record: ConversationRecord) -> dict[str, Any]:
    customer = record.customer
    return {
        "id": record.id,
        "status": record.status,
        "language": record.language,
        "created": record.created,
        "staff": record.staff,
        "customer": customer
        and {
            "id": customer.id,
            "name": customer.name,
            "email": customer.email,
            "verified": customer.verified,
        },
    }
