"""How passages are searched by a release, and how sure it is of what the search found."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from bot.budgets import strictest_within
from knowledge.errors import DeskmateError
from knowledge.retriever import Fusion

RETRIEVAL_FILE = "retrieval.json"
_SUREST = 1e-4


@dataclass(frozen=True)
class Certainty:
    """Logistic coefficients: of the search's score and of belonging, both as log-odds; a constant.

    The defaults leave the search's score as it is.
    """

    search: float = 1.0
    ours: float = 0.0
    constant: float = 0.0

    def probability(self, score: float, ours: float | None) -> float:
        """The probability that a passage of this score answers; never falls with the score.

        `ours` is the probability that the message is about the shop, None where nobody judges it.
        """
        z = self.constant + self.search * log_odds(score)
        z += self.ours * log_odds(ours) if ours is not None else 0.0
        return 1 / (1 + math.exp(-min(max(z, -30.0), 30.0)))


def log_odds(probability: float) -> float:
    """ln(p / (1 - p)), of a probability kept off 0 and 1."""
    kept = min(max(probability, _SUREST), 1 - _SUREST)
    return math.log(kept / (1 - kept))


@dataclass(frozen=True)
class Retrieval:
    """How passages are ranked and scored, and the certainty from which one may be quoted.

    `cuts` holds that certainty for other error budgets, by budget.
    """

    fusion: Fusion
    threshold: float
    cuts: Mapping[str, float] = field(default_factory=dict)
    certainty: Certainty = field(default_factory=Certainty)

    def at_budget(self, error_budget: float) -> "Retrieval":
        """Return the settings with the threshold that keeps to another error budget.

        An older release without `cuts` keeps its own.
        """
        if not self.cuts:
            return self
        return replace(self, threshold=self.cuts[strictest_within(self.cuts, error_budget)])

    def save(self, folder: Path) -> None:
        """Write `retrieval.json` into `folder`."""
        kept = {
            "fusion": self.fusion.to_dict(),
            "certainty": asdict(self.certainty),
            "threshold": self.threshold,
            "cuts": self.cuts,
        }
        (folder / RETRIEVAL_FILE).write_text(json.dumps(kept, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Retrieval":
        """Read what `save` wrote. Raises DeskmateError when it is missing or torn."""
        try:
            read = json.loads((folder / RETRIEVAL_FILE).read_text(encoding="utf-8"))
            fusion = Fusion.from_dict(read["fusion"])
            certainty = Certainty(**read.get("certainty", {}))
            return cls(fusion, float(read["threshold"]), dict(read.get("cuts", {})), certainty)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DeskmateError(
                f"{folder / RETRIEVAL_FILE}: expected retrieval settings, found {error}; "
                "train again or roll back"
            ) from error
