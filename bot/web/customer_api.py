"""What belongs to a customer, over HTTP: who they are, and the files of their conversation."""

from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import FileResponse, JSONResponse, Response

from bot import customers
from bot.customers import OtherCustomerError
from bot.feedback import Attachment
from bot.types import Customer
from bot.web import files, identity, schemas
from bot.web.api import ConversationId
from bot.web.errors import ApiError
from bot.web.service import address, bearer, service_of

router = APIRouter(prefix="/api/conversations/{conversation_id}")

FileId = Annotated[str, Path(max_length=100)]


@router.post(
    "/identify",
    response_model=None,
    responses={
        200: {"model": schemas.IdentifiedOut},
        **{code: {"model": schemas.ErrorOut} for code in (401, 403, 404, 409, 422, 429)},
    },
)
async def identify(
    request: Request, conversation_id: ConversationId, body: schemas.Identity
) -> Response:
    """Say who writes in a conversation that was begun without a name.

    Answers 403 to a wrong hash, 409 where it belongs to another customer.
    """
    service, token = service_of(request), bearer(request)
    service.limits.count_call(address(request))

    def bind() -> Customer:
        service.authorise(conversation_id, token)
        identity.verify(body, service.identity_secret)
        customer = Customer(body.id, body.name, body.email, verified=True)
        try:
            return customers.identify(service.runtime.log, conversation_id, customer)
        except OtherCustomerError as error:
            message = "This conversation belongs to another customer; start a new one."
            raise ApiError(409, "other_customer", message) from error

    known = await service.run(bind)
    shown = {"id": known.id, "name": known.name, "email": known.email}
    return JSONResponse({"id": conversation_id, "customer": shown})


@router.get(
    "/files/{file_id}",
    response_class=FileResponse,
    responses={code: {"model": schemas.ErrorOut} for code in (401, 404)},
)
async def download_file(
    request: Request, conversation_id: ConversationId, file_id: FileId
) -> Response:
    """A file of the conversation, to be saved."""
    service, token = service_of(request), bearer(request)

    def find() -> tuple[Attachment, FilePath]:
        service.authorise(conversation_id, token)
        for file in service.runtime.log.attachments(conversation_id):
            path = service.runtime.home.files_folder / file.id
            if file.id == file_id and path.is_file():
                return file, path
        raise ApiError(404, "unknown_file", "There is no such file in this conversation.")

    file, path = await service.run(find)
    name = files.safe_name(file.name, file.content_type)
    return FileResponse(path, media_type=file.content_type, filename=name)
