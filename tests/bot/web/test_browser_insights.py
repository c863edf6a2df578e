"""The Insights tab and the mood alerts in a real Chromium, on a real runtime and log."""

import csv
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.home import Home
from bot.web.console.words import words_of
from tests import axe
from tests.bot.busy_log import add_conversation, add_staff_reply, add_status, add_turn
from tests.bot.homes import add_release, new_home, working
from tests.bot.web.browsers import MARKS, NEEDS_AXE, Window
from tests.bot.web.live_server import LiveServer, serving

pytestmark = MARKS

HOSTILE = "<img src=x onerror=alert(1)> ${alert(1)} {{7*7}} **gift cards**"
WORDS, MOOD = words_of("insights."), words_of("mood.")
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Served:
    """A served home, the session of its colleague, and the moment that its log ends."""

    live: LiveServer
    cookie: dict[str, str]
    now: datetime


@dataclass
class Figures(Window):
    """The console in a browser, at the Insights tab."""

    def open(self, url: str, tab: str) -> None:
        self.page.goto(f"{url}/staff/")
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
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder, now = tmp_path_factory.mktemp("home") / "shop", datetime.now(UTC)
    with closing(new_home(folder, ("en", "zh"))) as home:
        add_release(home)
        _fill(home, now)
    with working(folder) as runtime, serving(runtime) as live:
        yield Served(live, live.cookie("ann", shown="Ann"), now)


@pytest.fixture
def window(served: Served, new_context) -> Callable[..., Figures]:
    def new(locale: str = "en-GB", width: int = 1300, **options: Any) -> Figures:
        context = new_context(width, locale=locale, accept_downloads=True, **options)
        context.add_cookies([served.cookie])
        figures = Figures(context.new_page())
        figures.open(served.live.url, "洞察" if locale == "zh-CN" else "Insights")
        return figures

    return new


def test_the_tab_shows_figures_and_what_customers_wrote_as_text_and_asks_nobody_else(
    window, served: Served
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
    assert seen.hosts == {urlsplit(served.live.url).netloc}
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
    page.get_by_role("button", name=WORDS["review"]["en"], exact=True).press("Enter")
    page.locator("[role=tab][aria-selected=true]", has_text="Review").wait_for()
    page.locator(".dr-message").wait_for()
    assert page.locator(".dr-by-reason").input_value() == "out_of_scope"


def test_a_topic_is_reviewed_question_by_question(window, served: Served) -> None:
    page = window().page
    topic = page.locator(".di-topic").first
    topic.locator("summary").click()
    with page.expect_response(lambda answer: "/review?" in answer.url) as asked:
        topic.locator("button").press("Enter")
    shown = asked.value.json()["items"]
    assert {one["message"] for one in shown} == {HOSTILE}
    turns = parse_qs(urlsplit(asked.value.url).query)["turn"]
    assert {str(one["turn_id"]) for one in shown} <= set(turns)
    assert len(turns) == 3
    page.locator(".dr-only").get_by_text(HOSTILE).wait_for()
    page.locator(".dr-message").get_by_text(HOSTILE).wait_for()
    with page.expect_response(lambda answer: "/review?" in answer.url) as everything:
        page.locator(".dr-only button").press("Enter")
    assert "turn=" not in everything.value.url
    page.locator(".dr-only button").wait_for(state="detached")


def test_own_days_are_checked_before_they_are_asked_for(window, served: Served) -> None:
    page = window().page
    page.locator("input[name=di-period][value=own]").check(force=True)
    page.locator("#di-from").fill("2026-03-02")
    page.locator("#di-to").fill("2026-03-01")
    page.locator(".di-own button").click()
    page.get_by_role("status").get_by_text(WORDS["wrong_days"]["en"]).wait_for()
    day = f"{served.now - 29 * HOUR:%Y-%m-%d}"
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
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:3] == ["first_day", "language", "conversations"]
    assert len(rows) == 8


@NEEDS_AXE
@pytest.mark.parametrize(("width", "scheme"), [(1300, "light"), (390, "dark")])
def test_axe_finds_no_serious_violation_and_nothing_scrolls_sideways(
    window, width: int, scheme: str
) -> None:
    seen = window(width=width, color_scheme=scheme)
    page = seen.page
    page.locator(".di-details > summary").click()
    page.locator(".di-topic summary").first.click()
    assert axe.violations(page, ".dc-insights") == []
    assert seen.width_needed() <= width
    assert page.evaluate("() => document.querySelector('.dc-insights').scrollWidth") <= width


def test_chinese_staff_read_chinese(window) -> None:
    seen = window("zh-CN")
    assert seen.tile("conversations", "zh") == "4"
    assert seen.tile("staff_p50", "zh") == "1 分"
    assert seen.page.locator(".di-status").inner_text().endswith("的数据。")


def test_an_alert_is_told_on_every_tab_until_it_is_noted(window, served: Served) -> None:
    (alert,) = served.live.runtime.insights.check_mood()
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
    assert served.live.runtime.insights.alerts.current()[0].noted_by == "ann"
    page.get_by_role("tab", name="Insights", exact=True).click()
    line.get_by_text("Seen by ann").wait_for()
