"""Rate limits: how many calls an address, and how many messages a conversation, has per minute.

Counts live in this process's memory; a restart forgets them.
"""

import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.web.errors import ApiError


class RateLimits:
    """The two limits, per minute; 0 switches one off."""

    def __init__(self, *, messages_per_minute: int, requests_per_minute: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._message = _per_minute(messages_per_minute, "conversation")
        self._call = _per_minute(requests_per_minute, "address")

    def count_message(self, conversation_id: str) -> None:
        """Count one message; ApiError 429 when the conversation has had its minute's worth."""
        self._hit(self._message, conversation_id)

    def count_call(self, address: str) -> None:
        """Count one call that changes something; ApiError 429 when the address had too many."""
        self._hit(self._call, address)

    def _hit(self, limit: RateLimitItem | None, key: str) -> None:
        if limit is None or self._limiter.hit(limit, key):
            return
        reset = self._limiter.get_window_stats(limit, key).reset_time
        seconds = max(1, round(reset - time.time() + 0.5))
        raise ApiError(429, headers={"Retry-After": str(seconds)})


def _per_minute(amount: int, namespace: str) -> RateLimitItem | None:
    return RateLimitItemPerMinute(amount, namespace=namespace) if amount else None
