"""The JSON of the review routes: bodies are checked by these, answers are documented by them."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from bot.review.decisions import LONGEST_ANSWER
from bot.review.groups import MOST_OF_CLUSTER
from bot.review.types import DecisionKind, Reason
from bot.web.schemas import MAX_ID, Readable
from knowledge.types import Language

MOST_ITEMS = 50
MOST_TURNS = 500
"""As many as a topic of unanswered questions can have: `bot.insights.unanswered.MOST`."""

Name = Annotated[str, Field(min_length=1, max_length=100), Readable]
Label = Annotated[str, Field(max_length=80), Readable]
Answer = Annotated[str, Field(max_length=LONGEST_ANSWER), Readable]
TurnId = Annotated[int, Field(ge=1, le=MAX_ID)]


class DecisionBody(BaseModel):
    """A decision; what its kind needs: `intent`, `answer`, or `intent` with `label` and `reply`.

    `also` are turns of the same cluster that it holds for.
    """

    kind: DecisionKind
    intent: Name | None = None
    answer: Answer | None = None
    label: dict[Language, Label] = Field(default_factory=dict)
    reply: dict[Language, Answer] = Field(default_factory=dict)
    also: Annotated[list[TurnId], Field(max_length=MOST_OF_CLUSTER)] = Field(default_factory=list)


class ItemOut(BaseModel):
    """A turn to decide on; `understood` is what the bot made of it, `context` what was said."""

    turn_id: int
    conversation_id: str
    at: str
    language: Language
    message: str
    reasons: list[Reason]
    priority: float
    cluster: dict[str, Any] | None
    confirm: dict[str, Any] | None
    proposed_answer: str | None
    understood: dict[str, Any]
    context: list[dict[str, Any]]


class QueueOut(BaseModel):
    items: list[ItemOut]
    left: int
    done: int


class SettledOut(BaseModel):
    """The turns that were decided, and how things stand after it."""

    settled: list[int]
    left: int
    done: int


class UndoneOut(BaseModel):
    """The turn of the decision that was taken back, null where there was none."""

    item: ItemOut | None
    left: int
    done: int


class PendingOut(BaseModel):
    release: str | None
    total: int
    kinds: dict[DecisionKind, int]
    intents: dict[str, int]
    staff_replies: int
    taught: dict[str, int]


class IntentsOut(BaseModel):
    """The languages of the bot, and every intent with its label in each."""

    languages: list[Language]
    intents: list[dict[str, Any]]


class ExplanationOut(BaseModel):
    """See the fields of one answer; `labels` names the intents in it for people."""

    turn_id: int
    why: str
    labels: dict[str, dict[Language, str]]
