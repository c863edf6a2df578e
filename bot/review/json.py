"""Items of the review queue and explanations as plain JSON values. Only reads."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.explain import explain
from bot.messages import LoggedMessage
from bot.review.types import ReviewItem
from bot.turn_json import action_name
from bot.types import Answer, Clarify, Turn

if TYPE_CHECKING:
    from bot.runtime import Runtime

BEFORE, AFTER = 6, 4
"""Messages of the conversation shown around a turn."""


def item_json(runtime: "Runtime", item: ReviewItem) -> dict[str, Any]:
    """One item with what the bot understood and what was said around it."""
    turn = item.turn
    return {
        "turn_id": turn.id,
        "conversation_id": turn.conversation_id,
        "at": turn.at,
        "language": turn.language,
        "message": turn.message,
        "reasons": list(item.reasons),
        "priority": item.priority,
        "cluster": asdict(item.cluster) if item.cluster else None,
        "confirm": asdict(item.confirm) if item.confirm else None,
        "proposed_answer": item.proposed_answer,
        "understood": _understood(item),
        "context": _context(runtime, turn),
    }


def explanation_json(runtime: "Runtime", turn_id: int) -> dict[str, Any]:
    """Why the bot said what it said; `labels` are those of the intents that are named."""
    found = explain(runtime, turn_id)
    named = [name for name, _ in found.ranking] + [one.intent for one in found.neighbours]
    named += [name for name in (found.intent, found.action_intent) if name]
    return found.to_dict() | {"labels": _labels(runtime, named)}


def _labels(runtime: "Runtime", names: Iterable[str]) -> dict[str, Any]:
    intents = runtime.domain.intents
    return {name: dict(intents[name].label) for name in names if name in intents}


def _understood(item: ReviewItem) -> dict[str, Any]:
    turn, prediction = item.turn, item.turn.prediction
    action = turn.reply.action if turn.reply else None
    used = {hit.passage.id for hit in action.hits} if isinstance(action, Answer | Clarify) else ()
    return {
        "query": turn.query,
        "action": action_name(action) if action else None,
        "reply": turn.reply.text if turn.reply else None,
        "intent": prediction.intent if prediction else None,
        "accepted": bool(prediction and prediction.accepted),
        "ranking": prediction.ranking if prediction else (),
        "out_of_scope": prediction.out_of_scope if prediction else None,
        "score": prediction.confidence * (1 - prediction.out_of_scope) if prediction else None,
        "threshold": item.threshold,
        "passages": [
            {
                "id": hit.passage.id,
                "title": hit.passage.title,
                "body": hit.passage.body,
                "source": hit.passage.source,
                "score": hit.score,
                "quoted": hit.passage.id in used,
            }
            for hit in turn.hits
        ],
        "passage_threshold": item.passage_threshold,
        "release": turn.release,
    }


def _context(runtime: "Runtime", turn: Turn) -> list[dict[str, Any]]:
    (asked,) = runtime.log.reading.execute(
        "SELECT message_id FROM turns WHERE id = ?", (turn.id,)
    ).fetchone()
    messages = runtime.log.messages(turn.conversation_id)
    here = next((place for place, one in enumerate(messages) if one.id == asked), 0)
    shown = messages[max(0, here - BEFORE) : here + AFTER + 1]
    return [_message(one) | {"here": one.id == asked} for one in shown]


def _message(message: LoggedMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "role": message.role,
        "author": message.author,
        "text": message.text,
        "at": message.at,
        "rating": message.rating,
    }
