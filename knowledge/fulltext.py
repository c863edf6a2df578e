# ruff: noqa: S608  (the only names put into SQL are this module's own tables)
"""The full-text index of the passages: one FTS5 table per language.

Owns what of a passage is indexed. The rows of `passages` are the truth; `PassageStore` calls `put`
and `drop` in the transaction that changes them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database as Connection

from knowledge import words
from knowledge.types import LANGUAGES, Language, Passage

TITLE_WEIGHT, KEY_WEIGHT, BODY_WEIGHT = 2.0, 2.0, 1.0


def create(connection: Connection) -> None:
    """Create the tables. `state` holds `approved` or `waiting`, and weighs nothing."""
    for language in LANGUAGES:
        name = _name(language)
        stem = "porter " if language == "en" else ""
        connection.execute(
            f"CREATE VIRTUAL TABLE {name} USING fts5"
            f"(state, title, key, body, tokenize = '{stem}unicode61 remove_diacritics 2')"
        )
        connection.execute(
            f"INSERT INTO {name} ({name}, rank) "
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


@dataclass(frozen=True)
class Table:
    """The passages of a language, approved or waiting or (None) both, over one connection."""

    connection: Connection
    language: Language
    approved: bool | None

    def ids(self) -> NDArray[np.int64]:
        """The ids of its passages, ascending."""
        name, state = _name(self.language), _state(self.approved)
        condition = f"WHERE {name} MATCH '{state}'" if state else ""
        rows = self.connection.execute(f"SELECT rowid FROM {name} {condition} ORDER BY rowid")
        return np.fromiter((row[0] for row in rows), dtype=np.int64)

    def size(self) -> int:
        """How many passages the language has, approved or not."""
        sql = f"SELECT count(*) FROM {_name(self.language)}"
        return int(self.connection.execute(sql).fetchone()[0])

    def count(self, word: str) -> int:
        """How many passages of the language have a word, approved or not."""
        name = _name(self.language)
        sql = f"SELECT count(*) FROM {name} WHERE {name} MATCH ?"
        return int(self.connection.execute(sql, [_match(word)]).fetchone()[0])

    def postings(self, word: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The ids (n,) of its passages with a word, and their bm25 (n,), higher is better."""
        name, state = _name(self.language), _state(self.approved)
        query = f"{_match(word)} AND {state}" if state else _match(word)
        sql = f"SELECT rowid, rank FROM {name} WHERE {name} MATCH ?"
        rows = self.connection.execute(sql, [query]).fetchall()
        found = np.array(rows, dtype=np.float64).reshape(-1, 2)
        return found[:, 0].astype(np.int64), -found[:, 1].astype(np.float32)


def _match(word: str) -> str:
    # Quoted, a word is never an operator.
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
