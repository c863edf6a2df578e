"""A conversation in a few lines for the person who takes it over, by plain rules on its turns.

Owns the rules and the JSON in which a summary is kept. Reads no database and no model.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from bot.talk import Talk, asks, intent_label, is_answered, is_topic, topic_label
from bot.turn_json import dump
from bot.types import Answer, Call, Turn
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


def summarise(talk: Talk) -> Summary:
    """Sum up `talk`; empty where nothing was said yet."""
    topics = [place for place in range(len(talk.turns)) if is_topic(talk, place)]
    unanswered = [place for place in topics if not is_answered(talk, place)]
    return Summary(
        _wants(talk, topics),
        _latest(_given(talk, turn) for turn in talk.turns),
        _latest(talk.turns[place].message for place in unanswered if asks(talk, place)),
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


def _wants(talk: Talk, topics: Sequence[int]) -> str:
    """The name of the matter and the customer's own words for it.

    That is the last thing they asked the bot; what they wrote to nobody yet, where that was
    answered or nothing was asked.
    """
    spoken = [place for place in topics if talk.turns[place].reply is not None]
    silent = [place for place in topics if talk.turns[place].reply is None]
    settled = not spoken or is_answered(talk, spoken[-1])
    chosen = silent[:1] if settled and silent else spoken[-1:]
    if not chosen:
        return ""
    words = _shortened(talk.turns[chosen[0]].message)
    label = _matter(talk, chosen[0], spoken)
    if label is None or _plain(label) == _plain(words):
        return words
    return f"{label.rstrip('?？')}{_COLON[talk.state.language]}{words}"


def _plain(text: str) -> str:
    return normalise(text).casefold().rstrip("?.!？。！")


def _matter(talk: Talk, chosen: int, spoken: Sequence[int]) -> str | None:
    """The name of what a message is about, else of the last matter before it that is still open."""
    if own := topic_label(talk, talk.turns[chosen]):
        return own
    before = (place for place in reversed(spoken) if place < chosen)
    still_open = (talk.turns[place] for place in before if not is_answered(talk, place))
    return next((label for turn in still_open if (label := topic_label(talk, turn))), None)


def _given(talk: Talk, turn: Turn) -> str:
    """The title of the answer that a turn gave; empty when it gave none."""
    match turn.reply.action if turn.reply else None:
        case Answer(hits=hits) if hits:
            return _shortened(hits[0].passage.title or hits[0].passage.body)
        case Answer(intent=intent) | Call(intent=intent):
            return intent_label(talk, intent) or ""
        case _:
            return ""


def _latest(texts: Iterable[str]) -> tuple[str, ...]:
    """The last few texts, each once, oldest first."""
    once = dict.fromkeys(_shortened(text) for text in texts if text)
    return tuple(once)[-MOST:]


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"
