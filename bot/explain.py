"""Explain one turn: what was understood, what it was measured by, and why that reply.

Reads the turn as it was logged and adds what the log does not hold: the thresholds of the turn's
release and the nearest training utterances, from that release while it is there, else from the one
that serves. Writes nothing.
"""

from typing import TYPE_CHECKING, assert_never

from bot.explain_models import NO_MODELS, Models, models_of
from bot.explain_types import Explanation, Neighbour, Note, Source, Why
from bot.review.signals import SURE
from bot.turn_json import action_name
from bot.turn_rows import UnknownTurnError
from bot.types import (
    Action,
    Answer,
    Ask,
    Call,
    Clarify,
    HandOff,
    HandOffReason,
    SmallTalk,
    Turn,
)

if TYPE_CHECKING:
    from bot.runtime import Runtime

NEAREST = 5
"""Training utterances shown."""

_HANDED_OFF: dict[HandOffReason, Why] = {
    "requested": "person_requested",
    "customer_button": "person_by_button",
    "intent": "intent",
    "failed_turns": "failed_again",
    "not_known": "nothing_known",
    "complaint": "complaint",
    "legal": "legal",
    "self_harm": "self_harm",
    "safety": "safety",
    "amount": "amount",
    "mood": "mood",
    "service_down": "service_down",
}


def explain(runtime: "Runtime", turn_id: int) -> Explanation:
    """Explain a turn of the log. Raises UnknownTurnError, DeskmateError for a damaged release."""
    turn = runtime.log.turn(turn_id)
    models = models_of(runtime, turn.release, turn.language)
    thresholds, prediction = models.thresholds, turn.prediction
    action = turn.reply.action if turn.reply else None
    inside = None if prediction is None else prediction.confidence * (1 - prediction.out_of_scope)
    return Explanation(
        turn_id=turn.id,
        conversation_id=turn.conversation_id,
        at=turn.at,
        language=turn.language,
        message=turn.message,
        query=turn.query,
        reply=turn.reply.text if turn.reply else None,
        action=action_name(action) if action else None,
        why=_why(turn, action),
        action_intent=None if action is None else _intent_of(action),
        slot=action.slot if isinstance(action, Ask) else None,
        intent=prediction.intent if prediction else None,
        accepted=bool(prediction and prediction.accepted),
        confidence=prediction.confidence if prediction else None,
        out_of_scope=prediction.out_of_scope if prediction else None,
        score=inside,
        threshold=thresholds.of(prediction.intent) if thresholds and prediction else None,
        ranking=prediction.ranking if prediction else (),
        passages=_sources(turn, action),
        passage_threshold=thresholds.passage if thresholds else None,
        neighbours=_neighbours(models, turn),
        neighbours_release=models.release,
        release=turn.release,
        index_version=turn.index_version,
        timings_ms=turn.timings_ms,
        mood=turn.mood,
        notes=_notes(models),
    )


def turn_behind(runtime: "Runtime", message_id: int) -> int:
    """The turn that a message belongs to, as the customer's or as the bot's reply.

    Raises UnknownTurnError for a greeting, a message of staff, or none at all.
    """
    row = runtime.log.reading.execute(
        "SELECT t.id FROM turns t WHERE t.reply_id = :id UNION SELECT t.id FROM turns t"
        " WHERE t.message_id = :id AND t.conversation_id ="
        " (SELECT conversation_id FROM messages WHERE id = :id)",
        {"id": message_id},
    ).fetchone()
    if row is None:
        raise UnknownTurnError(f"message {message_id} has no turn behind it; choose a bot's reply")
    return int(row[0])


def _why(turn: Turn, action: Action | None) -> Why:
    pressed = bool(turn.prediction and turn.prediction.confidence == SURE)
    match action:
        case None:
            return "with_person"
        case Answer(hits=hits) if hits:
            return "button" if hits[0].score == SURE else "passage"
        case HandOff(reason=reason) if reason != "intent":
            return _HANDED_OFF.get(reason, "announcement")
        case Ask(again=True):
            return "slot_not_found"
        case Clarify(intents=intents, hits=hits):
            return "unsure" if intents or hits else "nothing_known"
        case SmallTalk():
            return "small_talk"
        case _ if pressed:
            return "button"
        case Call():
            return "called"
        case Answer() | HandOff() if not _took_up(turn, action):
            return "slot_given"
        case Ask():
            return "slot_missing"
        case Answer() | HandOff():
            return "intent"
        case _:
            assert_never(action)


def _took_up(turn: Turn, action: Answer | HandOff) -> bool:
    """Whether the message itself asked for the intent, and did not just give it a value."""
    prediction = turn.prediction
    return prediction is not None and prediction.accepted and prediction.intent == action.intent


def _intent_of(action: Action) -> str | None:
    return None if isinstance(action, Clarify) else action.intent


def _sources(turn: Turn, action: Action | None) -> tuple[Source, ...]:
    quoted = {hit.passage.id for hit in action.hits} if isinstance(action, Answer | Clarify) else ()
    return tuple(
        Source(
            id=hit.passage.id,
            title=hit.passage.title,
            body=hit.passage.body,
            source=hit.passage.source,
            score=hit.score,
            quoted=hit.passage.id in quoted,
        )
        for hit in turn.hits
    )


def _neighbours(models: Models, turn: Turn) -> tuple[Neighbour, ...]:
    if models.encoder is None or models.head is None:
        return ()
    head = models.head
    nearest = head.nearest(models.encoder.encode([turn.query])[0], NEAREST)
    return tuple(
        Neighbour(
            text=head.utterances[row] if head.utterances else None,
            intent=head.settings.intents[head.arrays.memory_labels[row]],
            cosine=min(1.0, cosine),
        )
        for row, cosine in nearest
    )


def _notes(models: Models) -> tuple[Note, ...]:
    if models is NO_MODELS:
        return ("no_release",)
    gone: tuple[Note, ...] = ("release_gone",) if models.stands_in else ()
    if models.head is not None and not models.head.utterances:
        return (*gone, "no_utterances")
    return gone
