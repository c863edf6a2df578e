"""Live events over a real server: nothing missed, nothing doubled, nobody held up by another."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import Limits
from bot.types import HandOff, Reply
from bot.web import event_stream, live, open_streams
from tests.bot.web.fake_runtime import FakeRuntime
from tests.bot.web.live_server import LiveServer, Sent, Stream, serving
from tests.waiting import PATIENCE_S, until

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    limits = Limits(messages_per_minute=0, requests_per_minute=0, streams_per_address=0)
    runtime = FakeRuntime(tmp_path_factory.mktemp("home"), limits)
    with serving(runtime) as served:
        yield served
    runtime.close()


@pytest.fixture
def talk(server: LiveServer) -> tuple[str, str]:
    return server.start()


@pytest.fixture
def stream(server: LiveServer, talk: tuple[str, str]) -> Iterator[Stream]:
    """A stream of `talk` that has been told everything up to now."""
    stream = server.watch(*talk)
    stream.until("status")
    yield stream
    stream.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "HEARTBEAT_S", 0.1)


def id_of(talk: tuple[str, str]) -> str:
    return talk[0].rpartition("/")[2]


def texts(sent: list[Sent]) -> list[str]:
    return [one.data["text"] for one in sent if one.event == "message"]


def announce(server: LiveServer, talk: tuple[str, str], *said: str) -> None:
    """Have the bot say something, in one transaction."""
    log = server.runtime.log
    with log.database.write():
        for text in said:
            log.announce(id_of(talk), Reply(text, HandOff("requested"), "en"))


# What is told


def test_without_an_id_the_conversation_comes_from_its_beginning(
    server: LiveServer, talk: tuple[str, str]
) -> None:
    path, token = talk
    server.call("POST", f"{path}/messages", token, text="hello", client_id="mine-1")
    *messages, status = server.watch(path, token).until("status")
    _, known = server.call("GET", f"{path}/messages", token)
    assert [one.data for one in messages] == known["messages"]
    assert [one.data["client_id"] for one in messages] == [None, "mine-1", None]
    assert status.data == {"status": "bot", "agent": None, "queue": None, "away": False}
    assert status.id == messages[-1].id


def test_a_message_comes_to_all_tabs_of_its_customer_and_to_nobody_else(
    server: LiveServer, talk: tuple[str, str], stream: Stream
) -> None:
    other = server.start()
    second, foreign = server.watch(*talk), server.watch(*other)
    second.until("status")
    foreign.until("status")
    announce(server, talk, "for one")
    announce(server, other, "for the other")
    assert [one.next().data["text"] for one in (stream, second)] == ["for one"] * 2
    assert foreign.next().data["text"] == "for the other"


def test_a_reply_of_the_staff_comes_within_a_second(
    server: LiveServer, talk: tuple[str, str], stream: Stream
) -> None:
    path, token = talk
    server.call("POST", f"{path}/handoff", token)
    assert [one.event for one in stream.until("message")] == ["status", "message"]
    began = time.monotonic()
    server.runtime.desk.say(id_of(talk), "ann", "I am here.")
    status, message = stream.until("message")
    assert time.monotonic() - began < 1
    assert (status.data["status"], status.data["agent"]) == ("open", {"name": "ann"})
    assert (message.data["role"], message.data["text"]) == ("staff", "I am here.")
    assert int(message.id) > int(status.id)


def test_a_commit_of_this_process_is_told_without_waiting_for_a_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "POLL_S", 60)
    runtime = FakeRuntime(tmp_path, Limits())
    with serving(runtime) as server:
        talk = server.start()
        stream = server.watch(*talk)
        stream.until("status")
        announce(server, talk, "at once")
        assert stream.next().data["text"] == "at once"
    runtime.close()


def test_who_waits_is_told_the_place_in_the_queue(
    server: LiveServer, talk: tuple[str, str], stream: Stream, hasty: None
) -> None:
    before = server.start()
    server.call("POST", f"{before[0]}/handoff", before[1])
    time.sleep(0.002)
    server.call("POST", f"{talk[0]}/handoff", talk[1])
    first = stream.until("status")[-1]
    assert first.data["queue"]["position"] == 2
    later = server.watch(*talk)
    later.until("status")
    server.call("POST", f"{before[0]}/handoff/cancel", before[1])
    moved = later.until("status")[-1]
    assert (moved.id, moved.data["queue"]["position"]) == ("", 1)


def test_typing_of_the_staff_is_told_but_not_kept(
    server: LiveServer, talk: tuple[str, str], stream: Stream
) -> None:
    server.app.state.service.live.typing(id_of(talk), "staff", "Ann")
    assert stream.next() == Sent("", "typing", {"role": "staff", "name": "Ann"})
    assert "typing" not in {one.event for one in server.watch(*talk).until("status")}


def test_a_write_of_another_process_is_seen(
    server: LiveServer, talk: tuple[str, str], stream: Stream
) -> None:
    script = (
        "import sqlite3, sys; at = sqlite3.connect(sys.argv[1]); at.execute('INSERT INTO messages"
        " (conversation_id, role, text, at) VALUES (?, ?, ?, ?)', (sys.argv[2], 'bot', 'far',"
        " '2026-01-01T00:00:00Z')); at.commit()"
    )
    path = server.runtime.database.path
    subprocess.run([sys.executable, "-c", script, path, id_of(talk)], check=True)
    assert stream.next().data["text"] == "far"


# Once and in order


def test_what_came_meanwhile_follows_the_last_id_and_nothing_else(
    server: LiveServer, talk: tuple[str, str], stream: Stream
) -> None:
    announce(server, talk, "seen")
    seen = stream.next()
    stream.close()
    announce(server, talk, "missed 1", "missed 2")
    again = server.watch(*talk, last_id=seen.id)
    assert texts(again.until("status")) == ["missed 1", "missed 2"]
    announce(server, talk, "new")
    assert again.next().data["text"] == "new"


@pytest.mark.parametrize("last_id", ["", "x", "-1", "1e3", "²", "999999999999", "9" * 30])
def test_an_id_that_was_never_given_starts_from_the_beginning(
    server: LiveServer, talk: tuple[str, str], last_id: str
) -> None:
    replayed = server.watch(*talk, last_id=last_id.encode().decode("latin-1")).until("status")
    assert len(texts(replayed)) == 1


def test_a_reader_that_comes_and_goes_misses_nothing_and_gets_nothing_twice(
    server: LiveServer, talk: tuple[str, str]
) -> None:
    said = [f"number {n}" for n in range(150)]

    def say() -> None:
        for text in said:
            announce(server, talk, text)

    writer = threading.Thread(target=say)
    first = server.watch(*talk)
    last_id = first.until("status")[-1].id
    first.close()
    writer.start()
    read: list[str] = []
    while len(read) < len(said):
        stream = server.watch(*talk, last_id=last_id)
        for _ in range(4):
            if len(read) < len(said) and (sent := stream.next()) and sent.id:
                read += texts([sent])
                last_id = sent.id
        stream.close()
    writer.join()
    assert read == said


def test_a_long_conversation_is_replayed_whole(server: LiveServer, talk: tuple[str, str]) -> None:
    said = [f"number {n}" for n in range(1200)]
    announce(server, talk, *said)
    assert texts(server.watch(*talk).until("status"))[1:] == said


def test_a_reader_that_is_too_slow_is_hung_up_on_and_resumes(
    server: LiveServer, talk: tuple[str, str], stream: Stream
) -> None:
    quick = server.watch(*talk)
    quick.until("status")
    said = [f"{n} " + "x" * 20_000 for n in range(700)]
    announce(server, talk, *said[:350])
    announce(server, talk, *said[350:])
    announce(server, talk, "the end")
    read: list[Sent] = []
    while sent := stream.next():
        read.append(sent)
    assert 0 < len(read) < len(said)
    rest = server.watch(*talk, last_id=read[-1].id).until("status")
    assert texts(read) + texts(rest) == [*said, "the end"]


# Who may


@pytest.mark.parametrize("token", ["", "wrong", "another's"])
def test_a_stream_needs_the_token_of_its_conversation(
    server: LiveServer, talk: tuple[str, str], token: str
) -> None:
    given = server.start()[1] if token == "another's" else token
    assert server.watch(talk[0], given).response.status == 401


def test_a_conversation_that_is_not_there_has_no_stream(server: LiveServer) -> None:
    assert server.watch("/api/conversations/none", "x").response.status == 404


def test_the_stream_of_a_deleted_conversation_ends(
    server: LiveServer, talk: tuple[str, str], hasty: None
) -> None:
    stream = server.watch(*talk)
    stream.until("status")
    with server.runtime.database.write() as writing:
        writing.conn.execute("DELETE FROM conversations WHERE id = ?", (id_of(talk),))
    assert stream.next() is None
    assert server.watch(*talk).response.status == 404


def test_too_many_streams_of_one_conversation_are_refused(
    server: LiveServer, talk: tuple[str, str]
) -> None:
    opened = [server.watch(*talk) for _ in range(open_streams.OF_ONE_CONVERSATION)]
    refused = server.watch(*talk)
    assert refused.response.status == 429
    assert int(refused.response.headers["Retry-After"]) > 0
    opened[0].close()
    until(lambda: server.watch(*talk).response.status == 200)


def test_too_many_streams_of_one_address_are_refused(tmp_path: Path) -> None:
    runtime = FakeRuntime(tmp_path, Limits(streams_per_address=2))
    with serving(runtime) as server:
        opened = [server.watch(*server.start()) for _ in range(3)]
        assert [one.response.status for one in opened] == [200, 200, 429]
    runtime.close()


# The staff's stream


@pytest.fixture(scope="module")
def cookie(server: LiveServer) -> dict[str, str]:
    accounts = server.app.state.service.accounts
    accounts.add("ann", PASSWORD, "agent", "Ann")
    return {"Cookie": f"deskmate_staff={accounts.sign_in('ann', PASSWORD, 'here')}"}


def test_staff_see_changes_of_every_conversation(
    server: LiveServer, talk: tuple[str, str], cookie: dict[str, str]
) -> None:
    staff = server.open("/api/staff/events", cookie)
    staff.opened()
    server.call("POST", f"{talk[0]}/handoff", talk[1])
    change = {"conversation_id": id_of(talk), "status": "waiting"}
    status, message = staff.next(), staff.next()
    assert (status.event, status.data) == ("change", change | {"kind": "status"})
    assert message.data == change | {"kind": "message"}
    staff.close()
    announce(server, talk, "missed 1", "missed 2")  # told as one change
    again = server.open("/api/staff/events", cookie, message.id)
    assert again.next().data == change | {"kind": "message"}


def test_staff_who_lose_a_quiet_stream_come_back_with_an_id(
    server: LiveServer, talk: tuple[str, str], cookie: dict[str, str]
) -> None:
    staff = server.open("/api/staff/events", cookie)
    last_id = staff.opened()
    staff.close()
    announce(server, talk, "missed")
    assert server.open("/api/staff/events", cookie, last_id).next().data["kind"] == "message"


def test_staff_see_both_sides_typing(
    server: LiveServer, talk: tuple[str, str], cookie: dict[str, str]
) -> None:
    staff = server.open("/api/staff/events", cookie)
    staff.opened()
    assert server.call("POST", f"{talk[0]}/typing", talk[1]) == (204, None)
    server.app.state.service.live.typing(id_of(talk), "staff", "Ben")
    whose = {"conversation_id": id_of(talk)}
    assert staff.next() == Sent("", "typing", whose | {"role": "customer", "name": ""})
    assert staff.next() == Sent("", "typing", whose | {"role": "staff", "name": "Ben"})


def test_typing_needs_the_token(server: LiveServer, talk: tuple[str, str]) -> None:
    assert server.call("POST", f"{talk[0]}/typing", "wrong")[0] == 401


def test_the_staffs_stream_needs_a_session_and_ends_with_it(
    server: LiveServer, hasty: None
) -> None:
    assert server.open("/api/staff/events", {}).response.status == 401
    accounts = server.app.state.service.accounts
    accounts.add("ben", PASSWORD, "agent")
    token = accounts.sign_in("ben", PASSWORD, "here")
    staff = server.open("/api/staff/events", {"Cookie": f"deskmate_staff={token}"})
    staff.opened()
    assert "ben" in {one.name for one in accounts.present()}
    accounts.revoke("ben")
    assert staff.next() is None


# What it costs


def test_a_hundred_streams_hold_no_thread_and_cost_nothing_while_idle(server: LiveServer) -> None:
    threads = threading.active_count()
    talks = [server.start() for _ in range(100)]
    streams = [server.watch(*talk) for talk in talks]
    for stream in streams:
        stream.until("status")
    assert threading.active_count() < threads + 20
    before = time.process_time()
    time.sleep(1)
    spent = time.process_time() - before
    assert spent < 0.1
    announce(server, talks[50], "to one of many")
    assert streams[50].next().data["text"] == "to one of many"


def test_streams_are_counted_in_the_metrics_while_they_are_open(tmp_path: Path) -> None:
    runtime = FakeRuntime(tmp_path, Limits())
    with serving(runtime) as server:

        def counted() -> float:
            streams = server.app.state.service.metrics.streams
            return float(streams.labels("customer")._value.get())

        stream = server.watch(*server.start())
        until(lambda: counted() == 1)
        stream.close()
        until(lambda: counted() == 0)
    runtime.close()


def test_an_idle_stream_shows_a_sign_of_life(
    server: LiveServer, talk: tuple[str, str], hasty: None
) -> None:
    stream = server.watch(*talk)
    stream.until("status")
    before = stream.comments
    time.sleep(0.3)
    announce(server, talk, "hello")
    stream.next()
    assert stream.comments > before


def test_the_server_stops_at_once_and_ends_its_streams_without_an_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.serving.HANG_UP_SECONDS", PATIENCE_S)
    runtime = FakeRuntime(tmp_path, Limits())
    with serving(runtime) as server:
        streams = [server.watch(*server.start()) for _ in range(5)]
        for stream in streams:
            stream.until("status")
        assert server.stop() < PATIENCE_S / 2
        assert [stream.next() for stream in streams] == [None] * 5
    runtime.close()
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []


def test_who_reads_nothing_does_not_keep_the_server_from_stopping(tmp_path: Path) -> None:
    runtime = FakeRuntime(tmp_path, Limits())
    with serving(runtime) as server:
        talk = server.start()
        stuck = server.watch(*talk)
        stuck.until("status")
        for _ in range(3):
            announce(server, talk, *("x" * 200_000 for _ in range(50)))
        time.sleep(0.3)
        assert server.stop() < PATIENCE_S / 2
    runtime.close()
