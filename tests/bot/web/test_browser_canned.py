"""The dialog of canned replies in a real Chromium: list, write, change, delete."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from bot.audit import Audit
from bot.canned import Canned
from bot.desk import Desk
from bot.settings import Limits
from bot.types import Customer
from bot.web.console.words import words_of
from tests import axe
from tests.bot.web.browsers import MARKS, NEEDS_AXE, Window
from tests.bot.web.fake_runtime import FakeRuntime
from tests.bot.web.live_server import LiveServer, serving

pytestmark = MARKS

WORDS = words_of("canned.")
HOSTILE = "<img src=x onerror=alert(1)> **b** {{7*7}} ${alert(1)}"
OFF = Limits(messages_per_minute=0, requests_per_minute=0)


@dataclass(frozen=True)
class Office:
    live: LiveServer
    runtime: FakeRuntime

    @property
    def desk(self) -> Desk:
        return self.runtime.desk

    @property
    def titles(self) -> list[str]:
        return [one.title for one in self.desk.canned()]

    @property
    def deeds(self) -> list[tuple[str, str]]:
        audit: Audit = self.live.app.state.service.audit
        return [(one.staff, one.action) for one in audit.entries() if "canned" in one.action]


@dataclass
class Agent(Window):
    """Tom, an agent, at the Inbox."""

    language: str

    def says(self, key: str, **values: object) -> str:
        return WORDS[key][self.language].format(**values)

    def button(self, key: str, **values: object) -> Any:
        return self.dialog.get_by_role("button", name=self.says(key, **values), exact=True)

    @property
    def dialog(self) -> Any:
        return self.page.get_by_role("dialog", name=self.says("title"))

    def told(self, key: str, **values: object) -> None:
        self.dialog.get_by_role("status").get_by_text(self.says(key, **values)).first.wait_for()

    def open(self) -> None:
        self.page.locator("#dc-canned-open button").press("Enter")
        self.button("add").wait_for()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("home")
    with closing(FakeRuntime(folder, OFF)) as runtime, serving(runtime) as live:
        yield Office(live, runtime)


@pytest.fixture
def tom(office: Office, new_context: Callable[..., Any], request) -> Agent:
    """With one reply there, and no other."""
    for one in office.desk.canned():
        office.desk.remove_canned(one.id)
    office.desk.save_canned(Canned(0, "en", HOSTILE, f"{HOSTILE}\n{{customer}}"))
    how = {"locale": "en-US", **getattr(request, "param", {})}
    context = new_context(**how)
    context.add_cookies([office.live.cookie("tom", shown="Tom Berger")])
    agent = Agent(context.new_page(), "zh" if how["locale"] == "zh-CN" else "en")
    agent.page.goto(f"{office.live.url}/staff/")
    return agent


def test_a_reply_is_written_changed_and_deleted_by_keyboard(tom: Agent, office: Office) -> None:
    tom.open()
    tom.press("Enter")
    tom.page.keyboard.type("Greeting")
    tom.dialog.get_by_label(tom.says("text")).press_sequentially("Hello ")
    tom.button("save").wait_for()
    tom.dialog.get_by_role("button", name="{customer}").press("Enter")
    tom.page.keyboard.type(", I am {agnet}.")
    tom.told("unknown", names="{agnet}")
    for _ in "agnet}.":
        tom.press("Backspace")
    tom.page.keyboard.type("agent}.")
    tom.button("save").press("Enter")
    tom.told("saved", title="Greeting")
    (kept,) = [one for one in office.desk.canned() if one.title == "Greeting"]
    assert (kept.language, kept.text) == ("en", "Hello {customer}, I am {agent}.")
    tom.button("edit_label", title="Greeting").press("Enter")
    tom.page.keyboard.type("!")
    tom.press("Enter")
    tom.told("saved", title="Greeting!")
    tom.button("remove_label", title="Greeting!").press("Enter")
    tom.dialog.get_by_role("alertdialog").get_by_text("for everybody").wait_for()
    tom.press("Enter")  # the safe answer has the focus
    tom.button("remove_label", title="Greeting!").press("Enter")
    tom.press("Shift+Tab", "Enter")
    tom.told("removed", title="Greeting!")
    assert office.titles == [HOSTILE]
    assert office.deeds[:3] == [
        ("tom", "canned.remove"), ("tom", "canned.change"), ("tom", "canned.add")
    ]  # fmt: skip
    tom.press("Escape")
    tom.dialog.wait_for(state="detached")
    assert tom.page.evaluate("document.activeElement.closest('#dc-canned-open') !== null")
    assert tom.complaints == []


def test_a_new_reply_begins_with_what_was_written_and_is_offered_at_once(
    tom: Agent, office: Office
) -> None:
    conversation_id, _ = office.runtime.start("en", Customer(None, "Lou", None))
    office.runtime.hand_off(conversation_id)
    tom.page.locator(".dc-row", has_text="Lou").first.click()
    tom.page.locator("#dc-box textarea").fill("Thank you, {customer}.")
    tom.open()
    tom.press("Enter")
    text = tom.dialog.get_by_label(tom.says("text"))
    assert text.input_value() == "Thank you, {customer}."
    tom.press("Escape")  # leaves the form, not the list
    tom.press("Enter")
    tom.page.keyboard.type("Thanks")
    tom.press("Enter")
    tom.told("saved", title="Thanks")
    tom.press("Escape")
    tom.page.locator("#dc-box textarea").fill("")
    tom.page.click("#dc-canned input")
    tom.page.get_by_role("option", name="Thanks").click()
    tom.page.wait_for_function(
        "() => document.querySelector('#dc-box textarea').value === 'Thank you, Lou.'"
    )


def test_a_reply_that_a_colleague_deleted_is_told(tom: Agent, office: Office) -> None:
    tom.open()
    (one,) = office.desk.canned()
    tom.button("edit_label", title=HOSTILE).click()
    office.desk.remove_canned(one.id)
    tom.button("save").click()
    tom.told("gone")
    tom.dialog.get_by_text(tom.says("none")).wait_for()


@NEEDS_AXE
@pytest.mark.parametrize(
    "tom",
    [
        {"color_scheme": "light", "reduced_motion": "reduce"},
        {"color_scheme": "dark", "locale": "zh-CN", "width": 390, "reduced_motion": "reduce"},
    ],
    indirect=True,
)
def test_what_staff_wrote_is_text_and_axe_finds_no_serious_violation(tom: Agent) -> None:
    tom.open()
    assert tom.dialog.locator(".dx-text").inner_text() == f"{HOSTILE}\n{{customer}}"
    assert tom.dialog.locator("img").count() == 0
    assert axe.violations(tom.page, ".cn-dialog") == []
    tom.button("remove_label", title=HOSTILE).click()
    assert axe.violations(tom.page, ".cn-dialog") == []
    tom.button("keep").click()
    tom.button("edit_label", title=HOSTILE).click()
    assert axe.violations(tom.page, ".cn-dialog") == []
    assert tom.complaints == []
