"""Why the bot said what it said, as plain values for people to read."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from bot.turn_json import ActionName
from bot.types import Mood
from knowledge.types import Language

Why = Literal[
    "button",
    "intent",
    "slot_missing",
    "slot_given",
    "slot_not_found",
    "passage",
    "unsure",
    "nothing_known",
    "called",
    "failed_again",
    "complaint",
    "legal",
    "self_harm",
    "safety",
    "amount",
    "mood",
    "service_down",
    "person_requested",
    "person_by_button",
    "small_talk",
    "announcement",
    "with_person",
]
"""What decided: a button's own text, an intent that cleared its threshold, what it still needs or
was given, a passage, several likely things, none, what a service of the business answered, a second
failure, a rule of hand-off, a wish for a person, manners, words of the desk's own, or that a person
has the conversation."""

Note = Literal["release_gone", "no_utterances", "no_release"]
"""What could not be shown as it was: the turn's release was deleted, so that the serving one stands
in; it keeps no utterances; or there is no release at all."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A training utterance near the message; `text` is redacted, None where it was not kept."""

    text: str | None
    intent: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Source:
    """A passage as it was found; `quoted`: the reply said or offered it."""

    id: int
    title: str
    body: str
    source: str
    score: float
    quoted: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """One turn from the message to the reply. Scores are in 0..1, times in milliseconds.

    `score` is what thresholds apply to: confidence times the probability that the message is in
    scope. `neighbours`, nearest first, come from `neighbours_release`. `query` is the text that
    was understood: the message, or the message with the topic before it.
    """

    turn_id: int
    conversation_id: str
    at: str
    language: Language
    message: str
    query: str
    reply: str | None
    action: ActionName | None
    why: Why
    action_intent: str | None
    slot: str | None
    intent: str | None
    accepted: bool
    confidence: float | None
    out_of_scope: float | None
    score: float | None
    threshold: float | None
    ranking: tuple[tuple[str, float], ...]
    passages: tuple[Source, ...]
    passage_threshold: float | None
    neighbours: tuple[Neighbour, ...]
    neighbours_release: str | None
    release: str
    index_version: int
    timings_ms: Mapping[str, float]
    mood: Mood | None
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)
