"""The score of every passage by the words of a question.

FTS5 ranks a whole question in 30 ms over 27,000 passages, since it counts and scores each common
word anew. bm25 is a sum over words, so the scores of single words are taken from FTS5 once and
kept in memory until a passage changes; adding them up takes less than a millisecond.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from knowledge import words
from knowledge.database import Database
from knowledge.fulltext import Table
from knowledge.passage_rows import generation
from knowledge.types import Language

MAX_WORDS = 16
"""A longer question is cut to its rarest words."""
_MAX_COUNTED = 128
_MAX_POSTINGS = 4_000_000
"""Kept at most, 8 bytes each; beyond that memory starts afresh."""
_SATURATION = 1.2
"""k1 of FTS5's bm25: a word adds less than (k1 + 1) times its inverse document frequency."""


@dataclass(frozen=True)
class Lexical:
    """The bm25 scores of a question: `scores[i]` belongs to the passage `ids[i]`, ids ascending.

    `ideal` is what a passage would score that is all about each word of the question;
    `generation` is that of the passages.
    """

    ids: NDArray[np.int64]
    scores: NDArray[np.float32]
    ideal: float
    generation: int = 0

    def top(self, k: int) -> NDArray[np.int64]:
        """The ids of the at most `k` best passages that score above zero, best first."""
        best = np.argpartition(-self.scores, k)[:k] if k < len(self.ids) else slice(None)
        ids, scores = self.ids[best], self.scores[best]
        order = np.lexsort((ids, -scores))
        return ids[order][scores[order] > 0]

    def of(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """The scores of these passages, 0 for those that are not indexed."""
        if not len(self.ids):
            return np.zeros(len(ids), dtype=np.float32)
        at = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[at] == ids, self.scores[at], np.float32(0))


@dataclass(frozen=True)
class _Postings:
    """Where a word occurs: row numbers into the ids, their bm25, and the best there could be."""

    rows: NDArray[np.int32]
    scores: NDArray[np.float32]
    ideal: float


@dataclass
class _Memory:
    """What was read of one table at one generation."""

    generation: int
    ids: NDArray[np.int64]
    size: int
    postings: dict[str, _Postings] = field(default_factory=dict)
    kept: int = 0


class LexicalSearch:
    """Scores questions against the passages of a database; shared by all threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._memories: dict[tuple[Language, bool | None], _Memory] = {}

    def score(self, text: str, language: Language, approved: bool | None) -> Lexical:
        """Score the passages of a language for a question."""
        changing = self._database.writing
        # One view of the database: the words must be those of the generation that is remembered.
        with self._database.read() as connection:
            table = Table(connection, language, approved)
            memory = _begin(table) if changing else self._memory(table)
            asked = _rarest(table, words.asked(text, language)[:_MAX_COUNTED])
            found = [_postings(memory, table, word) for word in asked]
        scores = np.zeros(len(memory.ids), dtype=np.float32)
        for postings in found:
            scores[postings.rows] += postings.scores
        ideal = sum(postings.ideal for postings in found)
        return Lexical(memory.ids, scores, ideal, memory.generation)

    def _memory(self, table: Table) -> _Memory:
        place = (table.language, table.approved)
        memory = self._memories.get(place)
        if memory is None or memory.generation != generation(table.connection):
            memory = self._memories[place] = _begin(table)
        return memory


def _begin(table: Table) -> _Memory:
    return _Memory(generation(table.connection), table.ids(), table.size())


def _rarest(table: Table, asked: list[str]) -> list[str]:
    """The rarest words of a long question, of those that occur at all."""
    if len(asked) <= MAX_WORDS:
        return asked
    counted = [(table.count(word), word) for word in asked]
    return [word for times, word in sorted(counted) if times][:MAX_WORDS]


def _postings(memory: _Memory, table: Table, word: str) -> _Postings:
    if (known := memory.postings.get(word)) is not None:
        return known
    ids, scores = table.postings(word)
    rows = np.searchsorted(memory.ids, ids).astype(np.int32)
    if memory.kept > _MAX_POSTINGS:
        memory.postings.clear()
        memory.kept = 0
    best = _inverse_frequency(memory.size, table.count(word)) * (_SATURATION + 1)
    postings = memory.postings[word] = _Postings(rows, scores, best)
    memory.kept += len(ids)
    return postings


def _inverse_frequency(size: int, with_word: int) -> float:
    """FTS5's own, which takes a word of more than half the passages for all but worthless."""
    return max(math.log((size - with_word + 0.5) / (with_word + 0.5)), 1e-6)
