"""The staff console in a browser: a shop whose customers wait, and agents who look at its Inbox."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.audit import Audit
from bot.canned import Canned
from bot.runtime import Runtime
from bot.staff import StaffAccounts
from bot.types import Customer, Status
from tests.bot.homes import add_faq, add_release, new_home, working
from tests.bot.web.browsers import Window
from tests.bot.web.live_server import LiveServer, serving
from tests.bot.web.staff_client import PASSWORD


@contextmanager
def open_shop(folder: Path) -> Iterator[Runtime]:
    """A bot with one answer, in a new home in `folder`."""
    with closing(new_home(folder / "shop", ("en", "zh"))) as home:
        add_faq(home)
        add_release(home)
    with working(folder / "shop") as runtime:
        runtime.desk.save_canned(Canned(0, "en", "Hello", "Hello {customer}, I am {agent}."))
        yield runtime


@dataclass
class Shop:
    """The server and what happens on it."""

    live: LiveServer

    @property
    def runtime(self) -> Runtime:
        runtime: Runtime = self.live.runtime
        return runtime

    @property
    def url(self) -> str:
        return self.live.url

    @property
    def accounts(self) -> StaffAccounts:
        accounts: StaffAccounts = self.live.app.state.service.accounts
        return accounts

    @property
    def audit(self) -> Audit:
        audit: Audit = self.live.app.state.service.audit
        return audit

    def customer(self, name: str, *texts: str, waits: bool = True) -> tuple[str, str]:
        """Somebody who said `texts` and asked for a person: the conversation and its token."""
        conversation_id, token = self.runtime.start("en", Customer(None, name, None))
        for text in texts:
            self.runtime.respond(conversation_id, text)
        if waits:
            self.runtime.hand_off(conversation_id)
        return conversation_id, token

    def status(self, conversation_id: str) -> Status:
        return self.runtime.log.conversation(conversation_id).status

    def said(self, conversation_id: str, token: str) -> list[tuple[str, str]]:
        """What the customer's own interface shows: roles and texts."""
        path = f"/api/conversations/{conversation_id}/messages"
        status, read = self.live.call("GET", path, token)
        assert status == 200
        return [(one["role"], one["text"]) for one in read["messages"]]


@contextmanager
def serving_shop(runtime: Runtime, port: int = 0) -> Iterator[Shop]:
    """Serve it; Mia is an admin there and Tom an agent."""
    with serving(runtime, port) as live:
        shop = Shop(live)
        if not shop.accounts.list():
            shop.accounts.add("mia", PASSWORD, "admin", "Mia Chen")
            shop.accounts.add("tom", PASSWORD, "agent", "Tom Berger")
        yield shop


@dataclass
class Agent(Window):
    """One of the staff at the console."""

    shop: Shop
    token: str

    def arrive(self) -> None:
        self.page.goto(f"{self.shop.url}/staff/")
        self.page.locator("#dc-queue [aria-label]").wait_for(state="attached")

    def row(self, name: str) -> Any:
        return self.page.locator(".dc-row", has_text=name)

    def open(self, name: str) -> None:
        self.row(name).click()
        self.page.locator("#dc-head h2", has_text=name).wait_for()

    @property
    def box(self) -> Any:
        return self.page.locator("#dc-box textarea")

    def does(self, action: str) -> None:
        self.page.click(f"#dc-do-{action}")

    def sees(self, text: str, where: str = ".dc-text") -> None:
        self.page.locator(where).get_by_text(text, exact=True).last.wait_for()

    def stands_in_box(self, text: str) -> None:
        from playwright.sync_api import expect

        expect(self.box).to_have_value(text)


def arrived(shop: Shop, context: Any, name: str) -> Agent:
    """Somebody with a session of their own who opens the console."""
    cookie = shop.live.cookie(name)
    context.add_cookies([cookie])
    agent = Agent(context.new_page(), shop, cookie["value"])
    agent.arrive()
    return agent
