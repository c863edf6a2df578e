"""Who of the staff looks at which conversation now; in this process's memory only."""

import math
import threading
import time
from collections.abc import Callable

LOOKING_S = 25.0
"""Somebody whose page was not heard of for so long looks no more; pages look every ten seconds."""
OPENING_S = 10.0
"""So long a look of a page may be late that asked before it opened another conversation."""


class Viewers:
    """Who looks at what. Threads may share it."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._looking: dict[str, tuple[str, float]] = {}  # page -> name, when
        self._at: dict[str, str] = {}  # page -> conversation
        self._opened: dict[str, float] = {}  # page -> when it opened that
        self._lock = threading.Lock()

    def look(self, page: str, name: str, conversation_id: str) -> None:
        """The page `page` of `name` opens the conversation, or none."""
        with self._lock:
            now = self._heard_of(page, name)
            self._at[page], self._opened[page] = conversation_id, now

    def look_again(self, page: str, name: str, conversation_id: str) -> None:
        """The page looks at the conversation still, unless it has just opened another one."""
        with self._lock:
            now = self._heard_of(page, name)
            if now - self._opened.get(page, -math.inf) >= OPENING_S:
                self._at[page] = conversation_id

    def _heard_of(self, page: str, name: str) -> float:
        """Forget the pages not heard of for long, but this one; the time now."""
        now = self._seconds()
        self._looking[page] = (name, now)
        for old in [one for one, (_, at) in self._looking.items() if at < now - LOOKING_S]:
            del self._looking[old], self._at[old]
            self._opened.pop(old, None)
        return now

    def shown(self, page: str) -> str:
        """The conversation that the page shows; "" when none, or none is known."""
        with self._lock:
            return self._at.get(page, "")

    def of(self, conversation_id: str, but: str = "") -> list[str]:
        """Who else than `but` looks at a conversation, by name."""
        since = self._seconds() - LOOKING_S
        with self._lock:
            return sorted(
                {
                    name
                    for page, (name, at) in self._looking.items()
                    if at >= since and name != but and self._at[page] == conversation_id
                }
            )
