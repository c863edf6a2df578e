"""Which other sites' pages may call the customers' interface: those of `server.allowed_origins`.

As plain ASGI around the routes and their limits, so that a preflight costs nobody a call and a
refusal can be read by the page it is for. Never with credentials: a token is sent in a header.
"""

from collections.abc import Callable, Collection

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.errors import ApiError, error_response

WIDGET_PATHS = ("/widget.js", "/static/widget/")
"""What a page of another site loads to show the widget."""
OPEN_PATHS = ("/api/conversations", "/api/messages", "/api/widget-", *WIDGET_PATHS)

_METHODS = "GET, POST"
_HEADERS = "Authorization, Content-Type, Last-Event-ID"
_READABLE = "Content-Disposition, Retry-After"
_REMEMBERED_S = "7200"


class CrossOrigin:
    """Answers preflights, and tells browsers which origins may read. `origins`: those in force."""

    def __init__(self, app: ASGIApp, origins: Callable[[], Collection[str]]) -> None:
        self.app = app
        self.origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        opened = scope["path"].startswith(OPEN_PATHS)
        origin = headers.get("origin", "")
        allowed = opened and origin in self.origins()
        if opened and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _preflight(origin, allowed)(scope, receive, send)
            return
        added = [(b"vary", b"Origin")] if opened else []
        if allowed:
            added.append((b"access-control-allow-origin", origin.encode()))
            added.append((b"access-control-expose-headers", _READABLE.encode()))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = message["headers"]
                # Gradio by itself lets in every site.
                own = [one for one in sent if not one[0].startswith(b"access-control-")]
                message["headers"] = [*own, *added]
            await send(message)

        await self.app(scope, receive, with_headers)


def _preflight(origin: str, allowed: bool) -> Response:
    if not allowed:
        refused = ApiError(403, "foreign_origin", "server.allowed_origins does not name this site.")
        return error_response(403, refused.code, refused.detail, {"Vary": "Origin"})
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _HEADERS,
            "Access-Control-Max-Age": _REMEMBERED_S,
            "Vary": "Origin",
        },
    )
