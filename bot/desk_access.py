"""What every part of the desk works with: the log, the domain in force, who is there."""

from collections.abc import Callable

from bot.attendance import Attendance, Present
from bot.desk_schema import MIGRATIONS
from bot.domain import Domain
from bot.hours import Hours
from bot.log import ConversationLog


class DeskAccess:
    """The desk's collaborators. Without a domain it knows no labels, hours or texts."""

    def __init__(
        self,
        log: ConversationLog,
        domain: Callable[[], Domain] | None = None,
        present: Present | None = None,
        called: Callable[[str], str] = str,
    ) -> None:
        """`present` gives the staff who are there now, `called` a name as customers read it."""
        log.database.migrate(MIGRATIONS)
        self._log = log
        self._domain: Callable[[], Domain | None] = domain or (lambda: None)
        self.called = called
        self.attendance = Attendance(
            lambda: domain().hours if domain else Hours(), log.clock, present
        )

    def away(self) -> bool:
        """Whether nobody is there for customers: outside the hours, or nobody present."""
        return self.attendance.away()
