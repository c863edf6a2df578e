"""How far each outgoing webhook has come, and what is told beside the events; kept in the database.

Where an address stands outlives a restart: what happened meanwhile is told afterwards.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

import sqlite_utils
from sqlite_utils import Migrations

from bot.events import EventLog
from knowledge.database import Database

MIGRATIONS = Migrations("outgoing")
NOTICES_KEPT = 1000

_TARGETS = """
CREATE TABLE webhook_targets (
    url TEXT PRIMARY KEY,
    event_id INTEGER NOT NULL,
    notice_id INTEGER NOT NULL,
    delivered INTEGER NOT NULL DEFAULT 0,
    given_up INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    last_error TEXT NOT NULL DEFAULT ''
)
"""
_NOTICES = """
CREATE TABLE webhook_notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    at TEXT NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class Target:
    """One address: the last event and notice it was told, and how that went.

    `failures` counts the tries that failed in a row, `given_up` the calls that it refused for good.
    """

    url: str
    event_id: int
    notice_id: int
    delivered: int
    given_up: int
    failures: int
    last_error: str


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """Something told beside the events, as an alert. `at` is ISO 8601, UTC."""

    id: int
    kind: str
    data: Mapping[str, Any]
    at: str


@dataclass(frozen=True, slots=True)
class Step:
    """How far an address comes with one call: to this event or this notice; 0: as before."""

    event_id: int = 0
    notice_id: int = 0


class Targets:
    """The addresses of one database. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._events = EventLog(database)
        database.migrate(MIGRATIONS)

    def keep(self, urls: Collection[str]) -> None:
        """Have exactly these: a new one is told what happens from now on, another is forgotten."""
        known = {target.url for target in self.list()}
        if known == set(urls):
            return
        with self.database.write() as writing:
            for url in known - set(urls):
                writing.conn.execute("DELETE FROM webhook_targets WHERE url = ?", (url,))
            for url in set(urls) - known:
                writing.conn.execute(
                    "INSERT OR IGNORE INTO webhook_targets (url, event_id, notice_id) VALUES"
                    " (?, ?, (SELECT coalesce(max(id), 0) FROM webhook_notices))",
                    (url, self._events.last()),
                )

    def list(self) -> list[Target]:
        """All addresses, by name."""
        rows = self._reading.execute(
            "SELECT url, event_id, notice_id, delivered, given_up, failures, last_error"
            " FROM webhook_targets ORDER BY url"
        )
        return [Target(*row) for row in rows]

    def find(self, url: str) -> Target | None:
        """One address; None once it was forgotten."""
        return next((target for target in self.list() if target.url == url), None)

    def skipped(self, url: str, step: Step) -> None:
        """Note that nothing is to be told up to this step."""
        self._update(url, step, "", ())

    def arrived(self, url: str, step: Step) -> None:
        """Note a call that was taken."""
        self._update(url, step, ", delivered = delivered + 1, failures = 0, last_error = ''", ())

    def gave_up(self, url: str, step: Step, error: str) -> None:
        """Note a call that was refused for good; the next one starts afresh."""
        self._update(url, step, ", given_up = given_up + 1, failures = 0, last_error = ?", (error,))

    def failed(self, url: str, error: str) -> int:
        """Note a try that failed and will be made again; returns how many did in a row."""
        with self.database.write() as writing:
            row = writing.conn.execute(
                "UPDATE webhook_targets SET failures = failures + 1, last_error = ? WHERE url = ?"
                " RETURNING failures",
                (error, url),
            ).fetchone()
        return int(row[0]) if row else 1

    def note(self, kind: str, data: Mapping[str, Any], at: str) -> None:
        """Keep something to be told to all addresses."""
        with self.database.write() as writing:
            added = writing.conn.execute(
                "INSERT INTO webhook_notices (kind, data, at) VALUES (?, ?, ?)",
                (kind, json.dumps(data, ensure_ascii=False), at),
            )
            oldest = (added.lastrowid or 0) - NOTICES_KEPT
            writing.conn.execute("DELETE FROM webhook_notices WHERE id <= ?", (oldest,))

    def notice_after(self, notice_id: int) -> KeptNotice | None:
        """The first notice above `notice_id`."""
        row = self._reading.execute(
            "SELECT id, kind, data, at FROM webhook_notices WHERE id > ? ORDER BY id LIMIT 1",
            (notice_id,),
        ).fetchone()
        return KeptNotice(row[0], row[1], json.loads(row[2]), row[3]) if row else None

    @property
    def _reading(self) -> Connection:
        connection: Connection = self.database.connection.conn
        return connection

    def _update(self, url: str, step: Step, changes: str, values: tuple[object, ...]) -> None:
        with self.database.write() as writing:
            writing.conn.execute(
                "UPDATE webhook_targets SET event_id = max(event_id, ?),"  # noqa: S608
                f" notice_id = max(notice_id, ?){changes} WHERE url = ?",
                (step.event_id, step.notice_id, *values, url),
            )


@MIGRATIONS()
def m001_targets(database: sqlite_utils.Database) -> None:
    for statement in (_TARGETS, _NOTICES):
        database.conn.execute(statement)
