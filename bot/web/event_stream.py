"""Server-sent events over HTTP: the format, and one stream from its opening to its end.

A stream holds no thread: it waits on the event loop, and looks into the database through the
service's pool when it opens and then every quarter of a minute.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Protocol, TypeVar

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from bot.messages import UnknownConversationError
from bot.web.errors import ApiError
from bot.web.live import Live
from bot.web.subscription import Ended, Notice, Subscription

T = TypeVar("T")

HEARTBEAT_S = 15.0
"""After so long a reader's right to read is checked again and proxies see a sign of life."""
RETRY_MS = 1000
"""How long a browser waits before it connects again."""
OPENING = f"retry: {RETRY_MS}\n\n".encode()
HEARTBEAT = b":\n\n"


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What was missed, oldest first, and the last event there was by then."""

    notices: list[Notice]
    last: int


class Watcher(Protocol):
    """Who watches: both run in a thread and raise ApiError or UnknownConversationError to stop."""

    @property
    def conversation_id(self) -> str | None:
        """The conversation that is watched; None: all of them."""

    def catch_up(self) -> CaughtUp:
        """What was missed before."""

    def look_again(self) -> list[Notice]:
        """Every quarter of a minute: what is worth telling though no event says so."""


def encode(notice: Notice) -> bytes:
    """One event on the wire; JSON holds no line break."""
    number = "" if notice.id is None else f"id: {notice.id}\n"
    data = json.dumps(notice.data, ensure_ascii=False, separators=(",", ":"))
    return f"{number}event: {notice.event}\ndata: {data}\n\n".encode("utf-8", "replace")


class EventStream(StreamingResponse):
    """Sends `chunks` until they or the connection end, then calls `ended`."""

    media_type = "text/event-stream"

    def __init__(self, chunks: AsyncGenerator[bytes, None], ended: Callable[[], None]) -> None:
        super().__init__(chunks, headers={"X-Accel-Buffering": "no"})
        self._chunks = chunks
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._ended()

    async def stream_response(self, send: Send) -> None:
        async with aclosing(self._chunks):  # a cancelled stream unsubscribes now, not some time
            await super().stream_response(send)


class Run(Protocol):
    """Runs work in a thread."""

    def __call__(self, work: Callable[[], T]) -> Awaitable[T]: ...


async def follow(live: Live, watcher: Watcher, run: Run) -> AsyncGenerator[bytes, None]:
    """Everything missed, then everything new, each once and in order."""
    with live.subscribed(watcher.conversation_id) as subscription:
        await live.reading()
        try:
            missed = await run(watcher.catch_up)
            # The id at the end, without an event, is what a browser comes back with.
            yield b"".join((OPENING, *map(encode, missed.notices), b"id: %d\n\n" % missed.last))
            sent = missed.last
            async for notices in _news(subscription, watcher, run):
                # What came between subscribing and catching up stands in both.
                fresh = [one for one in notices if one.id is None or one.id > sent]
                sent = max([sent, *(one.id or 0 for one in fresh)])
                if fresh or not notices:
                    yield b"".join(map(encode, fresh)) or HEARTBEAT
        except (Ended, ApiError, UnknownConversationError):
            return


async def _news(
    subscription: Subscription, watcher: Watcher, run: Run
) -> AsyncGenerator[list[Notice], None]:
    """Notices as they come, and at each heartbeat what the watcher finds, which may be nothing."""
    clock = asyncio.get_running_loop().time
    due = clock() + HEARTBEAT_S
    while True:
        news: list[Notice] | None = None
        if clock() < due:  # else a reader who always finds something would never be checked
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    news = [await subscription.next()]
        if news is None:
            due = clock() + HEARTBEAT_S
            news = await run(watcher.look_again)
        yield news
