"""One call of a service over HTTP: its tries, its redirects, the answer read within limits.

Knows neither the declared services nor the environment.
"""

import json
import time
from dataclasses import dataclass

import httpx

from bot.call_types import CallRequest, CallResult
from bot.service_access import Access

MOST_BYTES = 256 * 1024
"""The longest answer that is read."""
MOST_REDIRECTS = 3
FIRST_PAUSE_S = 0.1
WORTH_REPEATING = (429, 500, 502, 503, 504)
"""Answers that a moment later may be better."""
NO_CONNECTION = "no connection"


@dataclass(frozen=True, slots=True)
class Errand:
    """One call with its repetitions, until `deadline` on the monotonic clock."""

    client: httpx.Client
    access: Access
    request: CallRequest
    tries: int
    deadline: float

    def run(self) -> CallResult:
        """Make the call, again where a moment later may be better and repeating is harmless."""
        for number in range(self.tries):
            result = self._try()
            pause_s = FIRST_PAUSE_S * 2**number
            passing = result.status in WORTH_REPEATING or result.problem.startswith(NO_CONNECTION)
            if not passing or number + 1 == self.tries or self._left_s() <= pause_s:
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
            if not response.has_redirect_location:
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
