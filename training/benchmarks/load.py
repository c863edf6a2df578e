"""What the load scripts share: a copy of a home to serve, its server process, and its questions."""

import csv
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bot.demo

LIMITS_OFF = """
[limits]
messages_per_minute = 0
requests_per_minute = 0
streams_per_address = 0
"""
READY_WITHIN_S = 60
DESKMATE = str(Path(sys.executable).with_name("deskmate"))


def questions() -> list[str]:
    """Return the sample shop's test messages, both languages in turn."""
    shop = Path(bot.demo.__file__).parent / "shop"
    columns = []
    for language in ("en", "zh"):
        for name, column in (("utterances_test.csv", "text"), ("questions_test.csv", "question")):
            with (shop / language / name).open(encoding="utf-8") as stream:
                columns.append([row[column] for row in csv.DictReader(stream)])
    return [text for group in zip(*columns, strict=False) for text in group]


@contextmanager
def copied(home: Path, folder: Path) -> Iterator[Path]:
    """Copy a home into `folder` with its rate limits off."""
    copy = folder / "home"
    shutil.copytree(home, copy)
    settings = copy / "deskmate.toml"
    kept, skipping = [], False
    for line in settings.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            skipping = line.strip() == "[limits]"
        if not skipping:
            kept.append(line)
    settings.write_text("\n".join(kept) + LIMITS_OFF, encoding="utf-8")
    yield copy


class Server:
    """A `deskmate serve` process of its own on a free port."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    def start(self) -> float:
        """Start it; returns the seconds until /readyz answered 200."""
        began = time.monotonic()
        self.process = subprocess.Popen(
            [DESKMATE, "--home", self.home, "serve", "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while time.monotonic() - began < READY_WITHIN_S:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with status {self.process.returncode}")
            try:
                if call(self.port, "GET", "/readyz")[0] == 200:
                    return time.monotonic() - began
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"not ready within {READY_WITHIN_S} s")

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it in order."""
        self.process.terminate()
        self.process.wait(30)

    def resident_mb(self) -> float:
        """Return its resident memory in MB."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def call(
    port: int, method: str, path: str, body: Any = None, token: str = "", timeout: float = 10
) -> tuple[int, Any]:
    """Make one request on a connection of its own; returns status and JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        return send(connection, method, path, body, token)
    finally:
        connection.close()


def send(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: Any = None,
    token: str = "",
) -> tuple[int, Any]:
    """Make one request on an open connection; returns status and JSON."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    connection.request(method, path, data, headers)
    answer = connection.getresponse()
    text = answer.read()
    return answer.status, json.loads(text) if text.startswith((b"{", b"[")) else None
