"""The words of reviewing: why a turn is shown, what can be decided of it, what that comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, assert_never

from bot.types import Turn
from knowledge.errors import DeskmateError
from knowledge.types import Language

Reason = Literal["rejected", "corrected", "out_of_scope", "disagreement", "low_confidence"]
"""Why a turn would teach: the customer rated it down or asked for a person right after; an agent
answered after the bot; nothing known fitted; neighbours and linear voice name different intents;
the score was near its threshold."""
REASONS: tuple[Reason, ...] = (
    "rejected",
    "corrected",
    "out_of_scope",
    "disagreement",
    "low_confidence",
)
DecisionKind = Literal["confirm", "intent", "new_intent", "answer", "out_of_scope", "skip"]


class ReviewError(DeskmateError):
    """The decision cannot be taken as it stands."""


class SettledError(ReviewError):
    """Somebody has decided of this turn meanwhile."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """The bot was right: its intent, or the passage that it quoted."""


@dataclass(frozen=True, slots=True)
class ChooseIntent:
    """The customer wanted `intent`."""

    intent: str


@dataclass(frozen=True, slots=True)
class NewIntent:
    """The customer wanted something the bot has no name for: from now on `name`.

    `label` and `reply` hold a text for each language that the bot speaks.
    """

    name: str
    label: Mapping[Language, str]
    reply: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class WriteAnswer:
    """This is the right answer."""

    answer: str


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """The bot need not know this."""


@dataclass(frozen=True, slots=True)
class Skip:
    """Leave it; it is not asked about again."""


Decision = Confirm | ChooseIntent | NewIntent | WriteAnswer | OutOfScope | Skip


def kind_of(decision: Decision) -> DecisionKind:
    """The name under which a decision is kept."""
    match decision:
        case Confirm():
            return "confirm"
        case ChooseIntent():
            return "intent"
        case NewIntent():
            return "new_intent"
        case WriteAnswer():
            return "answer"
        case OutOfScope():
            return "out_of_scope"
        case Skip():
            return "skip"
        case _:
            assert_never(decision)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What training gets of a turn: the right intent (or `oos`), or the right answer."""

    intent: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Turns that ask for much the same, the shown one first; one decision may hold for all."""

    turn_ids: tuple[int, ...]
    texts: tuple[str, ...]

    def led_by(self, turn_id: int) -> "Cluster":
        """The same with one of its turns shown first."""
        place = self.turn_ids.index(turn_id)
        first = slice(place, place + 1)
        return Cluster(
            self.turn_ids[first] + self.turn_ids[:place] + self.turn_ids[place + 1 :],
            self.texts[first] + self.texts[:place] + self.texts[place + 1 :],
        )


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A turn to decide on.

    `reasons` come strongest first, `priority` is in 0..1 (see `bot.review.priority`). `confirm` is
    what confirming would teach, None where there is nothing to confirm. `proposed_answer` is what
    an agent replied. `threshold` is that of the predicted intent, None where there is none.
    """

    turn: Turn
    reasons: tuple[Reason, ...]
    priority: float
    cluster: Cluster | None = None
    confirm: Verdict | None = None
    proposed_answer: str | None = None
    threshold: float | None = None
    passage_threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """What the next round learns that `release` has not: decisions by kind and by intent.

    `answers` of reviewers are among the kinds; `staff_replies` counts messages of agents. `taught`
    is how many utterances of each intent the release was taught with.
    """

    release: str | None
    total: int
    kinds: Mapping[DecisionKind, int]
    intents: Mapping[str, int]
    staff_replies: int = 0
    taught: Mapping[str, int] = field(default_factory=dict)
