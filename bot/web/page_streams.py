"""The streams that Gradio's pages hold open count like ours: so many of one address, no more."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.errors import ApiError, error_response
from bot.web.open_streams import OpenStreams
from bot.web.service import address

STREAMS = ("/gradio_api/heartbeat/", "/gradio_api/queue/data")


class PageStreams:
    """Refuses a stream of a page below `prefixes` when its address has too many open."""

    def __init__(self, app: ASGIApp, prefixes: tuple[str, ...], streams: OpenStreams) -> None:
        self.app = app
        self.paths = tuple(f"{prefix}{stream}" for prefix in prefixes for stream in STREAMS)
        self.streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self.paths):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        page = request.query_params.get("session_hash") or scope["path"]
        try:
            leave = self.streams.enter(address(request), "page", page)
        except ApiError as error:
            refused = error_response(error.status_code, error.code, error.detail, error.headers)
            await refused(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        finally:
            leave()
