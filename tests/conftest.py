"""What holds for all tests: no model hub is asked, and no bot of the operator's is touched.

Those in a browser come last: from the first of them on, Playwright's event loop runs in the main
thread, where nothing else can call `asyncio.run` any more.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from knowledge.database import Database
from tests.bot.web.browsers import PATIENCE_MS, launch, open_context

# Before anything imports the hub's client, which reads it once.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.pop("DESKMATE_HOME", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move the browser's tests to the end; the order is otherwise kept."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(tmp_path / "deskmate.db")) as database:
        yield database


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all tests; each opens contexts of its own."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def new_context(browser: Any) -> Iterator[Callable[..., Any]]:
    """Open contexts as `open_context` does; they are closed after the test."""
    with ExitStack() as opened:
        yield lambda *size, **how: opened.enter_context(open_context(browser, *size, **how))


@pytest.fixture(scope="session")
def trained_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample shop's home with a first release of the fast preset; tests work on copies."""
    from bot.demo.run import create_shop, import_shop
    from bot.home import Home
    from knowledge.types import LANGUAGES
    from knowledge.weights import silent
    from training.retrain import train_home

    folder = tmp_path_factory.mktemp("trained") / "shop"
    create_shop(folder)
    settings = folder / "deskmate.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace('preset = "full"', 'preset = "fast"'), "utf-8")
    home = Home.open(folder)
    for language in LANGUAGES:
        import_shop(home, language, silent)
    train_home(home, silent)
    home.close()
    return folder
