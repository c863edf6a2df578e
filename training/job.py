"""What to fine-tune on, for how long, and which of the rows teach and which validate."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge.errors import DeskmateError
from knowledge.types import KNOWLEDGE, OUT_OF_SCOPE, Example
from training.validation import Pair, Validation, split_examples, split_pairs

log = logging.getLogger(__name__)


LEAST_OUTSIDE = 30
"""Out-of-scope examples from which they are a class to learn: fewer would only be learned by heart.
"""


class FinetuneError(DeskmateError):
    """The rows cannot be trained on."""


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train.

    Small sets are gone through more often: up to `most_epochs` while `least_steps` are not reached.
    Without validation rows given, a share of `held_out` validates where that makes
    `least_held_out` rows; else every row teaches and the last epoch is kept.
    """

    epochs: int = 8
    most_epochs: int = 20
    least_steps: int = 120
    patience: int = 3
    batch_size: int = 32
    learning_rate: float = 1e-4
    head_learning_rate: float = 3e-3
    warmup: float = 0.1
    scale: float = 20.0
    trains_words: bool = False
    held_out: float = 0.1
    least_held_out: int = 50

    def epochs_for(self, rows: int) -> int:
        """Return how many epochs to plan for so many rows."""
        steps_per_epoch = -(-rows // self.batch_size)
        enough = -(-self.least_steps // steps_per_epoch)
        return max(self.epochs, min(self.most_epochs, enough))

    def share_held_out(self, rows: int) -> float:
        """Return the share of so many rows that validates."""
        return self.held_out if rows * self.held_out >= self.least_held_out else 0.0


@dataclass(frozen=True)
class FinetuneJob:
    """What to train: `weights` is a catalogue name or a folder. Either set of rows may be empty.

    Out-of-scope examples are a class of their own, where there are enough; those for the knowledge
    are left out, as `pairs` teach them. `dev_*` rows choose the
    epoch and never teach.
    """

    weights: str
    examples: Sequence[Example] = ()
    pairs: Sequence[Pair] = ()
    dev_examples: Sequence[Example] = ()
    dev_pairs: Sequence[Pair] = ()
    seed: int = 0
    schedule: Schedule = field(default_factory=Schedule)


@dataclass(frozen=True)
class Rows:
    """What teaches and what validates. `labels` number the intents of `texts` from 0."""

    texts: list[str]
    labels: list[int]
    pairs: list[Pair]
    validation: Validation


def arrange(job: FinetuneJob) -> Rows:
    """Part a job's rows. Raises FinetuneError where nothing can be learned from them."""
    inside = [each for each in job.examples if each.intent not in (OUT_OF_SCOPE, KNOWLEDGE)]
    outside = [each for each in job.examples if each.intent == OUT_OF_SCOPE]
    examples = [*inside, *(outside if len(outside) >= LEAST_OUTSIDE else [])]
    intents = sorted({each.intent for each in examples})
    if len({each.intent for each in inside}) < 2:
        if inside:
            log.warning("left out %d examples: one intent alone teaches nothing", len(inside))
        intents, examples = sorted({each.intent for each in inside}), []
    if not examples and len(job.pairs) < 2:
        raise FinetuneError(
            "expected examples of at least two intents, or at least two question/answer pairs; "
            f"found {len(intents)} intents and {len(job.pairs)} pairs; import more"
        )
    train, dev = _part_examples(job, examples)
    pairs, dev_pairs = _part_pairs(job)
    number = {intent: place for place, intent in enumerate(intents)}
    validation = Validation(
        [each.text for each in dev],
        [number[each.intent] for each in dev],
        dev_pairs,
        list(dict.fromkeys(answer for _, answer in pairs)),
    )
    return Rows([e.text for e in train], [number[e.intent] for e in train], pairs, validation)


def _part_examples(
    job: FinetuneJob, examples: list[Example]
) -> tuple[list[Example], list[Example]]:
    if not job.dev_examples:
        share = job.schedule.share_held_out(len(examples))
        return split_examples(examples, share, job.seed)
    known = {each.intent for each in examples}
    return examples, [each for each in job.dev_examples if each.intent in known]


def _part_pairs(job: FinetuneJob) -> tuple[list[Pair], list[Pair]]:
    if job.dev_pairs:
        return list(job.pairs), list(job.dev_pairs)
    return split_pairs(job.pairs, job.schedule.share_held_out(len(job.pairs)), job.seed)
