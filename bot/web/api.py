"""The customers' HTTP interface: reads a request, calls one function of the runtime, answers.

Every call on a conversation carries its token in the Authorization header. The synchronous core
runs in the service's pool of threads, one hop for each request.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.feedback import Attachment, UnknownMessageError
from bot.messages import LoggedMessage
from bot.types import Customer, Status
from bot.web import files, identity, schemas, transcript
from bot.web.errors import ApiError
from bot.web.service import Service, address, bearer, service_of

router = APIRouter(prefix="/api", default_response_class=JSONResponse)

ConversationId = Annotated[str, Path(max_length=100)]
RowId = Annotated[int, Path(ge=1, le=schemas.MAX_ID)]
After = Annotated[int, Query(ge=0, le=schemas.MAX_ID, description="Only messages after this id.")]

_BODY_OF_FILE = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


def _answers(model: type, *errors: int, status: int = 200) -> dict[str, Any]:
    """Document what a route answers, without validating it at run time."""
    refused = {error: {"model": schemas.ErrorOut} for error in (*errors, 422, 429)}
    return {"response_model": None, "responses": {status: {"model": model}, **refused}}


@router.post(
    "/conversations", status_code=201, **_answers(schemas.StartedOut, 403, 409, status=201)
)
async def start_conversation(
    request: Request, body: schemas.NewConversation | None = None
) -> Response:
    """Start a conversation; its token comes with this answer only."""
    service = _counted(request)
    body = body or schemas.NewConversation()
    customer = _customer(body.customer, service.identity_secret)
    language = body.language or service.runtime.settings.bot.languages[0]

    def start() -> tuple[str, str, list[LoggedMessage]]:
        conversation_id, token = service.runtime.start(language, customer)
        return conversation_id, token, service.runtime.log.messages(conversation_id)

    conversation_id, token, messages = await service.run(start)
    content = {"id": conversation_id, "token": token, "status": "bot"}
    return JSONResponse(content | {"messages": [one.to_dict() for one in messages]}, 201)


@router.post(
    "/conversations/{conversation_id}/messages",
    **_answers(schemas.ConversationOut, 401, 404, 413, 503),
)
async def post_message(
    request: Request, conversation_id: ConversationId, body: schemas.NewMessage
) -> Response:
    """Send a message; answers with the bot's messages, none while a person has the conversation."""
    service, token = _counted(request), bearer(request)
    _check_length(body.text, service.runtime.settings.limits.message_characters)

    def turn() -> tuple[Status, Sequence[LoggedMessage]]:
        service.authorise(conversation_id, token)
        service.limits.count_message(conversation_id)
        return service.runtime.respond(conversation_id, body.text, body.client_id)

    return await _exchange(service, conversation_id, turn)


@router.get("/conversations/{conversation_id}/messages", **_answers(schemas.WatchedOut, 401, 404))
async def get_messages(
    request: Request, conversation_id: ConversationId, after: After = 0
) -> Response:
    """All messages of the conversation, oldest first, or those after one's id; and who is there."""
    service, token = service_of(request), bearer(request)

    def read() -> dict[str, Any]:
        service.authorise(conversation_id, token)
        situation = service.view.situation(conversation_id)
        messages = service.view.messages(conversation_id, after)
        return {"id": conversation_id, **situation, "messages": messages}

    return JSONResponse(await service.run(read))


@router.post(
    "/conversations/{conversation_id}/handoff", **_answers(schemas.ConversationOut, 401, 404)
)
async def hand_off(request: Request, conversation_id: ConversationId) -> Response:
    """Ask for a person; answers with what the customer is told."""
    service, token = _counted(request), bearer(request)

    def ask() -> tuple[Status, Sequence[LoggedMessage]]:
        service.authorise(conversation_id, token)
        return service.runtime.hand_off(conversation_id)

    return await _exchange(service, conversation_id, ask)


@router.post(
    "/conversations/{conversation_id}/handoff/cancel",
    **_answers(schemas.ConversationOut, 401, 404),
)
async def cancel_hand_off(request: Request, conversation_id: ConversationId) -> Response:
    """Go back to the bot while nobody has taken the conversation."""
    service, token = _counted(request), bearer(request)

    def cancel() -> tuple[Status, Sequence[LoggedMessage]]:
        service.authorise(conversation_id, token)
        return service.runtime.cancel_hand_off(conversation_id), ()

    return await _exchange(service, conversation_id, cancel)


@router.post("/messages/{message_id}/feedback", **_answers(schemas.FeedbackOut, 401, 404))
async def rate_message(request: Request, message_id: RowId, body: schemas.Feedback) -> Response:
    """Say whether one of the bot's messages helped; a later rating replaces the first."""
    service, token = _counted(request), bearer(request)

    def rate() -> None:
        conversation_id = service.runtime.log.conversation_of(message_id)
        if conversation_id is None:
            raise UnknownMessageError(f"no message {message_id}")
        service.authorise(conversation_id, token)
        service.runtime.log.rate_message(message_id, body.rating, body.note, conversation_id)

    await service.run(rate)
    return JSONResponse({"message_id": message_id, "rating": body.rating})


@router.post("/conversations/{conversation_id}/rating", **_answers(schemas.RatingOut, 401, 404))
async def rate_conversation(
    request: Request, conversation_id: ConversationId, body: schemas.Rating
) -> Response:
    """Rate the whole conversation with one to five stars."""
    service, token = _counted(request), bearer(request)

    def rate() -> None:
        service.authorise(conversation_id, token)
        service.runtime.log.rate_conversation(conversation_id, body.stars, body.note)

    await service.run(rate)
    return JSONResponse({"id": conversation_id, "stars": body.stars})


@router.post(
    "/conversations/{conversation_id}/contact",
    status_code=201,
    **_answers(schemas.ContactOut, 401, 404, status=201),
)
async def leave_contact(
    request: Request, conversation_id: ConversationId, body: schemas.Contact
) -> Response:
    """Leave an e-mail address to be answered at later."""
    service, token = _counted(request), bearer(request)

    def leave() -> None:
        service.authorise(conversation_id, token)
        log = service.runtime.log
        log.contact(conversation_id, body.name or "", body.email, body.message)

    await service.run(leave)
    return JSONResponse({"id": conversation_id}, 201)


@router.post(
    "/conversations/{conversation_id}/files",
    status_code=201,
    openapi_extra=_BODY_OF_FILE,
    **_answers(schemas.FileOut, 400, 401, 404, 413, 415, status=201),
)
async def attach_file(request: Request, conversation_id: ConversationId) -> Response:
    """Attach one file, sent as the form field `file`; its bytes decide its type, not its name."""
    service, token = _counted(request), bearer(request)
    limits = service.runtime.settings.limits
    if not limits.upload_megabytes:
        raise ApiError(403, "files_off", "Files are not taken here.")
    await service.run(lambda: service.authorise(conversation_id, token))
    async with request.form(max_files=1, max_fields=1) as form:
        upload = form.get("file")
        if not isinstance(upload, UploadFile):
            raise ApiError(400, "file_missing", "Send the file as the form field 'file'.")
        name, data = files.clean_name(upload.filename), await upload.read()
    content_type = files.accepted_type(data, limits)
    name = files.safe_name(name, content_type)

    def attach() -> Attachment:
        runtime = service.runtime
        folder = runtime.home.files_folder
        return runtime.log.attach(conversation_id, name, content_type, data, folder)

    kept = await service.run(attach)
    named = {"id": kept.id, "message_id": kept.message_id, "name": kept.name}
    return JSONResponse(named | {"size": kept.size, "content_type": kept.content_type}, 201)


@router.get(
    "/conversations/{conversation_id}/transcript",
    response_class=PlainTextResponse,
    responses={401: {"model": schemas.ErrorOut}, 404: {"model": schemas.ErrorOut}},
)
async def get_transcript(request: Request, conversation_id: ConversationId) -> Response:
    """The conversation as a text file to keep."""
    service, token = service_of(request), bearer(request)

    def write() -> str:
        service.authorise(conversation_id, token)
        log = service.runtime.log
        return transcript.write(log.conversation(conversation_id), log.messages(conversation_id))

    text = await service.run(write)
    disposition = 'attachment; filename="conversation.txt"'
    return PlainTextResponse(text, headers={"Content-Disposition": disposition})


def _counted(request: Request) -> Service:
    service = service_of(request)
    service.limits.count_call(address(request))
    return service


def _check_length(text: str, characters: int) -> None:
    if len(text) > characters:
        message = f"text: should have at most {characters} characters, found {len(text)}"
        raise ApiError(422, "invalid_request", message)


def _customer(body: schemas.CustomerBody | None, secret: str | None) -> Customer | None:
    if body is None:
        return None
    identity.verify(body, secret)
    return Customer(body.id or "", body.name, body.email, verified=body.id is not None)


async def _exchange(
    service: Service,
    conversation_id: str,
    work: Callable[[], tuple[Status, Sequence[LoggedMessage]]],
) -> Response:
    status, messages = await service.run(work)
    service.metrics.count_messages(messages)
    return _conversation(conversation_id, status, messages)


def _conversation(
    conversation_id: str, status: Status, messages: Sequence[LoggedMessage]
) -> Response:
    content = {"id": conversation_id, "status": status}
    return JSONResponse(content | {"messages": [one.to_dict() for one in messages]})
