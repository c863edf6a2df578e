"""Call the business's own web services: one bounded call, and what it answered.

The host is the configured one, whatever a customer wrote; a failure is a value, not an exception.
Knows no conversation and no procedure. Logs service, method, status and time, never a value.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import httpx

from bot.procedure_schema import Service
from bot.service_access import Access, access
from knowledge.errors import DeskmateError

log = logging.getLogger(__name__)
# It would write every address called, with the slot values in it, at INFO.
logging.getLogger("httpx").setLevel(logging.WARNING)

MOST_BYTES = 256 * 1024
"""The longest answer that is read."""
MOST_REDIRECTS = 3
AT_ONCE = 16
"""Calls under way at the same time; more wait, on their own time."""
FIRST_PAUSE_S = 0.1
WORTH_REPEATING = (429, 500, 502, 503, 504)
"""Answers that a moment later may be better."""
NO_CONNECTION = "no connection"


@dataclass(frozen=True, slots=True)
class CallRequest:
    """A call to make: `path` is encoded already, `key` names it so that it acts once."""

    service: str
    method: str
    path: str
    body: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class CallResult:
    """What came of a call: the status and the JSON object answered; else what the problem was."""

    status: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


class Endpoint(Protocol):
    """Makes calls; what goes wrong outside is told in the result, never raised."""

    def call(self, request: CallRequest) -> CallResult:
        """Make the call."""


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
        errand = _Errand(self._client, reached, request, service, began + service.timeout_s)
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


@dataclass(frozen=True, slots=True)
class _Errand:
    """One call with its repetitions, until `deadline` on the monotonic clock."""

    client: httpx.Client
    access: Access
    request: CallRequest
    service: Service
    deadline: float

    def run(self) -> CallResult:
        tries = 1 + (self.service.retries if self.request.repeatable else 0)
        for number in range(tries):
            result = self._try()
            pause_s = FIRST_PAUSE_S * 2**number
            passing = result.status in WORTH_REPEATING or result.problem.startswith(NO_CONNECTION)
            if not passing or number + 1 == tries or self._left_s() <= pause_s:
                break
            time.sleep(pause_s)
        return result

    def _left_s(self) -> float:
        return self.deadline - time.monotonic()

    def _try(self) -> CallResult:
        try:
            return self._send(self.access.base + self.request.path, MOST_REDIRECTS)
        except httpx.TimeoutException:
            return CallResult(problem="no answer in time")
        except (httpx.HTTPError, httpx.InvalidURL, RuntimeError) as error:
            # httpx raises RuntimeError once its client is closed.
            return CallResult(problem=f"{NO_CONNECTION} ({type(error).__name__})")

    def _send(self, url: str, redirects: int) -> CallResult:
        left_s = self._left_s()
        if left_s <= 0:
            return CallResult(problem="no answer in time")
        with self.client.stream(
            self.request.method,
            url,
            json=self.request.body or None,
            headers=self._headers(),
            timeout=left_s,
        ) as response:
            if not response.is_redirect:
                return _read(response, self.deadline)
            target = response.url.join(response.headers["location"])
        if redirects == 0 or self.request.method != "GET" or not self._same_place(target):
            return CallResult(problem="refused to be sent elsewhere")
        return self._send(str(target), redirects - 1)

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if self.request.method != "GET" and self.request.key:
            headers["Idempotency-Key"] = self.request.key
        return {**headers, **self.access.headers}

    def _same_place(self, target: httpx.URL) -> bool:
        base = httpx.URL(self.access.base)
        return (target.scheme, target.host, target.port) == (base.scheme, base.host, base.port)


def _read(response: httpx.Response, deadline: float) -> CallResult:
    """The answer, read no further than its limits."""
    content = b""
    for piece in response.iter_raw():
        content += piece
        if len(content) > MOST_BYTES:
            return CallResult(problem="the answer is too long")
        if time.monotonic() > deadline:
            return CallResult(problem="no answer in time")
    if not content.strip():
        return CallResult(response.status_code)
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError):
        return CallResult(problem=f"status {response.status_code} without JSON")
    if not isinstance(fields, dict):
        return CallResult(problem=f"status {response.status_code} without a JSON object")
    return CallResult(response.status_code, fields)


def _stays_inside(path: str) -> bool:
    """Whether no part of the path climbs, for servers that look before or after decoding."""
    parts = urlsplit(path).path.split("/")
    return not any(unquote(part) in (".", "..") for part in parts)
