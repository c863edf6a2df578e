"""What the tests in a real Chromium share: their marks, and windows that note what goes wrong.

The browser itself, one for the whole session, is the fixture `browser` of tests/conftest.py.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import axe
from tests.waiting import PATIENCE_S

CHROMIUM = Path("/usr/bin/chromium")
MISSING = not CHROMIUM.exists() and os.environ.get("REQUIRE_BROWSER") != "1"
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(MISSING, reason=f"{CHROMIUM} is not installed"),
]
NEEDS_AXE = pytest.mark.skipif(axe.MISSING, reason=axe.WHY)
PATIENCE_MS = 1000 * PATIENCE_S


def launch(playwright: Any) -> Any:
    """Start Chromium; it runs as root, and in containers with a small /dev/shm."""
    arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
    return playwright.chromium.launch(executable_path=str(CHROMIUM), args=arguments)


def open_context(browser: Any, width: int = 1280, height: int = 860, **options: Any) -> Any:
    """A context of the size in pixels, without motion unless the options tell otherwise."""
    options = {"reduced_motion": "reduce"} | options
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    context.set_default_timeout(PATIENCE_MS)
    return context


@dataclass
class Window:
    """Somebody's window, with the hosts that it asked and all that it complained about."""

    page: Any
    hosts: set[str] = field(default_factory=set, init=False)
    complaints: list[str] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._console)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def width_needed(self) -> int:
        """Pixels that the page is wide; more than the screen's would scroll sideways."""
        return int(self.page.evaluate("document.documentElement.scrollWidth"))
