"""The people who work here: their accounts, roles and passwords, and who is signed in.

Knows nothing of the web: a session is a token, whoever carries it.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from sqlite3 import IntegrityError

from bot import passwords
from bot.sign_in_limits import SignInLimitedError, SignInLimits, SignInRefusedError
from bot.staff_schema import MIGRATIONS
from bot.staff_sessions import Clock, Role, Sessions, Staff
from knowledge.database import Database
from knowledge.errors import DeskmateError

__all__ = [
    "Role",
    "SignInLimitedError",
    "SignInRefusedError",
    "Staff",
    "StaffAccounts",
    "StaffError",
]

SESSION_HOURS = 12
PRESENT_S = 120
NAME = re.compile(r"[\w][\w.@-]{0,39}")


class StaffError(DeskmateError):
    """An account cannot be made, found or changed."""


class StaffAccounts:
    """Accounts and sessions in the home's database. Threads may share it."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], str],
        session_hours: Callable[[], int] = lambda: SESSION_HOURS,
    ) -> None:
        """`clock` gives ISO 8601 in UTC; `session_hours` is asked at each sign-in."""
        database.migrate(MIGRATIONS)
        self._database = database
        self._clock = Clock(clock)
        self._session_hours = session_hours
        self._sessions = Sessions(database, self._clock)
        self._limits = SignInLimits(database, self._clock)

    def add(self, name: str, password: str, role: Role, display_name: str = "") -> Staff:
        """Make an account. Raises StaffError, PasswordError."""
        if not NAME.fullmatch(name):
            raise StaffError(
                f"expected a name of 1 to 40 letters, digits, '.', '-', '_' or '@', found {name!r}"
            )
        row = (name, " ".join(display_name.split()) or name, role, passwords.hashed(password))
        try:
            with self._database.write() as writing:
                writing.conn.execute(
                    "INSERT INTO staff (name, display_name, role, password_hash, created)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (*row, self._clock.text()),
                )
        except IntegrityError as error:
            raise StaffError(f"there is already a {name!r}; choose another name") from error
        return Staff(name, role, row[1])

    def find(self, name: str) -> Staff:
        """One account, its name in any case. Raises StaffError."""
        row = self._database.connection.conn.execute(
            "SELECT name, role, display_name FROM staff WHERE name = ?", (name,)
        ).fetchone()
        if row is None:
            raise StaffError(f"expected a name of staff, found {name!r}; see `deskmate staff list`")
        return Staff(*row)

    def called(self, name: str) -> str:
        """The name that customers read for an account; `name` itself where it is gone."""
        row = self._database.connection.conn.execute(
            "SELECT display_name FROM staff WHERE name = ?", (name,)
        ).fetchone()
        return row[0] if row else name

    def remove(self, name: str) -> None:
        """Delete an account and end its sessions. Raises StaffError."""
        with self._database.write() as writing:
            self._refuse_without_admin(self.find(name))
            writing.conn.execute("DELETE FROM staff WHERE name = ?", (name,))

    def set_password(self, name: str, password: str) -> None:
        """Change a password and end all sessions of its owner. Raises StaffError, PasswordError."""
        person, kept = self.find(name), passwords.hashed(password)
        with self._database.write() as writing:
            writing.conn.execute(
                "UPDATE staff SET password_hash = ? WHERE name = ?", (kept, person.name)
            )
            self._sessions.end_all(person.name)

    def set_role(self, name: str, role: Role) -> None:
        """Change a role, at once in open sessions too. Raises StaffError."""
        with self._database.write() as writing:
            if role != "admin":
                self._refuse_without_admin(self.find(name))
            self.find(name)
            writing.conn.execute("UPDATE staff SET role = ? WHERE name = ?", (role, name))

    def sign_in(self, name: str, password: str, address: str) -> str:
        """Open a session: its token.

        Raises SignInRefusedError, which tells and takes the same whether the name or the password
        is wrong, and SignInLimitedError after too many failures of one name or one address.
        """
        attempt = self._limits.count(name, address)
        sought = name.strip().encode("utf-8", "replace").decode()
        row = self._database.connection.conn.execute(
            "SELECT name, password_hash FROM staff WHERE name = ?", (sought,)
        ).fetchone()
        if not passwords.matches(password, row[1] if row else None):
            raise SignInRefusedError("the name or the password is wrong")
        self._limits.forgive(attempt, name, address)
        return self._sessions.open(row[0], timedelta(hours=self._session_hours()))

    def session(self, token: str) -> Staff | None:
        """Whose session it is; None when it is over or was never one. Only reads."""
        return self._sessions.staff(token)

    def seen(self, token: str) -> None:
        """Note that the session's browser is there; may wait for the database."""
        self._sessions.seen(token)

    def sign_out(self, token: str) -> None:
        """End one session."""
        self._sessions.end(token)

    def revoke(self, name: str) -> None:
        """End all sessions of `name`. Raises StaffError."""
        self._sessions.end_all(self.find(name).name)

    def present(self, within_s: float = PRESENT_S) -> list[Staff]:
        """Who was seen within the last `within_s` seconds, by name."""
        return self._sessions.present(within_s)

    def list(self) -> list[Staff]:
        """All accounts, by name."""
        rows = self._database.connection.conn.execute(
            "SELECT name, role, display_name FROM staff ORDER BY name"
        )
        return [Staff(*row) for row in rows]

    def _refuse_without_admin(self, going: Staff) -> None:
        """Somebody must stay who may change settings and staff, unless nobody stays at all."""
        others = [one for one in self.list() if one.name != going.name]
        if going.role == "admin" and others and not any(one.role == "admin" for one in others):
            raise StaffError(f"{going.name} is the last admin; make somebody else an admin first")
