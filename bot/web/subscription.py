"""What waits for one live stream, in order and bounded. Knows neither the database nor HTTP."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WAITING = 200
"""Notices that may wait for a slow reader; it is hung up on then, and resumes."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What one stream sends. `id` is that of the event; None: not kept, cannot be resumed from."""

    event: str
    data: Mapping[str, Any]
    id: int | None = None


class Ended(Exception):  # noqa: N818  # no error: the stream is over
    """Nothing more comes to this subscription."""


class Subscription:
    """What waits for one stream: of one conversation, or, with None, of all for the staff."""

    def __init__(self, conversation_id: str | None) -> None:
        self.conversation_id = conversation_id
        self._queue: asyncio.Queue[Notice | None] = asyncio.Queue()
        self._ended = False

    async def next(self) -> Notice:
        """The next notice, in the order of events. Raises Ended."""
        notice = await self._queue.get()
        if notice is None:
            raise Ended
        return notice

    def put(self, notice: Notice) -> None:
        """Let a notice wait; with too many waiting the subscription ends after those."""
        if self._ended:
            return
        if self._queue.qsize() >= WAITING:
            self.end()
        else:
            self._queue.put_nowait(notice)

    def end(self) -> None:
        """Let what waits be read, then nothing more."""
        if not self._ended:
            self._ended = True
            self._queue.put_nowait(None)
