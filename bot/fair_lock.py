"""A lock that lets those who wait in by the order in which they came.

The threads' own lock promises no order: of two messages sent one after the other, the second might
be answered first.
"""

from collections import deque
from threading import Lock
from types import TracebackType


class FairLock:
    """A context manager; not re-entrant."""

    def __init__(self) -> None:
        self._inside = Lock()
        self._held = False
        self._waiting: deque[Lock] = deque()

    def __enter__(self) -> None:
        with self._inside:
            if not self._held:
                self._held = True
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._inside:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False
