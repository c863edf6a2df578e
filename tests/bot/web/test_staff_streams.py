"""Streams of staff, ours and Gradio's: they end with the session, and are not without number."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import gradio.utils
import pytest

from bot.settings import Limits
from bot.web.staff_session import COOKIE
from tests.bot.web.fake_runtime import FakeRuntime
from tests.bot.web.live_server import LiveServer, serving
from tests.bot.web.staff_client import OWN_PAGE, PASSWORD, accounts_of

pytestmark = pytest.mark.usefixtures("quick_passwords")

MOST = 3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gradio.utils, "get_heartbeat_rate", lambda: 0.1)
        limits = Limits(streams_per_address=MOST, requests_per_minute=0)
        runtime = FakeRuntime(tmp_path_factory.mktemp("home"), limits)
        with serving(runtime) as served:
            yield served
        runtime.close()


@pytest.fixture
def token(server: LiveServer) -> str:
    accounts = accounts_of(server)  # type: ignore[arg-type]
    if "ben" not in {one.name for one in accounts.list()}:
        accounts.add("ben", PASSWORD, "agent")
    return accounts.sign_in("ben", PASSWORD, "here")


@pytest.fixture
def opened(server: LiveServer) -> Iterator[Any]:
    """Open a stream with a session: `opened(path, token)`; all are closed at the end."""
    connections = []

    def open_(path: str, token: str = "") -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        connections.append(connection)
        connection.request("GET", path, headers={"Cookie": f"{COOKIE}={token}"} | OWN_PAGE)
        return connection.getresponse()

    yield open_
    for connection in connections:
        connection.close()


def test_a_revoked_session_ends_gradios_own_stream(server: LiveServer, token, opened) -> None:
    beats = opened("/staff/gradio_api/heartbeat/mine", token)
    assert beats.readline() == b"data: ALIVE\n"
    accounts_of(server).revoke("ben")  # type: ignore[arg-type]
    told = beats.read()  # to its end, which a session that went on would never have
    assert told.count(b"ALIVE") < 3


def test_what_happens_after_the_sign_out_is_not_told_any_more(
    server: LiveServer, token: str, opened: Any
) -> None:
    stream = opened("/api/staff/events", token)
    assert stream.readline().startswith(b"retry:")
    accounts_of(server).sign_out(token)  # type: ignore[arg-type]
    conversation, _ = server.start()
    assert conversation.rpartition("/")[2].encode() not in stream.read()


@pytest.mark.parametrize("page", ["/chat", "/staff"])
def test_an_address_opens_so_many_streams_of_a_page(token, opened, page: str) -> None:
    streams = [opened(f"{page}/gradio_api/heartbeat/{number}", token) for number in range(MOST)]
    assert {one.status for one in streams} == {200}
    refused = opened(f"{page}/gradio_api/heartbeat/more", token)
    assert refused.status == 429
    assert json.loads(refused.read())["error"]["code"] == "too_many_requests"
