"""The Knowledge tab in a real Chromium, on a real runtime whose watcher keeps the index."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from bot.runtime import Runtime
from bot.types import HandOff
from bot.web.console.words import words_of
from knowledge.passage_reading import PassageFilter
from knowledge.types import Language, Passage
from tests import axe
from tests.bot.homes import RETURNS, add_release, new_home, working
from tests.bot.log_samples import reply, state, turn
from tests.bot.web.browsers import MARKS, NEEDS_AXE, Window
from tests.bot.web.live_server import LiveServer, serving
from tests.waiting import until

pytestmark = MARKS

WORDS = words_of("knowledge.")
TAB = {"en-US": "Knowledge", "zh-CN": "知识库"}
HOSTILE = "<img src=x onerror=window.hacked=1> <b>b</b> ${window.hacked=1} {{7*7}}"


def says(key: str, language: Language = "en", **values: object) -> str:
    return WORDS[key][language].format(**values)


@dataclass(frozen=True)
class Server:
    live: LiveServer
    cookies: dict[str, dict[str, str]]

    @property
    def runtime(self) -> Runtime:
        return self.live.runtime

    def begin(self) -> None:
        """Three passages: an approved answer and two suggestions."""
        passages = self.runtime.home.passages
        passages.remove(each.id for each in passages.all())
        with self.runtime.home.database.write() as writing:
            writing.conn.execute("DELETE FROM passages_rejected")
            writing.conn.execute("DELETE FROM settled_contradictions")
        passages.add([Passage(0, "faq", "en", RETURNS, RETURNS, "You have 30 days.", "faq", True)])
        for number, color in enumerate(("red", "blue"), start=1):
            asked = f"Does the kettle come in {color}?"
            said = f"It comes in {color}."
            source = f"dialogue#{number}"
            passages.add([Passage(0, "dialogue", "en", asked, asked, said, source, False, number)])

    def only(self, text: str) -> Passage:
        [found] = [one for one in self.runtime.home.passages.all() if text in one.body]
        return found

    def asks(self, text: str) -> str:
        """What the bot says to a new customer."""
        return self.runtime.respond(self.runtime.start("en")[0], text)[1][0].text


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("home") / "shop"
    with closing(new_home(folder, ("en", "zh"))) as home:
        add_release(home)
    with working(folder, watch=True) as runtime, serving(runtime) as live:
        cookies = {"agent": live.cookie("agent"), "admin": live.cookie("admin", "admin")}
        yield Server(live, cookies)


@dataclass
class Editor(Window):
    """Somebody of the staff at the Knowledge tab."""

    server: Server

    def open(self, tab: str) -> None:
        self.page.goto(f"{self.server.live.url}/staff/")
        self.page.get_by_role("tab", name=tab, exact=True).click()
        self.page.wait_for_selector(".dk-list .dk-row")

    @property
    def rows(self) -> Any:
        return self.page.locator(".dk-list .dk-row")

    def view(self, name: str) -> None:
        self.page.locator(f"#dk-view-{name}").click()
        self.page.wait_for_selector(f"#dk-view-{name}[aria-selected=true]")

    def field(self, key: str) -> Any:
        return self.page.locator(".dk-right").get_by_label(says(key), exact=True)

    def button(self, key: str) -> Any:
        return self.page.locator(".dk").get_by_role("button", name=says(key)).first

    def told(self, key: str, **values: object) -> None:
        self.page.locator(".dk-told").get_by_text(says(key, **values), exact=True).wait_for()


@pytest.fixture
def visit(server: Server, new_context) -> Callable[..., Editor]:
    server.begin()

    def open_tab(
        role: str = "admin", locale: str = "en-US", width: int = 1200, **options: Any
    ) -> Editor:
        context = new_context(width, locale=locale, **options)
        context.add_cookies([server.cookies[role]])
        editor = Editor(context.new_page(), server)
        editor.open(TAB[locale])
        return editor

    return open_tab


def test_answer_is_searched_edited_and_given_within_seconds(visit) -> None:
    editor = visit()
    editor.page.get_by_role("searchbox").first.fill("send something back")
    editor.page.wait_for_function("() => document.querySelectorAll('.dk-row').length === 1")
    editor.rows.first.click()
    editor.field("answer").fill("You have 60 days.")
    editor.press("Control+Enter")
    editor.told("saved")
    editor.page.locator(".dk-right .dk-indexed").wait_for(timeout=3000)
    assert editor.server.asks(RETURNS) == "You have 60 days."
    assert editor.complaints == []


def test_list_is_narrowed_by_kind_state_and_source(visit) -> None:
    editor = visit()
    left = editor.page.locator(".dk-left")
    count = "(n) => document.querySelectorAll('.dk-row').length === n"
    left.get_by_label(says("kind")).select_option("dialogue")
    editor.page.wait_for_function(count, arg=2)
    left.get_by_label(says("filter_source")).fill("dialogue#2")
    editor.page.wait_for_function(count, arg=1)
    left.get_by_label(says("state")).select_option("approved")
    editor.page.locator(".dk-left").get_by_text(says("no_passages")).wait_for()


def test_new_answer_is_added(visit) -> None:
    editor = visit()
    editor.button("add").click()
    editor.field("question").fill("Do you sell gift cards?")
    editor.field("answer").fill("Yes, from $10 on.")
    editor.button("save").click()
    editor.told("added")
    added = editor.server.only("from $10")
    assert (added.approved, added.language, added.source) == (True, "en", "FAQ")


def test_what_is_not_saved_outlasts_a_reload_and_is_gone_once_saved(visit) -> None:
    editor = visit()
    editor.button("add").click()
    editor.field("question").fill("Do you sell gift cards?")
    editor.field("answer").fill("Yes, from $10 on.")
    editor.open("Knowledge")
    assert editor.field("answer").input_value() == "Yes, from $10 on."
    editor.button("save").click()
    editor.told("added")
    assert editor.page.evaluate("sessionStorage.getItem('deskmate-passage-draft')") is None


def test_empty_answer_is_told_at_its_field(visit) -> None:
    editor = visit()
    editor.button("add").click()
    editor.field("question").fill("Do you sell gift cards?")
    editor.button("save").click()
    editor.page.locator(".dk-right").get_by_text(says("error_answer_empty")).wait_for()
    assert editor.field("answer").get_attribute("aria-invalid") == "true"
    assert editor.page.evaluate("document.activeElement.tagName") == "TEXTAREA"


def test_deletion_asks_first_and_can_be_undone(visit) -> None:
    editor = visit()
    editor.rows.filter(has_text="30 days").click()
    editor.button("delete").click()
    editor.button("cancel").click()
    editor.button("delete").click()
    editor.button("delete_yes").click()
    editor.told("deleted", title=RETURNS)
    assert editor.rows.count() == 2
    editor.button("undo").click()
    editor.told("undone")
    editor.rows.filter(has_text="30 days").wait_for()
    assert editor.server.only("30 days").approved


def test_passage_is_switched_off_and_on(visit) -> None:
    editor = visit()
    editor.rows.filter(has_text="30 days").click()
    editor.button("switch_off").click()
    editor.told("switched_off", title=RETURNS)
    assert not editor.server.only("30 days").approved
    editor.button("switch_on").click()
    editor.told("approved", title=RETURNS)
    assert editor.server.only("30 days").approved


def test_queue_is_decided_by_the_keyboard_alone(visit) -> None:
    editor = visit(role="agent")
    editor.page.locator("#dk-view-passages").focus()
    editor.press("ArrowRight")
    editor.page.wait_for_function("() => document.querySelectorAll('.dk-row').length === 2")
    editor.press("e")
    assert editor.page.evaluate("document.activeElement.value") == "It comes in blue."
    editor.press("Control+a")
    editor.page.keyboard.type("It comes in dark blue.")
    editor.press("Escape", "a")
    editor.told("approved", title="Does the kettle come in blue?")
    editor.press("r")
    editor.told("rejected", title="Does the kettle come in red?")
    editor.page.get_by_text(says("queue_done")).wait_for()
    assert editor.server.only("dark blue").approved
    assert len(editor.server.runtime.home.passages.all()) == 2
    editor.press("z")
    editor.told("undone")
    editor.rows.filter(has_text="red").wait_for()
    assert not editor.server.only("in red").approved
    assert editor.complaints == []


def test_staff_reply_stands_in_the_queue_with_its_dialogue(visit) -> None:
    editor = visit()
    log = editor.server.runtime.log
    conversation_id = log.start("en")[0]
    told = reply("One moment.", HandOff("intent"))
    asked = turn(conversation_id, "I am ann@example.org. Does the lamp dim?", reply=told)
    log.append(asked, state(conversation_id, status="waiting"))
    answer = "The lamp dims with the ring on its base, by hand."
    editor.server.runtime.desk.say(conversation_id, "agent", answer)
    waiting = PassageFilter(state="waiting")
    until(lambda: editor.server.runtime.home.passages.how_many(waiting) >= 3)
    editor.view("suggestions")
    editor.rows.filter(has_text="ring on its base").click()
    editor.page.locator(".dk-dialogue").get_by_text("[EMAIL]").wait_for()
    assert editor.page.locator(".dk-hit").inner_text().endswith(answer)


def test_hostile_text_is_text(visit) -> None:
    editor = visit()
    passages = editor.server.runtime.home.passages
    passages.add([Passage(0, "dialogue", "en", HOSTILE, HOSTILE, HOSTILE, HOSTILE, False, 9)])
    editor.view("suggestions")
    editor.rows.filter(has_text="onerror").wait_for()
    assert editor.rows.first.locator(".dk-row-text").inner_text() == HOSTILE
    editor.press("a")
    editor.told("approved", title=HOSTILE)
    assert editor.page.locator(".dk img, .dk b").count() == 0
    assert editor.page.evaluate("window.hacked") is None
    assert editor.complaints == []


def contradicting(server: Server) -> None:
    question = "How long does the Drift robot charge?"
    for source, hours in (("handbook", 4), ("faq", 6)):
        said = f"The Drift robot charges {hours} hours."
        server.runtime.home.passages.add(
            [Passage(0, "faq", "en", question, question, said, source, True)]
        )
    until(lambda: len(set(server.runtime.knowledge.index_state())) == 1)


def test_contradiction_is_settled_by_switching_one_off(visit) -> None:
    editor = visit()
    contradicting(editor.server)
    editor.view("contradictions")
    pair = editor.page.locator(".dk-pair-card")
    pair.wait_for()
    assert pair.locator("mark").all_inner_texts() == ["4", "6"]
    pair.get_by_role("button", name=says("switch_off")).last.click()
    editor.page.get_by_text(says("no_pairs")).wait_for()
    assert not editor.server.only("6 hours").approved


def test_contradiction_is_kept_when_both_are_right(visit) -> None:
    editor = visit()
    contradicting(editor.server)
    editor.view("contradictions")
    editor.button("both_right").click()
    editor.told("settled")
    assert editor.server.runtime.knowledge.contradictions.find() == []


def test_file_is_previewed_then_imported(visit) -> None:
    editor = visit()
    editor.view("imports")
    csv = b"question,answer\nDo you ship to Guam?,No.\nbroken\n"
    file = {"name": "faq.csv", "mimeType": "text/csv", "buffer": csv}
    editor.page.locator(".dk-import input[type=file]").set_input_files(file)
    editor.page.get_by_text(says("preview_of", name="faq.csv")).wait_for()
    assert editor.page.get_by_text(says("rows_bad", count=1)).is_visible()
    cells = editor.page.locator(".dk-preview td").all_inner_texts()
    assert cells[:3] == ["Do you ship to Guam?", "No.", "3"]
    assert len(editor.server.runtime.home.passages.all()) == 3
    editor.page.locator(".dk-preview").get_by_role("button").click()
    done = says("imported", name="faq.csv", added=1, updated=0, unchanged=0)
    editor.page.get_by_text(done).wait_for()
    assert editor.server.only("No.").approved


def test_file_that_cannot_be_read_says_why(visit) -> None:
    editor = visit()
    editor.view("imports")
    file = {"name": "faq.csv", "mimeType": "text/csv", "buffer": b"question,answer\nbroken\n"}
    editor.page.locator(".dk-import input[type=file]").set_input_files(file)
    editor.page.get_by_role("alert").get_by_text(says("error_unreadable_file")).wait_for()
    assert "faq.csv:2" in editor.page.locator(".dk-detail").inner_text()


def test_agents_are_not_offered_imports(visit) -> None:
    assert visit(role="agent").page.locator("#dk-view-imports").count() == 0


def test_chinese_browser_gets_chinese(visit) -> None:
    editor = visit(locale="zh-CN")
    assert says("view_suggestions", "zh") in editor.page.locator(".dk-views").inner_text()
    latin = editor.page.evaluate(
        "() => [...document.querySelectorAll('.dk label, .dk button')]"
        ".filter((one) => one.offsetParent && !/[\\u4e00-\\u9fff]/.test(one.innerText)).length"
    )
    assert latin == 0


def test_phone_shows_list_or_passage_without_sideways_scrolling(visit) -> None:
    editor = visit(width=390)
    assert not editor.page.locator(".dk-right").is_visible()
    editor.rows.first.click()
    editor.field("answer").wait_for()
    assert not editor.page.locator(".dk-left").is_visible()
    assert editor.width_needed() <= 390
    editor.button("back").click()
    editor.rows.first.wait_for()


@NEEDS_AXE
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way_of_anybody(visit, scheme: str) -> None:
    editor = visit(color_scheme=scheme)
    contradicting(editor.server)
    editor.rows.first.click()
    found = {"passages": axe.violations(editor.page, ".dk")}
    for name, shown in (
        ("suggestions", ".dk-right .dk-dialogue, .dk-right textarea"),
        ("contradictions", ".dk-pair-card"),
        ("imports", ".dk-import"),
    ):
        editor.view(name)
        editor.page.locator(shown).first.wait_for()
        found[name] = axe.violations(editor.page, ".dk")
    assert found == {name: [] for name in found}
