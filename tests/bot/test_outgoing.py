"""Outgoing webhooks: what is told, signed how, in which order, and what happens when it fails."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from bot import courier
from bot.desk import Desk
from bot.log import ConversationLog
from bot.outgoing import SIGNATURE_HEADER, Outgoing, post
from bot.outgoing_calls import signature
from bot.types import Customer, HandOff
from tests.bot.log_samples import opened_log, reply, state, turn
from tests.waiting import until

URL = "https://crm.example/hook"
SECRET = "shared"


class Receiver:
    """The other end: answers each call with the next of `answers`, then with 200."""

    def __init__(self) -> None:
        self.answers: list[int | httpx.HTTPError] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.headers: list[Mapping[str, str]] = []
        self.bodies: list[bytes] = []

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, httpx.HTTPError):
            raise answer
        if answer == 200:
            self.calls.append((url, json.loads(body)))
            self.headers.append(headers)
            self.bodies.append(body)
        return answer

    def names(self, url: str = URL) -> list[str]:
        return [call["event"] for at, call in self.calls if at == url]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ConversationLog]:
    with opened_log(tmp_path) as log:
        yield log


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def outgoing(
    log: ConversationLog, tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Outgoing]:
    monkeypatch.setattr(courier, "LONGEST_PAUSE_S", 0.01)
    outgoing = Outgoing(log, tmp_path, lambda: [URL], SECRET, receiver)
    outgoing.look()
    yield outgoing
    outgoing.close()


def told(outgoing: Outgoing) -> tuple[int, int, int]:
    """How often it was delivered, given up, and failed in a row."""
    (target,) = outgoing.targets.list()
    return target.delivered, target.given_up, target.failures


def test_conversations_messages_and_changes_are_told_in_order(
    log: ConversationLog, outgoing: Outgoing, receiver: Receiver
) -> None:
    talk, _ = log.start("en", Customer("42", "Ann", None, True))
    log.append(turn(talk), state(talk))
    Desk(log).hand_off(talk, "requested", reply("Wait.", HandOff("requested")))
    until(lambda: len(receiver.calls) == 5)
    assert receiver.names() == [
        "conversation_created",
        "message_created",
        "message_created",
        "conversation_status_changed",
        "message_created",
    ]
    started, heard, said, changed, _ = (call["data"] for _, call in receiver.calls)
    assert started["conversation"]["customer"]["id"] == "42"
    assert [heard["message"]["role"], said["message"]["role"]] == ["customer", "bot"]
    assert said["message"] == log.messages(talk)[1].to_dict()
    waiting = {"status": "waiting", "actor": "customer", "reason": "requested"}
    assert changed["change"] == waiting


def test_a_call_is_signed_with_its_time_and_body(
    log: ConversationLog, outgoing: Outgoing, receiver: Receiver
) -> None:
    log.start("en")
    until(lambda: len(receiver.calls) == 1)
    sent = receiver.headers[0][SIGNATURE_HEADER]
    timestamp, _, given = sent.removeprefix("t=").partition(",v1=")
    assert abs(time.time() - int(timestamp)) < 5
    signed = timestamp.encode() + b"." + receiver.bodies[0]
    assert given == hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()


def test_the_signature_is_the_documented_one() -> None:
    right = hmac.new(b"shared", b"12.{}", hashlib.sha256).hexdigest()
    assert signature("shared", 12, b"{}") == f"t=12,v1={right}"


def test_what_fails_is_tried_again_and_nothing_overtakes_it(
    log: ConversationLog, outgoing: Outgoing, receiver: Receiver
) -> None:
    receiver.answers = [500, httpx.ConnectError("refused"), 429, 302, 401]
    talks = [log.start("en")[0] for _ in range(3)]
    until(lambda: len(receiver.calls) == 3)
    assert [call["data"]["conversation"]["id"] for _, call in receiver.calls] == talks
    until(lambda: told(outgoing) == (3, 0, 0))


def test_what_is_refused_for_good_is_given_up(
    log: ConversationLog, outgoing: Outgoing, receiver: Receiver
) -> None:
    receiver.answers = [400] * courier.TRIES
    log.start("en")
    second, _ = log.start("en")
    until(lambda: len(receiver.calls) == 1)
    assert receiver.calls[0][1]["data"]["conversation"]["id"] == second
    until(lambda: told(outgoing) == (1, 1, 0))


def test_an_address_that_is_down_misses_nothing_and_shows(
    log: ConversationLog, outgoing: Outgoing, receiver: Receiver
) -> None:
    receiver.answers = [503] * 10_000
    for _ in range(3):
        log.start("en")
    until(lambda: outgoing.targets.list()[0].failures >= courier.TRIES)
    assert outgoing.targets.list()[0].last_error == "status 503"
    receiver.answers = []
    until(lambda: len(receiver.calls) == 3)


def test_what_happened_while_nobody_sent_is_told_after_the_start(
    log: ConversationLog, outgoing: Outgoing, receiver: Receiver, tmp_path: Path
) -> None:
    log.start("en")
    until(lambda: len(receiver.calls) == 1)
    outgoing.close()
    missed, _ = log.start("en")
    again = Outgoing(log, tmp_path, lambda: [URL], SECRET, receiver)
    again.look()
    until(lambda: len(receiver.calls) == 2)
    again.close()
    assert receiver.calls[1][1]["data"]["conversation"]["id"] == missed


def test_an_address_added_later_is_told_what_happens_from_then_on(
    log: ConversationLog, tmp_path: Path, receiver: Receiver
) -> None:
    urls: list[str] = []
    outgoing = Outgoing(log, tmp_path, lambda: urls, SECRET, receiver)
    outgoing.look()
    log.start("en")
    urls.append(URL)
    outgoing.look()
    new, _ = log.start("en")
    until(lambda: len(receiver.calls) == 1)
    assert receiver.calls[0][1]["data"]["conversation"]["id"] == new
    urls.clear()
    outgoing.look()
    log.start("en")
    outgoing.close()
    assert len(receiver.calls) == 1
    assert outgoing.targets.list() == []


def test_a_slow_address_holds_up_neither_another_nor_the_bot(
    log: ConversationLog, tmp_path: Path, receiver: Receiver
) -> None:
    slow, release = "https://slow.example/", threading.Event()

    def send(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        if url == slow:
            release.wait(5)
        return receiver(url, body, headers)

    outgoing = Outgoing(log, tmp_path, lambda: [slow, URL], SECRET, send)
    outgoing.look()
    began = time.monotonic()
    log.start("en")
    assert time.monotonic() - began < 1
    until(lambda: receiver.names() == ["conversation_created"])
    release.set()
    outgoing.close()


def test_one_process_of_a_home_sends(
    log: ConversationLog, outgoing: Outgoing, receiver: Receiver, tmp_path: Path
) -> None:
    other = Outgoing(log, tmp_path, lambda: [URL], SECRET, receiver)
    other.look()
    log.start("en")
    until(lambda: len(receiver.calls) == 1)
    other.close()
    assert len(receiver.calls) == 1


def test_nothing_is_sent_unsigned(log: ConversationLog, tmp_path: Path, receiver: Receiver) -> None:
    outgoing = Outgoing(log, tmp_path, lambda: [URL], None, receiver)
    outgoing.look()
    log.start("en")
    outgoing.close()
    assert outgoing.targets.list() == []
    assert receiver.calls == []


def test_deleted_conversations_are_passed_over(
    log: ConversationLog, outgoing: Outgoing, receiver: Receiver
) -> None:
    with log.database.write() as writing:
        gone, _ = log.start("en")
        log.announce(gone, reply())
        writing.conn.execute("DELETE FROM messages WHERE conversation_id = ?", (gone,))
        writing.conn.execute("DELETE FROM conversations WHERE id = ?", (gone,))
        there, _ = log.start("en")
    until(lambda: len(receiver.calls) == 1)
    assert receiver.calls[0][1]["data"]["conversation"]["id"] == there


def test_alerts_are_told_too(log: ConversationLog, outgoing: Outgoing, receiver: Receiver) -> None:
    outgoing.note("mood_alert", {"language": "en"})
    until(lambda: len(receiver.calls) == 1)
    called = receiver.calls[0][1]
    assert (called["event"], called["data"]) == ("mood_alert", {"language": "en"})


class _Redirecting(BaseHTTPRequestHandler):
    seen: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.seen.append(self.path)
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(302)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_redirects_are_not_followed() -> None:
    with HTTPServer(("127.0.0.1", 0), _Redirecting) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/hook"
        assert post(url, b"{}", {"Content-Type": "application/json"}) == 302
        thread.join()
    assert _Redirecting.seen == ["/hook"]
