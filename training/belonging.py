"""Learn to tell what is about the shop from what is not, calibrated on rows held out."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from bot.belonging import Belonging, Floats, Scale
from knowledge.encoder import Encoder
from training.calibration import row_weights

LEAST_OUTSIDE = 30
"""Out-of-scope rows from which it is learned."""
MOST_INSIDE = 4000
"""Texts of the shop that are kept to compare with."""
PARTS = 5
LINE_C = 10.0
"""Inverse regularisation of the line."""

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Judge:
    """The judge, and what it would say of each text that it learned from, had it not."""

    belonging: Belonging
    held_out: dict[str, float]


def learn_belonging(
    inside: Iterable[str],
    outside: Iterable[str],
    seen: Iterable[str],
    encoder: Encoder,
    seed: int = 0,
) -> Judge | None:
    """Learn from texts of the shop and others; None where there are too few others.

    `seen` are those of `outside` that the encoder itself was trained on: they teach, and take no
    part in the calibration unless there is nothing else.
    """
    others = list(dict.fromkeys(outside))
    own = [text for text in dict.fromkeys(inside) if text not in set(others)]
    if len(others) < LEAST_OUTSIDE or len(own) < LEAST_OUTSIDE:
        return None
    texts = [*own, *others]
    vectors = encoder.encode(texts)
    ours = np.arange(len(texts)) < len(own)
    signs = _held_out(vectors, ours, seed)
    known = set(seen)
    fresh = np.array([text not in known for text in texts])
    chosen = fresh if (~ours & fresh).sum() >= LEAST_OUTSIDE else np.ones_like(fresh)
    scale = _scale(signs[chosen], ours[chosen])
    belonging = _fit(vectors, ours, scale, seed)
    z = signs @ np.array([scale.line, scale.likeness]) + scale.constant
    said = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
    return Judge(belonging, dict(zip(texts, said.tolist(), strict=True)))


def _held_out(vectors: Floats, ours: Bools, seed: int) -> Floats:
    """The signs (n, 2) of every row by a judge that has not seen it."""
    signs = np.zeros((len(ours), 2), np.float32)
    splitter = StratifiedKFold(PARTS, shuffle=True, random_state=seed)
    for fit, held in splitter.split(vectors, ours):
        judge = _fit(vectors[fit], ours[fit], Scale(1.0, 0.0, 0.0), seed)
        signs[held] = judge.signs(vectors[held])
    return signs


def _fit(vectors: Floats, ours: Bools, scale: Scale, seed: int) -> Belonging:
    model = LogisticRegression(C=LINE_C, class_weight="balanced", max_iter=1000)
    model.fit(vectors, ours)
    line = np.append(model.coef_[0], model.intercept_[0]).astype(np.float32)
    rows = np.flatnonzero(ours)
    if len(rows) > MOST_INSIDE:
        rows = np.random.default_rng(seed).choice(rows, MOST_INSIDE, replace=False)
    return Belonging(scale, line, vectors[rows], vectors[~ours])


def _scale(signs: Floats, ours: Bools) -> Scale:
    model = LogisticRegression(C=1.0).fit(signs, ours, sample_weight=row_weights(~ours))
    line, likeness = model.coef_[0]
    return Scale(float(line), float(likeness), float(model.intercept_[0]))
