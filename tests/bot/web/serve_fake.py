"""Serve the fake runtime, for a look in a browser: `python -m tests.bot.web.serve_fake [PORT]`."""

import sys
import tempfile
from pathlib import Path

import uvicorn

from bot.settings import Limits
from bot.web.app import create_app
from tests.bot.web.fake_runtime import FakeRuntime


def main() -> None:
    limits = Limits(messages_per_minute=0, requests_per_minute=0)
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(FakeRuntime(Path(folder), limits))  # type: ignore[arg-type]
        uvicorn.run(app, port=port, log_level="warning")


if __name__ == "__main__":
    main()
