"""Gradio's pages have limits like ours: so many streams and events of one address, no more."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.errors import ApiError, error_response
from bot.web.limits import RateLimits
from bot.web.open_streams import OpenStreams
from bot.web.service import address

EVENT = "/gradio_api/queue/join"
STREAMS = ("/gradio_api/heartbeat/", "/gradio_api/queue/data")


class PageStreams:
    """Refuses a stream or event of a page below `prefixes` to an address that has too many."""

    def __init__(
        self,
        app: ASGIApp,
        prefixes: tuple[str, ...],
        streams: OpenStreams,
        limits: RateLimits,
    ) -> None:
        self.app = app
        self.limits = limits
        self.events = tuple(f"{prefix}{EVENT}" for prefix in prefixes)
        self.paths = tuple(f"{prefix}{stream}" for prefix in prefixes for stream in STREAMS)
        self.streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith((*self.paths, *self.events)):
            await self.app(scope, receive, send)
            return
        try:
            leave = self._enter(Request(scope))
        except ApiError as error:
            refused = error_response(error.status_code, error.code, error.detail, error.headers)
            await refused(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        finally:
            leave()

    def _enter(self, request: Request) -> Callable[[], None]:
        """Count the request; returns what ends it. Raises ApiError 429."""
        if request.url.path.startswith(self.events):
            self.limits.count_event(address(request))
            return lambda: None
        page = request.query_params.get("session_hash") or request.url.path
        return self.streams.enter(address(request), "page", page)
