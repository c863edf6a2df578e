"""Rate limits: who is counted, and when one may go on."""

import pytest

from bot.web.errors import ApiError
from bot.web.limits import RateLimits


def test_a_limit_counts_each_key_by_itself() -> None:
    limits = RateLimits(messages_per_minute=1, requests_per_minute=1)
    limits.count_message("a")
    limits.count_message("b")
    limits.count_call("a")
    with pytest.raises(ApiError) as refused:
        limits.count_message("a")
    assert refused.value.status_code == 429
    assert refused.value.headers is not None
    assert 55 <= int(refused.value.headers["Retry-After"]) <= 60


def test_zero_switches_a_limit_off() -> None:
    limits = RateLimits(messages_per_minute=0, requests_per_minute=0)
    for _ in range(1000):
        limits.count_message("a")
        limits.count_call("a")
