# ruff: noqa: S608  (the only names put into SQL are column names written here)
"""Reading passages: by id, by state, by what changed since an index was made.

Owns no change; `PassageStore` does. A passage is approved, waiting for a decision, or off.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from knowledge import decisions
from knowledge.database import Database
from knowledge.passage_rows import MIGRATIONS, SELECT, filtered, generation, read
from knowledge.types import Kind, Language, Passage

PassageState = Literal["approved", "waiting", "off"]

_OFF = "id IN (SELECT passage_id FROM passages_switched_off)"
_STATES: dict[PassageState, str] = {
    "approved": "approved",
    "waiting": f"NOT approved AND NOT {_OFF}",
    "off": f"NOT approved AND {_OFF}",
}


@dataclass(frozen=True, slots=True)
class PassageFilter:
    """Which passages to list; None is any. `source` is a part of the source's name."""

    language: Language | None = None
    kind: Kind | None = None
    state: PassageState | None = None
    source: str | None = None

    def condition(self) -> tuple[str, list[Any]]:
        """The SQL condition and its values."""
        where, values = filtered(language=self.language, kind=self.kind)
        if self.state:
            where += f" AND {_STATES[self.state]}"
        if self.source:
            where += " AND instr(lower(source), lower(?))"
            values.append(self.source)
        return where, values


class PassageReading:
    """What can be asked about the passages of one home."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.migrate(MIGRATIONS)
        database.migrate(decisions.MIGRATIONS)

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

    def listed(self, wanted: PassageFilter, limit: int, offset: int = 0) -> list[Passage]:
        """The passages that a filter lets through: best supported first, then the newest."""
        where, values = wanted.condition()
        order = "support DESC, id DESC" if wanted.state == "waiting" else "updated DESC, id DESC"
        sql = f"{SELECT} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"
        return self._select(sql, [*values, limit, offset])

    def among(self, ids: list[int], wanted: PassageFilter) -> list[Passage]:
        """Those of `ids` that a filter lets through, in the order given."""
        where, values = wanted.condition()
        sql = f"SELECT id FROM passages WHERE {where} AND id IN (SELECT value FROM json_each(?))"
        rows = self._database.connection.execute(sql, [*values, json.dumps(ids)])
        passed = {row[0] for row in rows}
        return self.get([passage_id for passage_id in ids if passage_id in passed])

    def how_many(self, wanted: PassageFilter) -> int:
        """How many passages a filter lets through."""
        where, values = wanted.condition()
        return self._number(f"SELECT count(*) FROM passages WHERE {where}", values)

    def off(self) -> set[int]:
        """The ids of the passages that staff switched off."""
        return decisions.off(self._database.connection)

    def rejected(self, language: Language) -> list[Passage]:
        """The mined answers that staff deleted, with the ids that they had."""
        return decisions.rejected(self._database.connection, language)

    def imported_keys(self) -> dict[int, str]:
        """The key under which an import knows each passage that staff edited, by id."""
        return decisions.original_keys(self._database.connection)

    def generations(self, ids: list[int]) -> dict[int, int]:
        """The generation at which each of these passages last changed, by id."""
        sql = "SELECT id, generation FROM passages WHERE id IN (SELECT value FROM json_each(?))"
        return dict(self._database.connection.execute(sql, [json.dumps(ids)]).fetchall())

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

    def _find(self, where: str, values: list[Any]) -> Passage | None:
        return next(iter(self._select(f"{SELECT} WHERE {where}", values)), None)

    def _select(self, sql: str, values: list[Any]) -> list[Passage]:
        return [read(row) for row in self._database.connection.execute(sql, values)]

    def _number(self, sql: str, values: list[Any]) -> int:
        return int(self._database.connection.execute(sql, values).fetchone()[0])
