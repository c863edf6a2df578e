"""Listening: ports that are taken or free, and the address that is told."""

import socket

import pytest

from bot.serving import address_of, listen
from knowledge.errors import DeskmateError


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
