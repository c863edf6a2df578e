"""What a customer asked: the messages of a conversation that a staff reply answers.

Owns which messages ask nothing (a file, a button, the mere wish for a person) and how far back a
question reaches. Knows no model.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from sqlite3 import Connection

from bot.domain import Domain
from bot.followup import leans_on_before
from knowledge.language import detect, normalise
from knowledge.redact import redact, said_in_service
from knowledge.staff_replies import is_question, without_courtesy
from knowledge.types import Conversation, Language, Message, Role

MOST_TOGETHER = 3
"""Messages of a customer that are understood as one question."""

_SAID = (
    "SELECT m.id, m.role, m.text, m.at, m.action, EXISTS (SELECT 1 FROM turns t"
    " JOIN messages r ON r.id = t.reply_id WHERE t.conversation_id = m.conversation_id"
    " AND t.message_id = m.id AND r.reason = 'requested') FROM messages m"
    " WHERE m.conversation_id = ? AND m.id <= ? AND NOT EXISTS (SELECT 1 FROM files f"
    " WHERE f.conversation_id = m.conversation_id AND f.message_id = m.id) ORDER BY m.id"
)
_ALL = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the log; `wants_person` says that the bot took it for a wish for a person."""

    id: int
    role: Role
    text: str
    at: str
    action: str | None = None
    wants_person: bool = False


def said(connection: Connection, conversation_id: str, until: int = _ALL) -> list[Said]:
    """What was said, oldest first, up to the message `until`, as it was written; no files.

    A wish for a person is left out where the customer asked something else since the last reply
    of the staff: that is what waits for an answer.
    """
    rows = connection.execute(_SAID, (conversation_id, until))
    everything = [Said(*row[:5], wants_person=bool(row[5])) for row in rows]  # type: ignore[misc]
    kept: list[Said] = []
    for _, between in groupby(everything, key=_Staff()):
        kept += _without_wishes(list(between))
    return kept


class _Staff:
    """Numbers the stretches between staff messages, one after the other."""

    def __init__(self) -> None:
        self._stretch = 0

    def __call__(self, message: Said) -> int:
        self._stretch += message.role == "staff"
        return self._stretch


def _without_wishes(stretch: list[Said]) -> list[Said]:
    asks = any(
        one.role == "customer" and not one.wants_person and is_question(one.text, detect(one.text))
        for one in stretch
    )
    return [one for one in stretch if not (asks and one.wants_person)]


def without_buttons(messages: Iterable[Said], domain: Domain) -> list[Said]:
    """The messages without what customers "say" by pressing a button that asks nothing."""
    texts = domain.messages.values()
    buttons = {normalise(text) for one in texts for text in (one.none_of_these, one.talk_to_person)}
    return [one for one in messages if one.role != "customer" or normalise(one.text) not in buttons]


def open_question(messages: Sequence[Said], language: Language) -> str:
    """The customer's last question, with the messages before it that it leans on; "" for none."""
    asked = [
        one.text
        for one in messages
        if one.role == "customer" and without_courtesy(one.text, detect(one.text, language))
    ]
    taken: list[str] = []
    while asked and len(taken) < MOST_TOGETHER:
        taken.insert(0, asked.pop())
        spoken = detect(taken[0], language)
        if is_question(taken[0], spoken) and not leans_on_before(normalise(taken[0]), spoken):
            break
    return " ".join(taken)


def redacted(conversation_id: str, messages: Iterable[Said], language: Language) -> Conversation:
    """The messages as a conversation to mine: no personal data, of the bot only its answers."""
    kept = tuple(
        Message(one.role, _redacted(one), one.at)
        for one in messages
        if one.role != "bot" or one.action == "answer"
    )
    return Conversation(conversation_id, "log", language, kept)


def _redacted(message: Said) -> str:
    return redact(message.text) if message.role == "customer" else said_in_service(message.text)
