"""A conversation as plain text, for its customer to keep."""

from collections.abc import Iterable

from bot.messages import ConversationRecord, LoggedMessage
from bot.web.texts import TEXTS, Texts


def write(conversation: ConversationRecord, messages: Iterable[LoggedMessage]) -> str:
    """One paragraph for each message: time in UTC, who, and what they wrote."""
    texts = TEXTS[conversation.language]
    heading = f"{texts.transcript} {conversation.created[:16].replace('T', ' ')} UTC"
    return "\n\n".join([heading, *(_paragraph(one, texts) for one in messages)]) + "\n"


def _paragraph(message: LoggedMessage, texts: Texts) -> str:
    names = {"customer": texts.you, "bot": texts.bot, "staff": message.author or texts.staff}
    return f"[{message.at[:16].replace('T', ' ')}] {names[message.role]}:\n{message.text}"
