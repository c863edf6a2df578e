"""The dialogues behind a passage: imported ones, and those that the staff answered here.

Everything is without personal data, as it was mined; nothing is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot import asked, reply_links
from bot.home import Home
from knowledge.types import Conversation, Message

MOST_DIALOGUES = 20
MOST_MESSAGES = 60
"""Messages shown of one dialogue, its last."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A dialogue in which staff gave this answer.

    `conversation_id` is given where it happened here, so that staff can look it up.
    """

    name: str
    source: str
    messages: tuple[Message, ...]
    conversation_id: str | None = None


def behind(home: Home, passage_id: int) -> list[Evidence]:
    """The dialogues that gave rise to a passage or back it, oldest first."""
    imported = home.history.conversations_of(passage_id, MOST_DIALOGUES)
    found = [_evidence(conversation) for conversation in imported]
    found += _answered_here(home, passage_id)
    return found[:MOST_DIALOGUES]


def _answered_here(home: Home, passage_id: int) -> Iterator[Evidence]:
    links = reply_links.read_links(
        home.log.reading, "passage_id = ? ORDER BY message_id", (passage_id,)
    )
    last = {link.conversation_id: link.message_id for link in links}
    for conversation_id, until in last.items():
        language = home.log.state(conversation_id).language
        said = asked.said(home.log.reading, conversation_id, until)
        yield _evidence(asked.redacted(conversation_id, said, language), conversation_id)


def _evidence(conversation: Conversation, conversation_id: str | None = None) -> Evidence:
    messages = conversation.messages[-MOST_MESSAGES:]
    return Evidence(conversation.id, conversation.source, messages, conversation_id)
