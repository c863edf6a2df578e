"""Outgoing webhooks: tells other systems of conversations, messages and changes of status.

One courier for each address, in one process of the home; nobody waits for them.
"""

import logging
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import httpx
from filelock import FileLock, Timeout

from bot.courier import TIMEOUT_S, Courier
from bot.log import ConversationLog
from bot.outgoing_calls import Calls, signature
from bot.outgoing_rows import Targets

log = logging.getLogger(__name__)
# It logs whole addresses, which may hold secrets.
logging.getLogger("httpx").setLevel(logging.WARNING)

SECRET_VARIABLE = "DESKMATE_WEBHOOK_SECRET"  # noqa: S105  # a variable's name
SIGNATURE_HEADER = "X-Deskmate-Signature"
LOCK_FILE = "webhooks.lock"
Send = Callable[[str, bytes, Mapping[str, str]], int]
"""Posts a body with headers to an address; returns the status. Raises httpx.HTTPError."""


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Post without following redirects and without reading the answer's body."""
    with (
        httpx.Client(timeout=TIMEOUT_S, follow_redirects=False) as client,
        client.stream("POST", url, content=body, headers=dict(headers)) as answer,
    ):
        return answer.status_code


class Outgoing:
    """All addresses of a home. `look` has to be called now and then, for changed settings."""

    def __init__(
        self,
        log: ConversationLog,
        folder: Path,
        urls: Callable[[], Collection[str]],
        secret: str | None,
        send: Send = post,
    ) -> None:
        """`urls` gives the addresses in force; without a `secret` nothing is sent."""
        self.targets = Targets(log.database)
        self._log = log
        self._urls = urls
        self._secret = secret
        self._send = send
        self._calls = Calls(log, self.targets)
        self._couriers: dict[str, Courier] = {}
        self._lock = FileLock(folder / LOCK_FILE, thread_local=False)
        self._forget = log.database.on_commit(self._wake)
        self._complained = False

    def note(self, kind: str, data: Mapping[str, Any]) -> None:
        """Tell all addresses something that is no event of a conversation, such as an alert."""
        if self._urls():
            self.targets.note(kind, data, self._log.clock())

    def look(self) -> None:
        """Have a courier for each address of the settings, unless another process has them."""
        urls = set(self._urls())
        if urls and not self._secret:
            self._complain()
            return
        if not (urls or self._couriers) or not self._ours():
            return
        self.targets.keep(urls)
        for url in set(self._couriers) - urls:
            self._couriers.pop(url).stop()
        for url in urls - set(self._couriers):
            self._couriers[url] = Courier(url, self._calls, self.targets, self._signed)
            self._couriers[url].start()

    def close(self) -> None:
        """Stop the couriers; what they have not told is told after the next start."""
        self._forget()
        for courier in self._couriers.values():
            courier.stop()
        for courier in self._couriers.values():
            courier.join(TIMEOUT_S + 1)
        self._couriers.clear()
        self._lock.release()

    def _signed(self, url: str, body: bytes) -> int:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "deskmate",
            SIGNATURE_HEADER: signature(self._secret or "", int(time.time()), body),
        }
        return self._send(url, body, headers)

    def _ours(self) -> bool:
        if not self._lock.is_locked:
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                return False
        return True

    def _wake(self) -> None:
        for courier in tuple(self._couriers.values()):
            courier.news.set()

    def _complain(self) -> None:
        if not self._complained:
            self._complained = True
            log.error(
                "webhooks.urls: nothing is sent without %s in the environment", SECRET_VARIABLE
            )
