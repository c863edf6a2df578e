"""A real server on a free port for the tests of streams, and a client that reads one."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI

from bot.runtime import Runtime
from bot.serving import Server, listen
from bot.staff import Role
from bot.web.app import create_app
from bot.web.staff_session import COOKIE
from tests.bot.web.fake_runtime import FakeRuntime
from tests.bot.web.staff_client import session_of
from tests.waiting import PATIENCE_S


@dataclass(frozen=True)
class Sent:
    """One event as it came: its id ("" without one), its name and its data."""

    id: str
    event: str
    data: Any


class Stream:
    """An open stream; read it with `next`."""

    def __init__(
        self, port: int, path: str, headers: dict[str, str], last_id: str | None = None
    ) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        resume = {} if last_id is None else {"Last-Event-ID": last_id}
        self.connection.request("GET", path, headers=headers | resume)
        self.response = self.connection.getresponse()
        self.comments = 0

    def next(self) -> Sent | None:
        """The next event; None at the end of the stream."""
        fields: dict[str, str] = {}
        while line := self.response.readline().decode():
            name, colon, value = line.rstrip("\n").partition(":")
            if name or colon:
                fields[name] = value.removeprefix(" ")
                self.comments += not name
            elif "data" in fields:
                return Sent(fields.get("id", ""), fields["event"], json.loads(fields["data"]))
            else:
                fields = {}
        return None

    def until(self, event: str) -> list[Sent]:
        """Everything up to the first of this name."""
        read: list[Sent] = []
        while not read or read[-1].event != event:
            sent = self.next()
            assert sent is not None, f"the stream ended after {read}"
            read.append(sent)
        return read

    def opened(self) -> str:
        """Read what opens a stream of which nothing was missed; returns the last event's id."""
        assert self.response.status == 200
        lines = [self.response.readline().decode() for _ in range(4)]
        assert (lines[0][:6], lines[2][:3]) == ("retry:", "id:")
        return lines[2][3:].strip()

    def close(self) -> None:
        self.response.close()
        self.connection.close()


@dataclass
class LiveServer:
    """The application of a runtime on a port."""

    runtime: Any
    app: FastAPI
    port: int
    server: Server
    thread: threading.Thread
    streams: list[Stream] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cookie(self, name: str, role: Role = "agent", shown: str = "") -> dict[str, str]:
        """A new session of one of the staff, as a browser's context takes it."""
        return {"name": COOKIE, "value": session_of(self.app, name, role, shown), "url": self.url}

    def call(self, method: str, path: str, token: str = "", **body: Any) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        with closing(connection):
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
            connection.request(method, path, json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None

    def start(self) -> tuple[str, str]:
        """Start a conversation: its path and its token."""
        _, opened = self.call("POST", "/api/conversations")
        return f"/api/conversations/{opened['id']}", opened["token"]

    def watch(self, path: str, token: str, last_id: str | None = None) -> Stream:
        """Open a customer's stream."""
        headers = {"Authorization": f"Bearer {token}"}
        return self.open(f"{path}/events", headers, last_id)

    def open(self, path: str, headers: dict[str, str], last_id: str | None = None) -> Stream:
        stream = Stream(self.port, path, headers, last_id)
        self.streams.append(stream)
        return stream

    def stop(self) -> float:
        """Stop it as a signal would; returns the seconds that took."""
        began = time.monotonic()
        self.server.should_exit = True
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()
        return time.monotonic() - began


@contextmanager
def serving(runtime: FakeRuntime | Runtime, port: int = 0) -> Iterator[LiveServer]:
    """Serve `runtime` within the block; port 0 is any free one.

    The application is built and run in other threads: in this one may run an event loop already.
    """
    with ThreadPoolExecutor(1) as beside:
        app: FastAPI = beside.submit(create_app, runtime).result()  # type: ignore[arg-type]
    started = threading.Event()
    config = uvicorn.Config(app, log_config=None, access_log=False)
    server = Server(config, started.set, app.state.service.live.close)
    with listen("127.0.0.1", port) as listener:
        port = listener.getsockname()[1]
        thread = threading.Thread(target=lambda: server.run(sockets=[listener]))
        thread.start()
        assert started.wait(PATIENCE_S)
        live = LiveServer(runtime, app, port, server, thread)
        try:
            yield live
        finally:
            for stream in live.streams:
                stream.close()
            live.stop()
