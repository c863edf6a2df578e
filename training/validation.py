"""How good an epoch is: intents found by the loss's own head, answers found among others.

Owns the split into training and validation rows and the measures on the latter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from torch import nn

from knowledge.types import Example
from training.losses import IntentLoss
from training.model import vectors_of

Pair = tuple[str, str]
Row = TypeVar("Row")

_DISTRACTORS = 500
"""Answers of the training pairs that stand beside the validation pairs' own."""


@dataclass(frozen=True)
class Score:
    """One epoch on the validation rows; shares in 0..1, None where there are no such rows."""

    epoch: int
    intent_accuracy: float | None
    recall_at_1: float | None
    loss: float

    @property
    def rank(self) -> tuple[float, float]:
        """Greater is better: the mean of the shares, then the loss."""
        shares = [s for s in (self.intent_accuracy, self.recall_at_1) if s is not None]
        return sum(shares) / len(shares), -self.loss


@dataclass(frozen=True)
class Validation:
    """Held-out rows: texts with the number of their intent, and questions with their answers."""

    texts: Sequence[str]
    labels: Sequence[int]
    pairs: Sequence[Pair]
    distractors: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.texts or self.pairs)

    def score(self, model: SentenceTransformer, intents: IntentLoss | None, epoch: int) -> Score:
        """Measure the model as it is now."""
        accuracy = recall = None
        loss = 0.0
        if intents is not None and self.texts:
            accuracy, loss = self._intents(model, intents)
        if self.pairs:
            recall, pair_loss = self._answers(model)
            loss += pair_loss
        return Score(epoch, accuracy, recall, loss)

    def _intents(self, model: SentenceTransformer, loss: IntentLoss) -> tuple[float, float]:
        labels = torch.tensor(self.labels)
        with torch.no_grad():
            logits = loss.logits(torch.from_numpy(vectors_of(model, self.texts)))
        return _share_and_loss(logits, labels)

    def _answers(self, model: SentenceTransformer) -> tuple[float, float]:
        """Rank each question's answer among the other answers and the distractors."""
        own = dict.fromkeys(answer for _, answer in self.pairs)
        others = [each for each in self.distractors if each not in own]
        answers = {answer: number for number, answer in enumerate([*own, *others[:_DISTRACTORS]])}
        labels = torch.tensor([answers[answer] for _, answer in self.pairs])
        questions = vectors_of(model, [question for question, _ in self.pairs])
        return _share_and_loss(
            torch.from_numpy(20 * questions @ vectors_of(model, list(answers)).T), labels
        )


def _share_and_loss(logits: torch.Tensor, labels: torch.Tensor) -> tuple[float, float]:
    hits = (logits.argmax(dim=1) == labels).float().mean()
    return float(hits), float(nn.functional.cross_entropy(logits, labels))


def split_examples(
    rows: Sequence[Example], share: float, seed: int
) -> tuple[list[Example], list[Example]]:
    """Hold out a share of each intent's rows; an intent keeps at least one."""
    dice = np.random.default_rng(seed)
    held: set[int] = set()
    for intent in sorted({row.intent for row in rows}):
        own = [number for number, row in enumerate(rows) if row.intent == intent]
        size = min(len(own) - 1, int(len(own) * share + dice.random()))
        held.update(dice.choice(own, size=size, replace=False).tolist())
    return _parted(rows, held)


def split_pairs(rows: Sequence[Pair], share: float, seed: int) -> tuple[list[Pair], list[Pair]]:
    """Hold out a share of the pairs."""
    dice = np.random.default_rng(seed)
    held = dice.permutation(len(rows))[: int(len(rows) * share)]
    return _parted(rows, set(held.tolist()))


def _parted(rows: Sequence[Row], held: set[int]) -> tuple[list[Row], list[Row]]:
    kept = [row for number, row in enumerate(rows) if number not in held]
    return kept, [row for number, row in enumerate(rows) if number in held]
