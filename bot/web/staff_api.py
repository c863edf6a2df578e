"""The staff's HTTP interface: the queue, one conversation, and what staff do with it.

Every route needs a session; one that changes something, its CSRF token too.
"""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import FileResponse, JSONResponse, Response

from bot.staff import Staff, StaffError
from bot.suggestions import suggest
from bot.types import Status, UsedSuggestion
from bot.web import files, schemas, staff_schemas
from bot.web.errors import ApiError
from bot.web.service import Service, service_of
from bot.web.staff_deeds import At, view_of
from bot.web.staff_schemas import answers
from bot.web.staff_session import Agent

router = APIRouter(prefix="/api/staff", default_response_class=JSONResponse, tags=["staff"])

SUGGESTIONS = 3
ONE = "/conversations/{conversation_id}"

Sought = Annotated[str, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/queue", **answers(staff_schemas.QueueOut))
async def read_queue(request: Request, _: Agent) -> Response:
    """Who waits for a person or to be called back, the longest first; then the open chats."""
    service = service_of(request)
    return JSONResponse(await service.run(view_of(service).queue))


@router.get("/labels", **answers(staff_schemas.LabelsOut))
async def read_labels(request: Request, _: Agent) -> Response:
    """Every label in use, the most used first."""
    service = service_of(request)
    return JSONResponse({"labels": await service.run(service.runtime.desk.all_labels)})


@router.get("/conversations", **answers(staff_schemas.FoundOut))
async def search(
    request: Request,
    _: Agent,
    text: Sought = "",
    status: Status | None = None,
    limit: Limit = 50,
) -> Response:
    """Conversations with a text in a message, a label or the customer's name, the latest first."""
    service = service_of(request)

    def find() -> list[dict[str, Any]]:
        found = service.runtime.desk.search(text, status, limit)
        return [view_of(service).record(one) for one in found]

    return JSONResponse({"conversations": await service.run(find)})


@router.get(ONE, **answers(staff_schemas.DetailOut, 404))
async def read_conversation(at: At) -> Response:
    """One conversation: messages, what was understood, summary, notes, labels, earlier ones."""
    view = view_of(at.service)
    return JSONResponse(await at.service.run(lambda: view.detail(at.id)))


@router.post(f"{ONE}/claim", **answers(staff_schemas.EntryOut, 404, 409))
async def claim(at: At) -> Response:
    """Take the conversation; 409 says who was faster."""
    await at.do("claim", lambda desk: desk.claim(at.id, at.staff.name))
    return await at.shown()


@router.post(
    f"{ONE}/messages", status_code=201, **answers(schemas.MessageOut, 404, 409, status=201)
)
async def say(at: At, body: staff_schemas.StaffMessage) -> Response:
    """Write to the customer; who writes has claimed the conversation by that."""
    longest = at.service.runtime.settings.limits.message_characters
    if len(body.text) > longest:
        message = f"text: should have at most {longest} characters, found {len(body.text)}"
        raise ApiError(422, message=message)
    used = UsedSuggestion(body.used.kind, body.used.ref, body.used.text) if body.used else None
    said = await at.do("say", lambda desk: desk.say(at.id, at.staff.name, body.text, used))
    return JSONResponse(said.to_dict(), 201)


@router.post(f"{ONE}/release", **answers(staff_schemas.EntryOut, 404, 409))
async def release(at: At) -> Response:
    """Give the conversation back to the bot."""
    await at.do_own("release", lambda desk: desk.release(at.id, at.staff.name))
    return await at.shown()


@router.post(f"{ONE}/resolve", **answers(staff_schemas.EntryOut, 404, 409))
async def resolve(at: At) -> Response:
    """Close the conversation; who wanted to be called back has been."""
    await at.do_own("resolve", lambda desk: desk.resolve(at.id, at.staff.name))
    return await at.shown()


@router.post(f"{ONE}/reopen", **answers(staff_schemas.EntryOut, 404, 409))
async def reopen(at: At) -> Response:
    """Take up a resolved conversation again."""
    await at.do("reopen", lambda desk: desk.reopen(at.id, at.staff.name))
    return await at.shown()


@router.post(f"{ONE}/transfer", **answers(staff_schemas.EntryOut, 404, 409))
async def transfer(at: At, body: staff_schemas.TransferBody) -> Response:
    """Pass the conversation on to a colleague."""
    to = await at.service.run(lambda: _colleague(at.service, body.to))
    log = at.service.runtime.log
    await at.do_own(
        "transfer",
        lambda desk: desk.transfer(at.id, log.conversation(at.id).staff or at.staff.name, to.name),
    )
    return await at.shown()


@router.post(f"{ONE}/notes", status_code=201, **answers(staff_schemas.NoteOut, 404, status=201))
async def add_note(at: At, body: staff_schemas.NoteBody) -> Response:
    """Keep a note that the customer never sees."""
    note = await at.do("note", lambda desk: desk.note(at.id, at.staff.name, body.text))
    author = {"name": at.staff.name, "display_name": at.staff.display_name}
    return JSONResponse({"id": note.id, "author": author, "text": note.text, "at": note.at}, 201)


@router.put(f"{ONE}/labels", **answers(staff_schemas.LabelsOut, 404))
async def set_labels(at: At, body: staff_schemas.LabelsBody) -> Response:
    """Replace the conversation's labels."""
    kept = await at.do("label", lambda desk: desk.set_labels(at.id, body.labels))
    return JSONResponse({"labels": list(kept)})


@router.post(f"{ONE}/typing", status_code=204, **answers(None, 404, status=204))
async def typing(at: At) -> Response:
    """Tell the customer that a person is writing; kept nowhere."""
    await at.service.run(lambda: at.service.runtime.log.conversation(at.id))
    at.service.live.typing(at.id, "staff", at.staff.display_name)
    return Response(status_code=204)


@router.get(f"{ONE}/suggestions", **answers(staff_schemas.SuggestionsOut, 404))
async def suggestions(at: At) -> Response:
    """Replies that staff may send or edit, the best first."""
    found = await at.service.run(lambda: suggest(at.service.runtime, at.id, SUGGESTIONS))
    return JSONResponse({"suggestions": [asdict(one) for one in found]})


@router.get(
    f"{ONE}/files/{{file_id}}",
    response_class=FileResponse,
    responses={401: {"model": schemas.ErrorOut}, 404: {"model": schemas.ErrorOut}},
)
async def read_file(at: At, file_id: str) -> Response:
    """A file that the customer sent, to be saved; never shown by the browser itself."""
    kept = await at.service.run(lambda: at.service.runtime.log.attachments(at.id))
    for one in kept:
        if one.id == file_id:
            path = at.service.runtime.home.files_folder / one.id
            name = files.safe_name(one.name, one.content_type)
            return FileResponse(path, media_type=one.content_type, filename=name)
    raise ApiError(404)


def _colleague(service: Service, name: str) -> Staff:
    try:
        return service.accounts.find(name)
    except StaffError as error:
        raise ApiError(422, "unknown_staff", "to: there is no account of this name.") from error
