# ruff: noqa: S608  (the only names put into SQL are this module's own tables)
"""Full-text search over passages: one FTS5 table per language, ranked by bm25.

Owns what of a passage is indexed and how a question is scored. The rows of `passages` are the
truth; `PassageStore` calls `put` and `drop` in the transaction that changes them.

FTS5 ranks a whole question in 30 ms over 27,000 passages, since it counts and scores each common
word anew. bm25 is a sum over words, so the scores of single words are taken from FTS5 once and
kept in memory until a passage changes; adding them up takes less than a millisecond.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database as Connection

from knowledge import words
from knowledge.types import LANGUAGES, Language, Passage

TITLE_WEIGHT, KEY_WEIGHT, BODY_WEIGHT = 2.0, 2.0, 1.0
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

    `ideal` is what a passage would score that is all about each word of the question.
    """

    ids: NDArray[np.int64]
    scores: NDArray[np.float32]
    ideal: float

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
    """Where a word occurs: row numbers into the ids, their bm25, and the word's best score."""

    rows: NDArray[np.int32]
    scores: NDArray[np.float32]
    ideal: float


@dataclass
class _Memory:
    """What has been read of one table since its passages last changed."""

    generation: int
    ids: NDArray[np.int64]
    indexed: int
    postings: dict[str, _Postings] = field(default_factory=dict)
    size: int = 0


class FullText:
    """Scores questions; shared by all threads."""

    def __init__(self) -> None:
        self._memories: dict[tuple[Language, bool | None], _Memory] = {}

    def score(
        self,
        connection: Connection,
        text: str,
        language: Language,
        approved: bool | None,
        generation: int,
    ) -> Lexical:
        """Score the passages for a question; `generation` is the store's."""
        table = _Table(connection, language, approved)
        memory = self._memory(table, generation)
        asked = table.rarest(words.asked(text, language)[:_MAX_COUNTED])
        scores = np.zeros(len(memory.ids), dtype=np.float32)
        ideal = 0.0
        for word in asked:
            postings = _recall(memory, table, word)
            scores[postings.rows] += postings.scores
            ideal += postings.ideal
        return Lexical(memory.ids, scores, ideal)

    def _memory(self, table: "_Table", generation: int) -> _Memory:
        place = (table.language, table.approved)
        memory = self._memories.get(place)
        if memory is not None and memory.generation == generation and not table.uncommitted:
            return memory
        memory = _Memory(generation, table.ids(), table.count())
        if not table.uncommitted:
            self._memories[place] = memory
        return memory


@dataclass(frozen=True)
class _Table:
    """The FTS5 table of a language, restricted by approval, over one connection."""

    connection: Connection
    language: Language
    approved: bool | None

    @property
    def uncommitted(self) -> bool:
        """Whether this thread is changing passages and may yet roll that back."""
        return bool(self.connection.conn.in_transaction)

    def ids(self) -> NDArray[np.int64]:
        """The ids of its passages, ascending."""
        name, query = _name(self.language), _state(self.approved)
        condition = "" if query is None else f"WHERE {name} MATCH '{query}'"
        rows = self.connection.execute(f"SELECT rowid FROM {name} {condition} ORDER BY rowid")
        return np.fromiter((row[0] for row in rows), dtype=np.int64)

    def count(self, query: str | None = None) -> int:
        """How many passages match, whether approved or not."""
        name = _name(self.language)
        condition = "" if query is None else f"WHERE {name} MATCH ?"
        sql = f"SELECT count(*) FROM {name} {condition}"
        return int(self.connection.execute(sql, [] if query is None else [query]).fetchone()[0])

    def rarest(self, asked: Sequence[str]) -> Sequence[str]:
        """The rarest words of a long question, of those that occur at all."""
        if len(asked) <= MAX_WORDS:
            return asked
        counted = [(self.count(_match(word)), word) for word in asked]
        return [word for times, word in sorted(counted) if times][:MAX_WORDS]

    def postings(self, word: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The ids of the passages with a word, and their scores."""
        name, state = _name(self.language), _state(self.approved)
        query = _match(word) if state is None else f"{_match(word)} AND {state}"
        rows = self.connection.execute(
            f"SELECT rowid, rank FROM {name} WHERE {name} MATCH ?", [query]
        ).fetchall()
        found = np.array(rows, dtype=np.float64).reshape(-1, 2)
        return found[:, 0].astype(np.int64), -found[:, 1].astype(np.float32)


def _recall(memory: _Memory, table: _Table, word: str) -> _Postings:
    if (postings := memory.postings.get(word)) is not None:
        return postings
    ids, scores = table.postings(word)
    with_word = table.count(_match(word))
    # FTS5's own formula, which takes a word of more than half the passages for all but worthless.
    inverse_frequency = math.log((memory.indexed - with_word + 0.5) / (with_word + 0.5))
    # A passage added since this memory began is left to the next one.
    known_ids = np.isin(ids, memory.ids, assume_unique=True)
    rows = np.searchsorted(memory.ids, ids[known_ids]).astype(np.int32)
    postings = _Postings(rows, scores[known_ids], max(inverse_frequency, 1e-6) * (_SATURATION + 1))
    if memory.size > _MAX_POSTINGS:
        memory.postings.clear()
        memory.size = 0
    memory.postings[word] = postings
    memory.size += len(ids)
    return postings


def create(connection: Connection) -> None:
    """Create the tables. `state` holds `approved` or `waiting`, and weighs nothing."""
    for language in LANGUAGES:
        stem = "porter " if language == "en" else ""
        connection.execute(
            f"CREATE VIRTUAL TABLE {_name(language)} USING fts5"
            f"(state, title, key, body, tokenize = '{stem}unicode61 remove_diacritics 2')"
        )
        connection.execute(
            f"INSERT INTO {_name(language)} ({_name(language)}, rank) "
            f"VALUES ('rank', 'bm25(0, {TITLE_WEIGHT}, {KEY_WEIGHT}, {BODY_WEIGHT})')"
        )


def put(connection: Connection, passage: Passage) -> None:
    """Index a passage that is not in the index."""
    connection.execute(
        f"INSERT INTO {_name(passage.language)} (rowid, state, title, key, body) "
        "VALUES (?, ?, ?, ?, ?)",
        [passage.id, "approved" if passage.approved else "waiting", *_columns(passage)],
    )


def drop(connection: Connection, passage_id: int, language: Language) -> None:
    """Take a passage out of the index."""
    connection.execute(f"DELETE FROM {_name(language)} WHERE rowid = ?", [passage_id])


def _match(word: str) -> str:
    return f'{{title key body}} : "{word}"'


def _state(approved: bool | None) -> str | None:
    if approved is None:
        return None
    return "state : approved" if approved else "state : waiting"


def _columns(passage: Passage) -> tuple[str, str, str]:
    """Title, key and body, each part once: a document's key repeats the other two."""
    key = passage.key
    for part in (passage.title, passage.body):
        key = key.replace(part, " ", 1) if part else key
    title, key, body = (
        words.indexed(part, passage.language) for part in (passage.title, key, passage.body)
    )
    return title, key, body


def _name(language: Language) -> str:
    return f"passages_{language}"
