"""The sample shop's orders service: the HTTP interface that the bot's procedures call.

Stands for the system that a real shop has already. Every call needs the token.
"""

import hmac
import re
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from bot.demo.orders_store import Answer, Order, OrderStore, refusal

_NUMBER = re.compile(r"(?:TW)?[-\s]?(\d{6})", re.IGNORECASE)

Key = Annotated[str, Header(alias="Idempotency-Key", max_length=200)]


class ReturnRequest(BaseModel):
    """Why a customer sends something back: "faulty", "wrong_item" or anything else."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]


class AddressRequest(BaseModel):
    """Where an order is to go."""

    address: Annotated[str, Field(min_length=5, max_length=300)]


def create_app(store: OrderStore, token: str) -> FastAPI:
    """The service over `store`, for whoever has `token`."""
    guard = Depends(_guard(token))
    app = FastAPI(title="Tidewick orders", docs_url=None, redoc_url=None, dependencies=[guard])
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)

    @app.get("/orders/{number}")
    def find(number: str) -> JSONResponse:
        return _reply(store.find(canonical(number)))

    @app.post("/orders/{number}/cancel")
    def cancel(number: str, key: Key = "") -> JSONResponse:
        return act(key, "cancel", number, store.cancel)

    @app.post("/orders/{number}/returns")
    def start_return(number: str, wanted: ReturnRequest, key: Key = "") -> JSONResponse:
        asked = f"return {wanted.reason}"
        return act(key, asked, number, lambda order: store.start_return(order, wanted.reason))

    @app.put("/orders/{number}/address")
    def change_address(number: str, wanted: AddressRequest, key: Key = "") -> JSONResponse:
        asked = f"address {wanted.address}"
        return act(key, asked, number, lambda order: store.change_address(order, wanted.address))

    def act(key: str, asked: str, number: str, do: Callable[[Order], Answer]) -> JSONResponse:
        number = canonical(number)
        return _reply(store.act(key, f"{number} {asked}", number, do))

    return app


def canonical(number: str) -> str:
    """The order number as the shop writes it; what is none stays as it is."""
    found = _NUMBER.fullmatch(number.strip())
    return f"TW-{found[1]}" if found else number


def _guard(token: str) -> Callable[[str], None]:
    def check(authorization: Annotated[str, Header()] = "") -> None:
        if not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            raise HTTPException(401, "The token is missing or wrong")

    return check


def _reply(answer: Answer) -> JSONResponse:
    return JSONResponse(answer[1], status_code=answer[0])


def _refused(_: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    message = str(error.detail) if isinstance(error, HTTPException) else "Failed"
    return _reply(refusal(status, "refused", message))


def _invalid(_: Request, __: Exception) -> JSONResponse:
    return _reply(refusal(422, "invalid", "The request lacks something, or it is too long"))
