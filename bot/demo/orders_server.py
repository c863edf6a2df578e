"""Runs the sample shop's orders service beside the bot, on a free port of this machine only."""

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import uvicorn

from bot.demo.orders import create_app
from bot.demo.orders_store import OrderStore

FILE_NAME = "orders.db"
URL_VARIABLE = "TIDEWICK_ORDERS_URL"
TOKEN_VARIABLE = "TIDEWICK_ORDERS_TOKEN"  # noqa: S105  # a name, no token


@contextmanager
def orders_service(folder: Path) -> Iterator[str]:
    """Serve the orders of the demo home `folder` as long as the block runs; yields the address.

    The environment of this process names the service meanwhile, where `domain.toml` looks for it.
    """
    token = secrets.token_urlsafe(24)
    listener = socket.create_server(("127.0.0.1", 0))
    # Accepted sockets inherit it; without it each answer's body waits for the client's ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with listener, closing(OrderStore(folder / FILE_NAME)) as store:
        config = uvicorn.Config(create_app(store, token), log_config=None, access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), name="orders", daemon=True)
        thread.start()
        with _environment({URL_VARIABLE: address, TOKEN_VARIABLE: token}):
            try:
                yield address
            finally:
                server.should_exit = True
                thread.join()


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
