"""Call the business's own web services: one bounded call, and what it answered.

The host is the configured one, whatever a customer wrote; a failure is a value, not an exception.
Knows no conversation and no procedure. Logs service, method, status and time, never a value.
"""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from urllib.parse import unquote, urlsplit

import httpx

from bot.call_types import CallRequest, CallResult, Endpoint
from bot.errand import Errand
from bot.procedure_schema import Service
from bot.service_access import access
from knowledge.errors import DeskmateError

__all__ = ["CallRequest", "CallResult", "Endpoint", "HttpEndpoint"]

log = logging.getLogger(__name__)
# It would write every address called, with the slot values in it, at INFO.
logging.getLogger("httpx").setLevel(logging.WARNING)

AT_ONCE = 16
"""Calls under way at the same time; more wait, on their own time."""


class HttpEndpoint:
    """Calls the declared services over HTTP. Threads may share it; `close` ends it."""

    def __init__(
        self, services: Callable[[], Mapping[str, Service]], environ: Mapping[str, str]
    ) -> None:
        """`services` gives those in force, so that an edited domain counts at once."""
        self._services = services
        self._environ = environ
        # Neither a proxy nor ~/.netrc of this machine's user: only what domain.toml says.
        self._client = httpx.Client(trust_env=False, follow_redirects=False)
        self._workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="call")

    def close(self) -> None:
        """End; a call under way comes to nothing."""
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    def call(self, request: CallRequest) -> CallResult:
        """Make the call, in no more than the service's `timeout_s`."""
        began = time.monotonic()
        result = self._call(request, began)
        spent_ms = (time.monotonic() - began) * 1000
        told = (request.service, request.method, result.status, spent_ms, result.problem or "done")
        log.log(
            logging.WARNING if result.problem else logging.INFO,
            "call of %s: %s, status %s, %.0f ms, %s",
            *told,
        )
        return result

    def _call(self, request: CallRequest, began: float) -> CallResult:
        service = self._services().get(request.service)
        if service is None:
            return CallResult(problem="not configured: no such service")
        try:
            reached = access(request.service, service, self._environ)
        except DeskmateError:  # `deskmate doctor` tells it in full
            return CallResult(problem="not configured")
        if not _stays_inside(request.path):
            return CallResult(problem="the path leads out of its place")
        tries = 1 + (service.retries if request.repeatable else 0)
        errand = Errand(self._client, reached, request, tries, began + service.timeout_s)
        try:
            future: Future[CallResult] = self._workers.submit(errand.run)
        except RuntimeError:  # raised once `close` was called
            return CallResult(problem="closed")
        try:
            # The time limits of a socket hold for one read and not for the name's look-up.
            return future.result(timeout=service.timeout_s)
        except TimeoutError:
            future.cancel()
            return CallResult(problem="no answer in time")


def _stays_inside(path: str) -> bool:
    """Whether no part of the path climbs, for servers that look before or after decoding."""
    parts = urlsplit(path).path.split("/")
    return not any(unquote(part) in (".", "..") for part in parts)
