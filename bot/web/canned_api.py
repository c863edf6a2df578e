"""The staff's canned replies over HTTP: list, add, change, delete, fill for one conversation."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Request
from starlette.responses import JSONResponse, Response

from bot.canned import Canned, UnknownCannedError
from bot.staff import Staff
from bot.web.errors import ApiError
from bot.web.schemas import MAX_ID
from bot.web.service import Service, service_of
from bot.web.staff_deeds import At
from bot.web.staff_schemas import CannedBody, CannedListOut, CannedOut, FilledOut, answers
from bot.web.staff_session import Agent
from knowledge.types import Language

router = APIRouter(prefix="/api/staff", default_response_class=JSONResponse, tags=["staff"])

T = TypeVar("T")

CannedId = Annotated[int, Path(ge=1, le=MAX_ID)]


@router.get("/canned", **answers(CannedListOut))
async def read_canned(request: Request, _: Agent, language: Language | None = None) -> Response:
    """The canned replies in one language, or all, by title."""
    service = service_of(request)
    desk = service.runtime.desk
    found = await service.run(lambda: desk.canned(language))
    shown = [asdict(one) for one in found]
    return JSONResponse({"canned": shown, "variables": desk.canned_variables()})


@router.post("/canned", status_code=201, **answers(CannedOut, status=201))
async def add_canned(request: Request, staff: Agent, body: CannedBody) -> Response:
    """Keep a new reply ready."""
    service = service_of(request)
    new = Canned(0, body.language, body.title, body.text)
    kept = await _do(service, staff, "canned.add", lambda: service.runtime.desk.save_canned(new))
    return JSONResponse(asdict(kept), 201)


@router.put("/canned/{canned_id}", **answers(CannedOut, 404))
async def change_canned(
    request: Request, staff: Agent, canned_id: CannedId, body: CannedBody
) -> Response:
    """Change a reply."""
    service = service_of(request)
    new = Canned(canned_id, body.language, body.title, body.text)
    kept = await _do(service, staff, "canned.change", lambda: service.runtime.desk.save_canned(new))
    return JSONResponse(asdict(kept))


@router.delete("/canned/{canned_id}", status_code=204, **answers(None, 404, status=204))
async def remove_canned(request: Request, staff: Agent, canned_id: CannedId) -> Response:
    """Delete a reply."""
    service = service_of(request)
    remove = service.runtime.desk.remove_canned
    await _do(service, staff, "canned.remove", lambda: remove(canned_id), canned_id)
    return Response(status_code=204)


@router.get("/conversations/{conversation_id}/canned/{canned_id}", **answers(FilledOut, 404))
async def fill_canned(at: At, canned_id: CannedId) -> Response:
    """A reply with its variables filled for this conversation and this agent."""
    desk, log = at.service.runtime.desk, at.service.runtime.log

    def fill() -> str:
        for one in desk.canned():
            if one.id == canned_id:
                return desk.fill_canned(one, log.conversation(at.id), at.staff.name)
        raise ApiError(404)

    return JSONResponse({"text": await at.service.run(fill)})


async def _do(
    service: Service, staff: Staff, action: str, work: Callable[[], T], canned_id: int = 0
) -> T:
    """Change the replies and note which, in one transaction."""

    def deed() -> T:
        with service.runtime.log.database.write():
            done = work()
            target = done.id if isinstance(done, Canned) else canned_id
            service.audit.note(staff.name, action, str(target))
        return done

    try:
        return await service.run(deed)
    except UnknownCannedError as error:
        raise ApiError(404, "unknown_canned", "There is no such reply any more.") from error
