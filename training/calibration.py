"""Calibrate the intent head on held-out rows: mixture, temperature, out-of-scope, thresholds."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

from bot.budgets import BUDGETS
from bot.classifier import Floats, HeadSettings, Voices, softmax
from knowledge.errors import DeskmateError
from knowledge.types import KNOWLEDGE

OWN_THRESHOLD_ROWS = 30
"""Held-out predictions of an intent from which it gets a threshold of its own."""
OUT_OF_SCOPE_SHARE = 0.2
"""Share of out-of-scope messages that scores and thresholds assume, whatever the file's mix."""
TEMPERATURES = (0.1, 10.0)
"""Bounds of the temperature: rows without a single mistake would drive it to 0."""
LEAST_SPREAD = 0.02
"""A sign of a smaller standard deviation is not stretched to it: that would magnify noise."""
NEVER = 1.01
"""A threshold that no score reaches: no cut keeps to the error budget."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Held:
    """Held-out voices with the true labels; label -1 is out of scope."""

    voices: Voices
    labels: Ints

    @classmethod
    def together(cls, parts: "Sequence[Held]") -> "Held":
        """Join the held-out rows of several folds."""
        joined = {
            part.name: np.concatenate([getattr(held.voices, part.name) for held in parts])
            for part in fields(Voices)
        }
        return cls(Voices(**joined), np.concatenate([held.labels for held in parts]))

    def rows(self, chosen: NDArray[np.bool_]) -> "Held":
        """Return the chosen rows."""
        voices = Voices(*(getattr(self.voices, part.name)[chosen] for part in fields(Voices)))
        return Held(voices, self.labels[chosen])


def uncalibrated(intents: tuple[str, ...]) -> HeadSettings:
    """Return settings that let the voices speak before anything is fitted."""
    return HeadSettings(intents, (0.5, 0.2, 0.3), 1.0, (0.0, 0.0, -30.0), 0.0, {}, 0.0)


def calibrate(
    intents: tuple[str, ...], seen: Held, unknown: Held, error_budget: float
) -> HeadSettings:
    """Fit everything that turns voices into calibrated, thresholded predictions.

    `seen` holds the in-scope rows, `unknown` the rows that stand for out-of-scope messages (the
    same rows where the data has them); of each only that part is used.
    """
    inside = seen.rows(seen.labels >= 0)
    outside = unknown.rows(unknown.labels < 0)
    mixture, temperature = _fit_mixture(inside)
    settings = replace(
        uncalibrated(intents),
        mixture=mixture,
        temperature=temperature,
        error_budget=error_budget,
        knowledge=_knowledge_weight(intents, inside.labels),
    )
    settings = replace(settings, rejection=_fit_rejection(settings, unknown))
    return _fit_thresholds(settings, Held.together([inside, outside]))


def _knowledge_weight(intents: tuple[str, ...], labels: Ints) -> float:
    """Return how to weigh the class of the knowledge, so that it counts as one intent does."""
    if KNOWLEDGE not in intents:
        return 1.0
    own = max(int((labels == intents.index(KNOWLEDGE)).sum()), 1)
    return min(1.0, (len(labels) - own) / (len(intents) - 1) / own)


def _without_knowledge(intents: tuple[str, ...], held: Held) -> Held:
    """The rows but those for the knowledge, which are neither an intent's nor out of scope."""
    if KNOWLEDGE not in intents:
        return held
    return held.rows(held.labels != intents.index(KNOWLEDGE))


def _fit_mixture(inside: Held) -> tuple[tuple[float, float, float], float]:
    """Find the voices' weights and the temperature of least negative log-likelihood."""
    voices, rows = inside.voices, np.arange(len(inside.labels))
    stacked = np.stack([softmax(voices.linear), voices.neighbours, voices.grams])

    def weights(point: NDArray[np.float64]) -> Floats:
        return softmax(np.array([point[0], point[1], 0.0], np.float32))

    def temperature(point: NDArray[np.float64]) -> float:
        return float(np.clip(np.exp(np.clip(point[2], -9, 9)), *TEMPERATURES))

    def loss(point: NDArray[np.float64]) -> float:
        logs = np.log(np.tensordot(weights(point), stacked, 1) + 1e-6) / temperature(point)
        return float(np.mean(logsumexp(logs, axis=-1) - logs[rows, inside.labels]))

    best = minimize(loss, np.zeros(3), method="Nelder-Mead", options={"maxiter": 150}).x
    linear, neighbours, grams = map(float, weights(best))
    return (linear, neighbours, grams), temperature(best)


def _fit_rejection(settings: HeadSettings, held: Held) -> tuple[float, ...]:
    """Fit the logistic out-of-scope score on standardised features, returned for raw ones."""
    held = _without_knowledge(settings.intents, held)
    features = settings.signs(held.voices)
    mean, spread = features.mean(0), np.maximum(features.std(0), LEAST_SPREAD)
    outside = held.labels < 0
    if outside.all() or not outside.any():
        raise DeskmateError(
            "expected utterances of several intents to calibrate on, found "
            f"{len(outside)} of one sort; give more and more varied rows"
        )
    model = LogisticRegression(C=1.0).fit(
        (features - mean) / spread, outside, sample_weight=row_weights(outside)
    )
    slopes = model.coef_[0] / spread
    return (*map(float, slopes), float(model.intercept_[0] - slopes @ mean))


def row_weights(outside: NDArray[np.bool_]) -> Floats:
    """Weigh rows so that out-of-scope ones make up OUT_OF_SCOPE_SHARE of the whole."""
    share = max(float(outside.mean()), 1e-9)
    heavy, light = OUT_OF_SCOPE_SHARE / share, (1 - OUT_OF_SCOPE_SHARE) / max(1 - share, 1e-9)
    return np.where(outside, np.float32(heavy), np.float32(light))


def _fit_thresholds(settings: HeadSettings, held: Held) -> HeadSettings:
    """Fit the pooled threshold, and one for each intent that was predicted often enough.

    Out-of-scope rows are too few to be told apart by intent, so all of them stand against each. An
    intent that no threshold of its own would keep within the budget has the pooled one: few rows
    must not take away what customers ask for most. Questions for the knowledge take no part: those
    that look like an intent are answered by whichever is surer, the intent or a passage.
    """
    held = _without_knowledge(settings.intents, held)
    scores = settings.answer_scores(held.voices)
    predicted = settings.mix(held.voices).argmax(-1)
    outside = held.labels < 0
    groups = {"": np.ones_like(outside)} | {
        name: mine | outside
        for number, name in enumerate(settings.intents)
        if (mine := ~outside & (predicted == number)).sum() >= OWN_THRESHOLD_ROWS
    }
    budgets = (settings.error_budget, *BUDGETS)
    cuts: dict[str, dict[str, float]] = {str(budget): {} for budget in budgets}
    for name, rows in groups.items():
        wrong = predicted[rows] != held.labels[rows]
        found = lowest_thresholds(scores[rows], wrong, row_weights(outside[rows]), budgets)
        for budget, threshold in zip(budgets, found, strict=True):
            pooled = cuts[str(budget)].get("", threshold)
            cuts[str(budget)][name] = pooled if threshold == NEVER else threshold
    own = dict(cuts[str(settings.error_budget)])
    return replace(settings, threshold=own.pop(""), thresholds=own, cuts=cuts)


def lowest_thresholds(
    scores: Floats, wrong: NDArray[np.bool_], weights: Floats, budgets: Sequence[float]
) -> list[float]:
    """Return the lowest threshold for each budget: wrong answers are <= it of the answers given.

    The arrays are (n,). Equal scores are answered together or not at all. The cut lies halfway to
    the next score below; NEVER when none will do.
    """
    order = np.argsort(-scores)
    ranked = scores[order].astype(np.float64)
    share = np.cumsum((wrong * weights)[order]) / np.cumsum(weights[order])
    last_of_equals = np.append(ranked[1:] < ranked[:-1], True)
    return [_cut(ranked, (share <= budget) & last_of_equals) for budget in budgets]


def _cut(ranked: NDArray[np.float64], good: NDArray[np.bool_]) -> float:
    rows = np.flatnonzero(good)
    if not len(rows):
        return NEVER
    last = rows[-1]
    below = ranked[last + 1] if last + 1 < len(ranked) else 0.0
    return float((ranked[last] + below) / 2)
