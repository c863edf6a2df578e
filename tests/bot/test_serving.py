"""Listening: ports that are taken or free, and the address that is told."""

import socket
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import FastAPI, Request

from bot import serving
from bot.serving import address_of, listen
from bot.settings import Server, Settings
from knowledge.errors import DeskmateError
from tests.bot.web.fake_runtime import FakeRuntime


def test_a_port_in_use_is_told_in_one_line() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DeskmateError, match=f"127.0.0.1:{port}.*--port"):
            listen("127.0.0.1", port)


def test_a_host_that_is_none_of_this_machine_is_told_in_one_line() -> None:
    with pytest.raises(DeskmateError, match="--host"):
        listen("no-such-host.invalid", 8000)


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1"])
def test_the_address_told_can_be_opened(host: str) -> None:
    with listen(host, 0) as listener:
        address = address_of(listener)
        assert address.startswith("http://127.0.0.1:")
        socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))).close()


def test_replies_are_sent_without_waiting_for_the_client() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize(("trusted", "believed"), [((), False), (("127.0.0.1",), True)])
def test_only_a_trusted_proxy_is_believed_whose_request_it_passes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: tuple[str, ...], believed: bool
) -> None:
    runtime = FakeRuntime(tmp_path)
    runtime.settings = Settings(server=Server(trusted_proxies=trusted))
    seen: list[str] = []
    monkeypatch.setattr(serving, "create_app", lambda _: _app_that_notes(seen))
    monkeypatch.setattr(serving.Server, "startup", _served_once)
    with listen("127.0.0.1", 0) as listener:
        serving.serve(runtime, listener, lambda _: None)  # type: ignore[arg-type]
    assert seen == (["203.0.113.9 https"] if believed else ["127.0.0.1 http"])


def _app_that_notes(seen: list[str]) -> FastAPI:
    app = FastAPI()
    app.state.service = SimpleNamespace(live=SimpleNamespace(close=lambda: None))

    @app.get("/")
    def note(request: Request) -> None:
        seen.append(f"{request.client and request.client.host} {request.url.scheme}")

    return app


async def _served_once(server: serving.Server, sockets: list[socket.socket] | None = None) -> None:
    """Ask the application as uvicorn has wrapped it, then stop."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "scheme": "http",
        "query_string": b"",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "headers": [(b"x-forwarded-for", b"203.0.113.9"), (b"x-forwarded-proto", b"https")],
    }

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b""}

    async def send(_: object) -> None: ...

    await server.config.loaded_app(scope, receive, send)  # type: ignore[arg-type]
    server.should_exit = True


def test_a_machine_without_pools_of_memory_serves_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    assert serving.few_arenas() in (True, False)
    monkeypatch.setattr(serving.ctypes, "CDLL", lambda name: object())
    assert serving.few_arenas() is False
