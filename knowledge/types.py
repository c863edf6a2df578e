"""The words everything else is written in: messages, conversations, passages, hits.

Frozen values without behaviour. Nothing here touches a file, a model or the database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Role = Literal["customer", "bot", "staff"]
Language = Literal["en", "zh"]
Kind = Literal["faq", "doc", "dialogue"]

Progress = Callable[[int, int | None, str], None]
"""Called with (done, total or None where unknown, what) while something takes long."""

LANGUAGES: tuple[Language, ...] = ("en", "zh")
OUT_OF_SCOPE = "oos"
"""The label of utterances that belong to no intent."""
KNOWLEDGE = "(knowledge)"
"""The label of questions that the knowledge answers and no intent: a class that is never chosen."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing somebody said. `at` is ISO 8601 in UTC, or None where the source has no time.

    `mood` is what the bot took a customer's mood for, None where it has no opinion.
    """

    role: Role
    text: str
    at: str | None = None
    intent: str | None = None
    mood: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole dialogue, imported or exported: the same type for both."""

    id: str
    source: str
    language: Language
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A training or test utterance with its intent (`oos` for out of scope)."""

    text: str
    intent: str
    language: Language


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of knowledge. `id` is 0 until the store has given it one, and is never reused.

    `key` is what is embedded and matched (a question, or a document's heading and text),
    `body` what is shown. `support` counts the dialogues that gave this answer (0 for FAQ and
    documents). Only approved passages are shown to customers. `updated` is ISO 8601, UTC.
    """

    id: int
    kind: Kind
    language: Language
    title: str
    key: str
    body: str
    source: str
    approved: bool
    support: int = 0
    updated: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question; `score` is in 0..1, higher is better."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that could not be read; `line` counts from 1 and is 0 for the file itself."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Changes:
    """What storing many things did to each of them."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
