"""Time staff replies to their customers' open streams, and count events missed or doubled.

Every conversation has a stream open, each is cut once and resumed, and customers go on writing.

python -m training.benchmarks.live --home .demo
"""

import argparse
import http.client
import json
import random
import socket
import sqlite3
import statistics
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from bot.registry import utc_now
from bot.staff import StaffAccounts
from bot.web.staff_session import COOKIE, CSRF_HEADER, csrf_token
from knowledge.database import Database
from training.benchmarks.load import Server, call, copied, questions, send

STAFF = "bench"
CUSTOMERS = 2
"""Threads in which customers write, each some messages a second."""
PAUSE_S = 0.2
PATIENCE_S = 30
RETRY_S = 0.05


@dataclass
class Conversation:
    """One customer: what the stream told, and when."""

    id: str
    token: str
    port: int
    told: list[int] = field(default_factory=list)
    came: dict[str, float] = field(default_factory=dict)
    """When a text was told, by the clock `time.perf_counter`."""
    last_id: str = ""
    opened: threading.Event = field(default_factory=threading.Event)
    closing: bool = False
    connection: http.client.HTTPConnection | None = None

    def watch(self) -> None:
        """Read the stream until it is closed, and resume it whenever it is cut."""
        while not self.closing:
            try:
                self._read()
            except (OSError, http.client.HTTPException):
                time.sleep(RETRY_S)

    def cut(self) -> None:
        """Cut the connection as a network would."""
        if self.connection is not None and self.connection.sock is not None:
            self.connection.sock.shutdown(socket.SHUT_RDWR)

    def _read(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        headers = {"Authorization": f"Bearer {self.token}", "Last-Event-ID": self.last_id}
        self.connection.request("GET", f"/api/conversations/{self.id}/events", headers=headers)
        answer = self.connection.getresponse()
        fields: dict[str, str] = {}
        while line := answer.readline().decode():
            name, colon, value = line.rstrip("\n").partition(":")
            if name or colon:
                fields[name] = value.strip()
            else:
                self._take(fields)
                fields = {}

    def _take(self, fields: dict[str, str]) -> None:
        now = time.perf_counter()
        self.last_id = fields.get("id", self.last_id)
        if fields.get("event") == "message":
            message = json.loads(fields["data"])
            self.told.append(message["id"])
            self.came.setdefault(message["text"], now)
        elif fields.get("event") == "status":
            self.opened.set()


class Colleague:
    """Somebody of the staff with a session of their own, who replies in turn."""

    def __init__(self, port: int, token: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        self.headers = {
            "Content-Type": "application/json",
            "Cookie": f"{COOKIE}={token}",
            CSRF_HEADER: csrf_token(token),
            "Sec-Fetch-Site": "same-origin",
        }

    def say(self, conversation: Conversation, text: str) -> None:
        """Reply to one customer."""
        path = f"/api/staff/conversations/{conversation.id}/messages"
        self.connection.request("POST", path, json.dumps({"text": text}), self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 201:
            raise RuntimeError(f"{answer.status} {body[:200]!r}")


def opened(port: int) -> Conversation:
    """Start a conversation that waits for a person."""
    _, started = call(port, "POST", "/api/conversations", {})
    call(port, "POST", f"/api/conversations/{started['id']}/handoff", {}, started["token"])
    return Conversation(started["id"], started["token"], port)


def write(conversations: list[Conversation], stop: threading.Event, seed: int) -> None:
    """Have customers write until `stop`."""
    connection = http.client.HTTPConnection("127.0.0.1", conversations[0].port, timeout=PATIENCE_S)
    chance, texts = random.Random(seed), questions()
    while not stop.wait(PAUSE_S):
        one = chance.choice(conversations)
        body = {"text": chance.choice(texts)}
        send(connection, "POST", f"/api/conversations/{one.id}/messages", body, one.token)


def reply(
    conversations: list[Conversation], colleague: Colleague, rounds: int, pace: float
) -> dict[str, float]:
    """Reply `rounds` times to each, `pace` times a second; returns when each text was sent."""
    sent: dict[str, float] = {}
    began = time.perf_counter()
    for number in range(rounds):
        for one in conversations:
            time.sleep(max(0.0, began + len(sent) / pace - time.perf_counter()))
            text = f"reply {number} to {one.id}"
            sent[text] = time.perf_counter()
            colleague.say(one, text)
            if number == rounds // 2:
                conversations[len(sent) % len(conversations)].cut()
    return sent


def kept(home: Path) -> dict[str, list[int]]:
    """The ids of every conversation's messages, as the database holds them."""
    database = sqlite3.connect(f"file:{home / 'deskmate.db'}?mode=ro", uri=True)
    found: dict[str, list[int]] = {}
    for conversation_id, number in database.execute("SELECT conversation_id, id FROM messages"):
        found.setdefault(conversation_id, []).append(number)
    database.close()
    return found


def missed(conversations: list[Conversation], right: dict[str, list[int]]) -> int:
    """Count messages that a stream has not told, after waiting for them."""
    until = time.monotonic() + PATIENCE_S
    while True:
        count = sum(len(set(right[one.id]) - set(one.told)) for one in conversations)
        if not count or time.monotonic() > until:
            return count
        time.sleep(RETRY_S)


def signed_in(home: Path) -> str:
    """Make an account; returns the token of a session."""
    database = Database(home / "deskmate.db")
    accounts = StaffAccounts(database, utc_now)
    password = f"bench-{random.random()}"
    accounts.add(STAFF, password, "agent")
    token = accounts.sign_in(STAFF, password, "127.0.0.1")
    database.close()
    return token


def run(home: Path, options: argparse.Namespace) -> None:
    """Open, reply, write and cut, then print what came of it."""
    server = Server(home)
    server.start()
    colleague = Colleague(server.port, signed_in(home))
    conversations = [opened(server.port) for _ in range(options.conversations)]
    for one in conversations:
        threading.Thread(target=one.watch, daemon=True).start()
    for one in conversations:
        one.opened.wait(PATIENCE_S)
    stop = threading.Event()
    writers = [
        threading.Thread(target=write, args=(conversations, stop, seed))
        for seed in range(CUSTOMERS)
    ]
    for writer in writers:
        writer.start()
    sent = reply(conversations, colleague, options.rounds, options.pace)
    stop.set()
    for writer in writers:
        writer.join()
    right = kept(home)
    lost = missed(conversations, right)
    came = {text: at for one in conversations for text, at in one.came.items()}
    cuts = statistics.quantiles([(came[text] - at) * 1000 for text, at in sent.items()], n=100)
    doubled = sum(len(one.told) - len(set(one.told)) for one in conversations)
    told = sum(len(one.told) for one in conversations)
    print(
        f"{len(conversations)} streams, {len(sent)} staff replies: p50 {cuts[49]:.1f} ms, "
        f"p95 {cuts[94]:.1f} ms, p99 {cuts[98]:.1f} ms; {told} messages told, "
        f"{lost} missed, {doubled} doubled; {server.resident_mb():.0f} MB"
    )
    for one in conversations:
        one.closing = True
    server.stop()


def main() -> None:
    """Serve a copy of a home and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--conversations", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5, help="replies to each conversation")
    parser.add_argument("--pace", type=float, default=20.0, help="replies a second")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, copied(options.home, Path(folder)) as home:
        run(home, options)


if __name__ == "__main__":
    main()
