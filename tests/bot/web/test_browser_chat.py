"""The chat page in a real Chromium, on a real server with the fake runtime."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from bot.web import chat
from bot.web.texts import TEXTS
from tests import axe
from tests.bot.web.browsers import MARKS, NEEDS_AXE, Window
from tests.bot.web.conftest import OFF
from tests.bot.web.fake_runtime import ANSWERS, FakeRuntime
from tests.bot.web.live_server import LiveServer, serving

pytestmark = MARKS

EN, ZH = TEXTS["en"], TEXTS["zh"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    runtime = FakeRuntime(tmp_path_factory.mktemp("home"), OFF)
    with serving(runtime) as server:
        yield server
    runtime.close()


@dataclass
class Customer(Window):
    """One customer's window."""

    server: LiveServer

    def open(self, path: str = "/chat/", ready: str = ".dm-intro .dm-option") -> None:
        self.page.goto(self.server.url + path)
        self.page.wait_for_selector(ready)

    @property
    def box(self):
        return self.page.locator("#dm-box textarea")

    @property
    def messages(self):
        return self.page.locator(".dm-message")

    def say(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")
        self.expect(text)

    def expect(self, text: str) -> None:
        """Wait until the last customer or bot message with this text stands in the list."""
        self.page.locator(".dm-text").get_by_text(text, exact=True).last.wait_for()

    def answered(self) -> None:
        self.page.wait_for_function(
            "() => !document.querySelector('.dm-typing')"
            " && document.querySelector('.dm-message:last-child.dm-bot')"
        )


@pytest.fixture
def window(server: LiveServer, new_context, monkeypatch) -> Callable[..., Customer]:
    monkeypatch.setitem(chat.LOOK_SECONDS, "waiting", 0.3)
    monkeypatch.setitem(chat.LOOK_SECONDS, "open", 0.3)

    def new(**options: object) -> Customer:
        return Customer(new_context(**options).new_page(), server)

    return new


@pytest.fixture
def visit(window):
    def open_chat(**options: object) -> Customer:
        customer = window(**options)
        customer.open()
        return customer

    return open_chat


def test_a_question_is_answered_with_sources_and_can_be_rated(visit) -> None:
    customer = visit()
    customer.say("How long does delivery take?")
    customer.expect(ANSWERS["en"])
    customer.page.get_by_text(EN.sources).click()
    assert customer.page.get_by_text("very good match").is_visible()
    customer.page.get_by_label(EN.helped).click()
    customer.page.locator(".dm-thumb[aria-pressed=true]").wait_for()
    messages = customer.server.runtime.log.messages(newest(customer))
    assert messages[-1].rating == 1
    assert customer.box.input_value() == ""


def newest(customer: Customer) -> str:
    return f"c{customer.server.runtime.conversations()}"


def test_the_page_asks_no_other_host_and_complains_of_nothing(visit) -> None:
    customer = visit()
    customer.say("hello")
    customer.answered()
    assert customer.hosts == {urlsplit(customer.server.url).netloc}
    assert customer.complaints == []


def test_customer_text_is_text(visit) -> None:
    customer = visit()
    hostile = "<img src=x onerror=alert(1)> **b** ${alert(1)} {{value}} `x` $$y$$"
    customer.say(hostile)
    customer.answered()
    assert customer.page.locator(".dm-customer .dm-text").inner_text() == hostile
    assert customer.page.locator(".dm-list img").count() == 0
    assert customer.complaints == []


def test_an_option_posts_its_value(visit) -> None:
    customer = visit()
    customer.say("which one?")
    customer.page.get_by_role("button", name="Send it back").click()
    customer.expect("Return it")
    customer.answered()
    assert customer.page.locator(".dm-option").count() == 0


def test_a_starter_begins_the_conversation(visit) -> None:
    customer = visit()
    customer.page.get_by_role("button", name="Where is my order?").click()
    customer.answered()
    assert customer.messages.count() == 3


def test_the_conversation_is_kept_over_a_reload(visit) -> None:
    customer = visit()
    customer.say("remember this")
    customer.answered()
    customer.page.reload()
    customer.expect("remember this")
    assert customer.messages.count() == 3


def test_a_new_chat_starts_empty(visit) -> None:
    customer = visit()
    customer.say("hello")
    customer.answered()
    customer.page.get_by_role("button", name=EN.new_chat).click()
    customer.page.locator(".dm-intro").wait_for()
    assert customer.messages.count() == 0


def test_the_whole_page_changes_its_language(visit) -> None:
    customer = visit()
    customer.say("hello")
    customer.answered()
    customer.page.get_by_role("button", name=EN.other_language).click()
    customer.page.get_by_role("button", name=ZH.ask_person).wait_for()
    assert customer.box.get_attribute("placeholder") == ZH.placeholder
    assert customer.page.title() == "与小灯对话"
    assert customer.page.locator("html").get_attribute("lang") == "zh-CN"
    assert customer.page.get_by_text(ZH.sources).is_visible()
    assert customer.page.get_by_text(ZH.small_print).is_visible()
    customer.page.reload()
    customer.page.get_by_role("button", name=ZH.ask_person).wait_for()


def test_a_chinese_browser_is_greeted_in_chinese(visit) -> None:
    customer = visit(locale="zh-CN")
    customer.page.get_by_text("您好，我是汐灯的助手小灯。").wait_for()
    customer.say("配送需要多久？")
    customer.expect(ANSWERS["zh"])


def test_a_person_takes_over_and_the_customer_sees_it(visit) -> None:
    customer = visit()
    customer.page.get_by_role("button", name=EN.ask_person).click()
    customer.page.get_by_text(EN.waiting).wait_for()
    customer.say("Is anybody there?")
    customer.server.runtime.desk.say(newest(customer), "Maya", "Yes, I am here.")
    customer.expect("Yes, I am here.")
    customer.page.get_by_text(EN.open).wait_for()
    assert customer.page.get_by_text("Maya:").is_visible()
    assert not customer.page.get_by_role("button", name=EN.back_to_bot).is_visible()


def test_a_customer_who_waits_can_go_back_to_the_bot(visit) -> None:
    customer = visit()
    customer.page.get_by_role("button", name=EN.ask_person).click()
    customer.page.get_by_role("button", name=EN.back_to_bot).click()
    customer.page.get_by_role("button", name=EN.ask_person).wait_for()
    customer.say("hello")
    customer.expect(ANSWERS["en"])


def test_everything_can_be_done_with_the_keyboard(visit) -> None:
    customer = visit()
    page = customer.page
    customer.box.focus()
    page.keyboard.type("which one?")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send it back").wait_for()
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.className") == "dm-option":
            break
    page.keyboard.press("Enter")
    customer.expect("Return it")


def test_everything_has_a_name_for_a_screen_reader(visit) -> None:
    customer = visit()
    customer.say("which one?")
    customer.answered()
    page = customer.page
    assert page.get_by_role("textbox", name=EN.placeholder).is_visible()
    assert page.get_by_role("log", name=EN.log).is_visible()
    assert page.get_by_role("button", name=EN.send, exact=True).is_visible()
    nameless = page.evaluate(
        "() => [...document.querySelectorAll('main button')]"
        ".filter((one) => !(one.getAttribute('aria-label') || one.innerText.trim())).length"
    )
    assert nameless == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_all_without_sideways_scrolling(visit, scheme: str) -> None:
    customer = visit(width=390, color_scheme=scheme)
    customer.say("a" * 300)
    customer.answered()
    assert customer.width_needed() <= 390
    boxes = [
        customer.page.get_by_role("button", name=name, exact=True).bounding_box()
        for name in (EN.other_language, EN.new_chat, EN.ask_person, EN.send)
    ]
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    heading = customer.page.locator("h1").bounding_box()
    assert heading["x"] + heading["width"] <= boxes[0]["x"]


def test_the_documentation_is_readable(window) -> None:
    customer = window()
    customer.open("/docs", ready="details")
    customer.page.get_by_text("/api/conversations/{conversation_id}/messages").first.click()
    assert customer.page.get_by_text("client_id").first.is_visible()
    assert customer.hosts == {urlsplit(customer.server.url).netloc}
    assert customer.complaints == []


@NEEDS_AXE
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_our_markup_has_no_serious_accessibility_violation(window, scheme: str) -> None:
    customer = window(color_scheme=scheme)
    customer.open()
    assert axe.violations(customer.page) == []
    customer.say("How long does delivery take?")
    customer.answered()
    customer.page.locator(".dm-source, .dm-sources").first.wait_for()
    customer.say("which one?")
    customer.answered()
    customer.page.click("#dm-person")
    customer.page.wait_for_selector("#dm-state-text p")
    assert axe.violations(customer.page) == []
