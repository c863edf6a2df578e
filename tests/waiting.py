"""Waiting for what happens in another thread or process: long, as a busy machine may need it."""

import time
from collections.abc import Callable

PATIENCE_S = 30


def until(happened: Callable[[], object]) -> None:
    """Return once it is true; fail after PATIENCE_S."""
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)
