# ruff: noqa: S608  (the only names put into SQL are column names written here)
"""Passages: the truth that the full-text search and the vector index are made from.

Owns adding, changing and removing, and the generation: a number that grows with every change, by
which an index catches up. Knows no vector.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Literal

from sqlite_utils import Database as Connection
from sqlite_utils.utils import chunks

from knowledge import fulltext
from knowledge.database import Database
from knowledge.errors import DeskmateError
from knowledge.lexical import Lexical, LexicalSearch
from knowledge.passage_rows import (
    MIGRATIONS,
    SELECT,
    bury,
    filtered,
    generation,
    next_generation,
    read,
    unbury,
)
from knowledge.types import Changes, Kind, Language, Passage

ADD_BATCH = 500
"""Passages in one transaction: a long import must not keep the live conversations waiting."""

Outcome = Literal["added", "updated", "unchanged"]


class UnknownPassageError(DeskmateError):
    """No passage has this id."""


class DuplicatePassageError(DeskmateError):
    """Another passage has the same kind, language, source and key."""


class PassageStore:
    """The passages of one home. An id, once given, never belongs to another passage."""

    def __init__(self, database: Database, clock: Callable[[], str]) -> None:
        self._database = database
        self._clock = clock
        self._lexical = LexicalSearch(database)
        database.migrate(MIGRATIONS)

    def add(self, passages: Iterable[Passage]) -> Changes:
        """Store passages, whose ids are ignored.

        Kind, language, source and key say which passage it is. A known one gets the new title and
        body, and with them the new approval and support; one whose title and body are the same
        stays as it is, so that importing a file again undoes no decision of the staff.
        """
        outcomes: Counter[str] = Counter()
        for chunk in chunks(passages, ADD_BATCH):
            batch = list(chunk)
            with self._database.write() as connection:
                outcomes.update([self._put(connection, passage) for passage in batch])
        return Changes(**outcomes)

    def get(self, ids: Iterable[int]) -> list[Passage]:
        """The passages in the order of `ids`; ids that are not in the store are left out."""
        wanted = [int(passage_id) for passage_id in ids]
        sql = f"{SELECT} WHERE id IN (SELECT value FROM json_each(?))"
        found = {passage.id: passage for passage in self._select(sql, [json.dumps(wanted)])}
        return [found[passage_id] for passage_id in wanted if passage_id in found]

    def all(self, language: Language | None = None, approved: bool | None = None) -> list[Passage]:
        """The passages by ascending id; None is either."""
        where, values = filtered(language=language, approved=approved)
        return self._select(f"{SELECT} WHERE {where} ORDER BY id", values)

    def ids(self, language: Language, approved: bool | None = None) -> list[int]:
        """The ids of `all(...)`, without loading the passages."""
        where, values = filtered(language=language, approved=approved)
        sql = f"SELECT id FROM passages WHERE {where} ORDER BY id"
        return [row[0] for row in self._database.connection.execute(sql, values)]

    def count(
        self,
        language: Language | None = None,
        approved: bool | None = None,
        kind: Kind | None = None,
    ) -> int:
        """How many passages there are; None is any."""
        where, values = filtered(language=language, approved=approved, kind=kind)
        return self._number(f"SELECT count(*) FROM passages WHERE {where}", values)

    def update(self, passage: Passage) -> None:
        """Replace the passage of this id; `updated` is set by the clock.

        Raises UnknownPassageError, or DuplicatePassageError when another one stands in its place.
        """
        with self._database.write() as connection:
            old = self._find("id = ?", [passage.id])
            if old is None:
                raise UnknownPassageError(f"expected a known passage, found id {passage.id}")
            if replace(passage, updated=old.updated) != old:
                self._replace(connection, old, passage)

    def remove(self, ids: Iterable[int]) -> int:
        """Remove passages; unknown ids are passed over. Returns how many were removed."""
        with self._database.write() as connection:
            found = self.get(set(ids))
            for passage in found:
                connection.execute("DELETE FROM passages WHERE id = ?", [passage.id])
                fulltext.drop(connection, passage.id, passage.language)
                bury(connection, passage)
        return len(found)

    def search(
        self, text: str, language: Language, k: int, approved: bool | None = True
    ) -> list[tuple[int, float]]:
        """Full-text search: at most `k` pairs (id, bm25), best first, higher is better.

        Empty when the text has no word besides stop words. `approved` None is either.
        """
        if k < 1:
            return []
        lexical = self.lexical(text, language, approved)
        best = lexical.top(k)
        return list(zip(best.tolist(), lexical.of(best).tolist(), strict=True))

    def lexical(self, text: str, language: Language, approved: bool | None = True) -> Lexical:
        """The full-text scores of all passages for a question."""
        return self._lexical.score(text, language, approved)

    @property
    def generation(self) -> int:
        """A number that grows with every change of any passage; 0 in an empty store."""
        return generation(self._database.connection)

    def changes_since(self, generation: int, language: Language) -> tuple[list[Passage], list[int]]:
        """What an index of this generation lacks: passages added or changed, ids removed.

        Read `generation` before calling this, so that a change in between is seen twice, not never.
        """
        sql = f"{SELECT} WHERE language = ? AND generation > ? ORDER BY id"
        changed = self._select(sql, [language, generation])
        gone = self._database.connection.execute(
            "SELECT id FROM removed_passages WHERE language = ? AND generation > ? ORDER BY id",
            [language, generation],
        )
        return changed, [row[0] for row in gone]

    def _put(self, connection: Connection, passage: Passage) -> Outcome:
        old = self._find(
            "source = ? AND kind = ? AND language = ? AND key = ?",
            [passage.source, passage.kind, passage.language, passage.key],
        )
        if old is None:
            self._insert(connection, passage)
            return "added"
        if (old.title, old.body) == (passage.title, passage.body):
            return "unchanged"
        self._replace(connection, old, replace(passage, id=old.id))
        return "updated"

    def _insert(self, connection: Connection, passage: Passage) -> None:
        values = self._values(connection, passage)
        marks = ", ".join(f":{name}" for name in values)
        sql = f"INSERT INTO passages ({', '.join(values)}) VALUES ({marks})"
        cursor = connection.execute(sql, values)
        assert cursor.lastrowid is not None  # noqa: S101
        fulltext.put(connection, replace(passage, id=cursor.lastrowid))

    def _replace(self, connection: Connection, old: Passage, new: Passage) -> None:
        values = self._values(connection, new)
        assignments = ", ".join(f"{name} = :{name}" for name in values)
        try:
            connection.execute(
                f"UPDATE passages SET {assignments} WHERE id = :id",
                {**values, "id": new.id},
            )
        except sqlite3.IntegrityError as error:
            raise DuplicatePassageError(
                f"passage {new.id}: expected a question of its own, found another {new.kind} "
                f"passage of {new.source!r} with the same; change or remove that one"
            ) from error
        fulltext.drop(connection, old.id, old.language)
        fulltext.put(connection, new)
        if new.language != old.language:
            bury(connection, old)
            unbury(connection, new)

    def _values(self, connection: Connection, passage: Passage) -> dict[str, Any]:
        return {
            "kind": passage.kind,
            "language": passage.language,
            "title": passage.title,
            "key": passage.key,
            "body": passage.body,
            "source": passage.source,
            "approved": passage.approved,
            "support": passage.support,
            "updated": self._clock(),
            "generation": next_generation(connection),
        }

    def _find(self, where: str, values: list[Any]) -> Passage | None:
        return next(iter(self._select(f"{SELECT} WHERE {where}", values)), None)

    def _select(self, sql: str, values: list[Any]) -> list[Passage]:
        return [read(row) for row in self._database.connection.execute(sql, values)]

    def _number(self, sql: str, values: list[Any]) -> int:
        return int(self._database.connection.execute(sql, values).fetchone()[0])
