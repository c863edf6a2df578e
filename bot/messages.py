"""The message as everybody outside sees it, and the record of the conversation it stands in.

Owns the JSON shape of a message. Knows neither the database nor the web.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.turn_json import ActionName, action_name
from bot.types import (
    Citation,
    Customer,
    HandOff,
    HandOffReason,
    Option,
    Prediction,
    Reply,
    Status,
)
from knowledge.errors import DeskmateError
from knowledge.types import Language, Role


class UnknownConversationError(DeskmateError):
    """No conversation has this id: it never existed, or its retention time is over."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__(
            f"no conversation {conversation_id!r}: it never existed or was deleted after its "
            "retention time; start a new one"
        )


@dataclass(frozen=True, slots=True)
class ConversationRecord:
    """A conversation without its messages. Times are ISO 8601, UTC.

    `handoff_reason` and `handed_off` are those of the last hand-off, `staff` is who has the
    conversation now, `updated` the time of the last message or change of status.
    """

    id: str
    status: Status
    language: Language
    created: str
    updated: str
    handoff_reason: HandOffReason | None = None
    handed_off: str | None = None
    staff: str | None = None
    stars: int | None = None
    customer: Customer | None = None


@dataclass(frozen=True, slots=True)
class LoggedMessage:
    """One message of the log. `id` grows within a conversation and is 0 until logged.

    `intent` is the accepted intent with its confidence, None when no intent cleared its
    threshold; `intent_ranking` holds the best intents either way, best first.
    """

    id: int
    role: Role
    text: str
    at: str
    author: str | None = None
    action: ActionName | None = None
    reason: HandOffReason | None = None
    intent: tuple[str, float] | None = None
    intent_ranking: tuple[tuple[str, float], ...] = ()
    citations: tuple[Citation, ...] = ()
    options: tuple[Option, ...] = ()
    rating: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The message object of the HTTP interface."""
        return {
            "id": self.id,
            "role": self.role,
            "author": {"name": self.author} if self.author else None,
            "text": self.text,
            "at": self.at,
            "action": self.action,
            "reason": self.reason,
            **self.details(),
            "rating": self.rating,
        }

    def details(self) -> dict[str, Any]:
        """What only the bot's messages have: intents, citations, options, as plain JSON values."""
        return {
            "intent": _intent_dict(*self.intent) if self.intent else None,
            "intent_ranking": [_intent_dict(*one) for one in self.intent_ranking],
            "citations": [_citation_dict(one) for one in self.citations],
            "options": [{"label": one.label, "value": one.value} for one in self.options],
        }


def bot_message(reply: Reply, prediction: Prediction | None, at: str) -> LoggedMessage:
    """The message that carries `reply` to the customer."""
    accepted = prediction is not None and prediction.accepted
    return LoggedMessage(
        id=0,
        role="bot",
        text=reply.text,
        at=at,
        action=action_name(reply.action),
        reason=reply.action.reason if isinstance(reply.action, HandOff) else None,
        intent=(prediction.intent, prediction.confidence) if prediction and accepted else None,
        intent_ranking=prediction.ranking if prediction else (),
        citations=reply.citations,
        options=reply.options,
    )


def message_from_row(row: tuple[Any, ...]) -> LoggedMessage:
    """Read `(id, role, author, text, at, action, reason, details, rating)` of the log's table."""
    message_id, role, author, text, at, action, reason, details, rating = row
    read: Mapping[str, Any] = json.loads(details) if details else {}
    intent = read.get("intent")
    return LoggedMessage(
        id=message_id,
        role=role,
        text=text,
        at=at,
        author=author,
        action=action,
        reason=reason,
        intent=_intent(intent) if intent else None,
        intent_ranking=tuple(_intent(one) for one in read.get("intent_ranking", ())),
        citations=tuple(Citation(**one) for one in read.get("citations", ())),
        options=tuple(Option(**one) for one in read.get("options", ())),
        rating=rating,
    )


def _intent(read: Mapping[str, Any]) -> tuple[str, float]:
    return read["name"], read["confidence"]


def _intent_dict(name: str, confidence: float) -> dict[str, Any]:
    return {"name": name, "confidence": confidence}


def _citation_dict(citation: Citation) -> dict[str, Any]:
    return {
        "passage_id": citation.passage_id,
        "title": citation.title,
        "source": citation.source,
        "score": citation.score,
    }
