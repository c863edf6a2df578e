"""What somebody of the staff does at one conversation: each deed and its line in the audit log are
one transaction. Knows who may do it, not what it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from starlette.responses import JSONResponse, Response

from bot.desk import Desk, TakenError
from bot.staff import Staff
from bot.web.api import ConversationId
from bot.web.service import Service, service_of
from bot.web.staff_session import Agent, allowed
from bot.web.staff_view import StaffView

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """One of the staff at a conversation."""

    service: Service
    staff: Staff
    id: str

    async def do(self, action: str, work: Callable[[Desk], T]) -> T:
        """Do what anybody may do there. Raises what `work` raises, and then nothing was kept."""

        def deed() -> T:
            with self.service.runtime.log.database.write():
                done = work(self.service.runtime.desk)
                self.service.audit.note(self.staff.name, f"desk.{action}", self.id)
            return done

        return await self.service.run(deed)

    async def do_own(self, action: str, work: Callable[[Desk], T]) -> T:
        """Do what only who has the conversation may do, or an admin; TakenError for others."""

        def guarded(desk: Desk) -> T:
            owner = self.service.runtime.log.conversation(self.id).staff
            if owner not in (None, self.staff.name) and not allowed(self.staff, "admin"):
                raise TakenError(self.id, owner, desk.called(owner))
            return work(desk)

        return await self.do(action, guarded)

    async def shown(self) -> Response:
        """The conversation as it stands in the queue."""
        service, view = self.service, view_of(self.service)
        entry = await service.run(lambda: view.entry(service.runtime.desk.entry(self.id)))
        return JSONResponse(entry)


def view_of(service: Service) -> StaffView:
    """What staff see in this application."""
    return StaffView(service.runtime, service.view)


def _place(request: Request, staff: Agent, conversation_id: ConversationId) -> Place:
    return Place(service_of(request), staff, conversation_id)


At = Annotated[Place, Depends(_place)]
"""A parameter of a route on one conversation; the session was checked."""
