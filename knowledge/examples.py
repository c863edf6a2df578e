"""Utterances with their intent and questions with their answers, for training and frozen tests.

Owns that no text stands in both splits of a language: what is tested is never trained on.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Literal

from sqlite_utils import Database as Connection
from sqlite_utils import Migrations
from sqlite_utils.utils import chunks

from knowledge.database import Database
from knowledge.language import folded
from knowledge.types import Changes, Example, Language

MIGRATIONS = Migrations("examples")
Split = Literal["train", "test"]
Pair = tuple[str, str]
CHECKED = 3
"""One question in so many of those given to train on checks instead."""
_BATCH = 500
_EXAMPLES = """
CREATE TABLE examples (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    language TEXT NOT NULL,
    key TEXT NOT NULL,
    text TEXT NOT NULL,
    intent TEXT NOT NULL,
    split TEXT NOT NULL CHECK (split IN ('train', 'test')),
    source TEXT NOT NULL,
    updated TEXT NOT NULL,
    UNIQUE (language, key)
)
"""
_QUESTIONS = """
CREATE TABLE test_questions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    language TEXT NOT NULL,
    question_key TEXT NOT NULL,
    answer_key TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    source TEXT NOT NULL,
    updated TEXT NOT NULL,
    UNIQUE (language, question_key, answer_key)
)
"""


@MIGRATIONS(name="1_examples")
def _create(connection: Connection) -> None:
    connection.execute(_EXAMPLES)
    connection.execute(_QUESTIONS)


@MIGRATIONS(name="2_questions_to_train_on")
def _split_questions(connection: Connection) -> None:
    connection.execute("ALTER TABLE test_questions RENAME TO questions")
    connection.execute("ALTER TABLE questions ADD COLUMN split TEXT NOT NULL DEFAULT 'test'")


class ExampleStore:
    """The labelled utterances and the questions of one home."""

    def __init__(self, database: Database, clock: Callable[[], str]) -> None:
        self._database = database
        self._clock = clock
        database.migrate(MIGRATIONS)

    def add(self, examples: Iterable[Example], split: Split, source: str) -> Changes:
        """Store utterances; texts that differ in case or white space only are the same one.

        A new intent of a known text replaces the old one. A test text that was trained on moves
        to the test split; a training text that is a test text is left unchanged.
        """
        outcomes: Counter[str] = Counter()
        for chunk in chunks(examples, _BATCH):
            batch = list(chunk)
            with self._database.write() as connection:
                outcomes.update([self._put(connection, one, split, source) for one in batch])
        return Changes(**outcomes)

    def all(self, split: Split, language: Language) -> list[Example]:
        """The utterances of a split and language, in the order they were first added."""
        sql = (
            "SELECT text, intent, language FROM examples WHERE split = ? AND language = ? "
            "ORDER BY id"
        )
        rows = self._database.connection.execute(sql, [split, language])
        return [Example(*row) for row in rows]

    def add_questions(
        self, pairs: Iterable[tuple[str, str, Language]], source: str, split: Split = "test"
    ) -> Changes:
        """Store questions as (question, answer, language); a question may have several answers.

        An answer may be a part of the text that answers. A question of a test is never trained on.
        """
        outcomes: Counter[str] = Counter()
        for chunk in chunks(pairs, _BATCH):
            batch = list(chunk)
            with self._database.write() as connection:
                outcomes.update(
                    [self._put_question(connection, one, source, split) for one in batch]
                )
        return Changes(**outcomes)

    def questions(self, language: Language, split: Split = "test") -> list[tuple[str, str]]:
        """The questions of a split and language as (question, answer), in the order of adding."""
        sql = "SELECT question, answer FROM questions WHERE language = ? AND split = ? ORDER BY id"
        return [(q, a) for q, a in self._database.connection.execute(sql, [language, split])]

    def marked(self, language: Language) -> tuple[list[Pair], list[Pair]]:
        """The questions to train on as (question, answer): those that teach, those that check.

        Every CHECKED-th question, with all its answers, is kept to check the search on.
        """
        places: dict[str, int] = {}
        teaching: list[Pair] = []
        checking: list[Pair] = []
        for question, answer in self.questions(language, "train"):
            place = places.setdefault(question, len(places))
            (teaching if place % CHECKED else checking).append((question, answer))
        return teaching, checking

    def _put(self, connection: Connection, example: Example, split: Split, source: str) -> str:
        place = [example.language, folded(example.text)]
        values = [example.text, example.intent, split, source, self._clock()]
        known = connection.execute(
            "SELECT intent, split FROM examples WHERE language = ? AND key = ?", place
        ).fetchone()
        if known is None:
            connection.execute(
                "INSERT INTO examples (text, intent, split, source, updated, language, key) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                [*values, *place],
            )
            return "added"
        if known == (example.intent, split) or (known[1] == "test" and split == "train"):
            return "unchanged"
        connection.execute(
            "UPDATE examples SET text = ?, intent = ?, split = ?, source = ?, updated = ? "
            "WHERE language = ? AND key = ?",
            [*values, *place],
        )
        return "updated"

    def _put_question(
        self, connection: Connection, pair: tuple[str, str, Language], source: str, split: Split
    ) -> str:
        question, answer, language = pair
        place = [language, folded(question)]
        if split == "train" and self._is_tested(connection, place):
            return "unchanged"
        if split == "test":
            connection.execute(
                "DELETE FROM questions WHERE language = ? AND question_key = ? AND split = 'train'",
                place,
            )
        cursor = connection.execute(
            "INSERT INTO questions "
            "(language, question_key, answer_key, question, answer, source, split, updated) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [*place, folded(answer), question, answer, source, split, self._clock()],
        )
        return "added" if cursor.rowcount else "unchanged"

    def _is_tested(self, connection: Connection, place: list[str]) -> bool:
        sql = "SELECT 1 FROM questions WHERE language = ? AND question_key = ? AND split = 'test'"
        return connection.execute(sql, place).fetchone() is not None
