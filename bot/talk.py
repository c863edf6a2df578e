"""What single messages of a talk are: a topic or a button, answered or open, and their names.

Plain rules on the turns for the summary of a hand-off. Reads no database and no model.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.domain import Domain
from bot.policy import STOPPED
from bot.types import Answer, Ask, Call, Clarify, HandOff, SmallTalk, State, Turn
from knowledge.language import normalise


@dataclass(frozen=True, slots=True)
class Talk:
    """What a summary is made of: the turns of the matter in hand, oldest first.

    `rejected` are the ids of the turns whose reply the customer said did not help.
    """

    turns: Sequence[Turn]
    state: State
    rejected: Collection[int] = ()
    domain: Domain | None = None


def is_topic(talk: Talk, place: int) -> bool:
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


def is_answered(talk: Talk, place: int) -> bool:
    """Whether a message got an answer that the customer did not reject."""
    turn = talk.turns[place]
    after = talk.turns[place + 1 :]
    match turn.reply.action if turn.reply else None:
        case Answer() | Call():
            return turn.id not in talk.rejected
        case Ask(intent=intent):
            return any(_ends(one, intent) and one.id not in talk.rejected for one in after)
        case Clarify():
            offered = {option.value for option in turn.reply.options} if turn.reply else set()
            chose = bool(after) and after[0].message in offered
            return chose and is_answered(talk, place + 1)
        case _:
            return False


def _ends(turn: Turn, intent: str) -> bool:
    """Whether a turn answers the matter of `intent`, or lets the customer give it up."""
    match turn.reply.action if turn.reply else None:
        case Answer(intent=name) | Call(intent=name):
            return name == intent
        case SmallTalk(intent=name):
            return name == STOPPED
        case _:
            return False


def asks(talk: Talk, place: int) -> bool:
    """Whether an unanswered message is a question or names a matter; all that got a reply does."""
    turn = talk.turns[place]
    if turn.reply is not None or topic_label(talk, turn):
        return True
    text = normalise(turn.message)
    return "?" in text or "？" in text or text.rstrip("。.!！~").endswith(("吗", "呢", "么"))


def topic_label(talk: Talk, turn: Turn) -> str | None:
    """The name of what a turn is about in the conversation's language."""
    action = turn.reply.action if turn.reply else None
    name = getattr(action, "intent", None) or _accepted(turn)
    return intent_label(talk, name)


def intent_label(talk: Talk, name: str | None) -> str | None:
    """An intent's name in the conversation's language; None for small talk and unknown ones."""
    if name is None or talk.domain is None:
        return name
    intent = talk.domain.intents.get(name)
    if intent is None or intent.requested or intent.kind == "small_talk":
        return None
    return intent.label.get(talk.state.language, name)


def _accepted(turn: Turn) -> str | None:
    return turn.prediction.intent if turn.prediction and turn.prediction.accepted else None


def _buttons(domain: Domain | None) -> set[str]:
    if domain is None:
        return set()
    texts = domain.messages.values()
    return {normalise(text) for one in texts for text in (one.none_of_these, one.talk_to_person)}
