"""How many live streams are open at once: of an address, a conversation, one of the staff, a page.

Counted in memory; for the event loop's thread only.
"""

from collections import Counter
from collections.abc import Callable

from prometheus_client import Gauge

from bot.settings import Limits
from bot.web.errors import ApiError

OF_ONE_CONVERSATION = 10
"""Open tabs of one customer, or of one of the staff."""
RETRY_AFTER_S = 5


class OpenStreams:
    """Counts streams and refuses what is too many; `limits` gives those in force."""

    def __init__(self, limits: Callable[[], Limits], gauge: Gauge) -> None:
        self._limits = limits
        self._gauge = gauge
        self._open: Counter[tuple[str, str]] = Counter()

    def enter(self, address: str, kind: str, whose: str) -> Callable[[], None]:
        """Count a stream of `kind`, of conversation or staff `whose`; returns what ends it.

        ApiError 429 when the address or `whose` has too many.
        """
        keys = (("address", address), (kind, whose))
        most = self._limits().streams_per_address
        if (most and self._open[keys[0]] >= most) or self._open[keys[1]] >= OF_ONE_CONVERSATION:
            raise ApiError(429, headers={"Retry-After": str(RETRY_AFTER_S)})
        self._open.update(keys)
        self._gauge.labels(kind).inc()

        def leave() -> None:
            self._gauge.labels(kind).dec()
            self._open.subtract(keys)
            for key in keys:
                if self._open[key] <= 0:
                    del self._open[key]

        return leave
