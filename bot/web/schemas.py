"""The JSON that clients send and receive; pydantic stands at this border only.

Answers are written straight from the log's own objects, so the models of answers document them in
OpenAPI and are checked against real answers by the tests, not at run time.
"""

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from knowledge.language import normalise
from knowledge.types import Language

MAX_TEXT = 100_000
"""The most that the settings can allow; the limit in force is `limits.message_characters`."""
MAX_CONTACT = 4_000
MAX_ID = 2**63 - 1
"""SQLite's largest integer: a larger one could not be looked up."""


def is_control(char: str) -> bool:
    """Whether a character is a control character other than a tab or an end of line."""
    return char not in "\t\n\r" and unicodedata.category(char) == "Cc"


def printable(text: str) -> str:
    """Return `text` unchanged; ValueError when it holds control characters."""
    if any(map(is_control, text)):
        raise ValueError("must not contain control characters")
    return text


def readable(text: str) -> str:
    """Return `text` unchanged; ValueError when nothing can be read in it, or more than text."""
    if not normalise(printable(text)):
        raise ValueError("must not be empty")
    return text


def email_address(text: str) -> str:
    """Return `text` unchanged; ValueError when no mail could ever reach it."""
    name, at, host = text.rpartition("@")
    if not (name and at and "." in host.strip(".")) or any(char.isspace() for char in text):
        raise ValueError("must be an e-mail address")
    return text


Readable = AfterValidator(readable)
Text = Annotated[
    str,
    Field(
        min_length=1, max_length=MAX_TEXT, description="No longer than the settings allow: 4,000."
    ),
    Readable,
]
Line = Annotated[str, Field(min_length=1, max_length=200), Readable]
Note = Annotated[str, Field(max_length=1_000), AfterValidator(printable)]
Email = Annotated[str, Field(max_length=254), Readable, AfterValidator(email_address)]
ClientId = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,100}$")]


class CustomerBody(BaseModel):
    """Who writes. `hash` is hex HMAC-SHA256(secret, id), made by the shop's own server."""

    id: Line | None = None
    hash: Annotated[str, Field(max_length=128)] | None = None
    name: Line | None = None
    email: Email | None = None


class Identity(CustomerBody):
    """A customer of the shop with the signature that its own server made."""

    id: Line
    hash: Annotated[str, Field(max_length=128)]


class NewConversation(BaseModel):
    language: Language | None = None
    customer: CustomerBody | None = None


class NewMessage(BaseModel):
    """`client_id` names this message: sending it again returns the first result."""

    text: Text
    client_id: ClientId | None = None


class Feedback(BaseModel):
    rating: Literal[-1, 1]
    note: Note | None = None


class Rating(BaseModel):
    stars: Annotated[int, Field(ge=1, le=5, strict=True)]
    note: Note | None = None


class Contact(BaseModel):
    name: Line | None = None
    email: Email
    message: Annotated[str, Field(max_length=MAX_CONTACT), Readable]


class ChannelMessage(BaseModel):
    """A user's message through the REST channel; other fields, as `metadata`, are passed over."""

    sender: Line
    message: Text


class ChannelButton(BaseModel):
    """Show `title`, send `payload` as the user's next message."""

    title: str
    payload: str


class ChannelAnswer(BaseModel):
    """`buttons` is absent where there are none."""

    recipient_id: str
    text: str
    buttons: list[ChannelButton] = []


class Author(BaseModel):
    name: str


class ScoredIntent(BaseModel):
    name: str
    confidence: float


class CitationOut(BaseModel):
    passage_id: int
    title: str
    source: str
    score: float


class OptionOut(BaseModel):
    """A button: show `label`, post `value` as the next message's text."""

    label: str
    value: str


class MessageOut(BaseModel):
    id: int
    role: Literal["customer", "bot", "staff"]
    author: Author | None
    text: str
    at: str
    action: Literal["answer", "ask", "clarify", "call", "hand_off", "small_talk"] | None
    reason: str | None
    intent: ScoredIntent | None
    intent_ranking: list[ScoredIntent]
    citations: list[CitationOut]
    options: list[OptionOut]
    rating: int | None


class ConversationOut(BaseModel):
    """`waiting` and `open`: a person answers, the bot is silent."""

    id: str
    status: Literal["bot", "waiting", "open", "resolved"]
    messages: list[MessageOut]


class ShownFile(BaseModel):
    """What a message shows: fetch it below the conversation's `files`; `size` in bytes."""

    id: str
    name: str
    content_type: str
    size: int


class WatchedMessageOut(MessageOut):
    """`client_id` is the one that the customer's own message was sent with."""

    client_id: str | None
    file: ShownFile | None


class Place(BaseModel):
    """The place in the queue, from 1, and the seconds waited so far."""

    position: int
    waiting_s: int


class WatchedOut(BaseModel):
    """`agent` is the person there, `queue` the place of who waits; `away`: nobody is there now."""

    id: str
    status: Literal["bot", "waiting", "open", "resolved"]
    agent: Author | None
    queue: Place | None
    away: bool
    messages: list[WatchedMessageOut]


class StartedOut(ConversationOut):
    """`token` is shown this once; send it with every further call."""

    token: str


class KnownCustomer(BaseModel):
    id: str
    name: str | None
    email: str | None


class IdentifiedOut(BaseModel):
    """Whose the conversation with this `id` is."""

    id: str
    customer: KnownCustomer


class FeedbackOut(BaseModel):
    message_id: int
    rating: Literal[-1, 1]


class RatingOut(BaseModel):
    id: str
    stars: int


class ContactOut(BaseModel):
    id: str


class FileOut(BaseModel):
    """A stored file: `name` as it was sent, `size` in bytes, the message that shows it."""

    id: str
    message_id: int
    name: str
    size: int
    content_type: str


class ErrorDetail(BaseModel):
    code: str
    message: str


class ErrorOut(BaseModel):
    error: ErrorDetail
