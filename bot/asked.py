"""What a customer asked: the messages of a conversation that a staff reply answers.

Owns which messages ask nothing (a file, the mere wish for a person) and how far back a question
reaches. Knows no model.
"""

from collections.abc import Sequence
from sqlite3 import Connection

from bot.domain import Domain
from bot.followup import leans_on_before
from knowledge.language import detect, normalise
from knowledge.redact import redact, said_in_service
from knowledge.staff_replies import is_question
from knowledge.types import Conversation, Language, Message

MOST_TOGETHER = 3
"""Messages of a customer that are understood as one question."""

NOT_ASKED = (
    "(EXISTS (SELECT 1 FROM files f"
    " WHERE f.conversation_id = m.conversation_id AND f.message_id = m.id)"
    " OR EXISTS (SELECT 1 FROM turns t JOIN messages r ON r.id = t.reply_id"
    " WHERE t.conversation_id = m.conversation_id AND t.message_id = m.id"
    " AND r.reason = 'requested'))"
)
"""SQL: the customer's message `m` shows a file, or only asks for a person."""
_SAID = (
    "SELECT role, text, at FROM messages m WHERE conversation_id = ? AND id <= ?"  # noqa: S608
    " AND (role != 'bot' OR action = 'answer')"
    f" AND NOT {NOT_ASKED} ORDER BY id"
)
_ALL = 2**63 - 1


def said(
    connection: Connection, conversation_id: str, domain: Domain | None = None, until: int = _ALL
) -> list[Message]:
    """What was asked and answered, oldest first, up to the message `until`, as it was written.

    Left out are customers' messages that ask nothing, such as buttons of `domain`, and what the
    bot said beside its answers.
    """
    rows = connection.execute(_SAID, (conversation_id, until))
    buttons = _buttons(domain) if domain else frozenset()
    return [
        Message(role, text, at)
        for role, text, at in rows
        if role != "customer" or normalise(text) not in buttons
    ]


def _buttons(domain: Domain) -> frozenset[str]:
    """What customers "say" by pressing a button that asks nothing."""
    each = domain.messages.values()
    return frozenset(
        normalise(text) for said in each for text in (said.none_of_these, said.talk_to_person)
    )


def open_question(messages: Sequence[Message], language: Language) -> str:
    """The customer's last question, with the messages before it that it leans on; "" for none."""
    asked = [message.text for message in messages if message.role == "customer"]
    taken: list[str] = []
    while asked and len(taken) < MOST_TOGETHER:
        taken.insert(0, asked.pop())
        spoken = detect(taken[0], language)
        if is_question(taken[0], spoken) and not leans_on_before(normalise(taken[0]), spoken):
            break
    return " ".join(taken)


def redacted(conversation_id: str, messages: Sequence[Message], language: Language) -> Conversation:
    """The messages as a conversation to mine, without personal data."""
    kept = tuple(
        Message(each.role, _redacted(each), each.at) for each in messages if each.text.strip()
    )
    return Conversation(conversation_id, "log", language, kept)


def _redacted(message: Message) -> str:
    return redact(message.text) if message.role == "customer" else said_in_service(message.text)
