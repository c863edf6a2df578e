"""What all routes share: the runtime, a bounded pool of threads for it, limits and metrics."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, TypeVar

import anyio
import anyio.to_thread
from fastapi import Request

from bot import passwords
from bot.audit import Audit
from bot.staff import StaffAccounts
from bot.web.customer_view import CustomerView
from bot.web.errors import ApiError
from bot.web.limits import RateLimits
from bot.web.live import Live
from bot.web.metrics import Metrics
from bot.web.notices import Notices
from bot.web.open_streams import OpenStreams

if TYPE_CHECKING:
    from bot.runtime import Runtime

T = TypeVar("T")

THREADS = 32
"""Enough for messages to be encoded together in batches; more would only wait for two cores."""
WAITING_SIGN_INS = 20
"""Sign-ins that may wait for their turn at checking a password; more are sent away."""
NETWORK_BITS = 64
"""What one customer of a provider has of IPv6: their addresses in it count as one."""


@dataclass(frozen=True)
class Service:
    """One application's dependencies; `identity_secret` signs customer ids, None refuses them."""

    runtime: "Runtime"
    limits: RateLimits
    metrics: Metrics
    accounts: StaffAccounts
    audit: Audit
    view: CustomerView
    notices: Notices
    live: Live
    streams: OpenStreams
    identity_secret: str | None = field(default=None, repr=False)
    metrics_token: str | None = field(default=None, repr=False)
    channel_key: str | None = field(default=None, repr=False)
    threads: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(THREADS))
    sign_ins: "SignIns" = field(default_factory=lambda: SignIns())  # defined below

    async def run(self, work: Callable[[], T]) -> T:
        """Run synchronous `work` in the pool."""
        return await anyio.to_thread.run_sync(work, limiter=self.threads)

    def authorise(self, conversation_id: str, token: str) -> None:
        """ApiError 401 unless `token` is the conversation's; 404 when there is none."""
        if self.runtime.log.authorise(conversation_id, token):
            return
        self.runtime.log.conversation(conversation_id)  # unknown: raises, answered with 404
        raise ApiError(401, headers={"WWW-Authenticate": "Bearer"})


class SignIns:
    """Work that checks a password, beside the pool: guesses hold up nobody but each other."""

    def __init__(self) -> None:
        self._threads = anyio.CapacityLimiter(passwords.AT_ONCE)
        self._inside = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` in its turn; ApiError 429 when too many wait for theirs."""
        if self._inside >= passwords.AT_ONCE + WAITING_SIGN_INS:
            raise ApiError(429, headers={"Retry-After": "5"})
        self._inside += 1
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._threads)
        finally:
            self._inside -= 1


def service_of(request: Request) -> Service:
    """The service of the application that got this request."""
    service: Service = request.app.state.service
    return service


def bearer(request: Request) -> str:
    """The token of the Authorization header; ApiError 401 without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ApiError(401, headers={"WWW-Authenticate": "Bearer"})
    return token.strip()


def address(request: Request) -> str:
    """The caller's network address, "unknown" where the server has none."""
    return network(request.client.host) if request.client else "unknown"


def network(host: str) -> str:
    """What is counted as one caller: an IPv4 address, or the network of an IPv6 one."""
    try:
        found = ip_address(host)
    except ValueError:
        return host
    if not isinstance(found, IPv6Address):
        return host
    mapped = found.ipv4_mapped
    return str(mapped or ip_network((int(found), NETWORK_BITS), strict=False))


def same(given: str, right: str | None) -> bool:
    """Whether a secret was given rightly, compared in constant time; never without a right one."""
    return right is not None and hmac.compare_digest(given.encode(), right.encode())
