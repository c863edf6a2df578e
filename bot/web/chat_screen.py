"""What the chat page shows at one moment, as plain values; knows neither Gradio nor the runtime."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from bot.messages import LoggedMessage
from bot.types import Citation, Status
from bot.web.texts import TEXTS, Texts
from knowledge.types import LANGUAGES, Language

UNRATED = ("small_talk", "hand_off")
"""Actions that nobody is asked to rate."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a browser keeps over a reload; without `id` no conversation was started yet."""

    language: Language
    id: str = ""
    token: str = ""

    @classmethod
    def read(cls, kept: object) -> Self | None:
        """The visit that a browser sent back, None where it is none of ours."""
        if not isinstance(kept, Mapping):
            return None
        language, conversation_id, token = (kept.get(key) for key in ("language", "id", "token"))
        if language not in LANGUAGES or not isinstance(conversation_id, str):
            return None
        return cls(language, conversation_id, token) if isinstance(token, str) else None

    def to_dict(self) -> dict[str, str]:
        """As the browser keeps it."""
        return {"language": self.language, "id": self.id, "token": self.token}


@dataclass(frozen=True, slots=True)
class Host:
    """The bot as the page introduces it in one language: its first words, what one may ask it."""

    name: str
    welcome: str
    starters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Screen:
    """The page: its messages, who answers, and the text that waits in the box.

    `echo` is a message on its way, `alert` something the customer must know, `draft` the text
    to put into the box (None leaves it alone).
    """

    visit: Visit
    host: Host
    status: Status = "bot"
    messages: Sequence[LoggedMessage] = ()
    echo: str = ""
    alert: str = ""
    draft: str | None = None

    @property
    def texts(self) -> Texts:
        return TEXTS[self.visit.language]

    @property
    def seen(self) -> tuple[str, int]:
        """Changes when a look at the log would show something new."""
        return self.status, self.messages[-1].id if self.messages else 0

    def named(self, text: str) -> str:
        """`text` with the bot's name in it."""
        return text.replace("{bot}", self.host.name)

    def to_dict(self) -> dict[str, Any]:
        """The value that static/chat.js draws."""
        shown = [self._message(one, one is self.messages[-1]) for one in self.messages]
        if self.echo:
            greeting = [] if shown else [_unlogged("bot", self.host.name, self.host.welcome)]
            shown += [*greeting, _unlogged("customer", self.texts.you, self.echo)]
        return {
            "messages": shown,
            "welcome": "" if shown else self.host.welcome,
            "starters": [] if shown else list(self.host.starters),
            "writing": bool(self.echo) and self.status in ("bot", "resolved"),
            "alert": self.alert,
            "words": self._words(),
        }

    def _message(self, message: LoggedMessage, last: bool) -> dict[str, Any]:
        names = {"customer": self.texts.you, "bot": self.host.name, "staff": self.texts.staff}
        chosen = last and not self.echo
        return {
            "id": message.id,
            "role": message.role,
            "who": message.author or names[message.role],
            "text": message.text,
            "at": message.at,
            "rateable": message.role == "bot" and message.action not in UNRATED,
            "rating": message.rating,
            "sources": [_source(one, self.texts) for one in message.citations],
            "options": [{"label": one.label, "value": one.value} for one in message.options]
            if chosen
            else [],
        }

    def _words(self) -> dict[str, str]:
        texts = self.texts
        return {
            "lang": texts.html_lang,
            "title": self.named(texts.title),
            "log": texts.log,
            "send": texts.send,
            "typing": self.named(texts.typing),
            "sources": texts.sources,
            "choose": texts.choose,
            "helped": texts.helped,
            "not_helped": texts.not_helped,
        }


def _unlogged(role: str, who: str, text: str) -> dict[str, Any]:
    nothing: dict[str, Any] = {"at": "", "rateable": False, "rating": None}
    lists: dict[str, Any] = {"sources": [], "options": []}
    return {"id": f"unlogged-{role}", "role": role, "who": who, "text": text} | nothing | lists


def _source(citation: Citation, texts: Texts) -> dict[str, str]:
    return {
        "title": citation.title,
        "source": citation.source,
        "match": _match(citation.score, texts),
    }


def _match(score: float, texts: Texts) -> str:
    if score >= 0.8:
        return texts.match_high
    return texts.match_good if score >= 0.5 else texts.match_some
