"""Serve a home over HTTP until the process is told to stop."""

import asyncio
import ctypes
import logging
import signal
import socket
from collections.abc import Callable
from contextlib import closing

import uvicorn
from threadpoolctl import threadpool_limits

from bot.runtime import Runtime
from bot.web.app import create_app
from knowledge.errors import DeskmateError

HANG_UP_SECONDS = 1
"""Time that requests get to end by themselves; the streams of open Gradio pages never do."""
STOP_SECONDS = 10
"""Time after which what still runs is cancelled."""
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104

ARENAS = 2
"""Pools of memory; with more, 20 to 30 MB lie unused after sixteen customers at once."""
_ARENA_MAX = -8
"""`M_ARENA_MAX` of glibc's malloc.h."""

Announce = Callable[[str], None]
"""Called once the server answers, with the address to open."""


def listen(host: str, port: int) -> socket.socket:
    """Take the port; 0 is any free one. Raises DeskmateError when it cannot be had."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        raise DeskmateError(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another by --host or --port"
        ) from error
    # Accepted sockets inherit it. Without it each reply's body waits 40 ms for the client's ACK of
    # its headers: asyncio sees to this only for sockets that it made itself.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def address_of(listener: socket.socket) -> str:
    """The address under which this machine's browser reaches the listener."""
    host, port = listener.getsockname()[:2]
    host = WILDCARDS.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(runtime: Runtime, listener: socket.socket, announce: Announce) -> None:
    """Serve on `listener` until SIGTERM or Ctrl+C, then close it and `runtime`."""
    # Many customers share the cores already: threads in every small product get in their way.
    with threadpool_limits(1, user_api="blas"), listener, closing(runtime):
        app = create_app(runtime)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            # Named always: without it uvicorn believes whoever writes from this machine.
            proxy_headers=bool(runtime.settings.server.trusted_proxies),
            forwarded_allow_ips=list(runtime.settings.server.trusted_proxies),
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        address = address_of(listener)
        server = Server(config, lambda: announce(address), app.state.service.live.close)
        # The server raises the signal that stopped it once more; it is no failure here.
        before = {one: signal.signal(one, _ignore) for one in (signal.SIGTERM, signal.SIGINT)}
        try:
            server.run(sockets=[listener])
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)


def few_arenas() -> bool:
    """Let the threads share glibc's pools of memory; whether there are such pools to share.

    Each of the server's threads would have a pool of its own and keep what it once needed.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(_ARENA_MAX, ARENAS))
    except (AttributeError, OSError, TypeError):  # another C library
        return False


def _ignore(number: int, _frame: object) -> None:
    logging.getLogger(__name__).info("stopped by signal %s", number)


class Server(uvicorn.Server):
    """Says when it is ready; ends the live streams and hangs up when it is to stop."""

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], None], end_streams: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._end_streams = end_streams

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._end_streams()
        asyncio.get_running_loop().call_later(HANG_UP_SECONDS, self._hang_up)
        await super().shutdown(sockets)

    def _hang_up(self) -> None:
        """Close the connections, which ends their streams without an error.

        Who does not read what was sent would keep a connection open for good.
        """
        for connection in tuple(self.server_state.connections):
            transport = connection.transport
            if transport.get_write_buffer_size():
                transport.abort()
            else:
                transport.close()
