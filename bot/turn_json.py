"""A turn's parts and a conversation's state as JSON text, there and back.

A hit keeps the passage as it was shown, so that an old turn stays explainable after the passage
was edited or removed; only the embedded `key` is left out. An action names its hits by passage id.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from typing import Any, Literal, assert_never

from bot.types import (
    Action,
    Answer,
    Ask,
    Call,
    Clarify,
    HandOff,
    Prediction,
    SmallTalk,
    State,
)
from knowledge.types import Hit, Passage

ActionName = Literal["answer", "ask", "clarify", "call", "hand_off", "small_talk"]

_STATE_FIELDS = tuple(
    one.name
    for one in fields(State)
    if one.name not in ("conversation_id", "language", "status", "history")
)


def dump(value: Any) -> str:
    """Compact JSON with every letter as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def action_name(action: Action) -> ActionName:
    """The name by which the outside knows an action."""
    match action:
        case Answer():
            return "answer"
        case Ask():
            return "ask"
        case Clarify():
            return "clarify"
        case Call():
            return "call"
        case HandOff():
            return "hand_off"
        case SmallTalk():
            return "small_talk"
        case _:
            assert_never(action)


def encode_action(action: Action) -> str:
    said: dict[str, Any] = {"name": action_name(action)}
    match action:
        case Answer(intent, hits):
            said |= {"intent": intent, "passages": _ids(hits)}
        case Ask() | Call() | HandOff():
            said |= asdict(action)
        case Clarify(intents, hits):
            said |= {"intents": intents, "passages": _ids(hits)}
        case SmallTalk(intent):
            said |= {"intent": intent}
        case _:
            assert_never(action)
    return dump(said)


def decode_action(text: str, hits: Iterable[Hit]) -> Action:
    """Read an action; the hits that it names are looked up among those of its turn."""
    read: dict[str, Any] = json.loads(text)
    by_id = {hit.passage.id: hit for hit in hits}
    named = tuple(by_id[passage_id] for passage_id in read.get("passages", ()))
    match read["name"]:
        case "answer":
            return Answer(read["intent"], named)
        case "ask":
            return Ask(**_without_name(read))
        case "call":
            return Call(**_without_name(read))
        case "clarify":
            return Clarify(tuple(read["intents"]), named)
        case "hand_off":
            return HandOff(**_without_name(read))
        case "small_talk":
            return SmallTalk(read["intent"])
        case other:
            raise ValueError(f"the log holds an action {other!r} that this program does not know")


def _without_name(read: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in read.items() if name != "name"}


def encode_prediction(prediction: Prediction | None) -> str | None:
    if prediction is None:
        return None
    return dump({one.name: getattr(prediction, one.name) for one in fields(Prediction)})


def decode_prediction(text: str | None) -> Prediction | None:
    if text is None:
        return None
    read = json.loads(text)
    ranking = tuple((name, probability) for name, probability in read.pop("ranking"))
    return Prediction(ranking=ranking, **read)


def encode_hits(hits: Iterable[Hit], action: Action | None) -> str:
    """All hits of a turn, those that only its action names included, each passage once."""
    quoted = action.hits if isinstance(action, Answer | Clarify) else ()
    by_id = {hit.passage.id: hit for hit in (*hits, *quoted)}
    return dump([_hit_dict(hit) for hit in by_id.values()])


def decode_hits(text: str) -> tuple[Hit, ...]:
    """The hits as they were; `passage.key` is empty."""
    return tuple(_hit(read) for read in json.loads(text))


def encode_state(state: State) -> str:
    """What the next turn depends on, apart from what the log keeps in places of its own."""
    kept = {name: getattr(state, name) for name in _STATE_FIELDS}
    mappings = {name: dict(getattr(state, name)) for name in ("slots", "results", "kept")}
    return dump(kept | mappings)


def decode_state(text: str, state: State) -> State:
    """`state` with what `encode_state` kept; what is missing there stays as it is."""
    kept = json.loads(text)
    values = {name: kept[name] for name in _STATE_FIELDS if name in kept}
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return replace(state, **{**values, **lists})


def _hit_dict(hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    return {
        "score": hit.score,
        "id": passage.id,
        "kind": passage.kind,
        "language": passage.language,
        "title": passage.title,
        "body": passage.body,
        "source": passage.source,
        "approved": passage.approved,
        "support": passage.support,
        "updated": passage.updated,
    }


def _hit(read: dict[str, Any]) -> Hit:
    score = read.pop("score")
    return Hit(Passage(key="", **read), score)


def _ids(hits: Iterable[Hit]) -> list[int]:
    return [hit.passage.id for hit in hits]
