"""What every part of the desk works with: the log, the domain in force, who is there."""

from collections.abc import Callable
from typing import Protocol

from bot.attendance import Attendance, Present
from bot.desk_schema import MIGRATIONS
from bot.domain import Domain
from bot.hours import Hours
from bot.log import ConversationLog
from bot.messages import LoggedMessage
from bot.types import UsedSuggestion


class Teach(Protocol):
    """Learns from a staff reply, in the transaction that writes it: rows only, nothing slow."""

    def __call__(
        self, conversation_id: str, message: LoggedMessage, used: UsedSuggestion | None
    ) -> None:
        """Keep that `message` was sent, and the suggestion that it came from, if any."""


class DeskAccess:
    """The desk's collaborators. Without a domain it knows no labels, hours or texts."""

    def __init__(
        self,
        log: ConversationLog,
        domain: Callable[[], Domain] | None = None,
        present: Present | None = None,
        called: Callable[[str], str] = str,
        teach: Teach | None = None,
    ) -> None:
        """`present` gives the staff who are there now, `called` a name as customers read it."""
        log.database.migrate(MIGRATIONS)
        self._log = log
        self._domain: Callable[[], Domain | None] = domain or (lambda: None)
        self._called = called
        self._teach = teach
        self.attendance = Attendance(
            lambda: domain().hours if domain else Hours(), log.clock, present
        )

    def away(self) -> bool:
        """Whether nobody is there for customers: outside the hours, or nobody present."""
        return self.attendance.away()
