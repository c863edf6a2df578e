"""Rate limits: how many calls an address, and how many messages a conversation, has per minute.

Counts live in this process's memory; a restart forgets them.
"""

import time
from collections.abc import Callable

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.settings import Limits
from bot.web.errors import ApiError

EVENTS_PER_REQUEST = 4
"""An open page looks for news every few seconds, and many customers may share an address."""


class RateLimits:
    """The two limits, per minute; 0 switches one off. `limits` gives those in force."""

    def __init__(self, limits: Callable[[], Limits]) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._limits = limits

    def count_message(self, conversation_id: str) -> None:
        """Count one message; ApiError 429 when the conversation has had its minute's worth."""
        self._hit(self._limits().messages_per_minute, "conversation", conversation_id)

    def count_call(self, address: str) -> None:
        """Count one call that changes something; ApiError 429 when the address had too many."""
        self._hit(self._limits().requests_per_minute, "address", address)

    def count_event(self, address: str) -> None:
        """Count one event of a Gradio page, which looks for news by itself; ApiError 429."""
        amount = self._limits().requests_per_minute * EVENTS_PER_REQUEST
        self._hit(amount, "event", address)

    def _hit(self, amount: int, namespace: str, key: str) -> None:
        if not amount:
            return
        limit = RateLimitItemPerMinute(amount, namespace=namespace)
        if self._limiter.hit(limit, key):
            return
        reset = self._limiter.get_window_stats(limit, key).reset_time
        seconds = max(1, round(reset - time.time() + 0.5))
        raise ApiError(429, headers={"Retry-After": str(seconds)})
