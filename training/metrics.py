"""The figures of a report, each with its sample size and a 95 % interval where it is a share."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest
from sklearn.metrics import precision_recall_fscore_support, roc_auc_score

from bot.types import Prediction
from knowledge.errors import DeskmateError
from knowledge.types import OUT_OF_SCOPE

BINS = 15
"""Equal-width bins of the expected calibration error (Guo et al., 2017)."""
CONFUSED = 10
"""Confused pairs that a report lists."""

Bools = NDArray[np.bool_]
Names = NDArray[np.str_]


@dataclass(frozen=True)
class IntentMetrics:
    """How well intents are told apart, over `n` rows of which `n_in_scope` have an intent.

    `accuracy` counts every row: an in-scope one by its best intent, an out-of-scope one by not
    being answered. `coverage` is in-scope rows answered, `error_rate` wrong answers among answers.
    `right` says of each row whether the bot did right by it: the right intent accepted, or an
    out-of-scope row not answered. None stands for a figure whose rows the test set lacks.
    """

    n: int
    n_in_scope: int
    accuracy: float
    accuracy_interval: tuple[float, float]
    macro_f1: float | None
    expected_calibration_error: float | None
    in_scope_accuracy: float | None
    in_scope_accuracy_at_threshold: float | None
    coverage: float | None
    error_rate: float | None
    out_of_scope_recall: float | None
    out_of_scope_auroc: float | None
    per_intent: dict[str, dict[str, float]]
    confused: list[tuple[str, str, int]]
    right: Bools = field(repr=False)


def measure_intents(predictions: Sequence[Prediction], labels: Sequence[str]) -> IntentMetrics:
    """Compare n predictions with the true labels (`oos` for out of scope).

    Raises DeskmateError without a row.
    """
    _need_rows(labels)
    truth = np.array(labels)
    best = np.array([each.intent for each in predictions])
    accepted = np.array([each.accepted for each in predictions])
    confidence = np.array([each.confidence for each in predictions])
    outside = np.array([each.out_of_scope for each in predictions])
    inside = truth != OUT_OF_SCOPE
    hit = best == truth
    counted = np.where(inside, hit, ~accepted)
    per_intent, macro_f1 = _by_intent(truth[inside], best[inside])
    return IntentMetrics(
        n=len(truth),
        n_in_scope=int(inside.sum()),
        accuracy=float(counted.mean()),
        accuracy_interval=interval(counted),
        macro_f1=macro_f1,
        expected_calibration_error=calibration_error(confidence[inside], hit[inside]),
        in_scope_accuracy=_share(hit[inside]),
        in_scope_accuracy_at_threshold=_share((hit & accepted)[inside]),
        coverage=_share(accepted[inside]),
        error_rate=_share(~hit[accepted]),
        out_of_scope_recall=_share(~accepted[~inside]),
        out_of_scope_auroc=float(roc_auc_score(~inside, outside)) if _mixed(inside) else None,
        per_intent=per_intent,
        confused=_confused(truth[inside], best[inside]),
        right=np.where(inside, hit & accepted, ~accepted),
    )


def _need_rows(rows: Sequence[object]) -> None:
    if not rows:
        raise DeskmateError("expected at least one test row, found none; import some")


def _share(of: Bools) -> float | None:
    return float(of.mean()) if len(of) else None


def _mixed(values: Bools) -> bool:
    return bool(values.any() and not values.all())


def _by_intent(truth: Names, best: Names) -> tuple[dict[str, dict[str, float]], float | None]:
    """Return precision, recall and n of every true intent, and their macro F1."""
    if not len(truth):
        return {}, None
    names = sorted(set(truth.tolist()))
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, best, labels=names, zero_division=0
    )
    figures = {
        name: {"precision": float(p), "recall": float(r), "n": int(n)}
        for name, p, r, n in zip(names, precision, recall, support, strict=True)
    }
    return figures, float(f1.mean())


def calibration_error(confidence: NDArray[np.float64], hit: Bools) -> float | None:
    """Return the expected calibration error of n rows: the mean gap of confidence and accuracy.

    The gaps are those of equal-width bins, weighted by their rows; None without a row.
    """
    if not len(hit):
        return None
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [
        abs(hit[bins == each].mean() - confidence[bins == each].mean()) * (bins == each).mean()
        for each in np.unique(bins)
    ]
    return float(sum(gaps))


def interval(right: Bools) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share."""
    found = binomtest(int(right.sum()), len(right)).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


def _confused(truth: Names, best: Names) -> list[tuple[str, str, int]]:
    wrong = truth != best
    pairs, counts = np.unique(
        np.stack([truth[wrong], best[wrong]], axis=1), axis=0, return_counts=True
    )
    order = np.argsort(-counts, kind="stable")[:CONFUSED]
    return [(str(pairs[i][0]), str(pairs[i][1]), int(counts[i])) for i in order]


@dataclass(frozen=True)
class RetrievalMetrics:
    """How well passages are found for `n` questions; `right` says so of each first passage."""

    n: int
    recall_at_1: float
    recall_at_1_interval: tuple[float, float]
    recall_at_5: float
    recall_at_10: float
    mrr: float
    right: Bools = field(repr=False)


def measure_retrieval(ranks: Sequence[int | None]) -> RetrievalMetrics:
    """Measure from the rank (from 1) of each question's first right passage; None is not found.

    Raises DeskmateError without a question.
    """
    _need_rows(ranks)
    found = np.array([rank or np.inf for rank in ranks], float)
    return RetrievalMetrics(
        n=len(found),
        recall_at_1=float((found <= 1).mean()),
        recall_at_1_interval=interval(found <= 1),
        recall_at_5=float((found <= 5).mean()),
        recall_at_10=float((found <= 10).mean()),
        mrr=float((1 / found).mean()),
        right=found <= 1,
    )
