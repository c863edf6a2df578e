"""The JSON of the staff's routes: bodies are checked by these, answers are documented by them."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from bot.desk_notes import LONGEST_LABEL
from bot.types import HandOffReason, Mood, Status, SuggestionKind
from bot.web.schemas import (
    MAX_TEXT,
    ErrorOut,
    Line,
    Readable,
    ScoredIntent,
    Text,
    WatchedMessageOut,
    printable,
)
from knowledge.types import Language

MOST_LABELS = 20


def answers(model: type | None, *errors: int, status: int = 200) -> dict[str, Any]:
    """Document what a staff route answers, without validating it at run time."""
    refused = {error: {"model": ErrorOut} for error in (*errors, 401, 403, 422)}
    shown = {"model": model} if model else {"description": "Done."}
    return {"response_model": None, "responses": {status: shown, **refused}}


Label = Annotated[str, Field(min_length=1, max_length=LONGEST_LABEL), Readable]


class UsedBody(BaseModel):
    """The suggestion that a reply was made from; `text` as it was before editing."""

    kind: SuggestionKind
    ref: Annotated[str, Field(max_length=200), AfterValidator(printable)]
    text: Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(printable)]


class StaffMessage(BaseModel):
    text: Text
    used: UsedBody | None = None


class TransferBody(BaseModel):
    to: Line


class NoteBody(BaseModel):
    text: Annotated[str, Field(min_length=1, max_length=4_000), Readable]


class LabelsBody(BaseModel):
    labels: Annotated[list[Label], Field(max_length=MOST_LABELS)]


class CannedBody(BaseModel):
    """A reply kept ready; it may name {customer}, {agent}, {shop}, {bot} and slots in braces."""

    language: Language
    title: Line
    text: Annotated[str, Field(min_length=1, max_length=4_000), Readable]


class CustomerOut(BaseModel):
    """`verified`: the shop's own server has signed the id."""

    id: str | None
    name: str | None
    email: str | None
    verified: bool


class StaffOut(BaseModel):
    """`name` is the account's, `display_name` what customers read."""

    name: str
    display_name: str


class RecordOut(BaseModel):
    """A conversation without its messages."""

    id: str
    status: Status
    language: Language
    created: str
    updated: str
    reason: HandOffReason | None
    handed_off: str | None
    staff: StaffOut | None
    stars: int | None
    customer: CustomerOut | None


class SummaryOut(BaseModel):
    wants: str
    tried: list[str]
    open_questions: list[str]
    slots: dict[str, str]


class CallBackOut(BaseModel):
    """Who wants to be written to, and why."""

    name: str
    email: str
    message: str
    at: str


class LastMessageOut(BaseModel):
    id: int
    role: Literal["customer", "bot", "staff"]
    text: str
    at: str


class EntryOut(BaseModel):
    """A conversation in the queue; `told`: its customer knows that it takes longer."""

    conversation: RecordOut
    waiting_s: int
    mood: Mood | None
    summary: SummaryOut
    labels: list[str]
    last_message: LastMessageOut | None
    call_back: CallBackOut | None
    told: bool


class QueueOut(BaseModel):
    """Who waits first, the longest first; then those who talk to a person."""

    away: bool
    entries: list[EntryOut]


class NoteOut(BaseModel):
    id: int
    author: StaffOut
    text: str
    at: str


class UnderstoodPassage(BaseModel):
    passage_id: int
    title: str
    score: float


class UnderstoodOut(BaseModel):
    """What the bot made of the customer's message `message_id`, answered by `reply_id`."""

    turn_id: int
    message_id: int
    reply_id: int | None
    intent: ScoredIntent | None
    intent_ranking: list[ScoredIntent]
    out_of_scope: float | None
    mood: Mood | None
    passages: list[UnderstoodPassage]


class DetailOut(EntryOut):
    """All that staff see of one conversation."""

    messages: list[WatchedMessageOut]
    turns: list[UnderstoodOut]
    notes: list[NoteOut]
    earlier: list[RecordOut]


class FoundOut(BaseModel):
    conversations: list[RecordOut]


class LabelsOut(BaseModel):
    labels: list[str]


class SuggestionOut(BaseModel):
    """Send `kind`, `ref` and `text` back as `used` with the reply that is made of it."""

    kind: SuggestionKind
    ref: str
    title: str
    text: str
    source: str
    score: float


class SuggestionsOut(BaseModel):
    suggestions: list[SuggestionOut]


class CannedOut(CannedBody):
    id: int


class FilledOut(BaseModel):
    text: str


class CannedListOut(BaseModel):
    """`variables` are the names that a text may hold in braces."""

    canned: list[CannedOut]
    variables: list[str]
