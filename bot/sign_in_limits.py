"""How often somebody may try to sign in: failures per name and per address, kept over restarts.

Names are kept as a hash only: what is typed there may be a password.
"""

import hashlib
from datetime import datetime, timedelta

from bot.staff_sessions import Clock
from knowledge.database import Database
from knowledge.errors import DeskmateError

WINDOW = timedelta(minutes=15)
PER_NAME = 8
PER_ADDRESS = 30


class SignInRefusedError(DeskmateError):
    """The name or the password is wrong; which of them is not told."""


class SignInLimitedError(SignInRefusedError):
    """Too many failures lately; `retry_after_s` seconds from now one more is allowed."""

    def __init__(self, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(f"too many sign-ins failed; try again in {retry_after_s} s")


class SignInLimits:
    """Counts attempts before they are checked, so that many at once cannot slip through."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def count(self, name: str, address: str) -> tuple[int, int]:
        """Count one attempt: the ids to `forgive` when it succeeds. Raises SignInLimitedError."""
        keys = (_key("name", name.strip().casefold()), PER_NAME), (_key("at", address), PER_ADDRESS)
        now, since = self._clock.text(), self._clock.text(-WINDOW)
        with self._database.write() as writing:
            writing.conn.execute("DELETE FROM sign_in_attempts WHERE at <= ?", (since,))
            for key, limit in keys:
                self._refuse_beyond(writing.conn.execute(_OLDEST, (key, limit)).fetchone())
            first, second = (
                writing.conn.execute(_INSERT, (key, now)).lastrowid or 0 for key, _ in keys
            )
        return first, second

    def forgive(self, attempt: tuple[int, int]) -> None:
        """The attempt succeeded: its name's failures are forgotten, its address's stay."""
        name_id, address_id = attempt
        with self._database.write() as writing:
            writing.conn.execute(
                "DELETE FROM sign_in_attempts WHERE id = ? OR key ="
                " (SELECT key FROM sign_in_attempts WHERE id = ?)",
                (address_id, name_id),
            )

    def _refuse_beyond(self, oldest: tuple[str] | None) -> None:
        """`oldest` is the attempt that must leave the window before another may come."""
        if oldest is None:
            return
        passed = self._clock.now() - datetime.fromisoformat(oldest[0])
        raise SignInLimitedError(max(1, round((WINDOW - passed).total_seconds())))


_INSERT = "INSERT INTO sign_in_attempts (key, at) VALUES (?, ?)"
_OLDEST = "SELECT at FROM sign_in_attempts WHERE key = ? ORDER BY id DESC LIMIT 1 OFFSET ? - 1"


def _key(kind: str, value: str) -> str:
    return f"{kind}:{hashlib.sha256(value.encode('utf-8', 'replace')).hexdigest()}"
