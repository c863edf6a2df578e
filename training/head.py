"""Fit the intent head: its three voices on all rows, its calibration on held-out rows.

Everything that is calibrated is fitted on predictions for utterances that neither the voices nor
the encoder had seen: each `Fold` names the rows it was fitted on, the rows it held out, and the
vectors of the encoder that belongs to it. The calibration itself is in `training.calibration`.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.classifier import Floats, HeadArrays, IntentHead, gram_row, ngrams, word_hashes
from knowledge.errors import DeskmateError
from knowledge.redact import redact
from knowledge.types import KNOWLEDGE, OUT_OF_SCOPE
from training.calibration import Held, Ints, calibrate, uncalibrated

LINEAR_C = 20.0
"""Inverse regularisation of the linear voice; 10 to 30 gave the same on banking77 and clinc150."""
GATE_C = 10.0
"""Inverse regularisation of the gate between in scope and out of scope."""
LEAST_OUTSIDE = 10
"""Out-of-scope rows from which the gate is fitted."""
LEFT_OUT = 4
"""Without out-of-scope rows, every so-many-th intent is unknown once and plays their part."""
ABSENT = -20.0
"""Bias of an intent that a fold has no row of: it never wins."""

Progress = Callable[[int, int | None, str], None]


def silent(done: int, total: int | None, what: str) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True)
class Fold:
    """Rows to fit on, rows held out, and all rows' vectors (n, D) from the fold's own encoder."""

    fit: Ints
    held: Ints
    vectors: Floats


def frozen_folds(labels: Sequence[str], vectors: Floats, seed: int, parts: int = 3) -> list[Fold]:
    """Split rows for an encoder that was trained on none of them, stratified by intent."""
    return [Fold(fit, held, vectors) for fit, held in split_rows(labels, seed, parts)]


def split_rows(labels: Sequence[str], seed: int, parts: int) -> list[tuple[Ints, Ints]]:
    """Split row numbers into `parts` (fit, held) pairs, each intent spread as evenly as it can be.

    An intent with fewer rows than parts is absent from some. Raises DeskmateError when no intent
    has two rows.
    """
    _, counts = np.unique(np.array(labels), return_counts=True)
    if counts.max() < 2:
        raise DeskmateError(
            "expected at least 2 utterances of some intent, found 1 of each; import more"
        )
    splitter = StratifiedKFold(min(parts, int(counts.max())), shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The least populated class")
        return list(splitter.split(np.zeros(len(labels)), np.array(labels)))


def fit_head(
    texts: Sequence[str],
    labels: Sequence[str],
    vectors: Floats,
    folds: Sequence[Fold],
    error_budget: float,
    progress: Progress = silent,
    teaching: int | None = None,
    known: Sequence[str] = (),
) -> IntentHead:
    """Fit a head on the first `teaching` rows (all of them without it), calibrated on `folds`.

    `known` are the texts of the knowledge, whose words are no strange ones.

    `vectors` is (n, D) float32 from the encoder that will serve; rows labelled `oos` shape the
    out-of-scope score and the thresholds, never the intents. Raises DeskmateError for fewer than
    two intents.
    """
    intents = tuple(sorted(set(labels) - {OUT_OF_SCOPE}))
    own = set(intents) - {KNOWLEDGE}
    if len(own) < 2:
        raise DeskmateError(f"expected at least 2 intents to tell apart, found {len(own)}")
    number = {name: row for row, name in enumerate(intents)}
    codes = np.array([number.get(label, -1) for label in labels])
    rows = _Texts.of(texts, known)
    steps = len(folds) + 1
    held = []
    for step, fold in enumerate(folds):
        progress(step, steps, "calibrating the intent head")
        held.append(_hold_out(rows, codes, fold, intents))
    seen = Held.together(held)
    unknown = seen if (seen.labels < 0).any() else _leave_out(rows, codes, folds[0], intents)
    progress(len(folds), steps, "fitting the intent head")
    taught = rows.chosen(np.arange(len(texts))[:teaching])
    arrays = _fit_arrays(taught, codes[:teaching], vectors[:teaching], len(intents))
    progress(steps, steps, "fitting the intent head")
    utterances = [redact(texts[row]) for row in np.flatnonzero(codes[:teaching] >= 0).tolist()]
    return IntentHead(calibrate(intents, seen, unknown, error_budget), arrays, utterances)


@dataclass(frozen=True)
class _Texts:
    """Texts with the hashes of their words, and those of the words of the knowledge."""

    texts: Sequence[str]
    words: Sequence[NDArray[np.uint32]]
    known: NDArray[np.uint32]

    @classmethod
    def of(cls, texts: Sequence[str], known: Sequence[str]) -> "_Texts":
        """Hash the words once for all folds."""
        told = [word_hashes(text) for text in known]
        words = [word_hashes(text) for text in texts]
        return cls(texts, words, np.unique(np.concatenate([np.empty(0, np.uint32), *told])))

    def chosen(self, rows: Ints) -> "_Texts":
        """The texts of these rows."""
        chosen = rows.tolist()
        return _Texts([self.texts[i] for i in chosen], [self.words[i] for i in chosen], self.known)

    def vocabulary(self) -> NDArray[np.uint32]:
        """All words, sorted hashes."""
        return np.unique(np.concatenate([self.known, *self.words]))


def _hold_out(rows: _Texts, codes: Ints, fold: Fold, intents: tuple[str, ...]) -> Held:
    arrays = _fit_arrays(
        rows.chosen(fold.fit), codes[fold.fit], fold.vectors[fold.fit], len(intents)
    )
    head = IntentHead(uncalibrated(intents), arrays)
    voices = head.voices(rows.chosen(fold.held).texts, fold.vectors[fold.held])
    return Held(voices, codes[fold.held])


def _leave_out(rows: _Texts, codes: Ints, fold: Fold, intents: tuple[str, ...]) -> Held:
    """Make every LEFT_OUT-th intent unknown once, in place of missing out-of-scope rows.

    The questions for the knowledge are the first class, where there are any, and so among them.
    """
    kept = fold.fit[codes[fold.fit] % LEFT_OUT != 0]  # the gate must not know them either
    codes = np.where(codes % LEFT_OUT == 0, -1, codes)
    return _hold_out(rows, codes, Fold(kept, fold.held, fold.vectors), intents)


def _fit_arrays(rows: _Texts, codes: Ints, vectors: Floats, intents: int) -> HeadArrays:
    inside = np.flatnonzero(codes >= 0)
    of_intents = rows.chosen(inside)
    outside = vectors[codes < 0].astype(np.float32)
    gate = _fit_gate(vectors, codes)
    vectors, labels = vectors[inside].astype(np.float32), codes[inside].astype(np.int32)
    known, idf, matrix = _gram_matrix(of_intents.texts)
    weights, bias = _fit_voice(
        LogisticRegression(C=LINEAR_C, max_iter=500), vectors, labels, intents
    )
    svm = LinearSVC(C=1.0, random_state=0)
    gram_weights, gram_bias = _fit_voice(svm, matrix, labels, intents)
    narrow = gram_weights.astype(np.float16)
    return HeadArrays(
        weights,
        bias,
        vectors,
        labels,
        known,
        idf,
        narrow,
        gram_bias,
        outside,
        gate,
        of_intents.vocabulary(),
    )


def _fit_gate(vectors: Floats, codes: Ints) -> Floats:
    """Fit the line between out of scope and in scope: its weights (D,) and its bias, (D + 1,)."""
    outside = codes < 0
    if outside.sum() < LEAST_OUTSIDE or outside.all():
        return np.empty(0, np.float32)
    model = LogisticRegression(C=GATE_C, class_weight="balanced", max_iter=1000)
    model.fit(vectors, outside)
    return np.append(model.coef_[0], model.intercept_[0]).astype(np.float32)


def _fit_voice(
    model: LogisticRegression | LinearSVC,
    rows: Floats | csr_matrix,
    labels: NDArray[np.int32],
    intents: int,
) -> tuple[Floats, Floats]:
    """Fit a linear voice and lay its (F, classes) weights over all intents, (F, C)."""
    weights = np.zeros((rows.shape[1], intents), np.float32)
    bias = np.full(intents, ABSENT, np.float32)
    if len(np.unique(labels)) == 1:  # of two intents, when one is left out: nothing to tell apart
        bias[labels[0]] = 0
        return weights, bias
    model.fit(rows, labels)
    coef, intercept = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes
        coef, intercept = np.vstack([-coef, coef]), np.concatenate([-intercept, intercept])
    weights[:, model.classes_] = coef.T
    bias[model.classes_] = intercept
    return weights, bias


def _gram_matrix(texts: Sequence[str]) -> tuple[NDArray[np.uint32], Floats, csr_matrix]:
    """Return the sorted n-gram hashes of `texts`, their smoothed idf, and the tf-idf rows."""
    documents = [
        np.fromiter(words.keys() | pieces.keys(), np.uint32) for words, pieces in map(ngrams, texts)
    ]
    known, counts = np.unique(np.concatenate(documents), return_counts=True)
    idf = (np.log((1 + len(texts)) / (1 + counts)) + 1).astype(np.float32)
    rows = [gram_row(text, known, idf) for text in texts]
    ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns, values = (np.concatenate(part) for part in zip(*rows, strict=True))
    return known, idf, csr_matrix((values, columns, ends), shape=(len(texts), len(known)))
