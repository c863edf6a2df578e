"""What staff see of conversations, as plain JSON values. Only reads; decides nothing."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.feedback import Contact
from bot.log import ConversationRecord
from bot.queue import QueueEntry
from bot.types import Turn
from bot.web.customer_view import CustomerView

if TYPE_CHECKING:
    from bot.runtime import Runtime

_IDS = "SELECT id, message_id, reply_id FROM turns WHERE conversation_id = ?"


class StaffView:
    """Reads conversations for staff. Threads may share it."""

    def __init__(self, runtime: "Runtime", customer_view: CustomerView) -> None:
        self._runtime = runtime
        self._customer_view = customer_view

    def queue(self) -> dict[str, Any]:
        """Who waits and who talks to a person, and whether customers are told that all are away."""
        desk = self._runtime.desk
        return {"away": desk.away(), "entries": [self.entry(one) for one in desk.queue()]}

    def entry(self, entry: QueueEntry) -> dict[str, Any]:
        """One conversation of the queue."""
        last = entry.last_message
        shown = ("id", "role", "text", "at")
        return {
            "conversation": self.record(entry.record),
            "waiting_s": entry.waiting_s,
            "mood": entry.mood,
            "summary": asdict(entry.summary),
            "labels": list(entry.labels),
            "last_message": {name: getattr(last, name) for name in shown} if last else None,
            "call_back": _call_back(entry.call_back) if entry.call_back else None,
            "told": entry.told,
        }

    def detail(self, conversation_id: str) -> dict[str, Any]:
        """All of one conversation. Raises UnknownConversationError."""
        desk, log = self._runtime.desk, self._runtime.log
        ids = {row[0]: row[1:] for row in log.reading.execute(_IDS, (conversation_id,))}
        notes = [asdict(one) for one in desk.notes(conversation_id)]
        return {
            **self.entry(desk.entry(conversation_id)),
            "messages": self._customer_view.messages(conversation_id),
            "turns": [
                _understood(turn, ids[turn.id])
                for turn in log.turns(conversation_id)
                if turn.id in ids
            ],
            "notes": [
                {"id": one["id"], "text": one["text"], "at": one["at"]}
                | {"author": self._staff(one["author"])}
                for one in notes
            ],
            "earlier": [self.record(one) for one in desk.earlier(conversation_id)],
        }

    def record(self, record: ConversationRecord) -> dict[str, Any]:
        """One conversation without its messages."""
        return {
            "id": record.id,
            "status": record.status,
            "language": record.language,
            "created": record.created,
            "updated": record.updated,
            "reason": record.handoff_reason,
            "handed_off": record.handed_off,
            "staff": self._staff(record.staff) if record.staff else None,
            "stars": record.stars,
            "customer": asdict(record.customer) if record.customer else None,
        }

    def _staff(self, name: str) -> dict[str, str]:
        return {"name": name, "display_name": self._runtime.desk.called(name)}


def _call_back(contact: Contact) -> dict[str, str]:
    shown = asdict(contact)
    del shown["conversation_id"]
    return shown


def _understood(turn: Turn, ids: Sequence[int | None]) -> dict[str, Any]:
    prediction = turn.prediction
    ranking = prediction.ranking if prediction else ()
    accepted = prediction if prediction and prediction.accepted else None
    return {
        "turn_id": turn.id,
        "message_id": ids[0],
        "reply_id": ids[1],
        "intent": _intent(accepted.intent, accepted.confidence) if accepted else None,
        "intent_ranking": [_intent(*one) for one in ranking],
        "out_of_scope": prediction.out_of_scope if prediction else None,
        "mood": turn.mood,
        "passages": [
            {"passage_id": one.passage.id, "title": one.passage.title, "score": one.score}
            for one in turn.hits
        ],
    }


def _intent(name: str, confidence: float) -> dict[str, Any]:
    return {"name": name, "confidence": confidence}
