"""Pairs of passages that answer alike questions differently, for a person to look at.

Owns which pairs are compared and which a person has found to be both right. Two answers are shown
once, however many wordings of their questions there are, and again when either changes. Without a
release there are no vectors, and nothing is found.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from sqlite_utils import Database as Tables
from sqlite_utils import Migrations

from bot.mind import Component, Mind
from knowledge.contradiction import contradict
from knowledge.database import Database
from knowledge.likeness import Likeness, Thresholds, Vectors
from knowledge.passage_reading import PassageFilter
from knowledge.store import PassageStore
from knowledge.types import LANGUAGES, Language, Passage

MIGRATIONS = Migrations("contradictions")
MOST_COMPARED = 5_000
"""Passages of a language, those that changed last: every pair of them is compared."""
MOST_SHOWN = 100
ALIKE_QUESTIONS = 0.5
"""How alike (rescaled, 0..1) two questions are before their answers are compared."""

_BLOCK = 1024
_SETTLED = "CREATE TABLE settled_contradictions (answers TEXT PRIMARY KEY) WITHOUT ROWID"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two passages, the one with the lower id first; `likeness` of their questions in 0..1."""

    first: Passage
    second: Passage
    likeness: float


@MIGRATIONS()
def m001_settled(tables: Tables) -> None:
    tables.conn.execute(_SETTLED)


class Contradictions:
    """Finds them for one home, once for each state of the knowledge. Threads may share it."""

    def __init__(
        self, database: Database, passages: PassageStore, mind: Callable[[], Mind | None]
    ) -> None:
        database.migrate(MIGRATIONS)
        self._database = database
        self._passages = passages
        self._mind = mind
        self._found: tuple[tuple[str, int], list[Contradiction]] | None = None

    def find(self) -> list[Contradiction]:
        """All that nobody has settled: those with approved passages first, the likest first."""
        seen, off = self._settled(), self._passages.off()
        found: list[Contradiction] = []
        for pair in self._all():
            answers = _answers(pair.first, pair.second)
            if answers not in seen and not {pair.first.id, pair.second.id} & off:
                seen.add(answers)
                found.append(pair)
        return found[:MOST_SHOWN]

    def settle(self, first_id: int, second_id: int) -> None:
        """Both are right: the pair is not shown again as long as neither answer changes."""
        found = self._passages.get({first_id, second_id})
        if len(found) != 2:
            return
        with self._database.write() as writing:
            writing.conn.execute(
                "INSERT OR IGNORE INTO settled_contradictions VALUES (?)", (_answers(*found),)
            )

    def _settled(self) -> set[str]:
        rows = self._database.connection.conn.execute("SELECT answers FROM settled_contradictions")
        return {row[0] for row in rows}

    def _all(self) -> list[Contradiction]:
        mind = self._mind()
        if mind is None:
            return []
        state = mind.release, mind.index_version
        if self._found is None or self._found[0] != state:
            self._found = state, self._search(mind)
        return self._found[1]

    def _search(self, mind: Mind) -> list[Contradiction]:
        found: list[Contradiction] = []
        for language in LANGUAGES:
            if component := mind.components.get(language):
                found += _pairs(component, language, self._compared(language))
        return sorted(found, key=_urgency)

    def _compared(self, language: Language) -> list[Passage]:
        """The answers to questions, by ascending id; documents answer no one question."""
        found: list[Passage] = []
        for kind in ("faq", "dialogue"):
            found += self._passages.listed(PassageFilter(language, kind), MOST_COMPARED)
        return sorted(found, key=lambda passage: passage.id)


def _urgency(pair: Contradiction) -> tuple[int, float]:
    return -(pair.first.approved + pair.second.approved), -pair.likeness


def _pairs(
    component: Component, language: Language, passages: list[Passage]
) -> Iterator[Contradiction]:
    """The contradicting pairs of a language, whose answers speak of the same thing."""
    likeness = Likeness(component.encoder, language, Thresholds())
    questions = component.retriever.vectors([passage.id for passage in passages])
    rows = [
        (one, other, like)
        for one, other, like in _alike(likeness, questions)
        if contradict(passages[one].body, passages[other].body)
    ]
    involved = sorted({row for one, other, _ in rows for row in (one, other)})
    encoded = likeness.encode([passages[row].body for row in involved])
    answers = dict(zip(involved, encoded, strict=True))
    for one, other, like in rows:
        first, second = ((questions[row][None], answers[row][None]) for row in (one, other))
        if likeness.candidates(first, second, 1)[0]:
            yield Contradiction(passages[one], passages[other], like)


def _alike(likeness: Likeness, questions: Vectors) -> Iterator[tuple[int, int, float]]:
    """Pairs of rows, the lower first, whose questions are alike."""
    for start in range(0, len(questions), _BLOCK):
        scores = likeness.rescaled(questions[start : start + _BLOCK] @ questions.T)
        for row, column in np.argwhere(scores >= ALIKE_QUESTIONS).tolist():
            if start + row < column:
                yield start + row, column, round(min(float(scores[row, column]), 1.0), 3)


def _answers(first: Passage, second: Passage) -> str:
    """The same for both orders."""
    return hashlib.sha256("\n\n".join(sorted((first.body, second.body))).encode()).hexdigest()
