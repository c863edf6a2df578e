"""Fit the mood head on the messages written for it, and measure it on others written before.

Owns the messages in `training/mood/`. The test messages never change: a figure on them compares
releases over the years. Mood takes no part in promotion, since the messages are nobody's own and
no answer depends on it.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_fscore_support
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits

from bot.classifier import Floats
from bot.mood import MOODS, MoodHead
from knowledge.encoder import Encoder
from knowledge.errors import DeskmateError
from knowledge.types import Language
from training.calibration import TEMPERATURES, Ints
from training.metrics import calibration_error, interval

FOLDER = Path(__file__).with_name("mood")
STRENGTHS = (0.3, 1.0, 3.0)
"""Inverse regularisations tried; the one of least calibrated out-of-fold loss is kept."""
PARTS = 5

Split = Literal["train", "test"]


@dataclass(frozen=True)
class MoodMetrics:
    """How well moods are told apart over `n` messages, by mood with precision, recall and n."""

    n: int
    accuracy: float
    accuracy_interval: tuple[float, float]
    macro_f1: float
    expected_calibration_error: float | None
    per_mood: dict[str, dict[str, float]]


def read_moods(language: Language, split: Split) -> tuple[list[str], Ints]:
    """Return the messages of a language and their moods as places in `MOODS`.

    Raises DeskmateError for a row of another mood.
    """
    path = FOLDER / f"{language}_{split}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["mood"]) for row in csv.DictReader(file)]
    unknown = sorted({mood for _, mood in rows} - set(MOODS))
    if unknown:
        raise DeskmateError(f"{path}: expected moods of {MOODS}, found {unknown}; correct the file")
    return [text for text, _ in rows], np.array([MOODS.index(mood) for _, mood in rows])


def learn_moods(
    encoder: Encoder, language: Language, seed: int, calm: Sequence[str] = ()
) -> MoodHead:
    """Fit the head of a language on its encoder as it is; takes a second or two.

    `calm` are a shop's own texts in no mood: without them its products, which complaints name,
    seem to be one. Of many so many count as there are neutral messages, spread evenly.
    """
    texts, labels = read_moods(language, "train")
    neutral = MOODS.index("neutral")
    step = max(1, -(-len(calm) // int((labels == neutral).sum())))
    chosen = calm[::step]
    moods = np.concatenate([labels, np.full(len(chosen), neutral)])
    return fit_moods(encoder.encode([*texts, *chosen]), moods, seed)


def fit_moods(vectors: Floats, labels: Ints, seed: int) -> MoodHead:
    """Fit on vectors (n, D), unit length, and moods (n,) as places in `MOODS`.

    Strength and temperature are those of the least loss on rows that the fit left out.
    """
    folds = StratifiedKFold(PARTS, shuffle=True, random_state=seed)
    # On few rows threads wait for each other: 21 s instead of 0.2 s on a busy machine.
    with threadpool_limits(1):
        tried = [_calibrated(strength, vectors, labels, folds) for strength in STRENGTHS]
        _, strength, temperature = min(tried)
        model = _model(strength).fit(vectors, labels)
    return MoodHead(
        weights=(model.coef_.T / temperature).astype(np.float32),
        bias=(model.intercept_ / temperature).astype(np.float32),
    )


def _model(strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=1000, class_weight="balanced")


def _calibrated(
    strength: float, vectors: Floats, labels: Ints, folds: StratifiedKFold
) -> tuple[float, float, float]:
    """Return the out-of-fold loss at its best temperature, the strength, and the temperature."""
    scores = cross_val_predict(
        _model(strength), vectors, labels, cv=folds, method="decision_function"
    )
    rows = np.arange(len(labels))

    def loss(log_temperature: float) -> float:
        return -float(log_softmax(scores / np.exp(log_temperature), axis=1)[rows, labels].mean())

    found = minimize_scalar(loss, bounds=tuple(np.log(TEMPERATURES)), method="bounded")
    return float(found.fun), strength, float(np.exp(found.x))


def evaluate_moods(head: MoodHead, encoder: Encoder, language: Language) -> MoodMetrics:
    """Measure a head on the test messages of its language."""
    texts, labels = read_moods(language, "test")
    return measure_moods(head.probabilities(encoder.encode(texts)), labels)


def measure_moods(probabilities: Floats, labels: Ints) -> MoodMetrics:
    """Compare probabilities (n, 3) with the true moods (n,), places in `MOODS`."""
    best = probabilities.argmax(1)
    right = best == labels
    precision, recall, f1, support = precision_recall_fscore_support(
        labels, best, labels=range(len(MOODS)), zero_division=0
    )
    return MoodMetrics(
        n=len(labels),
        accuracy=float(right.mean()),
        accuracy_interval=interval(right),
        macro_f1=float(f1.mean()),
        expected_calibration_error=calibration_error(probabilities.max(1), right),
        per_mood={
            mood: {"precision": float(p), "recall": float(r), "n": int(n)}
            for mood, p, r, n in zip(MOODS, precision, recall, support, strict=True)
        },
    )
