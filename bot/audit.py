"""The audit log: what staff changed, when. Never what anybody wrote."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.staff_schema import MIGRATIONS
from knowledge.database import Database


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """`staff` did `action` (as `desk.claim`) to `target` (an id or a name) at `at`."""

    id: int
    staff: str
    action: str
    target: str
    details: str
    at: str


class Audit:
    """The log of one home. Threads may share it."""

    def __init__(self, database: Database, clock: Callable[[], str]) -> None:
        """`clock` gives ISO 8601 in UTC."""
        database.migrate(MIGRATIONS)
        self._database = database
        self._clock = clock

    def note(self, staff: str, action: str, target: str, details: str = "") -> None:
        """Keep one deed; inside a write transaction it is part of that."""
        with self._database.write() as writing:
            writing.conn.execute(
                "INSERT INTO audit (staff, action, target, details, at) VALUES (?, ?, ?, ?, ?)",
                (staff, action, target, details, self._clock()),
            )

    def entries(
        self, limit: int = 100, before: int | None = None, target: str | None = None
    ) -> list[AuditEntry]:
        """The last deeds, newest first: those with an id below `before`, or of one `target`."""
        rows = self._database.connection.conn.execute(
            "SELECT id, staff, action, target, details, at FROM audit"
            " WHERE (? IS NULL OR id < ?) AND (? IS NULL OR target = ?) ORDER BY id DESC LIMIT ?",
            (before, before, target, target, limit),
        )
        return [AuditEntry(*row) for row in rows]
