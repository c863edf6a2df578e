"""How errors leave: always `{error: {code, message}}`, in plain words and without internals."""

import logging
import sqlite3
from collections.abc import Mapping
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from bot.desk import TakenError
from bot.feedback import UnknownMessageError
from bot.messages import UnknownConversationError
from bot.runtime import NotReadyError

log = logging.getLogger(__name__)

CODES = {
    400: ("bad_request", "The request could not be read; send JSON in UTF-8."),
    401: ("unauthorized", "Send the conversation's token as 'Authorization: Bearer TOKEN'."),
    403: ("forbidden", "This is not allowed."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take this method."),
    409: ("conflict", "This does not fit the state of things here."),
    413: ("too_large", "The request is larger than this address takes."),
    415: ("unsupported_type", "This type of content is not taken here."),
    422: ("invalid_request", "The request's content is not valid."),
    429: ("too_many_requests", "Too many requests; try again a little later."),
    500: ("internal_error", "Something went wrong on our side."),
    503: ("not_ready", "The service is not ready yet; try again in a moment."),
}


class ApiError(HTTPException):
    """An error that a client is told about; without a message the status's usual one is sent."""

    def __init__(
        self,
        status: int,
        code: str = "",
        message: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        usual_code, usual_message = CODES[status]
        self.code = code or usual_code
        super().__init__(status, message or usual_message, headers)


def error_response(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The one error body, as a response."""
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)


def unexpected(error: Exception) -> JSONResponse:
    """Log what nobody foresaw under an id, and tell the client that id alone."""
    error_id = uuid4().hex[:12]
    log.error("unexpected error %s", error_id, exc_info=error)
    code, message = CODES[500]
    return error_response(500, code, f"{message} Mention error {error_id} when you report it.")


def install(app: FastAPI) -> None:
    """Give `app` its error handlers."""
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(UnknownConversationError, _unknown_conversation)
    app.add_exception_handler(UnknownMessageError, _unknown_message)
    app.add_exception_handler(NotReadyError, _not_ready)
    app.add_exception_handler(TakenError, _taken)
    app.add_exception_handler(sqlite3.OperationalError, _not_kept)


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  # Starlette dispatches by type
    if isinstance(error, ApiError):
        return error_response(error.status_code, error.code, error.detail, error.headers)
    code, message = CODES.get(error.status_code, ("error", "The request was refused."))
    return error_response(error.status_code, code, message, error.headers)


async def _unknown_conversation(_: Request, _error: Exception) -> JSONResponse:
    return error_response(404, "unknown_conversation", "There is no conversation with this id.")


async def _unknown_message(_: Request, _error: Exception) -> JSONResponse:
    return error_response(404, "unknown_message", "There is no such message that can be rated.")


async def _not_ready(_: Request, _error: Exception) -> JSONResponse:
    code, message = CODES[503]
    return error_response(503, code, message, {"Retry-After": "5"})


async def _taken(_: Request, error: Exception) -> JSONResponse:
    """Only staff's routes raise it: who was faster is no secret there."""
    assert isinstance(error, TakenError)  # noqa: S101  # dispatched by type
    return error_response(409, "taken", f"{error.called} has this conversation now.")


async def _not_kept(_: Request, error: Exception) -> JSONResponse:
    """The log could not be written, on a full disk for one: the message was not taken."""
    log.error("the log could not be read or written: %s", error)
    return error_response(
        503, "not_kept", "Your message could not be kept; try again.", {"Retry-After": "5"}
    )


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # dispatched by type
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return error_response(400, "invalid_json", "The body is not valid JSON.")
    # Only the field's name and pydantic's message leave, never the value that was sent.
    field = ".".join(str(part) for part in first["loc"][1:])
    message = str(first["msg"]).removeprefix("Value error, ")
    text = f"{field}: {message}" if field else message
    return error_response(422, "invalid_request", text.encode("utf-8", "replace").decode())
