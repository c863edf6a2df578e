"""The tables of the passages and the mapping of their rows.

`passages` holds the passages, `removed_passages` what an index has to forget, and
`passages_generation` the one number that grows with every change.
"""

from dataclasses import replace
from typing import Any

from sqlite_utils import Database as Connection
from sqlite_utils import Migrations

from knowledge import fulltext
from knowledge.types import Passage

MIGRATIONS = Migrations("passages")
SELECT = (
    "SELECT id, kind, language, title, key, body, source, approved, support, updated FROM passages"
)

_PASSAGES = """
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('faq', 'doc', 'dialogue')),
    language TEXT NOT NULL CHECK (language IN ('en', 'zh')),
    title TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    source TEXT NOT NULL,
    approved INTEGER NOT NULL,
    support INTEGER NOT NULL,
    updated TEXT NOT NULL,
    generation INTEGER NOT NULL,
    UNIQUE (source, kind, language, key)
)
"""
_REMOVED = """
CREATE TABLE removed_passages (
    id INTEGER NOT NULL,
    language TEXT NOT NULL,
    generation INTEGER NOT NULL,
    PRIMARY KEY (id, language)
)
"""


@MIGRATIONS(name="1_passages")
def _create(connection: Connection) -> None:
    connection.execute(_PASSAGES)
    connection.execute("CREATE INDEX passages_changed ON passages (language, generation)")
    connection.execute("CREATE INDEX passages_approved ON passages (language, approved)")
    connection.execute(_REMOVED)
    connection.execute("CREATE TABLE passages_generation (value INTEGER NOT NULL)")
    connection.execute("INSERT INTO passages_generation VALUES (0)")
    fulltext.create(connection)


def read(row: tuple[Any, ...]) -> Passage:
    """The passage of a row of `SELECT`."""
    passage = Passage(*row)
    return replace(passage, approved=bool(passage.approved))


def filtered(**columns: object) -> tuple[str, list[Any]]:
    """A condition and its values; a column that is None is not restricted."""
    given = {name: value for name, value in columns.items() if value is not None}
    return " AND ".join(["1", *(f"{name} = ?" for name in given)]), list(given.values())


def generation(connection: Connection) -> int:
    """How many changes there have been."""
    return int(connection.execute("SELECT value FROM passages_generation").fetchone()[0])


def next_generation(connection: Connection) -> int:
    """Count one change."""
    sql = "UPDATE passages_generation SET value = value + 1 RETURNING value"
    return int(connection.execute(sql).fetchone()[0])


def bury(connection: Connection, passage: Passage) -> None:
    """Note that the passage has left the index of its language."""
    connection.execute(
        "INSERT OR REPLACE INTO removed_passages VALUES (?, ?, ?)",
        [passage.id, passage.language, next_generation(connection)],
    )


def unbury(connection: Connection, passage: Passage) -> None:
    """Forget that the passage had left the index of its language."""
    connection.execute(
        "DELETE FROM removed_passages WHERE id = ? AND language = ?",
        [passage.id, passage.language],
    )


def was_buried(connection: Connection, passage: Passage) -> bool:
    """Whether a passage of this id was removed or left this language."""
    sql = "SELECT 1 FROM removed_passages WHERE id = ? AND language = ?"
    return connection.execute(sql, [passage.id, passage.language]).fetchone() is not None
