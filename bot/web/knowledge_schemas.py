"""The JSON of the knowledge routes: bodies are checked by these, answers are documented by them."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from bot.drafts import MOST_ANSWER, MOST_QUESTION, MOST_SOURCE, MOST_TITLE
from bot.web.schemas import MAX_ID, printable
from knowledge.types import Kind, Language, Role

MOST_AT_ONCE = 100
SLACK = 4
"""Bodies may be so many times too long: a field that is only a little so is told by its name."""

Id = Annotated[int, Field(ge=1, le=MAX_ID)]


class DraftBody(BaseModel):
    """A passage as written; without a title the question is the title.

    `approved` left out keeps it as it is, and shows a new one to customers.
    """

    language: Language
    question: Annotated[str, Field(max_length=SLACK * MOST_QUESTION), AfterValidator(printable)] = (
        ""
    )
    answer: Annotated[str, Field(max_length=SLACK * MOST_ANSWER), AfterValidator(printable)]
    title: Annotated[str, Field(max_length=SLACK * MOST_TITLE), AfterValidator(printable)] = ""
    source: Annotated[str, Field(max_length=SLACK * MOST_SOURCE), AfterValidator(printable)] = ""
    approved: bool | None = None


class SettleBody(BaseModel):
    """Two passages that are both right."""

    first: Id
    second: Id


class StartImport(BaseModel):
    upload_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class EntryOut(BaseModel):
    """A passage. `indexed`: the running server searches it as it is now. `score`: how well it fits
    what was searched for.
    """

    id: int
    kind: Kind
    language: Language
    title: str
    question: str
    answer: str
    source: str
    state: Literal["approved", "waiting", "off"]
    support: int
    updated: str
    indexed: bool
    score: float | None


class ListingOut(BaseModel):
    total: int
    entries: list[EntryOut]


class OverviewOut(BaseModel):
    """`counts` by state; `behind` changes are not in the index yet; `serving`: there is one."""

    counts: dict[str, int]
    suggestions: int
    behind: int
    serving: bool
    languages: list[Language]


class SpokenOut(BaseModel):
    role: Role
    text: str
    at: str | None


class EvidenceOut(BaseModel):
    """A dialogue without personal data; `conversation_id` where it happened here."""

    name: str
    source: str
    conversation_id: str | None
    messages: list[SpokenOut]


class BehindOut(BaseModel):
    dialogues: list[EvidenceOut]


class ContradictionOut(BaseModel):
    likeness: float
    first: EntryOut
    second: EntryOut


class ContradictionsOut(BaseModel):
    pairs: list[ContradictionOut]


class RowErrorOut(BaseModel):
    """`line` is 0 for the file itself."""

    line: int
    reason: str


class SampleOut(BaseModel):
    question: str
    answer: str


class ChangesOut(BaseModel):
    added: int
    updated: int
    unchanged: int


class PreviewOut(BaseModel):
    """What an import would do; nothing is stored. `changes` is null for dialogues."""

    upload_id: str
    name: str
    kind: Literal["faq", "docs", "dialogues"]
    read: int
    failed: int
    errors: list[RowErrorOut]
    samples: list[SampleOut]
    changes: ChangesOut | None


class ImportOut(BaseModel):
    """`done` counts rows; `failed` says why it ended early; `indexed`: it can be answered from."""

    name: str
    done: int
    finished: bool
    indexed: bool
    changes: ChangesOut | None
    removed: int
    unreadable: int
    suggestions: int
    failed: str
