"""Sessions of staff: opened by a sign-in, ended by time, sign-out or revocation.

A session ends a set time after the sign-in, and earlier when its browser was not seen for a
while. Only the SHA-256 of a token is kept.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from knowledge.database import Database

Role = Literal["agent", "admin"]

IDLE = timedelta(hours=2)
"""A session whose browser was not seen for so long is over; an open console is seen."""
SEEN_EVERY = timedelta(seconds=20)
"""`seen` is written no more often than that."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who works here; `name` is unique, `display_name` is what customers read."""

    name: str
    role: Role
    display_name: str


class Clock:
    """Moments as datetimes, kept as ISO 8601 UTC text that sorts by time."""

    def __init__(self, clock: Callable[[], str]) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return datetime.fromisoformat(self._clock()).astimezone(UTC)

    def text(self, shift: timedelta = timedelta(0)) -> str:
        """The present moment moved by `shift`."""
        return (self.now() + shift).isoformat(timespec="milliseconds")


class Sessions:
    """The sessions in the database. Threads may share it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def open(self, name: str, lasts: timedelta) -> str:
        """Open a session for `name`: its token. What is over is swept away."""
        token, now = secrets.token_urlsafe(32), self._clock.text()
        with self._database.write() as writing:
            writing.conn.execute(
                "DELETE FROM staff_sessions WHERE expires <= ? OR seen <= ?",
                (now, self._clock.text(-IDLE)),
            )
            writing.conn.execute(
                "INSERT INTO staff_sessions (token_sha256, name, created, seen, expires)"
                " VALUES (?, ?, ?, ?, ?)",
                (_sha256(token), name, now, now, self._clock.text(lasts)),
            )
        return token

    def staff(self, token: str) -> Staff | None:
        """Whose session it is; None when it is over or was never one. Only reads."""
        row = self._database.connection.conn.execute(
            "SELECT s.name, s.role, s.display_name FROM staff_sessions AS t"
            " JOIN staff AS s ON s.name = t.name"
            " WHERE t.token_sha256 = ? AND t.expires > ? AND t.seen > ?",
            (_sha256(token), self._clock.text(), self._clock.text(-IDLE)),
        ).fetchone()
        return Staff(*row) if row else None

    def seen(self, token: str) -> None:
        """Note that the session's browser is there. Nothing happens to a session that is over."""
        if self.staff(token) is None:
            return
        due = (_sha256(token), self._clock.text(-SEEN_EVERY))
        where = "WHERE token_sha256 = ? AND seen < ?"
        reading = self._database.connection.conn
        if reading.execute(f"SELECT 1 FROM staff_sessions {where}", due).fetchone() is None:  # noqa: S608
            return
        with self._database.write() as writing:
            writing.conn.execute(
                f"UPDATE staff_sessions SET seen = ? {where}",  # noqa: S608
                (self._clock.text(), *due),
            )

    def end(self, token: str) -> None:
        """End one session."""
        self._delete("token_sha256 = ?", _sha256(token))

    def end_all(self, name: str) -> None:
        """End all sessions of `name`."""
        self._delete("name = ?", name)

    def present(self, within_s: float) -> list[Staff]:
        """Who was seen within the last `within_s` seconds, by name."""
        since = self._clock.text(-timedelta(seconds=within_s))
        rows = self._database.connection.conn.execute(
            "SELECT DISTINCT s.name, s.role, s.display_name FROM staff_sessions AS t"
            " JOIN staff AS s ON s.name = t.name WHERE t.seen > ? AND t.expires > ?"
            " ORDER BY s.name",
            (since, self._clock.text()),
        )
        return [Staff(*row) for row in rows]

    def _delete(self, condition: str, value: str) -> None:
        with self._database.write() as writing:
            writing.conn.execute(f"DELETE FROM staff_sessions WHERE {condition}", (value,))  # noqa: S608


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
