"""The staff console in a real Chromium, on a real server and runtime with the fake encoder."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from bot.web.console.words import word
from bot.web.sign_in_words import WORDS as SIGN_IN_WORDS
from tests import axe
from tests.bot.homes import RETURNS
from tests.bot.web.browsers import MARKS, NEEDS_AXE, open_context
from tests.bot.web.inbox import Agent, Shop, arrived, open_shop, serving_shop
from tests.bot.web.staff_client import PASSWORD

pytestmark = MARKS

ANSWER = "You have 30 days."
HOSTILE = (
    "<img src=x onerror=window.hacked=1>",
    "<script>window.hacked=1</script>",
    '"><svg onload=window.hacked=1>',
    "[x](javascript:window.hacked=1) **b** {{7*7}} ${window.hacked=1}",
)
GRADIOS_OWN = {
    "nested-interactive": ".toast-header",  # a notice is a button with its close button inside
}
"""axe-core's rules that Gradio's own markup breaks, and the element; nothing else breaks any."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("home")) as runtime, serving_shop(runtime) as shop:
        yield shop


@pytest.fixture(scope="module")
def shared(browser: Any, shop: Shop) -> Iterator[Agent]:
    context = open_context(browser)
    yield arrived(shop, context, "mia")
    context.close()


@pytest.fixture
def mia(shared: Agent) -> Agent:
    """The admin, whose window stays open from test to test."""
    shared.complaints.clear()
    return shared


@pytest.fixture
def agents(shop: Shop, new_context) -> Callable[..., Agent]:
    """Lets others arrive: `agents("tom", locale="zh-CN")`."""

    def arrive(name: str, *size: int, **options: Any) -> Agent:
        return arrived(shop, new_context(*size, **options), name)

    return arrive


def test_an_agent_takes_a_waiting_customer_and_answers_by_a_suggestion(mia, shop) -> None:
    conversation_id, token = shop.customer("Nora", RETURNS)
    mia.row("Nora").wait_for()  # came by itself, without a reload
    mia.open("Nora")
    mia.does("claim")
    mia.page.locator("#dc-do-release").wait_for()
    assert shop.runtime.log.conversation(conversation_id).staff == "mia"
    mia.page.click(".dc-suggestion")
    mia.stands_in_box(ANSWER)
    mia.box.press("End")
    mia.box.type(" Anything else?")
    mia.page.click("#dc-send")
    mia.sees(f"{ANSWER} Anything else?")
    mia.stands_in_box("")
    assert shop.said(conversation_id, token)[-1] == ("staff", f"{ANSWER} Anything else?")
    mia.page.fill("#dc-note textarea", "Ask about the lamp")
    mia.page.click("#dc-add-note")
    mia.page.locator(".dc-note", has_text="Ask about the lamp").wait_for()
    assert "lamp" not in str(shop.said(conversation_id, token))
    labels = mia.page.locator("#dc-labels input")
    labels.fill("returns")
    labels.press("Enter")
    mia.row("Nora").locator(".dc-chip-label", has_text="returns").wait_for()
    assert shop.runtime.desk.labels(conversation_id) == ("returns",)
    mia.does("resolve")
    mia.page.locator("#dc-do-reopen").wait_for()
    assert shop.status(conversation_id) == "resolved"
    actions = {one.action for one in shop.audit.entries(target=conversation_id)}
    assert actions == {"desk.claim", "desk.say", "desk.note", "desk.label", "desk.resolve"}
    assert mia.complaints == []


def test_a_customers_message_appears_and_brings_other_suggestions(mia, shop) -> None:
    conversation_id, token = shop.customer("Ada", "I need help")
    mia.open("Ada")
    path = f"/api/conversations/{conversation_id}"
    shop.live.call("POST", f"{path}/typing", token)
    mia.page.locator(".dc-typing", has_text="writing").wait_for()
    shop.live.call("POST", f"{path}/messages", token, text=RETURNS)
    mia.sees(RETURNS)
    mia.page.locator(".dc-suggestion", has_text=ANSWER).wait_for()
    assert mia.page.locator(".dc-typing").inner_text() == ""
    assert mia.complaints == []


def test_a_customer_sees_that_an_agent_is_writing(mia, shop) -> None:
    conversation_id, token = shop.customer("Bea")
    stream = shop.live.watch(f"/api/conversations/{conversation_id}", token)
    stream.until("status")
    mia.open("Bea")
    mia.box.type("Hello")
    typing = stream.until("typing")[-1]
    assert typing.data == {"role": "staff", "name": "Mia Chen"}


def test_all_works_by_the_keyboard(mia, shop) -> None:
    first, _ = shop.customer("Carl")
    second, token = shop.customer("Dora")
    mia.row("Dora").wait_for()
    mia.page.locator(".dc-row").first.focus()
    focused = mia.page.locator(".dc-row:focus")
    for _ in range(20):
        if "Dora" in focused.inner_text():
            break
        mia.page.keyboard.press("ArrowDown")
    mia.page.keyboard.press("Enter")
    mia.page.locator("#dc-head h2", has_text="Dora").wait_for()
    mia.page.keyboard.press("ArrowUp")
    assert "Dora" not in focused.inner_text()
    mia.box.focus()
    mia.page.keyboard.type("Good morning")
    mia.page.keyboard.press("Control+Enter")
    mia.sees("Good morning")
    assert shop.said(second, token)[-1] == ("staff", "Good morning")
    assert shop.status(first) == "waiting"
    mia.page.keyboard.press("Escape")
    assert "Dora" in focused.inner_text()


def test_two_agents_see_each_other_and_one_wins(mia, agents, shop) -> None:
    tom = agents("tom")
    conversation_id, _ = shop.customer("Eve")
    mia.open("Eve")
    tom.open("Eve")
    tom.page.locator(".dc-viewers", has_text="Mia Chen").wait_for()
    mia.box.fill("Half a reply")
    tom.does("claim")
    mia.page.locator(".dc-status-open", has_text="Tom Berger").wait_for()
    assert mia.box.input_value() == "Half a reply"
    assert mia.page.locator("#dc-send").is_disabled()
    assert shop.runtime.log.conversation(conversation_id).staff == "tom"


def test_who_comes_too_late_is_told_who_was_faster_and_keeps_the_text(agents, shop) -> None:
    mia = agents("mia")
    conversation_id, _ = shop.customer("Fay")
    mia.open("Fay")
    mia.box.fill("My answer")

    # Between the press on Send and its arrival, so that no look of the page comes before it.
    def faster(route: Any) -> None:
        if "My answer" in (route.request.post_data or ""):
            shop.runtime.desk.claim(conversation_id, "tom")
        route.continue_()

    mia.page.route("**/queue/join**", faster)
    mia.page.click("#dc-send")
    mia.page.locator(".dc-alert", has_text="Tom Berger").wait_for()
    mia.stands_in_box("My answer")
    assert ("staff", "My answer") not in [
        (one.role, one.text) for one in shop.runtime.log.messages(conversation_id)
    ]


def test_a_row_that_changes_under_the_finger_opens_all_the_same(mia, shop) -> None:
    conversation_id, _ = shop.customer("Uma")
    mia.row("Uma").hover()
    mia.page.mouse.down()
    shop.runtime.respond(conversation_id, "Hello?")
    mia.page.wait_for_timeout(1000)
    mia.page.mouse.up()
    mia.page.locator("#dc-head h2", has_text="Uma").wait_for()
    mia.page.locator(".dc-row-last", has_text="Hello?").wait_for()


def test_a_late_look_does_not_bring_back_what_was_open_before(agents, shop) -> None:
    mia = agents("mia")
    first, _ = shop.customer("Vic")
    shop.customer("Wes")
    mia.open("Vic")
    held: list[Any] = []

    def hold(route: Any) -> None:
        if held or first not in (route.request.post_data or ""):
            route.continue_()
        else:
            held.append(route)

    mia.page.route("**/queue/join**", hold)
    shop.runtime.respond(first, "Anyone?")
    for _ in range(50):
        mia.page.wait_for_timeout(100)
        if held:
            break
    mia.open("Wes")
    held[0].continue_()
    mia.page.wait_for_timeout(1500)
    assert mia.page.locator("#dc-head h2").text_content() == "Wes"


def test_each_conversation_keeps_its_own_draft(mia, shop) -> None:
    shop.customer("Gil")
    shop.customer("Hal")
    mia.row("Hal").wait_for()
    mia.open("Gil")
    mia.box.fill("For Gil")
    mia.open("Hal")
    mia.stands_in_box("")
    mia.box.fill("For Hal")
    mia.open("Gil")
    mia.stands_in_box("For Gil")
    mia.page.reload()
    mia.page.locator("#dc-head h2", has_text="Gil").wait_for()
    mia.stands_in_box("For Gil")


def test_the_end_of_the_session_loses_no_text(agents, shop) -> None:
    from playwright.sync_api import Error as PageError

    tom = agents("tom")
    shop.customer("Ida")
    tom.open("Ida")
    tom.box.fill("Not sent yet")
    shop.accounts.revoke("tom")
    # The page may have noticed already, and be on its way, even while it is asked to.
    with suppress(PageError):
        tom.page.evaluate("document.querySelector('#dc-send')?.click()")
    tom.page.wait_for_url("**/staff-login**")
    assert tom.page.locator("#problem").inner_text() == SIGN_IN_WORDS["en"]["expired"]
    tom.page.fill("#name", "tom")
    tom.page.fill("#password", PASSWORD)
    tom.page.press("#password", "Enter")
    tom.page.locator("#dc-head h2", has_text="Ida").wait_for()
    tom.stands_in_box("Not sent yet")


def test_signing_out_leaves_nothing_behind(agents, shop) -> None:
    tom = agents("tom")
    shop.customer("Jan")
    tom.open("Jan")
    tom.box.fill("Secret draft")
    tom.page.click(".dc-person button")
    tom.page.wait_for_url("**/staff-login**")
    assert tom.page.evaluate("sessionStorage.length") == 0
    assert tom.page.context.cookies() == []
    assert shop.accounts.session(tom.token) is None
    tom.page.goto(f"{shop.url}/staff/")
    assert tom.page.url.endswith("/staff-login")


def test_an_agent_sees_no_tab_of_admins(mia, agents) -> None:
    tom = agents("tom")
    mia.page.get_by_role("tab", name="Settings").wait_for()
    assert tom.page.get_by_role("tab", name="Insights").count() == 1
    assert tom.page.get_by_role("tab", name="Settings").count() == 0


def test_what_customers_write_is_never_markup(mia, shop) -> None:
    conversation_id, _ = shop.customer(HOSTILE[0], *HOSTILE)
    shop.runtime.desk.note(conversation_id, "tom", HOSTILE[1])
    shop.runtime.desk.set_labels(conversation_id, [HOSTILE[2]])
    mia.row(HOSTILE[0]).first.click()
    for text in HOSTILE:
        mia.sees(text)
    mia.page.locator(".dc-note", has_text=HOSTILE[1]).wait_for()
    mia.page.locator(".dc-why").last.click()
    mia.page.locator(".dx-why").wait_for()
    assert mia.page.evaluate("window.hacked") is None
    mia.page.keyboard.press("Escape")
    assert mia.complaints == []


def test_a_bot_message_is_explained_by_keyboard_as_in_the_review(mia, shop) -> None:
    shop.customer("Kim", RETURNS)
    mia.open("Kim")
    mia.page.locator(".dc-why").last.press("Enter")
    dialog = mia.page.get_by_role("dialog", name="Why this reply?")
    dialog.locator(".dx-why").wait_for()
    assert RETURNS in dialog.locator(".dx-found").first.inner_text()
    mia.page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert mia.page.evaluate("document.activeElement.className") == "dc-why"
    assert mia.complaints == []


def test_a_bot_message_is_explained_in_chinese_and_dark_on_a_phone(agents, shop) -> None:
    phone = agents("mia", 390, 844, locale="zh-CN", color_scheme="dark")
    shop.customer("Kai", RETURNS)
    phone.open("Kai")
    phone.page.locator(".dc-why").last.click()
    dialog = phone.page.get_by_role("dialog", name="为什么这样回复？")
    dialog.locator(".dx-why").wait_for()
    card = dialog.evaluate("node => getComputedStyle(node).backgroundColor")
    assert card == "rgb(20, 29, 36)"
    assert dialog.bounding_box()["width"] <= 390


def test_a_canned_reply_is_filled(mia, shop) -> None:
    shop.customer("Lou")
    mia.open("Lou")
    mia.page.click("#dc-canned input")
    mia.page.get_by_role("option", name="Hello").click()
    mia.stands_in_box("Hello Lou, I am Mia Chen.")


def test_a_conversation_is_passed_on_and_found_again(mia, shop) -> None:
    conversation_id, _ = shop.customer("Moe", "A question about zeppelins")
    mia.open("Moe")
    mia.does("claim")
    mia.page.click("#dc-pass-on input")
    mia.page.get_by_role("option", name="Tom Berger").click()
    mia.page.click("#dc-pass-on button.sm")
    mia.page.locator(".dc-status-open", has_text="Tom Berger").wait_for()
    assert shop.runtime.log.conversation(conversation_id).staff == "tom"
    shop.runtime.desk.resolve(conversation_id, "tom")
    mia.row("Moe").wait_for(state="detached")
    search = mia.page.locator("#dc-search textarea, #dc-search input")
    search.fill("zeppelins")
    mia.row("Moe").wait_for()
    search.fill("")


def test_a_phone_in_chinese_shows_one_pane_at_a_time(agents, shop) -> None:
    phone = agents("mia", 390, 844, locale="zh-CN", color_scheme="dark")
    shop.customer("Ned")
    page = phone.page
    phone.open("Ned")
    assert not page.locator("#dc-queue").is_visible()
    page.get_by_role("button", name=word("inbox.claim", "zh")).click()
    page.get_by_role("button", name=word("inbox.release", "zh")).wait_for()
    page.click("#dc-head .dc-turn-side")
    page.locator("#dc-note").wait_for()
    page.click("#dc-side .dc-turn")
    page.click("#dc-head .dc-turn-list")
    phone.row("Ned").wait_for()
    assert phone.width_needed() <= 390
    assert page.evaluate("document.documentElement.lang") == "zh-CN"


def _is_gradios(finding: str) -> bool:
    rule, _, element = finding.partition(":")
    return GRADIOS_OWN.get(rule, "no element") in element


@NEEDS_AXE
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_our_markup_has_no_serious_accessibility_violation(mia, shop, scheme: str) -> None:
    mia.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    shop.customer(f"Oda {scheme}", RETURNS)
    mia.open(f"Oda {scheme}")
    mia.page.locator(".dc-suggestion").first.wait_for()
    mia.page.locator(".dc-why").last.click()
    mia.page.locator(".dx-why").wait_for()
    found = axe.violations(mia.page)
    mia.page.keyboard.press("Escape")
    assert [one for one in found if not _is_gradios(one)] == []


@NEEDS_AXE
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_page_has_no_serious_violation(new_context, shop, scheme: str) -> None:
    page = new_context(color_scheme=scheme, bypass_csp=True).new_page()
    page.goto(f"{shop.url}/staff-login?problem=refused")
    assert axe.violations(page) == []


def test_the_sign_in_page_works_by_keyboard_and_says_what_is_wrong(new_context, shop) -> None:
    page = new_context().new_page()
    page.goto(f"{shop.url}/staff/")
    problem, keyboard = page.locator("#problem:not(:empty)"), page.keyboard
    keyboard.press("Enter")
    problem.wait_for()
    assert problem.inner_text() == SIGN_IN_WORDS["en"]["missing"]
    keyboard.type("mia")
    keyboard.press("Tab")
    keyboard.type("wrong password")
    keyboard.press("Enter")
    page.get_by_text(SIGN_IN_WORDS["en"]["refused"]).wait_for()
    assert page.evaluate("document.activeElement.id") == "password"
    keyboard.type(PASSWORD)
    keyboard.press("Tab")
    keyboard.press("Enter")
    assert page.locator("#show").get_attribute("aria-pressed") == "true"
    page.locator("#password").press("Enter")
    page.wait_for_url(re.compile("/staff/$"))
