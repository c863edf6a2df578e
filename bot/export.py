"""The log as conversations to take away: redacted, in the shape that the importer reads."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from bot.log_rows import LogAccess
from knowledge.redact import redact, said_in_service
from knowledge.types import Conversation, Language, Message, Role

_MESSAGES = (
    "SELECT m.role, m.text, m.at, r.intent, t.mood FROM messages m"
    " LEFT JOIN turns t ON t.conversation_id = m.conversation_id AND t.message_id = m.id"
    " LEFT JOIN reviews r ON r.id = (SELECT max(id) FROM reviews WHERE turn_id = t.id)"
    " WHERE m.conversation_id = ? AND NOT EXISTS (SELECT 1 FROM files"
    " WHERE conversation_id = m.conversation_id AND message_id = m.id) ORDER BY m.id"
)


class Export(LogAccess):
    """The part of the log that hands everything out."""

    def export(self, raw: bool = False) -> Iterator[Conversation]:
        """All conversations with a message, oldest first; one at a time is held in memory.

        A customer message has an intent only where a person confirmed it; its mood is the bot's
        guess. Personal data is redacted unless `raw`; attachments are left out.
        """
        conversations = self.reading.execute(
            "SELECT id, language FROM conversations ORDER BY created, id"
        ).fetchall()
        for conversation_id, language in conversations:
            conversation = self._conversation(conversation_id, language, raw)
            if conversation.messages:
                yield conversation

    def _conversation(self, conversation_id: str, language: Language, raw: bool) -> Conversation:
        rows = self.reading.execute(_MESSAGES, (conversation_id,))
        messages = tuple(
            Message(role, text if raw else _redacted(role, text), at, intent, mood)
            for role, text, at, intent, mood in rows
        )
        return Conversation(conversation_id, "log", language, messages)


def write_jsonl(conversations: Iterable[Conversation], file: TextIO) -> int:
    """Write one conversation a line, as the dialogue importer reads them; returns how many."""
    written = 0
    for conversation in conversations:
        file.write(json.dumps(_line(conversation), ensure_ascii=False) + "\n")
        written += 1
    return written


def _redacted(role: Role, text: str) -> str:
    return redact(text) if role == "customer" else said_in_service(text)


def _line(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": conversation.id,
        "language": conversation.language,
        "turns": [_turn(message) for message in conversation.messages],
    }


def _turn(message: Message) -> dict[str, Any]:
    known = {"intent": message.intent, "mood": message.mood}
    return {
        "role": message.role,
        "text": message.text,
        "at": message.at,
        **{name: value for name, value in known.items() if value is not None},
    }
