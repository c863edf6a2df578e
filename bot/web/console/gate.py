"""What stands before the console: a session for every address, our own origin for every change.

Gradio's own check comes after it; here even its scripts and its stream are closed to others.
"""

from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.errors import ApiError, error_response
from bot.web.staff_session import SAFE_METHODS, SIGNED_OUT, refuse_foreign, token_of

if TYPE_CHECKING:
    from bot.staff import StaffAccounts

PATH = "/staff"
SIGN_IN = "/staff-login"
KEPT_PATHS = (f"{PATH}/assets/", f"{PATH}/static/", f"{PATH}/theme.css")
"""Files of Gradio's own, the same for everybody."""


class StaffGate:
    """Lets staff into the console: others are sent to sign in, or refused."""

    def __init__(self, app: ASGIApp, accounts: "StaffAccounts") -> None:
        self.app = app
        self.accounts = accounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or not _inside(scope["path"]):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        page, token = scope["path"] in (PATH, f"{PATH}/"), token_of(headers)
        if self.accounts.session(token) is None:
            if page and scope.get("method") in SAFE_METHODS:
                await RedirectResponse(SIGN_IN, 303)(scope, receive, send)
            else:
                await error_response(401, *SIGNED_OUT)(scope, receive, send)
            return
        if scope.get("method") not in SAFE_METHODS:
            try:
                refuse_foreign(headers)
            except ApiError as error:
                await error_response(403, error.code, error.detail)(scope, receive, send)
                return
        kept = scope["path"].startswith(KEPT_PATHS)
        await self.app(scope, receive, send if kept else _unkept(send))


def _inside(path: str) -> bool:
    return path == PATH or path.startswith(f"{PATH}/")


def _unkept(send: Send) -> Send:
    """What is answered is not kept by the browser: after signing out, "back" shows nothing."""

    async def with_header(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"cache-control", b"no-store")]
        await send(message)

    return with_header
