"""The Insights tab and the mood alerts in a real Chromium, on a real runtime and log."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn

from bot.home import Home
from bot.runtime import Runtime
from bot.web.app import create_app
from bot.web.console.words import words_of
from bot.web.staff_session import COOKIE
from knowledge.encoder import OnnxEncoder
from tests import axe
from tests.bot.busy_log import add_conversation, add_staff_reply, add_status, add_turn
from tests.bot.homes import add_release, new_home
from tests.fakes import HashingEncoder

CHROMIUM = Path("/usr/bin/chromium")
MISSING = not CHROMIUM.exists() and os.environ.get("REQUIRE_BROWSER") != "1"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(MISSING, reason=f"{CHROMIUM} is not installed"),
]

HOSTILE = "<img src=x onerror=alert(1)> ${alert(1)} {{7*7}} **gift cards**"
WORDS, MOOD = words_of("insights."), words_of("mood.")
HOUR = timedelta(hours=1)


@dataclass
class Server:
    """A served home, the session of its colleague, and the moment that its log ends."""

    url: str
    runtime: Runtime
    token: str
    now: datetime


@dataclass
class Window:
    """The console in a browser, with all that it asked for and complained about."""

    page: object
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def open(self, server: Server, tab: str) -> None:
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(f"{server.url}/staff/")
        self.page.get_by_role("tab", name=tab, exact=True).click()
        self.page.locator(".di-topics ol, .di-topics .di-empty").wait_for()

    def tile(self, key: str, language: str = "en") -> str:
        tile = self.page.locator(".di-tile", has_text=WORDS[key][language]).first
        return tile.locator("strong").inner_text()


def _fill(home: Home, now: datetime) -> None:
    db = home.log.reading
    for number in range(4):
        at = now - (5 + 24 * number) * HOUR
        language = "zh" if number else "en"
        name = add_conversation(db, f"c{number}", at, stars=4, language=language)
        add_turn(db, name, at, "answer", intent="order_status", rating=1, language=language)
        add_turn(db, name, at, "failed", text=HOSTILE, language=language)
        add_status(db, name, at, "waiting", "failed_turns")
        add_staff_reply(db, name, at + HOUR / 60)
    for back in range(29):
        for number in range(25):
            name = add_conversation(db, f"m{back}-{number}", now - 300 * 24 * HOUR)
            mood = "negative" if number < (14 if back == 0 else 2) else "neutral"
            at = now - 24 * back * HOUR - HOUR
            add_turn(db, name, at, "small_talk", mood=mood)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(OnnxEncoder, "load", lambda *_, **__: HashingEncoder())
        home = new_home(tmp_path_factory.mktemp("home") / "shop", ("en", "zh"))
        add_release(home)
        runtime = Runtime(home, watch=False)
    now = datetime.now(UTC)
    _fill(home, now)
    app = create_app(runtime)
    accounts = app.state.service.accounts
    accounts.add("ann", "quiet lamps at noon", "agent", "Ann")
    token = accounts.sign_in("ann", "quiet lamps at noon", "here")
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    while not running.started:
        time.sleep(0.02)
    yield Server(f"http://127.0.0.1:{listener.getsockname()[1]}", runtime, token, now)
    for connection in list(running.server_state.connections):
        connection.transport.abort()
    running.should_exit = True
    thread.join()
    listener.close()
    runtime.close()


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def window(server: Server, browser) -> Iterator[Callable[..., Window]]:
    contexts = []

    def new(locale: str = "en-GB", width: int = 1300, scheme: str = "light") -> Window:
        context = browser.new_context(
            locale=locale,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        contexts.append(context)
        context.add_cookies([{"name": COOKIE, "value": server.token, "url": server.url}])
        window = Window(context.new_page())
        window.open(server, "洞察" if locale == "zh-CN" else "Insights")
        return window

    yield new
    for context in contexts:
        context.close()


def test_the_tab_shows_figures_and_what_customers_wrote_as_text_and_asks_nobody_else(
    window,
) -> None:
    seen = window()
    assert seen.tile("conversations") == "4"
    assert seen.tile("thumbs_up") == "100.0 %"
    assert seen.tile("staff_p50") == "1 min"
    assert seen.page.locator(".di-chart").count() >= 3
    topic = seen.page.locator(".di-topic").first
    assert topic.locator(".di-topic-name").inner_text() == HOSTILE
    topic.locator("summary").click()
    assert topic.locator(".di-examples li").first.inner_text().startswith(HOSTILE)
    assert seen.page.locator("th[title=order_status]").inner_text() == "Where is my order?"
    assert seen.page.locator(".dc-insights img").count() == 0
    assert seen.hosts == {"127.0.0.1"}
    assert seen.complaints == []


def test_period_language_and_table_work_by_keyboard(window) -> None:
    seen = window()
    page = seen.page
    page.locator("input[name=di-period][value='28']").focus()
    with page.expect_response(lambda answer: "insights?days=90" in answer.url):
        page.keyboard.press("ArrowRight")
    with page.expect_response(lambda answer: "language=zh" in answer.url):
        page.keyboard.press("Tab")
        page.locator("#di-language").select_option("zh")
    page.locator(".dc-insights:not([aria-busy])").wait_for()
    assert seen.tile("conversations") == "3"
    page.locator(".di-details > summary").focus()
    page.keyboard.press("Enter")
    assert page.locator(".di-details .di-table tbody tr").count() >= 13
    page.locator(".di-topic summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".di-topic[open]").count() == 1
    page.get_by_role("button", name=WORDS["review"]["en"]).press("Enter")
    page.locator("[role=tab][aria-selected=true]", has_text="Review").wait_for()


def test_own_days_are_checked_before_they_are_asked_for(window, server: Server) -> None:
    page = window().page
    page.locator("input[name=di-period][value=own]").check(force=True)
    page.locator("#di-from").fill("2026-03-02")
    page.locator("#di-to").fill("2026-03-01")
    page.locator(".di-own button").click()
    page.get_by_role("status").get_by_text(WORDS["wrong_days"]["en"]).wait_for()
    day = f"{server.now - 29 * HOUR:%Y-%m-%d}"
    page.locator("#di-from").fill(day)
    page.locator("#di-to").fill(day)
    page.locator(".di-own button").click()
    page.wait_for_function("() => document.querySelector('.di-tile strong').textContent === '1'")


def test_the_figures_are_downloaded_for_the_chosen_period(window) -> None:
    page = window().page
    with page.expect_response(lambda answer: "insights?days=7" in answer.url):
        page.locator("input[name=di-period][value='7']").check(force=True)
    with page.expect_download() as download:
        page.get_by_role("link", name=WORDS["download"]["en"]).click()
    lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("first_day,language,conversations")
    assert len(lines) == 8


@pytest.mark.skipif(axe.MISSING, reason=axe.WHY)
@pytest.mark.parametrize(("width", "scheme"), [(1300, "light"), (390, "dark")])
def test_axe_finds_no_serious_violation_and_nothing_scrolls_sideways(
    window, width: int, scheme: str
) -> None:
    page = window(width=width, scheme=scheme).page
    page.locator(".di-details > summary").click()
    page.locator(".di-topic summary").first.click()
    assert axe.violations(page, ".dc-insights") == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert page.evaluate("() => document.querySelector('.dc-insights').scrollWidth") <= width


def test_chinese_staff_read_chinese(window) -> None:
    seen = window("zh-CN")
    assert seen.tile("conversations", "zh") == "4"
    assert seen.tile("staff_p50", "zh") == "1 分"
    assert seen.page.locator(".di-status").inner_text().endswith("的数据。")


def test_an_alert_is_told_on_every_tab_until_it_is_noted(window, server: Server) -> None:
    (alert,) = server.runtime.insights.check_mood()
    page = window().page
    line = page.locator("#dc-mood-all .dc-mood-alert")
    line.wait_for()
    assert f"{alert.negative} of {alert.n}" in line.inner_text()
    assert axe.MISSING or axe.violations(page, "#dc-mood-all") == []
    card = page.locator("#dc-mood-new .dc-mood-alert")
    card.wait_for(state="hidden")
    page.get_by_role("tab", name="Inbox", exact=True).click()
    card.wait_for(state="visible")
    assert axe.MISSING or axe.violations(page, "#dc-mood-new") == []
    card.get_by_role("button", name=MOOD["note"]["en"]).click()
    card.wait_for(state="hidden")
    assert server.runtime.insights.alerts.current()[0].noted_by == "ann"
    page.get_by_role("tab", name="Insights", exact=True).click()
    line.get_by_text("Seen by ann").wait_for()
