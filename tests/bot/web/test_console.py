"""The console over HTTP: signed out there is nothing, from other sites nothing changes."""

from typing import get_args

import pytest
from fastapi.testclient import TestClient

from bot.default_messages import Messages
from bot.types import HandOffReason
from bot.web.console import console as console_module
from bot.web.console import gate
from bot.web.console.words import WORDS, t, word
from tests.bot.web.conftest import start
from tests.bot.web.staff_client import OWN_PAGE, SignedIn, accounts_of, signed_in

PAGES = ("/staff", "/staff/")
INSIDE = (
    ("GET", "/staff/config"),
    ("GET", "/staff/theme.css"),
    ("GET", "/staff/gradio_api/app_id"),
    ("GET", "/staff/gradio_api/heartbeat/x"),
    ("GET", "/staff/gradio_api/queue/data?session_hash=x"),
    ("POST", "/staff/gradio_api/queue/join"),
    ("GET", "/staff/gradio_api/startup-events"),
    ("GET", "/staff/assets/nothing.js"),
)
HIDDEN = (
    ("POST", "/staff/gradio_api/upload"),
    ("GET", "/staff/gradio_api/upload_progress?upload_id=x"),
    ("GET", "/staff/gradio_api/file=/etc/passwd"),
    ("GET", "/staff/gradio_api/file=../../../../etc/passwd"),
    ("GET", "/staff/gradio_api/file/etc/passwd"),
    ("GET", "/staff/gradio_api/queue/status"),
    ("GET", "/staff/gradio_api/info"),
    ("GET", "/staff/gradio_api/openapi.json"),
    ("POST", "/staff/gradio_api/call/act"),
    ("POST", "/staff/gradio_api/run/predict"),
    ("POST", "/staff/gradio_api/api/predict"),
    ("GET", "/staff/gradio_api/proxy=https://example.org"),
    ("POST", "/staff/gradio_api/component_server"),
    ("GET", "/staff/gradio_api/user"),
    ("GET", "/staff/login"),
    ("POST", "/staff/login"),
    ("GET", "/staff/monitoring"),
    ("GET", "/staff/manifest.json"),
    ("GET", "/staff/gradio_api/runs"),
    ("GET", "/staff/openapi.json"),
    ("GET", "/staff/docs"),
)


@pytest.fixture(scope="module")
def mia(client: TestClient) -> SignedIn:
    return signed_in(client, "mia", "admin", "Mia Chen")


@pytest.fixture(scope="module")
def config(mia: SignedIn) -> dict:
    return mia.call("GET", "/staff/config").json()


@pytest.fixture(scope="module")
def blocks(client: TestClient):
    (mounted,) = [one for one in client.app.routes if getattr(one, "path", "") == gate.PATH]
    return mounted.app.get_blocks()


@pytest.mark.parametrize("path", PAGES)
def test_who_is_signed_out_is_sent_to_sign_in(client: TestClient, path: str) -> None:
    answer = client.get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff-login")


@pytest.mark.parametrize(("method", "path"), [*INSIDE, ("POST", "/staff/")])
@pytest.mark.parametrize("cookie", ["", "deskmate_staff=guess"])
def test_signed_out_there_is_nothing(client, method: str, path: str, cookie: str) -> None:
    answer = client.request(method, path, headers=OWN_PAGE | {"Cookie": cookie})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signed_out")


def test_a_session_that_was_revoked_opens_nothing(client: TestClient) -> None:
    gone = signed_in(client, "gone")
    assert gone.call("GET", "/staff/config").status_code == 200
    accounts_of(client).revoke("gone")
    for method, path in INSIDE:
        assert gone.call(method, path).status_code == 401


@pytest.mark.parametrize(("method", "path"), HIDDEN)
def test_gradios_other_addresses_are_hidden_from_staff_too(mia, method: str, path: str) -> None:
    assert mia.call(method, path).status_code == 404


def test_the_page_is_for_staff_and_kept_by_no_cache(mia: SignedIn) -> None:
    page = mia.call("GET", "/staff/")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors 'self'" in policy
    assert "http" not in policy


@pytest.mark.parametrize(
    "foreign", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
)
@pytest.mark.parametrize("path", ["/staff/gradio_api/queue/join", "/staff/gradio_api/upload"])
def test_another_site_can_start_no_event(client, mia, path: str, foreign: dict) -> None:
    answer = client.post(path, json={}, headers=mia.cookie | foreign)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "cross_site")


def test_too_long_an_upload_or_event_is_refused(mia: SignedIn) -> None:
    huge = {"Content-Length": str(100 * 1024 * 1024)} | OWN_PAGE | mia.cookie
    for path in ("/staff/gradio_api/upload", "/staff/gradio_api/queue/join"):
        assert mia.client.post(path, content=b"x", headers=huge).status_code == 413


def test_the_configuration_holds_no_conversation(client: TestClient, mia: SignedIn) -> None:
    start(client).say("A very private matter")
    assert "very private" not in mia.call("GET", "/staff/config").text


def test_every_handler_is_private_and_may_run_for_many_at_once(blocks, config: dict) -> None:
    assert {one["api_visibility"] for one in config["dependencies"]} == {"private"}
    limits = {one.concurrency_limit for one in blocks.fns.values() if one.fn}
    assert min(limits) >= 1
    assert config["show_error"] is False
    assert config["footer_links"] == []
    assert config["run_history"] is False


def test_all_tabs_are_there(config: dict) -> None:
    tabs = [one for one in config["components"] if one["type"] == "tabitem"]
    known = [one["props"]["id"] for one in tabs if one["props"].get("id") in dict(_roles())]
    assert known == ["inbox", "review", "knowledge", "insights", "models", "settings"]
    assert {one["props"]["id"] for one in tabs if one["props"]["visible"] is False} == {
        name for name, role in _roles() if role == "admin"
    }


def _roles() -> list[tuple[str, str]]:
    return [(name, role) for name, role, _ in console_module.TABS]


def test_no_handler_goes_without_the_request_that_tells_who_asks(client: TestClient) -> None:
    console = object.__new__(console_module.Console)
    with pytest.raises(TypeError, match="request"):
        console.on(lambda **_: None, lambda text: text)


def test_every_word_is_there_in_both_languages() -> None:
    for key, texts in WORDS.items():
        english, chinese = texts
        assert english.strip(), key
        assert chinese.strip(), key


def test_every_message_and_every_reason_of_a_hand_off_has_a_name() -> None:
    assert {f"settings.{name}" for name in Messages.model_fields} <= WORDS.keys()
    assert {f"inbox.reason.{reason}" for reason in get_args(HandOffReason)} <= WORDS.keys()


def test_words_of_no_tab_are_a_mistake_that_shows_at_once() -> None:
    with pytest.raises(KeyError):
        t("inbox.nonsense")
    assert word("inbox.status.open", "zh", name="Mia") == "Mia 处理中"
