"""What staff decided about passages, so that no later import or grouping undoes it.

Owns three notes: what was switched off, what was rejected (a mined answer that was deleted), and
what an import gave before staff edited it. `PassageStore` keeps them in its transactions.
"""

from typing import Any

from sqlite_utils import Database as Connection
from sqlite_utils import Migrations

from knowledge.types import Language, Passage

MIGRATIONS = Migrations("passage_decisions")

_SWITCHED_OFF = "CREATE TABLE passages_switched_off (passage_id INTEGER PRIMARY KEY)"
_REJECTED = """
CREATE TABLE passages_rejected (
    passage_id INTEGER PRIMARY KEY,
    language TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL
)
"""
_EDITED = """
CREATE TABLE passages_edited (
    passage_id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    language TEXT NOT NULL,
    key TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL
)
"""


@MIGRATIONS(name="1_decisions")
def _create(connection: Connection) -> None:
    for statement in (_SWITCHED_OFF, _REJECTED, _EDITED):
        connection.execute(statement)
    connection.execute(
        "CREATE INDEX passages_edited_from ON passages_edited (source, kind, language, key)"
    )
    connection.execute("CREATE INDEX passages_rejected_in ON passages_rejected (language)")


def switch(connection: Connection, passage_id: int, *, off: bool) -> None:
    """Note that a passage is switched off, or no longer."""
    sql = (
        "INSERT OR IGNORE INTO passages_switched_off VALUES (?)"
        if off
        else "DELETE FROM passages_switched_off WHERE passage_id = ?"
    )
    connection.execute(sql, [passage_id])


def is_off(connection: Connection, passage_id: int) -> bool:
    """Whether staff switched the passage off."""
    sql = "SELECT 1 FROM passages_switched_off WHERE passage_id = ?"
    return connection.execute(sql, [passage_id]).fetchone() is not None


def off(connection: Connection) -> set[int]:
    """The ids of all passages that are switched off."""
    return {row[0] for row in connection.execute("SELECT passage_id FROM passages_switched_off")}


def reject(connection: Connection, passage: Passage) -> None:
    """Remember a mined answer that staff deleted."""
    connection.execute(
        "INSERT OR REPLACE INTO passages_rejected VALUES (?, ?, ?, ?)",
        [passage.id, passage.language, passage.key, passage.body],
    )


def rejected(connection: Connection, language: Language) -> list[Passage]:
    """What staff deleted of a language's mined answers, with the ids that they had."""
    rows = connection.execute(
        "SELECT passage_id, key, body FROM passages_rejected WHERE language = ?"
        " ORDER BY passage_id",
        [language],
    )
    return [
        Passage(passage_id, "dialogue", language, key, key, body, "", approved=False)
        for passage_id, key, body in rows
    ]


def keep_original(connection: Connection, passage: Passage) -> None:
    """Keep how an import gave a passage that staff edit now; the first edit counts."""
    connection.execute(
        "INSERT OR IGNORE INTO passages_edited VALUES (?, ?, ?, ?, ?, ?, ?)",
        [passage.id, *_identity(passage), passage.title, passage.body],
    )


def edited_from(connection: Connection, passage: Passage) -> tuple[int, bool] | None:
    """The id of the passage that staff made of this imported one, and whether it is the same still.

    None when staff edited no such passage.
    """
    row = connection.execute(
        "SELECT passage_id, title = ? AND body = ? FROM passages_edited"
        " WHERE source = ? AND kind = ? AND language = ? AND key = ?",
        [passage.title, passage.body, *_identity(passage)],
    ).fetchone()
    return (row[0], bool(row[1])) if row else None


def original_keys(connection: Connection) -> dict[int, str]:
    """The key that an import gave to each edited passage, by passage id."""
    return dict(connection.execute("SELECT passage_id, key FROM passages_edited").fetchall())


def forget_original(connection: Connection, passage_id: int) -> None:
    """The passage is as an import gave it again."""
    connection.execute("DELETE FROM passages_edited WHERE passage_id = ?", [passage_id])


def forget(connection: Connection, passage_id: int) -> None:
    """Drop every note about a passage, but not that it was rejected."""
    switch(connection, passage_id, off=False)
    forget_original(connection, passage_id)


def unreject(connection: Connection, passage_id: int) -> None:
    """A rejected answer is wanted after all."""
    connection.execute("DELETE FROM passages_rejected WHERE passage_id = ?", [passage_id])


def _identity(passage: Passage) -> list[Any]:
    return [passage.source, passage.kind, passage.language, passage.key]
