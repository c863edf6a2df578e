"""Passages for a question: nearest keys and sentences, and full-text matches, scored as one.

Owns the fusion of the scores and its calibration: the score of a hit is the probability that it
answers the question. Knows no encoder: the question's vector is handed in.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.index import Index
from knowledge.language import normalise
from knowledge.marked import ASKED_PLACES
from knowledge.names import Names, PassageNames
from knowledge.parts import Parts
from knowledge.store import PassageStore
from knowledge.types import Hit, Language

Floats = NDArray[np.float64]

DEPTH = 50
"""How many of the best by each score are compared by all."""
FEATURES = ("fused", "margin", "spread")
"""The columns of `features`."""
_SPREAD_RANK = 10
_SAME_TEXT = 1e-5
_OWN_QUESTION = 1e-4
ELSEWHERE = 0.1
"""Taken off the score of a passage that names other things than the question does, as much as a
cosine of 0.1: enough to let the one about the right product win, not to hide what has no rival."""
_COMMON_WORDS = 0.1
"""Added to the ideal bm25, so that a question of nothing but common words has no share."""


@dataclass(frozen=True, slots=True)
class Fusion:
    """How passages are ranked, and how their scores become probabilities.

    `lexical_weight` is what a full match of the question's words counts against a cosine of 1,
    `part_weight` in 0..1 what a passage's nearest sentence counts against its key, and
    `asked_weight` what the nearest question it was marked with adds. The others are
    the coefficients of a logistic function of `FEATURES`. The defaults, for an encoder that was
    not trained, come from the validation questions of InsuranceQA (English), with questions from
    other walks of life that nothing there answers.
    """

    lexical_weight: float = 0.3
    intercept: float = -7.03
    fused: float = 4.68
    margin: float = 10.9
    spread: float = 7.85
    part_weight: float = 0.0
    asked_weight: float = 0.0

    def to_dict(self) -> dict[str, float]:
        """The coefficients by name."""
        return asdict(self)

    @classmethod
    def from_dict(cls, coefficients: Mapping[str, Any]) -> "Fusion":
        """Read what `to_dict` wrote; ValueError when a name is missing or unknown.

        Releases from before passages were searched by their sentences, or by marked questions,
        have no `part_weight`, or no `asked_weight`.
        """
        coefficients = {"part_weight": 0.0, "asked_weight": 0.0, **coefficients}
        expected = {field.name for field in fields(cls)}
        if set(coefficients) != expected:
            raise ValueError(f"expected {sorted(expected)}, found {sorted(coefficients)}")
        return cls(**{name: float(value) for name, value in coefficients.items()})

    def probabilities(self, rows: Floats) -> Floats:
        """The probability of being right (n,) from rows of `features`; it never rises with the
        rank."""
        weights = np.array([getattr(self, name) for name in FEATURES])
        logits = np.clip(self.intercept + rows @ weights, -30, 30)
        return np.asarray(np.minimum.accumulate(1 / (1 + np.exp(-logits))), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages that may answer a question, arrays (n,) side by side.

    `cosines` are those of the keys' vectors; `parts` those of each passage's nearest sentence, 0
    where its sentences are not indexed; `asked` of the nearest question it was marked with, 0 where
    there is none; `shares` say in 0..1 how much of the question's words, by their rarity, a passage
    has; `elsewhere` marks those that name other things than the question.
    """

    ids: NDArray[np.int64]
    cosines: Floats
    shares: Floats
    parts: Floats
    asked: Floats
    elsewhere: NDArray[np.bool_]

    def fused(self, fusion: Fusion) -> Floats:
        """The scores to rank by."""
        near = (1 - fusion.part_weight) * self.cosines + fusion.part_weight * self.parts
        near = near + fusion.asked_weight * np.maximum(self.asked, 0)
        return near + fusion.lexical_weight * self.shares - ELSEWHERE * self.elsewhere

    def at(self, rows: NDArray[Any]) -> "Candidates":
        """Those at `rows`, which are numbers or a mask, in that order."""
        kept = (getattr(self, field.name)[rows] for field in fields(self))
        return Candidates(*kept)

    def ranked(self, fusion: Fusion) -> "Candidates":
        """The same, best first; ties by ascending id."""
        return self.at(np.lexsort((self.ids, -self.fused(fusion))))


def features(ranked: Candidates, fusion: Fusion) -> Floats:
    """The rows (n, len(FEATURES)) that tell right from wrong candidates, which are ranked.

    `fused` is the score ranked by; `margin` its lead over the best rival (0 without one), negative
    below the first; `spread` the lead of the first over the tenth, or the last of fewer: the same
    for all candidates of a question. Passages with the same key, or the same sentence that
    answers, are no rivals.
    """
    fused = ranked.fused(fusion)
    if not len(fused):
        return np.empty((0, len(FEATURES)))
    rivals = np.where(_rivals(ranked), fused[None, :], -np.inf).max(axis=1)
    margin = np.where(np.isfinite(rivals), fused - rivals, 0)
    spread = fused[0] - fused[min(_SPREAD_RANK, len(fused)) - 1]
    return np.stack([fused, margin, np.full(len(fused), spread)], axis=1)


def _rivals(found: Candidates) -> NDArray[np.bool_]:
    """Which passages (n, n) make each other doubtful.

    Two sources may answer the same question, and one answer stands under several questions: what
    has the same text has the same cosine.
    """
    other_key = np.abs(found.cosines[:, None] - found.cosines[None, :]) > _SAME_TEXT
    other_part = np.abs(found.parts[:, None] - found.parts[None, :]) > _SAME_TEXT
    unknown = found.parts == 0
    return np.asarray(other_key & (other_part | unknown), dtype=bool)


_NO_SCORES = np.empty(0)
_NONE = Candidates(
    np.empty(0, np.int64), _NO_SCORES, _NO_SCORES, _NO_SCORES, _NO_SCORES, np.empty(0, np.bool_)
)


class Retriever:
    """Searches the passages of one language; safe to share among threads."""

    def __init__(
        self,
        store: PassageStore,
        index: Index,
        fusion: Fusion,
        language: Language,
        parts: Index | None = None,
        asked: Index | None = None,
        names: Callable[[], Names] | None = None,
    ) -> None:
        """`index` has the passages' keys, `parts` their sentences, `asked` their marked questions.

        Without the latter two keys alone count. `names` are as for `PassageNames`; without them no
        thing is told from another.
        """
        self._store = store
        self._index = index
        self._parts = Parts(parts) if parts is not None else None
        self._asked = Parts(asked, ASKED_PLACES) if asked is not None else None
        self._names = PassageNames(store, names) if names else None
        self._fusion = fusion
        self._language: Language = language

    def search(
        self,
        text: str,
        vector: NDArray[np.float32],
        k: int = 5,
        approved: bool | None = True,
        subject: str = "",
    ) -> list[Hit]:
        """The at most `k` best passages for a question, best first; none for an empty one.

        Beside the best, those whose own question it is are found, if last. `vector` (dimension,)
        is the question's, of unit length. `approved` None finds all.
        `subject` is what was spoken of before, where the question itself names nothing.
        """
        found = self.candidates(text, vector, max(k, DEPTH), approved, subject)
        ranked = found.ranked(self._fusion)
        rows = features(ranked, self._fusion)
        place = np.arange(len(rows))
        own = (ranked.cosines > 1 - _OWN_QUESTION) & (place >= k)
        wanted = (place < max(k - own.sum(), min(k, 1))) | (own & (own.cumsum() < k))
        best = self._fusion.probabilities(rows)[wanted].tolist()
        scores = dict(zip(ranked.ids[wanted].tolist(), best, strict=True))
        passages = self._store.get(scores)
        return [Hit(passage, scores[passage.id]) for passage in passages]

    def vectors(self, ids: list[int]) -> NDArray[np.float32]:
        """The vectors (n, dimension) of these passages' keys; zeros where one is not indexed."""
        return self._index.vectors(ids)

    def candidates(
        self,
        text: str,
        vector: NDArray[np.float32],
        depth: int = DEPTH,
        approved: bool | None = True,
        subject: str = "",
    ) -> Candidates:
        """The `depth` best by key, words, sentence and marked question, each with all scores."""
        if not normalise(text):
            return _NONE
        lexical = self._store.lexical(text, self._language, approved)
        by_key, _ = self._index.search(vector, depth, among=lexical.ids)
        ids = np.union1d(by_key, lexical.top(depth))
        for each in (self._parts, self._asked):
            if each:
                ids = np.union1d(ids, each.nearest(vector, depth, lexical.ids))
        parts, asked = (
            each.best(vector, ids) if each else np.zeros(len(ids), np.float32)
            for each in (self._parts, self._asked)
        )
        cosines = self._index.cosines(vector, ids)
        shares = np.minimum(lexical.of(ids) / (lexical.ideal + _COMMON_WORDS), 1)
        elsewhere = np.zeros(len(ids), dtype=bool)
        if self._names:
            elsewhere = self._names.elsewhere(text, ids, lexical.generation, subject)
        near, said, nearest, marked = (
            each.astype(np.float64) for each in (cosines, shares, parts, asked)
        )
        return Candidates(ids, near, said, nearest, marked, elsewhere)
