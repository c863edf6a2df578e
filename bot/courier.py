"""Delivers the outgoing webhooks of one address, in order, from where it was left.

A call that does not arrive is tried again, later and later, and nothing after it is sent before:
an address that is down misses nothing. Only what an address itself refuses is given up.
"""

import logging
import random
import sqlite3
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx

from bot.outgoing_calls import Call, Calls
from bot.outgoing_rows import Targets

log = logging.getLogger(__name__)

TIMEOUT_S = 5.0
TRIES = 10
"""Tries after which a refused call is given up, and an address counts as not working."""
LONGEST_PAUSE_S = 600.0
POLL_S = 1.0
"""How late an event of another process may be seen."""
RETRIED_REFUSALS = (401, 403, 404, 408, 425, 429)
"""Refusals that are about the address or the moment, not about the call."""


class Courier(threading.Thread):
    """Delivers to one address, one call after the other."""

    def __init__(
        self, url: str, calls: Calls, targets: Targets, send: Callable[[str, bytes], int]
    ) -> None:
        super().__init__(name="courier", daemon=True)
        self.news = threading.Event()
        self._url = url
        self._host = urlsplit(url).hostname
        self._calls = calls
        self._targets = targets
        self._send = send
        self._stopping = threading.Event()
        self._failures = 0

    def stop(self) -> None:
        """End after the call in hand."""
        self._stopping.set()
        self.news.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                pause_s = self._deliver()
            except sqlite3.Error as error:
                if self._stopping.is_set():
                    return
                log.error("webhook of %s: the database cannot be used: %s", self._host, error)
                pause_s = LONGEST_PAUSE_S / 10
            if pause_s:
                self._stopping.wait(pause_s)
            else:
                self.news.wait(POLL_S)
                self.news.clear()

    def _deliver(self) -> float:
        """Deliver all there is; returns the seconds to wait after a failure, 0 when all is told."""
        while not self._stopping.is_set():
            target = self._targets.find(self._url)
            call = self._calls.next(target) if target else None
            if call is None:
                return 0
            if call.body is None:
                self._targets.skipped(self._url, call.step)
            elif pause_s := self._try(call, call.body):
                return pause_s
        return 0

    def _try(self, call: Call, body: bytes) -> float:
        """Make one call; returns the seconds to wait before it is tried again, 0 to go on."""
        try:
            status = self._send(self._url, body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return self._failed(type(error).__name__)
        if 200 <= status < 300:
            self._targets.arrived(self._url, call.step)
            return 0
        pause_s = self._failed(f"status {status}")
        refused = 300 <= status < 500 and status not in RETRIED_REFUSALS
        if refused and self._failures >= TRIES:
            self._targets.gave_up(self._url, call.step, f"status {status}")
            log.error("webhook of %s: refused with status %d, given up", self._host, status)
            return 0
        return pause_s

    def _failed(self, error: str) -> float:
        self._failures = self._targets.failed(self._url, error)
        if self._failures in (1, TRIES):
            told = (self._host, self._failures, error)
            log.warning("webhook of %s: tries failed in a row: %d (%s)", *told)
        pause_s = min(LONGEST_PAUSE_S, 2.0 ** (self._failures - 1))
        return pause_s * random.uniform(0.75, 1.25)  # noqa: S311  # no secret
