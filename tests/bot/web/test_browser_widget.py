"""The widget in a real Chromium, on a real server with the fake runtime."""

import hashlib
import hmac
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.settings import Limits, Server, Settings
from bot.web.identity import SECRET_VARIABLE
from bot.web.widget_script import SOURCE
from tests import axe
from tests.bot.web.browsers import MARKS, NEEDS_AXE, PATIENCE_MS, Window
from tests.bot.web.fake_runtime import ANSWERS, FakeRuntime
from tests.bot.web.live_server import LiveServer, serving
from tests.waiting import until

pytestmark = MARKS

WORDS = json.loads((SOURCE / "words.json").read_text("utf-8"))
EN, ZH = WORDS["en"], WORDS["zh"]
LIMITS = Limits(messages_per_minute=0, requests_per_minute=0, upload_megabytes=1)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
SOON_MS = 1000
"""Within this a customer sees what staff wrote."""
HOSTILE = [
    "<img src=x onerror=window.hacked=1>",
    "<script>window.hacked=1</script>",
    '"><svg onload=window.hacked=1>',
    "[x](javascript:window.hacked=1) **b** {{7*7}} ${7*7}",
    "javascript:window.hacked=1//http://ok.example",
]


class Pages(BaseHTTPRequestHandler):
    """Another site's pages: path -> (policy, HTML)."""

    served: dict[str, tuple[str, str]] = {}  # noqa: RUF012  # filled by the fixture

    def do_GET(self) -> None:
        policy, body = self.served.get(self.path, ("", ""))
        self.send_response(200 if body else 204)  # else the browser complains of its icon
        self.send_header("Content-Type", "text/html; charset=utf-8")
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def another_site() -> Iterator[str]:
    site = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=site.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{site.server_port}"
    site.shutdown()
    thread.join()
    site.server_close()


@dataclass
class Shop:
    """The bot's server, which can be stopped and started again on its port, and another site."""

    runtime: FakeRuntime
    site: str
    live: LiveServer | None = None
    port: int = 0
    _stack: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        self.live = self._stack.enter_context(serving(self.runtime, self.port))
        self.port = self.live.port

    def stop(self) -> None:
        self._stack.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def newest(self) -> str:
        """The id of the conversation that was started last."""
        last = "SELECT id FROM conversations ORDER BY rowid DESC LIMIT 1"
        return str(self.runtime.database.connection.conn.execute(last).fetchone()[0])

    def written(self, conversation_id: str | None = None) -> list[str]:
        """What the customer wrote, as the log has it."""
        messages = self.runtime.log.messages(conversation_id or self.newest)
        return [one.text for one in messages if one.role == "customer"]

    def page(self, name: str, tag: str = "", style: str = "", policy: str = "") -> str:
        """The address of a page of the other site that embeds the widget."""
        widget = f'<script src="{self.url}/widget.js" {tag}></script>'
        body = f'<!doctype html><html lang="en"><title>P</title>{style}<p>Text</p>{widget}</html>'
        Pages.served[f"/{name}"] = (policy.replace("HOST", self.url), body)
        return f"{self.site}/{name}"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    runtime = FakeRuntime(tmp_path_factory.mktemp("home"), LIMITS)
    with pytest.MonkeyPatch.context() as patch, another_site() as site:
        patch.setenv(SECRET_VARIABLE, "shared")
        runtime.settings = Settings(limits=LIMITS, server=Server(allowed_origins=(site,)))
        shop = Shop(runtime, site)
        shop.start()
        yield shop
        shop.stop()
        runtime.close()


@dataclass
class Customer(Window):
    """One customer's window."""

    shop: Shop
    words: dict[str, str]

    def go(self, address: str) -> "Customer":
        self.page.goto(address)
        self.page.locator(".bubble-button").wait_for()
        return self

    def open(self) -> "Customer":
        self.page.locator(".bubble-button").click()
        self.page.locator(".panel").wait_for()
        self.page.locator(".message").first.wait_for()
        return self

    @property
    def box(self) -> Any:
        return self.page.get_by_role("textbox", name=self.words["placeholder"])

    def button(self, key: str, **values: str) -> Any:
        name = self.words[key].format(**values)
        return self.page.get_by_role("button", name=name, exact=True)

    def choose(self, key: str) -> None:
        """Choose from the menu."""
        self.button("menu").click()
        self.page.get_by_role("menuitem", name=self.words[key]).click()

    def say(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")
        self.expect(text)

    def expect(self, text: str, patience_ms: int = PATIENCE_MS) -> None:
        found = self.page.locator(".message .text").get_by_text(text, exact=True).last
        found.wait_for(timeout=patience_ms)

    def texts(self) -> list[str]:
        return self.page.locator(".message .text").all_inner_texts()

    def settled(self) -> None:
        """Wait until everything that was written is acknowledged."""
        self.page.wait_for_function(
            "() => !document.querySelector('deskmate-chat').shadowRoot"
            ".querySelector('.sending, .kept, .dots')"
        )


@pytest.fixture
def window(shop: Shop, new_context) -> Callable[..., Customer]:
    """Open windows; those of one customer share what the browser keeps. Nobody waits before."""
    for one in shop.runtime.desk.waiting():
        shop.runtime.desk.resolve(one.id)

    def new(*size: int, of: Customer | None = None, locale: str = "en-US", **options: Any):
        context = of.page.context if of else new_context(*size, locale=locale, **options)
        return Customer(context.new_page(), shop, ZH if locale == "zh-CN" else EN)

    return new


@pytest.fixture
def visit(window):
    def open_shop(**options: Any) -> Customer:
        customer = window(**options)
        return customer.go(customer.shop.url).open()

    return open_shop


def test_a_question_is_answered_with_sources_and_can_be_rated(visit, shop: Shop) -> None:
    customer = visit()
    customer.say("How long does delivery take?")
    customer.expect(ANSWERS["en"])
    page = customer.page
    page.locator(".sources summary").click()
    link = page.get_by_role("link", name="https://tidewick.example/delivery")
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    assert page.get_by_text("Shipping guide").is_visible()
    customer.button("helped").click()
    page.locator(".thumb[aria-pressed=true]").wait_for()
    assert page.locator(".sources[open]").count() == 1
    assert shop.runtime.log.messages(shop.newest)[-1].rating == 1
    assert customer.box.input_value() == ""
    assert customer.hosts == {urlsplit(shop.url).netloc}
    assert customer.complaints == []


def test_a_way_to_start_and_an_option_are_one_click(visit, shop: Shop) -> None:
    customer = visit()
    customer.page.get_by_role("button", name="Where is my order?").click()
    customer.expect(ANSWERS["en"])
    customer.say("which one?")
    customer.page.get_by_role("button", name="Send it back").click()
    customer.expect("Return it")
    customer.settled()
    assert customer.page.locator(".option").count() == 0
    assert shop.written() == ["Where is my order?", "which one?", "Return it"]


def test_a_person_takes_over_and_resolves(visit, shop: Shop) -> None:
    customer = visit()
    customer.say("hello")
    customer.expect(ANSWERS["en"])
    customer.button("person").click()
    customer.page.get_by_text(EN["next"]).wait_for()
    customer.say("Is anybody there?")
    customer.settled()
    desk, talk = shop.runtime.desk, shop.newest
    shop.live.app.state.service.live.typing(talk, "staff", "Maya")
    customer.page.get_by_text("Maya is writing").wait_for(timeout=SOON_MS)
    desk.say(talk, "Maya", "Yes: https://tidewick.example/orders.")
    customer.expect("Yes: https://tidewick.example/orders.", SOON_MS)
    customer.page.get_by_text("Maya is with you").wait_for(timeout=SOON_MS)
    assert customer.page.locator(".staff .who").inner_text().strip() == "Maya"
    link = customer.page.locator(".staff .text a")
    assert link.get_attribute("href") == "https://tidewick.example/orders"
    assert not customer.button("person").is_visible()
    desk.resolve(talk, "Maya")
    customer.page.get_by_text(EN["ended"], exact=True).wait_for(timeout=SOON_MS)
    customer.page.get_by_label("4 of 5 stars").check()
    customer.page.get_by_text(EN["rated"]).wait_for()
    customer.page.get_by_label(EN["rate_note"]).fill("Quick, thanks")
    customer.page.locator(".note button").click()
    customer.page.locator(".note").wait_for(state="hidden")
    record = shop.runtime.log.conversation(talk)
    assert (record.status, record.stars) == ("resolved", 4)
    customer.page.reload()
    customer.page.get_by_text(EN["rated"]).wait_for()
    assert customer.page.get_by_label("4 of 5 stars").is_checked()
    assert customer.complaints == []


def test_who_waits_can_go_back_to_the_bot(visit) -> None:
    customer = visit()
    customer.button("person").click()
    customer.button("back_to_bot", bot="Wick").click()
    customer.button("person").wait_for()
    customer.say("hello")
    customer.expect(ANSWERS["en"])


def test_staff_see_that_the_customer_writes(visit, shop: Shop, monkeypatch) -> None:
    told = []
    live = shop.live.app.state.service.live
    monkeypatch.setattr(live, "typing", lambda *what: told.append(what))
    customer = visit()
    customer.box.press_sequentially("nobody is told yet")
    customer.button("person").click()
    customer.page.get_by_text(EN["next"]).wait_for()
    with customer.page.expect_response("**/typing"):
        customer.box.press_sequentially(" but now")
    customer.page.wait_for_timeout(300)
    assert told == [(shop.newest, "customer", "")]


def test_nobody_there_offers_the_contact_form(visit, shop: Shop, monkeypatch) -> None:
    monkeypatch.setattr(shop.runtime.desk, "away", lambda: True)
    customer = visit()
    customer.button("person").click()
    page = customer.page
    page.get_by_text(EN["away_more"]).wait_for()
    form = page.locator("form.card")
    form.get_by_role("button", name=EN["contact_send"]).click()
    assert page.get_by_text(EN["email_wrong"]).is_visible()
    form.get_by_label(EN["email"]).fill("ada@example.com")
    form.get_by_label(EN["details"]).fill("Call me: 555 0100")
    form.get_by_role("button", name=EN["contact_send"]).click()
    page.get_by_text("We will write to ada@example.com").wait_for()
    contact = shop.runtime.log.contacts()[-1]
    assert (contact.email, contact.message) == ("ada@example.com", "Call me: 555 0100")


def test_who_wants_an_answer_later_can_leave_an_address_at_any_time(visit, shop: Shop) -> None:
    customer = visit()
    customer.choose("call_back")
    form = customer.page.locator("form.card")
    form.get_by_label(EN["email"]).fill("bo@example.com")
    form.get_by_label(EN["details"]).fill("When is the lamp back?")
    form.get_by_role("button", name=EN["contact_send"]).click()
    customer.page.get_by_text("We will write to bo@example.com").wait_for()
    assert shop.runtime.log.contacts()[-1].email == "bo@example.com"


def test_messages_written_offline_are_kept_over_a_reload_and_sent_once(visit, shop: Shop) -> None:
    customer = visit()
    customer.say("hello")
    customer.settled()
    context = customer.page.context
    context.set_offline(True)
    customer.say("first")
    customer.say("second")
    customer.page.get_by_text(EN["kept"]).first.wait_for()
    customer.page.get_by_text(EN["offline"]).wait_for()
    assert shop.written() == ["hello"]
    context.set_offline(False)
    customer.page.wait_for_function("navigator.onLine")
    customer.page.reload()
    customer.page.locator(".panel").wait_for()
    customer.expect("second")
    customer.settled()
    assert shop.written() == ["hello", "first", "second"]
    customer.page.wait_for_timeout(300)
    assert [text for text in customer.texts() if text in ("hello", "first", "second")] == [
        *("hello", "first", "second")
    ]


def test_an_answer_that_got_lost_does_not_send_the_message_twice(visit, shop: Shop) -> None:
    customer = visit()
    lost = []

    def lose_the_first(route: Any) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    customer.page.route("**/messages", lose_the_first)
    customer.say("only once")
    customer.expect(ANSWERS["en"])
    customer.settled()
    assert (lost, shop.written()) == ([200], ["only once"])
    customer.page.locator(".strip").wait_for(state="hidden")
    assert customer.texts().count("only once") == 1
    assert customer.texts().count(ANSWERS["en"]) == 1


def test_a_late_answer_does_not_turn_the_state_back(visit, shop: Shop) -> None:
    customer = visit()
    customer.button("person").click()
    customer.page.get_by_text(EN["next"]).wait_for()

    def overtaken(route: Any) -> None:
        answer = route.fetch()
        shop.runtime.desk.say(shop.newest, "Maya", "I am here.")
        # The stream is faster than this answer, which still says "waiting".
        customer.page.get_by_text("Maya is with you").wait_for()
        route.fulfill(response=answer)

    with customer.page.expect_response("**/messages"):
        customer.page.route("**/messages", overtaken, times=1)
        customer.say("Anybody?")
    customer.settled()
    customer.page.wait_for_timeout(100)
    customer.page.locator(".strip").wait_for(state="hidden")
    assert customer.page.get_by_text("Maya is with you").is_visible()


def test_too_many_messages_wait_and_a_refused_one_says_why(visit, shop: Shop) -> None:
    customer = visit()
    answers = [(429, {"Retry-After": "1"}), (422, {})]

    def refuse(route: Any) -> None:
        if route.request.method != "POST" or not answers:
            return route.continue_()
        status, headers = answers.pop(0)
        body = json.dumps({"error": {"code": "x", "message": "text: no good"}})
        return route.fulfill(status=status, headers=headers, body=body)

    customer.page.route("**/messages", refuse)
    customer.say("slow down")
    customer.page.get_by_text("it is sent in 1 seconds").wait_for()
    customer.page.get_by_text("text: no good").wait_for()
    customer.button("edit").click()
    assert customer.box.input_value() == "slow down"
    customer.box.press("Enter")
    customer.expect(ANSWERS["en"])
    assert shop.written() == ["slow down"]


def test_the_chat_goes_on_over_a_restart_of_the_server(visit, shop: Shop) -> None:
    customer = visit()
    customer.say("before")
    customer.expect(ANSWERS["en"])
    shop.stop()
    customer.say("a person please")
    customer.page.get_by_text(EN["kept"]).wait_for()
    shop.start()
    customer.settled()
    customer.page.get_by_text(EN["next"]).wait_for()
    shop.runtime.desk.say(shop.newest, "Maya", "Here again.")
    customer.expect("Here again.")
    assert shop.written() == ["before", "a person please"]
    texts = customer.texts()
    assert len(texts) == len(set(texts)), texts
    assert texts[-1] == "Here again."


def test_polling_takes_over_where_streams_fail(visit, shop: Shop) -> None:
    customer = visit()
    customer.page.route("**/events", lambda route: route.abort())
    customer.button("person").click()
    customer.page.get_by_text(EN["next"]).wait_for()
    customer.say("hello")
    shop.runtime.desk.say(shop.newest, "Maya", "By poll.")
    customer.expect("By poll.")
    assert customer.texts().count("hello") == 1


def test_two_tabs_share_one_conversation(visit, window, shop: Shop) -> None:
    first = visit()
    second = window(of=first).go(shop.url).open()
    before = shop.runtime.conversations()
    first.say("from the first")
    second.expect("from the first")
    second.expect(ANSWERS["en"])
    second.say("from the second")
    first.expect("from the second")
    first.settled()
    assert shop.runtime.conversations() == before + 1
    assert shop.written() == ["from the first", "from the second"]
    first.choose("new")
    second.page.wait_for_function(
        "() => !document.querySelector('deskmate-chat').shadowRoot.querySelector('.mine')"
    )


def test_two_tabs_that_begin_at_once_begin_one_conversation(visit, window, shop: Shop) -> None:
    first = visit()
    second = window(of=first).go(shop.url).open()
    before = shop.runtime.conversations()
    for tab in (first, second):
        tab.page.evaluate(
            "() => { const real = fetch; window.fetch = async (...what) =>"
            " { await new Promise((go) => setTimeout(go, 400)); return real(...what); } }"
        )
    for tab in (first, second):
        tab.button("person").click()
    for tab in (first, second):
        tab.page.get_by_text(EN["next"]).wait_for()
    assert shop.runtime.conversations() == before + 1


def test_the_bubble_counts_what_came_meanwhile(visit, shop: Shop) -> None:
    customer = visit()
    customer.button("person").click()
    customer.page.get_by_text(EN["next"]).wait_for()
    customer.page.keyboard.press("Escape")
    customer.page.locator(".panel").wait_for(state="hidden")
    shop.runtime.desk.say(shop.newest, "Maya", "Hello?")
    bubble = customer.page.get_by_role("button", name=EN["open_unread"].format(count=1))
    bubble.wait_for(timeout=SOON_MS)
    assert customer.page.get_by_role("status").get_by_text("New message from Maya").count() == 1
    bubble.click()
    customer.expect("Hello?")
    assert not customer.page.locator(".bubble-button .count").is_visible()


def test_a_page_with_a_strict_policy_on_another_site(window, shop: Shop) -> None:
    policy = "default-src 'none'; script-src HOST; connect-src HOST; img-src HOST"
    customer = window().go(shop.page("strict", policy=policy)).open()
    customer.say("hello")
    customer.expect(ANSWERS["en"])
    customer.page.locator("input[type=file]").set_input_files(
        {"name": "lamp.png", "mimeType": "image/png", "buffer": PNG}
    )
    customer.page.get_by_role("button", name="Download lamp.png").wait_for()
    with customer.page.expect_download() as file:
        customer.page.get_by_role("button", name="Download lamp.png").click()
    assert Path(file.value.path()).read_bytes() == PNG
    with customer.page.expect_download() as transcript:
        customer.choose("transcript")
    assert ANSWERS["en"] in Path(transcript.value.path()).read_text("utf-8")
    color = "getComputedStyle(document.querySelector('deskmate-chat').shadowRoot.querySelector"
    assert customer.page.evaluate(f"{color}('.head')).backgroundColor") == "rgb(15, 107, 99)"
    assert customer.page.locator("[style]").count() > 0  # set by script, which the policy allows
    assert customer.complaints == []


def test_a_site_that_is_not_allowed_reads_nothing(window, shop: Shop, monkeypatch) -> None:
    settings = shop.runtime.settings.model_copy(update={"server": Server()})
    monkeypatch.setattr(shop.runtime, "settings", settings)
    customer = window().go(shop.page("foreign"))
    customer.page.locator(".bubble-button").click()
    customer.box.fill("hello")
    customer.box.press("Enter")
    customer.page.get_by_text(EN["kept"]).wait_for()
    assert any("CORS" in one for one in customer.complaints)


def test_styles_do_not_leak_in_or_out(window, shop: Shop) -> None:
    style = (
        "<style>body * { display: none !important; color: red !important; opacity: 0 !important;"
        " font-size: 60px !important } div, button, deskmate-chat { transform: scale(0) "
        "!important; position: static !important; visibility: hidden !important }</style>"
    )
    customer = window().go(shop.page("hostile", style=style)).open()
    customer.say("hello")
    customer.expect(ANSWERS["en"])
    root = "document.querySelector('deskmate-chat').shadowRoot"
    seen = customer.page.evaluate(
        f"() => {{ const s = getComputedStyle({root}.querySelector('.staff, .bot .text'));"
        " return [s.color, s.fontSize]; }"
    )
    assert seen == ["rgb(22, 33, 43)", "15px"]
    assert customer.page.locator(".panel").bounding_box()["width"] == 396
    assert customer.page.evaluate("document.adoptedStyleSheets.length") == 0
    assert customer.page.evaluate("document.querySelectorAll('head style').length") <= 1
    globals_ = customer.page.evaluate("Object.keys(window).filter((one) => /desk/i.test(one))")
    assert globals_ == ["deskmate"]


def test_what_anybody_writes_is_text(visit, shop: Shop) -> None:
    customer = visit()
    for text in HOSTILE:
        customer.say(text)
    customer.settled()
    customer.button("person").click()
    customer.page.get_by_text(EN["next"]).wait_for()
    for text in HOSTILE:
        shop.runtime.desk.say(shop.newest, "<b>Maya</b>", text)
    customer.page.get_by_text("<b>Maya</b> is with you").wait_for()
    customer.expect(HOSTILE[-1])
    assert [text for text in customer.texts() if text in HOSTILE] == [*HOSTILE, *HOSTILE]
    root = "document.querySelector('deskmate-chat').shadowRoot"
    assert customer.page.evaluate(f"{root}.querySelectorAll('img, script, .log b').length") == 0
    assert customer.page.evaluate("window.hacked") is None
    links = customer.page.locator(".log a").evaluate_all("(all) => all.map((one) => one.href)")
    assert all(urlsplit(link).scheme in ("http", "https") for link in links)
    assert customer.complaints == []


def test_files_of_a_wrong_type_or_size_are_refused_at_once(visit, shop: Shop) -> None:
    customer = visit()
    picker = customer.page.locator("input[type=file]")
    for name, kind, data, told in (
        ("run.exe", "application/x-msdownload", b"MZ", "PNG, JPEG, WEBP, PDF"),
        ("big.png", "image/png", PNG + bytes(1024 * 1024), "up to 1 MB"),
        ("empty.png", "image/png", b"", "is empty"),
    ):
        picker.set_input_files({"name": name, "mimeType": kind, "buffer": data})
        customer.page.get_by_role("alert").get_by_text(told).wait_for()
    picker.set_input_files({"name": "fake.png", "mimeType": "image/png", "buffer": b"text"})
    customer.page.locator(".failed").get_by_text("fake.png could not be sent").wait_for()
    assert shop.runtime.log.attachments(shop.newest) == []


def test_files_can_be_pasted_and_dropped(visit, shop: Shop) -> None:
    customer = visit()
    make = """(node, [kind, bytes]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(bytes)], `${kind}.png`, {type: "image/png"}));
        const name = kind === "paste" ? "clipboardData" : "dataTransfer";
        const made = kind === "paste" ? ClipboardEvent : DragEvent;
        const options = {[name]: transfer, bubbles: true, cancelable: true};
        node.dispatchEvent(new made(kind, options));
    }"""
    customer.box.evaluate(make, ["paste", list(PNG)])
    customer.page.get_by_role("button", name="Download paste.png").wait_for()
    customer.page.locator(".panel").evaluate(make, ["drop", list(PNG)])
    customer.page.get_by_role("button", name="Download drop.png").wait_for()
    names = {one.name for one in shop.runtime.log.attachments(shop.newest)}
    assert names == {"paste.png", "drop.png"}


def test_a_chinese_browser_is_served_in_chinese(visit, shop: Shop) -> None:
    customer = visit(locale="zh-CN")
    customer.page.get_by_text("您好，我是汐灯的助手小灯。").wait_for()
    customer.say("配送需要多久？")
    customer.expect(ANSWERS["zh"])
    customer.page.get_by_text(ZH["sources"]).click()
    customer.button("person").click()
    customer.page.get_by_text(ZH["next"]).wait_for()
    shop.runtime.desk.say(shop.newest, "小林", "您好，我在。")
    customer.expect("您好，我在。", SOON_MS)
    customer.page.get_by_text("小林正在为您服务").wait_for()
    shop.runtime.desk.resolve(shop.newest, "小林")
    customer.page.get_by_label("5 星，共 5 星").check()
    customer.page.get_by_text(ZH["rated"]).wait_for()
    assert not re.search("[A-Za-z]{4}", customer.page.locator(".head").inner_text())


def test_the_page_may_say_the_language_and_change_it(window, shop: Shop) -> None:
    customer = window(locale="zh-CN").go(shop.page("language", tag='data-language="en"')).open()
    assert customer.page.get_by_text(EN["person"]).is_visible()
    customer.page.evaluate("deskmate.setLanguage('zh')")
    assert customer.page.get_by_text(ZH["person"]).is_visible()
    with pytest.raises(Exception, match="expected one of en,zh, found fr"):
        customer.page.evaluate("deskmate.setLanguage('fr')")


def test_everything_can_be_done_with_the_keyboard(window, shop: Shop) -> None:
    customer = window().go(shop.page("keys"))
    page, keys = customer.page, customer.page.keyboard
    focused = "document.querySelector('deskmate-chat').shadowRoot.activeElement"
    keys.press("Tab")
    keys.press("Enter")
    page.wait_for_function(f"{focused}?.localName === 'textarea'")
    keys.type("which one?")
    keys.press("Shift+Enter")
    keys.type("line two")
    keys.press("Enter")
    page.locator(".option").first.wait_for()
    reach(page, "Shift+Tab", "Send it back")
    keys.press("Enter")
    customer.expect(ANSWERS["en"])
    reach(page, "Tab", EN["not_helped"], start=".scroll")
    keys.press("Space")
    page.locator(".thumb.low[aria-pressed=true]").wait_for()
    assert page.evaluate(f"{focused}.getAttribute('aria-label')") == EN["not_helped"]
    reach(page, "Shift+Tab", EN["menu"])
    keys.press("Enter")
    keys.press("ArrowDown")
    assert page.evaluate(f"{focused}.textContent") == EN["transcript"]
    keys.press("Escape")
    assert page.evaluate(f"{focused}.getAttribute('aria-label')") == EN["menu"]
    keys.press("Escape")
    assert not page.locator(".panel").is_visible()
    assert page.evaluate(f"{focused}.className") == "bubble-button"
    assert shop.written() == ["which one?\nline two", "Return it"]


def reach(page: Any, key: str, name: str, start: str = "") -> None:
    """Press `key` until the control of this name has the focus."""
    if start:
        page.locator(start).focus()
    for _ in range(25):
        page.keyboard.press(key)
        found = page.evaluate(
            "() => { const at = document.querySelector('deskmate-chat').shadowRoot.activeElement;"
            " return at?.getAttribute('aria-label') || at?.textContent; }"
        )
        if found == name:
            return
    raise AssertionError(f"{name} cannot be reached by {key}")


def test_on_a_phone_it_fills_the_screen_and_what_a_keyboard_leaves(window, shop: Shop) -> None:
    customer = window(390, 780, has_touch=True, is_mobile=True)
    customer.go(shop.url).open()
    page = customer.page
    until(lambda: page.locator(".panel").bounding_box()["height"] == 780)
    assert page.locator(".panel").bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 780}
    assert not page.locator(".bubble-button").is_visible()
    focused = "document.querySelector('deskmate-chat').shadowRoot.activeElement.className"
    assert page.evaluate(focused) == "panel"  # no keyboard over the messages
    customer.say("a" * 400)
    customer.settled()
    root = "document.querySelector('deskmate-chat').shadowRoot"
    assert page.evaluate(f"{root}.querySelector('.scroll').scrollWidth") <= 390
    page.evaluate(
        "Object.defineProperty(visualViewport, 'height', {value: 420});"
        "Object.defineProperty(visualViewport, 'offsetTop', {value: 60});"
        "visualViewport.dispatchEvent(new Event('resize'))"
    )
    box = page.locator(".panel").bounding_box()
    assert (box["y"], box["height"]) == (60, 420)
    send = page.get_by_role("button", name=EN["send"], exact=True).bounding_box()
    assert send["y"] + send["height"] <= 480
    customer.button("close").click()
    assert page.locator(".bubble-button").is_visible()


def test_any_colour_gives_readable_text(window, shop: Shop) -> None:
    customer = window()
    for color in ("#fff", "yellow", "#777", "black", "hsl(340 90% 60%)", "bad"):
        for theme in ("light", "dark"):
            tag = f'data-color="{color}" data-theme="{theme}"'
            customer.go(shop.page("color", tag=tag))
            for one, other in customer.page.evaluate(COLORS):
                assert contrast(one, other) >= 4.5, (color, theme, one, other)
    assert customer.complaints == []


COLORS = """() => {
    const root = document.querySelector("deskmate-chat").shadowRoot.querySelector(".root");
    const of = (name) => getComputedStyle(root).getPropertyValue(`--dm-${name}`);
    const pairs = [["on-accent", "accent"], ["accent-ink", "card"], ["accent-ink", "tint"]];
    return pairs.map((pair) => pair.map(of));
}"""


def contrast(*colors: str) -> float:
    """WCAG's contrast ratio of two colours as style sheets write them."""
    low, high = sorted(map(luminance, colors))
    return (high + 0.05) / (low + 0.05)


def luminance(color: str) -> float:
    if color.startswith("#"):
        full = color[1:] if len(color) == 7 else "".join(char * 2 for char in color[1:])
        parts = [int(full[at : at + 2], 16) for at in (0, 2, 4)]
    else:
        parts = [int(part) for part in re.findall(r"\d+", color)]
    shares = [part / 255 for part in parts]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def test_the_page_can_drive_it_even_before_it_is_loaded(window, shop: Shop) -> None:
    early = (
        "<script>window.deskmate = {queue: []};"
        "for (const name of ['open', 'on']) deskmate[name] = (...args) =>"
        " new Promise((done, fail) => deskmate.queue.push([name, args, done, fail]));"
        "window.told = [];"
        "for (const name of ['ready', 'open', 'close', 'message', 'unread', 'status'])"
        " deskmate.on(name, (what) => told.push([name, what]));"
        "deskmate.open();</script>"
    )
    customer = window().go(shop.page("early", style=early))
    page = customer.page
    page.locator(".panel").wait_for()
    customer.say("hello")
    customer.expect(ANSWERS["en"])
    page.evaluate("deskmate.close()")
    told = page.evaluate("told")
    assert [name for name, _ in told if name != "unread"] == [
        *("open", "ready", "message", "message", "close")
    ]
    heard = [what for name, what in told if name == "message"]
    assert (heard[1]["role"], heard[1]["text"]) == ("bot", ANSWERS["en"])
    page.evaluate("window.off = deskmate.on('open', () => { throw new Error('the page') })")
    page.evaluate("off(); deskmate.open()")
    assert page.locator(".panel").is_visible()
    customer.box.fill("a secret")
    page.evaluate("deskmate.reset()")
    assert page.locator(".mine").count() == 0
    assert customer.box.input_value() == ""
    assert customer.complaints == []


def signed(customer: str) -> str:
    return hmac.new(b"shared", customer.encode(), hashlib.sha256).hexdigest()


IDENTIFY = """async ([id, hash]) => {
    window.refused = [];
    const off = deskmate.on("error", (error) => refused.push(error.code));
    try { await deskmate.identify(id, {hash, name: "Ada"}); return "done"; }
    catch (error) { return `${error.status} ${error.code} ${refused}`; }
    finally { off(); }
}"""


def test_a_signed_customer_gets_the_conversation_and_another_one_their_own(
    visit, shop: Shop
) -> None:
    customer = visit()
    customer.say("hello")
    customer.settled()
    first, page = shop.newest, customer.page
    refused = "403 identity_refused identity_refused"
    assert page.evaluate(IDENTIFY, ["ada", "wrong"]) == refused
    assert shop.runtime.log.conversation(first).customer in (None, anonymous())
    assert page.evaluate(IDENTIFY, ["ada", signed("ada")]) == "done"
    assert shop.runtime.log.conversation(first).customer.id == "ada"
    assert customer.texts().count("hello") == 1
    assert page.evaluate(IDENTIFY, ["ben", signed("ben")]) == "done"
    assert page.locator(".mine").count() == 0
    customer.say("I am Ben")
    customer.settled()
    assert shop.newest != first
    assert shop.runtime.log.conversation(shop.newest).customer.id == "ben"
    assert shop.written(first) == ["hello"]


def anonymous() -> Any:
    from bot.types import Customer as Known

    return Known()


def test_a_wrong_signature_is_refused_before_anything_is_written(window, shop: Shop) -> None:
    customer = window().go(shop.url)
    before = shop.runtime.conversations()
    assert customer.page.evaluate(IDENTIFY, ["ada", "00"]).startswith("403 identity_refused")
    assert customer.page.evaluate(IDENTIFY, ["ada", signed("ada")]) == "done"
    assert shop.runtime.conversations() == before
    customer.open().say("hello")
    customer.settled()
    assert shop.runtime.log.conversation(shop.newest).customer.id == "ada"


def test_a_conversation_that_is_gone_is_followed_by_a_new_one(visit, shop: Shop) -> None:
    customer = visit()
    customer.say("old")
    customer.settled()
    gone = shop.newest
    with shop.runtime.database.write() as writing:
        writing.conn.execute("UPDATE conversations SET token_sha256 = 'x' WHERE id = ?", (gone,))
    customer.say("new")
    customer.page.get_by_text(EN["gone"]).wait_for()
    customer.settled()
    assert shop.newest != gone
    assert (shop.written(gone), shop.written()) == (["old"], ["new"])


def test_ending_the_chat_offers_stars_and_a_new_one(visit, shop: Shop) -> None:
    customer = visit()
    customer.say("thanks")
    customer.settled()
    talk = shop.newest
    customer.choose("end")
    customer.page.get_by_label("3 of 5 stars").check()
    customer.page.get_by_text(EN["rated"]).wait_for()
    assert shop.runtime.log.conversation(talk).stars == 3
    customer.page.locator(".card").get_by_role("button", name=EN["new"]).click()
    assert customer.page.locator(".mine, .card").count() == 0


@NEEDS_AXE
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(window, shop: Shop, monkeypatch, scheme: str) -> None:
    monkeypatch.setattr(shop.runtime.desk, "away", lambda: True)
    customer = window(color_scheme=scheme).go(shop.url)
    assert axe.violations(customer.page) == []
    customer.open()
    assert axe.violations(customer.page, "deskmate-chat") == []
    customer.say("which one?")
    customer.say("hello")
    customer.expect(ANSWERS["en"])
    customer.page.locator(".sources summary").click()
    customer.button("menu").click()
    assert axe.violations(customer.page, "deskmate-chat") == []
    customer.page.keyboard.press("Escape")
    customer.button("person").click()
    customer.page.get_by_text(EN["away_more"]).wait_for()
    assert axe.violations(customer.page, "deskmate-chat") == []
    shop.runtime.desk.say(shop.newest, "Maya", "Hi")
    shop.runtime.desk.resolve(shop.newest, "Maya")
    customer.page.locator(".end").wait_for()
    assert axe.violations(customer.page, "deskmate-chat") == []
