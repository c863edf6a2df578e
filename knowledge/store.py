# ruff: noqa: S608  (the only names put into SQL are column names written here)
"""Passages: the truth that the full-text search and the vector index are made from.

Owns adding, changing and removing, and the generation: a number that grows with every change, by
which an index catches up. Knows no vector.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Literal

from sqlite_utils import Database as Connection
from sqlite_utils.utils import chunks

from knowledge import decisions, fulltext
from knowledge.database import Database
from knowledge.errors import DeskmateError
from knowledge.lexical import Lexical, LexicalSearch
from knowledge.passage_reading import PassageReading
from knowledge.passage_rows import SELECT, bury, next_generation, unbury, was_buried
from knowledge.types import Changes, Language, Passage

ADD_BATCH = 500
"""Passages in one transaction: a long import must not keep the live conversations waiting."""

Outcome = Literal["added", "updated", "unchanged"]


class UnknownPassageError(DeskmateError):
    """No passage has this id."""


class DuplicatePassageError(DeskmateError):
    """Another passage has the same kind, language, source and key."""


class PassageStore(PassageReading):
    """The passages of one home. An id, once given, never belongs to another passage."""

    def __init__(self, database: Database, clock: Callable[[], str]) -> None:
        super().__init__(database)
        self._clock = clock
        self._lexical = LexicalSearch(database)

    def add(self, passages: Iterable[Passage]) -> Changes:
        """Store passages, whose ids are ignored.

        Kind, language, source and key say which passage it is. A known one gets the new title and
        body, and with them the new approval and support; one whose title and body are the same
        stays as it is, so that importing a file again undoes no decision of the staff: what they
        edited stays until the file says something new, what they switched off stays off.
        """
        outcomes: Counter[str] = Counter()
        for chunk in chunks(passages, ADD_BATCH):
            batch = list(chunk)
            with self._database.write() as connection:
                outcomes.update([self._put(connection, replace(each, id=0)) for each in batch])
        return Changes(**outcomes)

    def foresee(self, passages: Iterable[Passage]) -> Changes:
        """What `add` would do; changes nothing."""
        connection = self._database.connection
        outcomes = Counter[str](self._foresee(connection, each)[0] for each in passages)
        return Changes(**outcomes)

    def update(self, passage: Passage) -> None:
        """Replace the passage of this id; `updated` is set by the clock.

        Approving switches on what was switched off. Raises UnknownPassageError, or
        DuplicatePassageError when another one stands in its place.
        """
        with self._database.write() as connection:
            old = self._find("id = ?", [passage.id])
            if old is None:
                raise UnknownPassageError(f"expected a known passage, found id {passage.id}")
            if passage.approved:
                decisions.switch(connection, passage.id, off=False)
            if replace(passage, updated=old.updated) != old:
                self._replace(connection, old, passage)

    def remove(self, ids: Iterable[int]) -> int:
        """Remove passages; unknown ids are passed over. Returns how many were removed.

        A removed answer of dialogues is remembered, so that the same is not mined again.
        """
        with self._database.write() as connection:
            found = self.get(set(ids))
            for passage in found:
                connection.execute("DELETE FROM passages WHERE id = ?", [passage.id])
                fulltext.drop(connection, passage.id, passage.language)
                bury(connection, passage)
                decisions.forget(connection, passage.id)
                if passage.kind == "dialogue":
                    decisions.reject(connection, passage)
        return len(found)

    def edit(self, passage: Passage) -> None:
        """`update` by a person: importing the file that gave the passage will not undo it."""
        with self._database.write() as connection:
            if old := self._find("id = ?", [passage.id]):
                decisions.keep_original(connection, old)
            self.update(passage)

    def switch_off(self, passage_id: int) -> None:
        """Show a passage to nobody, whatever is imported or grouped later, until it is approved.

        Raises UnknownPassageError.
        """
        with self._database.write() as connection:
            for passage in self.get([passage_id]):
                self.update(replace(passage, approved=False))
                decisions.switch(connection, passage_id, off=True)
                return
        raise UnknownPassageError(f"expected a known passage, found id {passage_id}")

    def restore(self, passage: Passage) -> None:
        """Put a removed passage back under its id; a passage that stands stays as it is.

        Raises UnknownPassageError when none of that id was removed, and DuplicatePassageError
        when another one has taken its place meanwhile.
        """
        with self._database.write() as connection:
            if self.get([passage.id]):
                return
            if not was_buried(connection, passage):
                raise UnknownPassageError(
                    f"expected a removed passage, found none with id {passage.id}"
                )
            if self._same(passage):
                raise _duplicate(passage)
            unbury(connection, passage)
            decisions.unreject(connection, passage.id)
            self._insert(connection, passage)

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

    def _put(self, connection: Connection, passage: Passage) -> Outcome:
        outcome, old = self._foresee(connection, passage)
        if outcome == "added":
            self._insert_as_decided(connection, passage)
        elif outcome == "updated" and old:
            decisions.forget_original(connection, old.id)
            approved = passage.approved and not decisions.is_off(connection, old.id)
            self._replace(connection, old, replace(passage, id=old.id, approved=approved))
        return outcome

    def _foresee(self, connection: Connection, passage: Passage) -> tuple[Outcome, Passage | None]:
        """What adding a passage does, and to which one; changes nothing."""
        old = self._same(passage)
        edited = decisions.edited_from(connection, passage)
        if edited and (old is None or old.id == edited[0]):
            passage_id, same = edited
            old = self._find("id = ?", [passage_id])
            return ("unchanged" if same else "updated"), old
        if old is None:
            return "added", None
        same = (old.title, old.body) == (passage.title, passage.body)
        return ("unchanged" if same else "updated"), old

    def _insert_as_decided(self, connection: Connection, passage: Passage) -> None:
        """Insert; a section of a document that was off stays off when its text has changed."""
        where = "source = ? AND kind = 'doc' AND language = ?"
        same_place = self._select(f"{SELECT} WHERE {where}", [passage.source, passage.language])
        if not any(decisions.is_off(connection, each.id) for each in same_place):
            self._insert(connection, passage)
            return
        new_id = self._insert(connection, replace(passage, approved=False))
        decisions.switch(connection, new_id, off=True)

    def _insert(self, connection: Connection, passage: Passage) -> int:
        values = self._values(connection, passage)
        if passage.id:
            values["id"] = passage.id
        marks = ", ".join(f":{name}" for name in values)
        sql = f"INSERT INTO passages ({', '.join(values)}) VALUES ({marks})"
        cursor = connection.execute(sql, values)
        assert cursor.lastrowid is not None  # noqa: S101
        fulltext.put(connection, replace(passage, id=cursor.lastrowid))
        return int(cursor.lastrowid)

    def _replace(self, connection: Connection, old: Passage, new: Passage) -> None:
        values = self._values(connection, new)
        assignments = ", ".join(f"{name} = :{name}" for name in values)
        try:
            connection.execute(
                f"UPDATE passages SET {assignments} WHERE id = :id",
                {**values, "id": new.id},
            )
        except sqlite3.IntegrityError as error:
            raise _duplicate(new) from error
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

    def _same(self, passage: Passage) -> Passage | None:
        """The passage that stands in this one's place."""
        return self._find(
            "source = ? AND kind = ? AND language = ? AND key = ?",
            [passage.source, passage.kind, passage.language, passage.key],
        )


def _duplicate(passage: Passage) -> DuplicatePassageError:
    return DuplicatePassageError(
        f"passage {passage.id}: expected a question of its own, found another {passage.kind} "
        f"passage of {passage.source!r} with the same; change or remove that one"
    )
