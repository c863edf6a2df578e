"""What confirming a turn would teach: the intent that the bot took up, or the passage it quoted."""

from typing import assert_never

from bot.review.types import Verdict
from bot.types import Answer, Ask, Call, Clarify, HandOff, SmallTalk, Turn


def confirmable(turn: Turn) -> Verdict | None:
    """The verdict behind "the bot was right"; None where it took nothing up.

    A quoted passage is confirmed by its own text. What goes on with another intent than the
    message's own has only given a value, which teaches nothing.
    """
    if turn.reply is None:
        return None
    match turn.reply.action:
        case Answer(hits=hits) if hits:
            return Verdict(answer=hits[0].passage.body)
        case (
            Answer(intent=intent)
            | Ask(intent=intent, again=False)
            | Call(intent=intent)
            | HandOff(intent=intent)
        ):
            return Verdict(intent=intent) if intent and _is_own(turn, intent) else None
        case SmallTalk() | Clarify() | Ask():
            return None
        case _:
            assert_never(turn.reply.action)


def _is_own(turn: Turn, intent: str) -> bool:
    prediction = turn.prediction
    return prediction is not None and prediction.accepted and prediction.intent == intent
