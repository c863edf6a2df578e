"""The Models and Settings tabs in a real Chromium: what an admin changes holds at once."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from bot import domain, settings
from bot.domain import Domain
from bot.home import Home
from bot.registry import Release
from bot.retrieval import Retrieval
from bot.rounds import reported
from bot.runtime import Runtime
from bot.toml_file import change
from bot.web.console.words import word
from knowledge.retriever import Fusion
from tests import axe
from tests.bot.homes import RETURNS, add_faq, add_release, new_home, working
from tests.bot.web.browsers import MARKS, Window
from tests.bot.web.live_server import LiveServer, serving
from tests.bot.web.staff_client import PASSWORD
from tests.waiting import until

pytestmark = MARKS

TUESDAY = ("10:00-16:00",)
"""Hours that are set already."""

ASKED = f"{RETURNS} Tell me."
"""Not the passage's own question, which is answered whatever the threshold."""
EVENTS: dict[str, list[Any]] = {
    "_start": [False],
    "_interrupt": [],
    "_ask_rollback": [],
    "_act": [""],
    "_save_budget": [5],
    "_add_person": ["eve", "Eve", PASSWORD, "admin"],
}
"""Events of both tabs with what their components would send."""


@dataclass
class Shop:
    """A served home with a champion that quotes, and a challenger that never does."""

    live: LiveServer
    champion: Release
    challenger: Release

    @property
    def runtime(self) -> Runtime:
        return self.live.runtime


def release(home: Home, threshold: float) -> Release:
    added = add_release(home, promoted=False)
    for language in ("en", "zh"):
        folder = home.registry.folder(added.id) / language
        (folder / "retrieval.json").chmod(0o644)
        Retrieval(Fusion(), threshold, {"0.05": threshold, "0.2": 0.1}).save(folder)
    return added


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("home") / "shop"
    with closing(new_home(folder, ("en", "zh"))) as home:
        add_faq(home)
        champion, challenger = release(home, 0.0), release(home, 1.01)
        home.registry.promote(champion.id)
        change(folder / domain.FILE_NAME, Domain, {"hours.tuesday": list(TUESDAY)})
    with working(folder, watch=True) as runtime, serving(runtime) as live:
        conversation_id, _ = runtime.start("en")
        runtime.respond(conversation_id, ASKED)
        accounts = live.app.state.service.accounts
        accounts.add("mia", PASSWORD, "admin", "Mia Chen")
        accounts.add("tom", PASSWORD, "agent", "Tom Berger")
        yield Shop(live, champion, challenger)


@pytest.fixture
def page(shop: Shop, new_context) -> Iterator[Any]:
    window = Window(new_context(locale="en-US").new_page())
    window.page.goto(f"{shop.live.url}/staff/")
    yield window.page
    assert window.complaints == []


def sign_in(page: Any, name: str = "mia") -> None:
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.get_by_role("tab", name="Inbox").wait_for()


def open_tab(page: Any, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def save(page: Any, section: str) -> None:
    panel = page.locator(f"#dc-set-{section}")
    panel.get_by_role("button", name="Save").click()


def told(page: Any, text: str) -> None:
    page.get_by_text(text).first.wait_for()


def test_an_admin_compares_promotes_and_rolls_back(shop: Shop, page: Any) -> None:
    sign_in(page)
    open_tab(page, "Models")
    page.locator("#dc-releases").get_by_text(shop.champion.id).wait_for()
    page.get_by_label("Release to look at").click()
    page.get_by_role("option", name=shop.challenger.id).click()
    page.get_by_role("button", name="What would change?").click()
    changed = page.locator("#dc-changes details")
    changed.locator("summary").click()
    assert changed.locator("summary").inner_text() == ASKED
    assert "You have 30 days." in changed.inner_text()
    page.get_by_role("button", name="Promote").click()
    page.get_by_role("button", name=f"Yes, let {shop.challenger.id} serve").click()
    told(page, f"{shop.challenger.id} serves now.")
    champion = shop.runtime.home.registry.champion()
    assert champion
    assert champion.id == shop.challenger.id
    page.get_by_role("button", name="Roll back").click()
    page.get_by_role("button", name="Yes, back to the release before").click()
    told(page, f"{shop.champion.id} serves now.")
    assert axe.MISSING or axe.violations(page, "#dc-models") == []


def test_a_training_that_runs_elsewhere_shows_its_progress(shop: Shop, page: Any) -> None:
    sign_in(page)
    with reported(shop.runtime.home.folder, lambda *_: None) as report:
        report(3, 10, "fine-tuning (en)")
        open_tab(page, "Models")
        told(page, "fine-tuning (en)")
        assert page.locator("#dc-training progress").get_attribute("value") == "3"
        page.get_by_role("button", name="Stop the training").click()
        told(page, "This training was started elsewhere")
        report.ended({"result": "unchanged"})
    told(page, "nothing new was confirmed since the last training")


def test_hours_messages_and_budget_hold_at_once(shop: Shop, page: Any) -> None:
    from playwright.sync_api import expect

    sign_in(page)
    open_tab(page, "Settings")
    expect(page.get_by_label("Tuesday")).to_have_value(*TUESDAY)  # the form is filled
    folder = shop.runtime.home.folder
    page.get_by_label("Monday").fill("9-5")
    save(page, "hours")
    told(page, "expected hours such as '09:00-17:00', found '9-5'")
    page.get_by_label("Monday").fill("09:00-12:00, 13:00-17:00")
    page.get_by_label("Closed on").fill("2026-12-25")
    save(page, "hours")
    told(page, "Saved. It is in force within a second.")
    assert domain.load(folder).hours.monday == ("09:00-12:00", "13:00-17:00")
    page.get_by_role("button", name="Messages").click()
    page.get_by_label("Welcome").fill("Hello <b>you</b> at {shop}")
    save(page, "messages")
    page.wait_for_function(
        "async () => { const made = await (await fetch('/api/conversations', {method: 'POST',"
        " headers: {'Content-Type': 'application/json'}, body: '{}'})).json();"
        " return made.messages[0].text.startsWith('Hello <b>you</b>'); }"
    )
    page.get_by_role("button", name="Error budget").click()
    page.locator("#dc-set-budget input[type=number]").fill("20")
    page.locator("#dc-set-budget input[type=number]").press("Tab")
    save(page, "budget")
    until(lambda: settings.load(folder).bot.error_budget == 0.2)
    assert axe.MISSING or axe.violations(page, "#dc-settings") == []


def test_people_are_added_and_removed_and_deeds_are_kept(shop: Shop, page: Any) -> None:
    sign_in(page)
    open_tab(page, "Settings")
    page.get_by_role("button", name=re.compile("^Staff")).click()
    page.get_by_label("Name to sign in with").fill("zoe")
    page.get_by_label("Name that customers read").fill("Zoë Ängström")
    page.locator("#dc-new-person input[type=password]").fill("short")
    page.get_by_role("button", name="Add", exact=True).click()
    told(page, "expected a password of 10 to 200 characters")
    page.locator("#dc-new-person input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Add", exact=True).click()
    page.locator("#dc-people").get_by_text("Zoë Ängström").wait_for()
    page.get_by_label("Somebody who works here").click()
    page.get_by_role("option", name="zoe").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    page.locator("#dc-people").get_by_text("Zoë Ängström").wait_for(state="detached")
    deeds = [each.action for each in shop.live.app.state.service.audit.entries()]
    assert deeds[:2] == ["staff.remove", "staff.add"]


def test_an_agent_sees_neither_tab_and_the_server_refuses_their_events(
    shop: Shop, page: Any
) -> None:
    sign_in(page, "tom")
    page.get_by_role("tab", name="Insights").wait_for()
    for name in ("Models", "Settings"):
        assert page.get_by_role("tab", name=name, exact=True).count() == 0
    # The events of the hidden tabs, sent by hand.
    answers = page.evaluate(
        """async (calls) => {
          const config = await (await fetch("/staff/config")).json();
          const answers = [];
          for (const [name, data] of Object.entries(calls)) {
            const { id } = config.dependencies.find((one) => one.api_name === name);
            const session = Math.random().toString(36).slice(2);
            const call = { data, fn_index: id, session_hash: session };
            await fetch("/staff/gradio_api/queue/join", { method: "POST",
              headers: { "Content-Type": "application/json" }, body: JSON.stringify(call) });
            const stream = await fetch(`/staff/gradio_api/queue/data?session_hash=${session}`);
            answers.push([name, await stream.text()]);
          }
          return answers;
        }""",
        EVENTS,
    )
    refused = word("shell.not_allowed", "en")
    assert [name for name, text in answers if refused not in text] == []
    assert [one.name for one in shop.live.app.state.service.accounts.list()] == ["mia", "tom"]
