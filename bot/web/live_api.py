"""Live events over HTTP: the customers' stream, the staff's, and who is writing."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from bot.web import schemas
from bot.web.api import ConversationId
from bot.web.event_stream import EventStream, Watcher, follow
from bot.web.service import Service, address, bearer, service_of
from bot.web.staff_session import COOKIE, staff_of
from bot.web.watchers import CustomerWatcher, StaffWatcher

router = APIRouter(prefix="/api")

MAX_DIGITS = len(str(schemas.MAX_ID)) - 1

_Answers = dict[int | str, dict[str, Any]]
_STREAM: _Answers = {
    200: {"description": "Events until one side hangs up.", "content": {"text/event-stream": {}}},
    401: {"model": schemas.ErrorOut},
    429: {"model": schemas.ErrorOut},
}
_NOT_FOUND: _Answers = {404: {"model": schemas.ErrorOut}}


@router.get(
    "/conversations/{conversation_id}/events",
    response_class=StreamingResponse,
    responses=_STREAM | _NOT_FOUND,
)
async def watch_conversation(request: Request, conversation_id: ConversationId) -> Response:
    """The conversation as server-sent events.

    Events are `message` (a message object), `status` (`{status, agent, queue, away}`) and `typing`
    (`{role, name}`). Send the last id you have as `Last-Event-ID` and what came since follows
    first; without it, the conversation from its beginning.
    """
    service, token = service_of(request), bearer(request)
    await service.run(lambda: service.authorise(conversation_id, token))
    watcher = CustomerWatcher(service, conversation_id, token, _last_event_id(request) or 0)
    leave = service.streams.enter(address(request), "customer", conversation_id)
    return _stream(service, watcher, leave)


@router.get("/staff/events", response_class=StreamingResponse, responses=_STREAM)
async def watch_all(request: Request) -> Response:
    """What happens to all conversations, for the console, as server-sent events.

    Events are `change` (`{conversation_id, kind, status}`) and `typing`
    (`{conversation_id, role, name}`).
    """
    service = service_of(request)
    staff = staff_of(request)
    watcher = StaffWatcher(service, request.cookies[COOKIE], _last_event_id(request))
    leave = service.streams.enter(address(request), "staff", staff.name)
    return _stream(service, watcher, leave)


@router.post(
    "/conversations/{conversation_id}/typing",
    status_code=204,
    responses={401: {"model": schemas.ErrorOut}, **_NOT_FOUND},
)
async def customer_is_typing(request: Request, conversation_id: ConversationId) -> Response:
    """Tell the staff that the customer is writing; worth a call every few seconds."""
    service, token = service_of(request), bearer(request)
    service.limits.count_call(address(request))

    def who() -> str:
        service.authorise(conversation_id, token)
        customer = service.runtime.log.conversation(conversation_id).customer
        return (customer and customer.name) or ""

    service.live.typing(conversation_id, "customer", await service.run(who))
    return Response(status_code=204)


def _stream(service: Service, watcher: Watcher, leave: Callable[[], None]) -> Response:
    return EventStream(follow(service.live, watcher, service.run), leave)


def _last_event_id(request: Request) -> int | None:
    """The last event's id that the client has; None without one, or with one never given."""
    sent = request.headers.get("last-event-id", "")
    if not (sent.isascii() and sent.isdecimal() and len(sent) <= MAX_DIGITS):
        return None
    return int(sent)
