"""Live events: one reader of the database for everybody of this process who waits for news.

The reader runs only while somebody is subscribed. A commit of this process wakes it at once, those
of other processes are found by a look every half second. Knows neither HTTP nor what an event
means to whom: that is told by the `Translate` it is given.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Literal, TypeVar

import anyio
import anyio.to_thread

from bot.events import PAGE, Event, EventLog
from bot.web.subscription import Notice, Subscription

T = TypeVar("T")

log = logging.getLogger(__name__)

POLL_S = 0.5
"""How late the commit of another process may be seen."""
Translate = Callable[[str | None, Sequence[Event]], list[Notice]]
"""What subscribers of a conversation, or the staff (None), are told of events, oldest first.

Called in a thread, with events of that conversation only.
"""

Letters = tuple[str | None, list[Notice]]
"""Notices, and whom they go to."""


class Live:
    """Who is subscribed, and the reader that serves them. Belongs to one event loop."""

    def __init__(self, events: EventLog, translate: Translate) -> None:
        self._events = events
        self._translate = translate
        self._subscribed: dict[str | None, set[Subscription]] = {}
        self._one_thread = anyio.CapacityLimiter(1)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._started = asyncio.Event()
        self._closed = False

    @contextmanager
    def subscribed(self, conversation_id: str | None) -> Iterator[Subscription]:
        """Collect notices within the block; complete from the return of `reading` on."""
        subscription = Subscription(conversation_id)
        self._subscribed.setdefault(conversation_id, set()).add(subscription)
        try:
            yield subscription
        finally:
            group = self._subscribed[conversation_id]
            group.discard(subscription)
            if not group:
                del self._subscribed[conversation_id]

    async def reading(self) -> None:
        """Return once every later commit reaches those subscribed."""
        if self._closed:
            self._end_all()
            return
        if self._reader is None or self._reader.done() or self._loop is not _running():
            self._loop, self._wake, self._started = _running(), asyncio.Event(), asyncio.Event()
            self._reader = self._loop.create_task(self._read_on())
        await self._started.wait()

    def typing(self, conversation_id: str, role: Literal["customer", "staff"], name: str) -> None:
        """Tell the other side that somebody is writing. Any thread may call it; never waits."""
        told = {"conversation_id": conversation_id, "role": role, "name": name}

        def tell() -> None:
            self._tell(None, Notice("typing", told))
            if role == "staff":
                self._tell(conversation_id, Notice("typing", {"role": role, "name": name}))

        self._in_loop(tell)

    def close(self) -> None:
        """End all subscriptions, and those to come: the server stops."""
        self._closed = True
        self._end_all()

    async def _read_on(self) -> None:
        forget = self._events.database.on_commit(self._committed)
        try:
            last = await self._in_thread(self._events.last)
            self._started.set()
            while self._subscribed:
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_S):
                        await self._wake.wait()
                self._wake.clear()
                last = await self._pass_on(last)
        except Exception:  # nobody awaits this task; clients come again and start another
            log.exception("events cannot be read; the streams end and will be resumed")
        finally:
            forget()
            self._loop = None
            self._end_all()
            self._started.set()

    async def _pass_on(self, last: int) -> int:
        """Deliver everything above `last`; returns the last event's id."""
        while True:
            events, letters = await self._in_thread(partial(self._read, last))
            for conversation_id, notices in letters:
                for notice in notices:
                    self._tell(conversation_id, notice)
            last = events[-1].id if events else last
            if len(events) < PAGE:
                return last

    def _read(self, last: int) -> tuple[list[Event], list[Letters]]:
        """Read and translate the next events; in a thread."""
        events = self._events.after(last)
        of: dict[str | None, list[Event]] = {None: events} if events else {}
        for event in events:
            of.setdefault(event.conversation_id, []).append(event)
        # Who subscribes is asked only after the reading: whoever comes later finds these events in
        # the database, where streams look after they have subscribed.
        return events, [
            (one, self._translate(one, its)) for one, its in of.items() if one in self._subscribed
        ]

    def _tell(self, conversation_id: str | None, notice: Notice) -> None:
        for subscription in self._subscribed.get(conversation_id, ()):
            subscription.put(notice)

    def _end_all(self) -> None:
        for group in self._subscribed.values():
            for subscription in group:
                subscription.end()

    def _committed(self) -> None:
        if not self._wake.is_set():
            self._in_loop(self._wake.set)

    def _in_loop(self, work: Callable[[], None]) -> None:
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop was closed: nobody listens any more
                loop.call_soon_threadsafe(work)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work, limiter=self._one_thread)


def _running() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()
