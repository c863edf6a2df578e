"""The types of a conversation with the bot: what it understood, decided, said and logged.

Frozen values without behaviour; the web layer turns them into JSON at its border.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from knowledge.types import Hit, Language

Status = Literal["bot", "waiting", "open", "resolved"]
Script = Literal["simplified", "traditional"]
HandOffReason = Literal[
    "requested",
    "intent",
    "failed_turns",
    "not_known",
    "customer_button",
    "complaint",
    "legal",
    "self_harm",
    "safety",
    "amount",
    "mood",
    "service_down",
]
Mood = Literal["negative", "neutral", "positive"]


@dataclass(frozen=True, slots=True)
class Customer:
    """Who the shop's page says is writing; `verified` once its signature of the id was checked."""

    id: str | None = None
    name: str | None = None
    email: str | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the intent head says of one message. All scores are calibrated, in 0..1.

    `confidence` is the probability that `intent` is right; `ranking` holds the best intents with
    their probabilities, best first; `out_of_scope` is the probability that no intent covers the
    message; `accepted` says whether `intent` clears its own fitted threshold.
    """

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    out_of_scope: float
    accepted: bool


@dataclass(frozen=True, slots=True)
class Option:
    """A button: `label` is shown, `value` is sent as the customer's text."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer comes from."""

    passage_id: int
    title: str
    source: str
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer from an intent's template (`intent`) or by quoting `hits`; exactly one is given."""

    intent: str | None = None
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for the slot that `intent` still needs, or a yes or no for `CONFIRM` and `OFFER`.

    `again` says that the customer was asked and gave nothing; `problem` names what was wrong with
    what they had `given`. `step` is the procedure's step that asks; its `outcome`, the place of an
    answer of the business's endpoint among those of the step, says why where it is given.
    """

    intent: str
    slot: str
    again: bool = False
    problem: str = ""
    given: str = ""
    step: str = ""
    outcome: int | None = None


@dataclass(frozen=True, slots=True)
class Clarify:
    """Offer at most three things the customer may have meant: intents, then passages."""

    intents: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """Call the business's endpoint of a procedure's step, or tell what came of it.

    `outcome` is the place of what it answered among the outcomes of the step; None: to be called.
    """

    intent: str
    step: str
    outcome: int | None = None


@dataclass(frozen=True, slots=True)
class HandOff:
    """Give the conversation to a person; `step` and `outcome` as in `Ask`, where they led here."""

    reason: HandOffReason
    intent: str | None = None
    step: str = ""
    outcome: int | None = None


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """Answer a greeting, thanks or goodbye; never counts as a failed turn."""

    intent: str


Action = Answer | Ask | Clarify | Call | HandOff | SmallTalk

CONFIRM = "confirm"
"""What is asked before something irreversible: a yes or no."""
OFFER = "offer"
"""What is asked when a procedure kept in mind is offered: whether to go on with it."""


@dataclass(frozen=True, slots=True)
class State:
    """All that the next turn depends on.

    `intent` is the topic in hand, `asked` the slot the bot is waiting for, `failures` the number of
    turns in a row that helped nobody, `topic` the last message that made sense by itself, `matter`
    the intent it was most like, `cited` the passages quoted of late, the last one last, `history`
    the last messages as (role, text), oldest first.

    `step` is where the procedure of `intent` stands (None: none is under way) and `results` what
    its calls gave so far; `pending` are procedures asked for meanwhile, to be offered afterwards,
    and `kept` the values told by then; `topics` are those before `topic`, newest first; `subject`
    is the product last spoken of; `negatives` the number of messages in a row in a bad mood;
    `script` how the customer writes Chinese.
    """

    conversation_id: str
    language: Language
    status: Status = "bot"
    intent: str | None = None
    slots: Mapping[str, str] = field(default_factory=dict)
    asked: str | None = None
    failures: int = 0
    topic: str = ""
    matter: str = ""
    topics: tuple[str, ...] = ()
    cited: tuple[int, ...] = ()
    history: tuple[tuple[str, str], ...] = ()
    step: str | None = None
    results: Mapping[str, str] = field(default_factory=dict)
    pending: tuple[str, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    negatives: int = 0
    script: Script = "simplified"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the customer reads. `language` is the language of `text`."""

    text: str
    action: Action
    language: Language
    citations: tuple[Citation, ...] = ()
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One customer message and the bot's reply to it: the unit that is logged, rated and reviewed.

    `query` is the text that was encoded (the message, or the message with its context).
    `timings_ms` maps a stage (encode, classify, retrieve, decide) to milliseconds.
    `reply` is None when the conversation belongs to a person. `mood` is the customer's, judged by
    `query`; None where the release has not learned to tell. `id` is 0 until logged.
    """

    id: int
    conversation_id: str
    message: str
    query: str
    language: Language
    prediction: Prediction | None
    hits: tuple[Hit, ...]
    reply: Reply | None
    release: str
    index_version: int
    timings_ms: Mapping[str, float]
    at: str
    mood: Mood | None = None


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was made of one message: its intent, passages best first, slot values found, mood.

    `refused` names, by slot, what is wrong with a value that was `given`. `yes` is what a yes or no
    says; `gives_up` and `corrects` are what the wording says of the matter in hand; `asks` that it
    is a question, `wishes` that it names something to be done, `another` that it is about another
    order than before; `urgent` is why it goes to a person whatever else it says.
    """

    prediction: Prediction | None
    hits: tuple[Hit, ...] = ()
    slots: Mapping[str, str] = field(default_factory=dict)
    mood: Mood | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    yes: bool | None = None
    gives_up: bool = False
    corrects: bool = False
    asks: bool = False
    wishes: bool = False
    another: bool = False
    urgent: HandOffReason | None = None


SuggestionKind = Literal["passage", "case", "template"]


@dataclass(frozen=True, slots=True)
class UsedSuggestion:
    """The suggestion that a staff reply began with.

    `ref` is a passage's id or an intent's name; `text` is what was put into the box.
    """

    kind: SuggestionKind
    ref: str
    text: str


@dataclass(frozen=True, slots=True)
class Review:
    """A person's verdict on a turn: the right intent (or `oos`), or the right answer, or both."""

    turn_id: int
    reviewer: str
    intent: str | None = None
    answer: str | None = None
    at: str = ""
