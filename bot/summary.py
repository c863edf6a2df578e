"""A conversation in a few lines for the person who takes it over, by plain rules on its turns.

Owns the rules and the JSON in which a summary is kept. Reads no database and no model.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from bot.domain import Domain
from bot.turn_json import dump
from bot.types import Answer, Ask, Clarify, HandOff, SmallTalk, State, Turn
from knowledge.language import normalise
from knowledge.types import Language

LONGEST = 200
"""Characters of a quoted message."""
MOST = 5
"""Things tried and open questions that are listed, the latest ones."""

_COLON: dict[Language, str] = {"en": ": ", "zh": "："}


@dataclass(frozen=True, slots=True)
class Summary:
    """What the customer wants, the answers already given, what is still open, the slots so far.

    In the language of the conversation; the customer's words are quoted as they are.
    """

    wants: str = ""
    tried: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = ()
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Talk:
    """What a summary is made of: the turns of the matter in hand, oldest first.

    `rejected` are the ids of the turns whose reply the customer said did not help.
    """

    turns: Sequence[Turn]
    state: State
    rejected: Collection[int] = ()
    domain: Domain | None = None


def summarise(talk: Talk) -> Summary:
    """Sum up `talk`; empty where nothing was said yet."""
    topics = [place for place in range(len(talk.turns)) if _is_topic(talk, place)]
    unanswered = [place for place in topics if not _is_answered(talk, place)]
    return Summary(
        _wants(talk, topics),
        _latest(_given(talk, turn) for turn in talk.turns),
        _latest(talk.turns[place].message for place in unanswered if _asks(talk, place)),
        dict(talk.state.slots),
    )


def encode_summary(summary: Summary) -> str:
    """As it is kept in the database."""
    return dump(asdict(summary))


def decode_summary(text: str) -> Summary:
    """Read what `encode_summary` wrote."""
    read = json.loads(text)
    tried, questions = tuple(read["tried"]), tuple(read["open_questions"])
    return Summary(read["wants"], tried, questions, read["slots"])


def _is_topic(talk: Talk, place: int) -> bool:
    """Whether a message says what the customer is about: no greeting, button, or asked-for slot."""
    turn = talk.turns[place]
    action = turn.reply.action if turn.reply else None
    if isinstance(action, SmallTalk) or _asks_for_person(talk, turn):
        return False
    if normalise(turn.message) in _buttons(talk.domain):
        return False
    before = talk.turns[place - 1].reply if place else None
    if before and isinstance(before.action, Ask):
        return getattr(action, "intent", None) != before.action.intent
    return True


def _asks_for_person(talk: Talk, turn: Turn) -> bool:
    if turn.reply and isinstance(turn.reply.action, HandOff):
        return turn.reply.action.reason == "requested"
    intent = talk.domain.intents.get(_accepted(turn) or "") if talk.domain else None
    return intent is not None and (intent.requested or intent.kind == "small_talk")


def _is_answered(talk: Talk, place: int) -> bool:
    """Whether a message got an answer that the customer did not reject."""
    turn = talk.turns[place]
    after = talk.turns[place + 1 :]
    match turn.reply.action if turn.reply else None:
        case Answer():
            return turn.id not in talk.rejected
        case Ask(intent=intent):
            return any(
                one.reply and one.reply.action == Answer(intent) and one.id not in talk.rejected
                for one in after
            )
        case Clarify():
            offered = {option.value for option in turn.reply.options} if turn.reply else set()
            chose = bool(after) and after[0].message in offered
            return chose and _is_answered(talk, place + 1)
        case _:
            return False


def _asks(talk: Talk, place: int) -> bool:
    """Whether an unanswered message is a question; the bot has taken what it replied to for one."""
    turn = talk.turns[place]
    if turn.reply is not None:
        return True
    text = normalise(turn.message)
    return "?" in text or "？" in text or text.rstrip("。.!！~").endswith(("吗", "呢", "么"))


def _wants(talk: Talk, topics: Sequence[int]) -> str:
    """The last topic's name and words; what is said to nobody yet counts where nothing else is."""
    spoken = [talk.turns[place] for place in topics if talk.turns[place].reply is not None]
    waiting = [talk.turns[place] for place in topics][:1]
    considered = spoken or waiting
    if not considered:
        return ""
    labels = [label for turn in considered if (label := _label(talk, turn))]
    words = _shortened(considered[-1].message)
    if not labels or normalise(labels[-1]) == normalise(words):
        return words
    return f"{labels[-1]}{_COLON[talk.state.language]}{words}"


def _label(talk: Talk, turn: Turn) -> str | None:
    """The name of what a turn is about in the conversation's language."""
    action = turn.reply.action if turn.reply else None
    name = getattr(action, "intent", None) or _accepted(turn)
    return _intent_label(talk, name)


def _intent_label(talk: Talk, name: str | None) -> str | None:
    if name is None or talk.domain is None:
        return name
    intent = talk.domain.intents.get(name)
    if intent is None or intent.requested or intent.kind == "small_talk":
        return None
    return intent.label.get(talk.state.language, name)


def _accepted(turn: Turn) -> str | None:
    return turn.prediction.intent if turn.prediction and turn.prediction.accepted else None


def _given(talk: Talk, turn: Turn) -> str:
    """The title of the answer that a turn gave; empty when it gave none."""
    match turn.reply.action if turn.reply else None:
        case Answer(hits=hits) if hits:
            return _shortened(hits[0].passage.title or hits[0].passage.body)
        case Answer(intent=intent):
            return _intent_label(talk, intent) or ""
        case _:
            return ""


def _buttons(domain: Domain | None) -> set[str]:
    if domain is None:
        return set()
    texts = domain.messages.values()
    return {normalise(text) for one in texts for text in (one.none_of_these, one.talk_to_person)}


def _latest(texts: Iterable[str]) -> tuple[str, ...]:
    """The last few texts, each once, oldest first."""
    once = dict.fromkeys(_shortened(text) for text in texts if text)
    return tuple(once)[-MOST:]


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"
