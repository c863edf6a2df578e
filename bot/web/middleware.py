"""What every request passes, as plain ASGI: limits of size, headers of safety, a last net.

Nothing here reads a body or knows what a conversation is.
"""

import logging
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.cross_origin import WIDGET_PATHS
from bot.web.errors import ApiError, error_response, unexpected

log = logging.getLogger(__name__)

STRICT_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
# JSON and files to be saved: whatever a browser takes them for, nothing in them may run.
INTERFACE_POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
# Gradio writes its settings and styles into the page and compiles its templates in the browser.
GRADIO_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'"
)
MAX_DIGITS = 15
HEADERS = (
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
)


class SafetyNet:
    """Turns an exception that nobody handled into the usual error body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            response = unexpected(error)
            if started:
                raise
            await response(scope, receive, send)


class SafetyHeaders:
    """Adds the headers that keep a browser from doing more than the pages need."""

    def __init__(self, app: ASGIApp, gradio_paths: tuple[str, ...]) -> None:
        self.app = app
        self.gradio_paths = gradio_paths
        self.widget = _encoded(STRICT_POLICY, "cross-origin")
        self.strict = _encoded(STRICT_POLICY)
        self.gradio = _encoded(GRADIO_POLICY)
        self.interface = [*_encoded(INTERFACE_POLICY), (b"cache-control", b"no-store")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        added = self._headers(scope["path"])

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self.app(scope, receive, with_headers)

    def _headers(self, path: str) -> list[tuple[bytes, bytes]]:
        if path.startswith("/api/"):
            return self.interface
        if path.startswith(WIDGET_PATHS):
            return self.widget
        return self.gradio if path.startswith(self.gradio_paths) else self.strict


def _encoded(policy: str, resource_policy: str = "same-origin") -> list[tuple[bytes, bytes]]:
    own = (("content-security-policy", policy), ("cross-origin-resource-policy", resource_policy))
    headers = (*HEADERS, *own)
    return [(name.encode(), value.encode()) for name, value in headers]


class BodyLimit:
    """Answers 413 to a body longer than `limit(path)` bytes, announced or streamed."""

    def __init__(self, app: ASGIApp, limit: Callable[[str], int]) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.limit(scope["path"])
        announced = Headers(scope=scope).get("content-length", "0")
        if len(announced) > MAX_DIGITS or not announced.isdecimal() or int(announced) > limit:
            error = ApiError(413)
            response = error_response(413, error.code, error.detail, {"Connection": "close"})
            await response(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise ApiError(413)
            return message

        await self.app(scope, counted, send)


class OnlyPaths:
    """Hides all of a mounted application but the paths its page needs."""

    def __init__(self, app: ASGIApp, prefix: str, allowed: tuple[str, ...]) -> None:
        self.app = app
        self.prefix = prefix
        self.allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._hidden(scope["path"]):
            error = ApiError(404)
            await error_response(404, error.code, error.detail)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _hidden(self, path: str) -> bool:
        inside = path.removeprefix(self.prefix)
        if inside == path or inside in ("", "/"):
            return False
        return inside.startswith("/") and not inside.startswith(self.allowed)
