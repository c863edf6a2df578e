"""What is still being sent to staff ends with their session: streams, events, long files.

Gradio asks who somebody is when a stream opens, and never again.
"""

from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.staff_session import token_of

if TYPE_CHECKING:
    from bot.staff import StaffAccounts

PREFIXES = ("/staff/", "/api/staff/")


class WhileSignedIn:
    """Asks before each part of a long answer whether its reader is still signed in."""

    def __init__(self, app: ASGIApp, accounts: "StaffAccounts") -> None:
        self.app = app
        self.accounts = accounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIXES):
            await self.app(scope, receive, send)
            return
        token, ended = token_of(Headers(scope=scope)), False

        async def watched(message: Message) -> None:
            nonlocal ended
            if message.get("more_body") and self.accounts.session(token) is None:
                ended = True
                raise OSError("the session is over")  # as if the reader had hung up
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            if not ended:
                raise
            await send({"type": "http.response.body", "body": b"", "more_body": False})
