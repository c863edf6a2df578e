"""How often somebody may try to sign in: failures per name and per address, kept over restarts.

Names are kept as a hash only: what is typed there may be a password. Where somebody signed in
lately, their failures count by themselves, so that who guesses at a name locks out only strangers.
"""

import hashlib
from datetime import datetime, timedelta

from bot.staff_sessions import Clock
from knowledge.database import Database
from knowledge.errors import DeskmateError

WINDOW = timedelta(minutes=15)
PER_NAME = 8
PER_ADDRESS = 30
KNOWN = timedelta(days=30)
"""So long after a sign-in its address counts as one of its owner's."""


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
        who, both = name.strip().casefold(), _key("both", _pair(name, address))
        now, since = self._clock.text(), self._clock.text(-WINDOW)
        with self._database.write() as writing:
            writing.conn.execute("DELETE FROM sign_in_attempts WHERE at <= ?", (since,))
            known = writing.conn.execute(_KNOWN, (both, self._clock.text(-KNOWN))).fetchone()
            keys = (
                (both if known else _key("name", who), PER_NAME),
                (_key("at", address), PER_ADDRESS),
            )
            for key, limit in keys:
                self._refuse_beyond(writing.conn.execute(_OLDEST, (key, limit)).fetchone())
            first, second = (
                writing.conn.execute(_INSERT, (key, now)).lastrowid or 0 for key, _ in keys
            )
        return first, second

    def forgive(self, attempt: tuple[int, int], name: str, address: str) -> None:
        """The attempt succeeded: its name's failures are forgotten, its address's stay."""
        name_id, address_id = attempt
        both = _key("both", _pair(name, address))
        with self._database.write() as writing:
            writing.conn.execute(
                "DELETE FROM sign_in_known WHERE at <= ?", (self._clock.text(-KNOWN),)
            )
            writing.conn.execute(
                "INSERT OR REPLACE INTO sign_in_known (key, at) VALUES (?, ?)",
                (both, self._clock.text()),
            )
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

_KNOWN = "SELECT 1 FROM sign_in_known WHERE key = ? AND at > ?"


def _pair(name: str, address: str) -> str:
    return f"{name.strip().casefold()}\n{address}"


def _key(kind: str, value: str) -> str:
    return f"{kind}:{hashlib.sha256(value.encode('utf-8', 'replace')).hexdigest()}"
