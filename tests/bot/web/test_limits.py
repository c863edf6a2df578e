"""Rate limits: who is counted, and when one may go on."""

import pytest

from bot.settings import Limits
from bot.web.errors import ApiError
from bot.web.limits import EVENTS_PER_REQUEST, RateLimits
from bot.web.service import network
from tests.bot.web.staff_client import OWN_PAGE, signed_in


def test_a_limit_counts_each_key_by_itself() -> None:
    limits = RateLimits(lambda: Limits(messages_per_minute=1, requests_per_minute=1))
    limits.count_message("a")
    limits.count_message("b")
    limits.count_call("a")
    with pytest.raises(ApiError) as refused:
        limits.count_message("a")
    assert refused.value.status_code == 429
    assert refused.value.headers is not None
    assert 55 <= int(refused.value.headers["Retry-After"]) <= 60


def test_zero_switches_a_limit_off() -> None:
    limits = RateLimits(lambda: Limits(messages_per_minute=0, requests_per_minute=0))
    for _ in range(1000):
        limits.count_message("a")
        limits.count_call("a")


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("testclient", "testclient"),
    ],
)
def test_all_addresses_of_one_household_are_one_caller(host: str, counted: str) -> None:
    """Else whoever has IPv6 has as many addresses as there are limits to pass."""
    assert network(host) == counted


def test_a_limit_that_was_changed_holds_at_once() -> None:
    limits = Limits(messages_per_minute=1)
    counting = RateLimits(lambda: limits)
    counting.count_message("a")
    limits = Limits(messages_per_minute=3)
    for _ in range(3):
        counting.count_message("a")
    with pytest.raises(ApiError):
        counting.count_message("a")


@pytest.mark.parametrize("page", ["/chat", "/staff"])
def test_an_address_starts_so_many_events_of_a_page_a_minute(make_client, page: str) -> None:
    client = make_client(Limits(requests_per_minute=1))
    headers = OWN_PAGE
    if page == "/staff":
        headers = headers | signed_in(client, "tom").cookie
    answers = [
        client.post(f"{page}/gradio_api/queue/join", json={}, headers=headers).status_code
        for _ in range(EVENTS_PER_REQUEST + 1)
    ]
    assert answers == [422] * EVENTS_PER_REQUEST + [429]
