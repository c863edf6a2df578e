"""Signing in and out over HTTP: the page, the cookie, CSRF, and what a refusal gives away."""

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient

from bot import passwords, sign_in_limits
from bot.staff import Staff
from bot.web import app as web_app
from bot.web import errors, sign_in, staff_session
from bot.web import service as service_module
from bot.web.middleware import SafetyHeaders
from bot.web.sign_in_words import WORDS
from bot.web.staff_session import COOKIE, Admin, Agent, csrf_token
from tests.bot.web.conftest import OFF
from tests.bot.web.fake_runtime import FakeRuntime
from tests.bot.web.staff_client import OWN_PAGE, PASSWORD, SignedIn, accounts_of, signed_in

SIGN_IN = "/api/staff/sign-in"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


ROUTES = APIRouter()


@ROUTES.api_route("/agents", methods=["GET", "POST"])
async def agents(staff: Agent) -> str:
    return staff.name


@ROUTES.api_route("/admins", methods=["GET", "POST"])
async def admins(staff: Admin) -> str:
    return staff.name


@pytest.fixture
def own(tmp_path: Path, quick_passwords: None) -> Iterator[TestClient]:
    """An application without the console, with routes for agents (tom) and admins (mia)."""
    runtime, app = FakeRuntime(tmp_path, OFF), FastAPI()
    app.state.service = web_app._service(runtime)
    errors.install(app)
    app.include_router(sign_in.router)
    app.include_router(ROUTES)
    app.add_middleware(SafetyHeaders, gradio_paths=())
    app.state.service.accounts.add("mia", PASSWORD, "admin", "Mia Chen")
    app.state.service.accounts.add("tom", PASSWORD, "agent")
    yield TestClient(app)
    runtime.close()


def post(client: TestClient, name: str = "mia", password: str = PASSWORD, **headers: str):
    body = {"name": name, "password": password}
    return client.post(SIGN_IN, json=body, headers=OWN_PAGE | headers)


def test_signing_in_gives_a_cookie_that_scripts_and_other_sites_cannot_use(own) -> None:
    answer = post(own)
    assert (answer.status_code, answer.json()) == (200, {"name": "mia", "role": "admin"})
    cookie = answer.headers["set-cookie"]
    flags = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/", "max-age=43200"} <= flags
    assert "secure" not in flags
    assert answer.headers["cache-control"] == "no-store"


def test_over_https_the_cookie_is_secure(own: TestClient) -> None:
    own.base_url = "https://testserver"
    assert "; secure" in post(own).headers["set-cookie"].lower()


def test_me_tells_who_is_signed_in_and_the_csrf_token(own: TestClient) -> None:
    post(own)
    me = own.get("/api/staff/me").json()
    token = own.cookies[COOKIE]
    assert me == {
        "name": "mia",
        "role": "admin",
        "display_name": "Mia Chen",
        "csrf": csrf_token(token),
    }
    assert token not in str(me)


def test_me_notes_that_somebody_is_there(own: TestClient) -> None:
    assert accounts_of(own).present() == []
    post(own)
    own.get("/api/staff/me")
    assert [one.name for one in accounts_of(own).present()] == ["mia"]


def test_signing_out_ends_the_session_and_drops_the_cookie(own: TestClient) -> None:
    post(own)
    token = own.cookies[COOKIE]
    headers = OWN_PAGE | {"X-Deskmate-CSRF": csrf_token(token)}
    assert own.post("/api/staff/sign-out", headers=headers).status_code == 200
    assert COOKIE not in own.cookies
    assert accounts_of(own).session(token) is None


def test_sign_ins_and_outs_are_in_the_audit_log(own: TestClient) -> None:
    SignedIn(own, post(own).cookies[COOKIE]).call("POST", "/api/staff/sign-out")
    entries = own.app.state.service.audit.entries()
    assert [(one.staff, one.action) for one in entries] == [
        ("mia", "session.sign_out"),
        ("mia", "session.sign_in"),
    ]


def test_a_wrong_name_and_a_wrong_password_look_the_same(own: TestClient) -> None:
    wrong = [post(own, "mia", "wrong password"), post(own, "nobody", "wrong password")]
    assert [one.status_code for one in wrong] == [401, 401]
    assert wrong[0].json() == wrong[1].json()
    assert wrong[0].headers.keys() == wrong[1].headers.keys()
    assert "set-cookie" not in wrong[0].headers


@pytest.mark.parametrize("name", ["mia", "nobody"])
def test_too_many_failures_are_refused_with_the_time_to_wait(own: TestClient, name: str) -> None:
    for _ in range(sign_in_limits.PER_NAME):
        assert post(own, name, "wrong password").status_code == 401
    answer = post(own, name)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 900


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 422),
        (b'{"name": "mia"}', 422),
        (b'{"name": 1, "password": {}}', 422),
        (b'{"name": "\\ud800", "password": "\\ud800"}', 422),
        (b"\xff", 400),
    ],
)
def test_what_is_no_sign_in_is_refused(own: TestClient, body: bytes, status: int) -> None:
    assert own.post(SIGN_IN, content=body, headers=OWN_PAGE).status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Origin": "http://testserver.evil.example"},
    ],
)
def test_another_site_can_sign_nobody_in(own: TestClient, headers: dict[str, str]) -> None:
    answer = own.post(SIGN_IN, json={"name": "mia", "password": PASSWORD}, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "cross_site")


def test_a_browser_without_fetch_metadata_is_known_by_its_origin(own: TestClient) -> None:
    answer = own.post(
        SIGN_IN,
        json={"name": "mia", "password": PASSWORD},
        headers={"Origin": "http://testserver"},
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/agents", "/admins"])
@pytest.mark.parametrize("cookie", ["", "deskmate_staff=", "deskmate_staff=guess"])
def test_without_a_session_there_is_nothing(own, path: str, cookie: str) -> None:
    for method in ("GET", "POST"):
        answer = own.request(method, path, headers=OWN_PAGE | {"Cookie": cookie})
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signed_out")


@pytest.mark.parametrize(
    "cookie",
    [
        'shop={"a": 1}; deskmate_staff=TOKEN',
        "deskmate_staff=TOKEN; a b=c",
        "deskmate_staff=guess; deskmate_staff=TOKEN",
    ],
)
def test_the_session_is_found_among_cookies_of_other_pages(cookie: str, client) -> None:
    """By the gate before the console as by all routes: else one sends staff to the other."""
    mine = signed_in(client, "tom")
    headers = {"Cookie": cookie.replace("TOKEN", mine.token)}
    for path in ("/api/staff/me", "/staff/config"):
        assert client.get(path, headers=headers).status_code == 200, path


def test_signing_in_opens_a_session_that_nobody_knew_before(own: TestClient) -> None:
    for fixed in ("planted", signed_in(own, "tom").token):
        answer = post(own, "mia", PASSWORD, Cookie=f"{COOKIE}={fixed}")
        assert answer.cookies[COOKIE] != fixed
        assert len(answer.cookies[COOKIE]) >= 43  # 256 bits
    assert accounts_of(own).session("planted") is None


def test_who_guesses_at_passwords_holds_up_only_sign_ins(own, monkeypatch) -> None:
    """Each check takes a core and 64 MiB: few at a time, few in wait, the others refused."""
    service, free = own.app.state.service, threading.Event()
    monkeypatch.setattr(service_module, "WAITING_SIGN_INS", 3)
    monkeypatch.setattr(passwords, "matches", lambda *_: not free.wait(5))
    answers: list[int] = []

    def guess(number: int) -> None:
        answers.append(post(own, f"name{number}", "wrong password").status_code)

    with own:  # one event loop for all of them
        guesses = [threading.Thread(target=guess, args=(number,)) for number in range(9)]
        for one in guesses:
            one.start()
        while len(answers) < 9 - 3 - passwords.AT_ONCE and any(one.is_alive() for one in guesses):
            time.sleep(0.01)
        assert service.threads.borrowed_tokens == 0
        assert own.get("/staff-login").status_code == 200
        free.set()
        for one in guesses:
            one.join()
    assert sorted(answers) == [401] * (3 + passwords.AT_ONCE) + [429] * (6 - passwords.AT_ONCE)


def test_roles_are_checked_on_the_server(own: TestClient) -> None:
    agent, admin = signed_in(own, "tom"), signed_in(own, "mia")
    for method in ("GET", "POST"):
        calls = [
            one.call(method, path) for one in (agent, admin) for path in ("/agents", "/admins")
        ]
        assert [one.status_code for one in calls] == [200, 403, 200, 200]


@pytest.mark.parametrize("given", ["", "guess", "another session's"])
def test_a_change_needs_the_sessions_own_csrf_token(own, given: str) -> None:
    mine, other = signed_in(own, "tom"), signed_in(own, "tom")
    token = csrf_token(other.token) if given.startswith("another") else given
    headers = OWN_PAGE | mine.cookie | {"X-Deskmate-CSRF": token}
    answer = own.post("/agents", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf")
    assert own.get("/agents", headers=mine.cookie).status_code == 200


def test_a_change_from_another_site_is_refused_whatever_it_sends(own) -> None:
    mine = signed_in(own, "tom")
    stolen = mine.cookie | {"X-Deskmate-CSRF": csrf_token(mine.token)}
    for foreign in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = own.post("/agents", headers=stolen | foreign)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "cross_site")


def test_an_admin_may_all_that_an_agent_may() -> None:
    roles = [Staff("a", role, "a") for role in ("agent", "admin")]
    may = [staff_session.allowed(one, role) for one in roles for role in ("agent", "admin")]
    assert may == [True, False, True, True]


@pytest.mark.parametrize(
    ("wish", "language"), [("zh-CN,zh;q=0.9", "zh"), ("en-GB", "en"), ("fr", "en"), ("", "en")]
)
def test_the_page_speaks_the_browsers_language(own, wish: str, language: str) -> None:
    page = own.get("/staff-login", headers={"Accept-Language": wish})
    words = WORDS[language]  # type: ignore[index]
    assert f'<html lang="{words["html_lang"]}">' in page.text
    for key in ("heading", "name", "password", "sign_in"):
        assert words[key] in page.text
    assert page.headers["cache-control"] == "no-store"


def test_the_page_can_be_read_in_the_other_language(own: TestClient) -> None:
    page = own.get("/staff-login?lang=zh", headers={"Accept-Language": "en"})
    assert WORDS["zh"]["heading"] in page.text
    assert 'href="/staff-login?lang=en"' in page.text


@pytest.mark.parametrize("problem", ["expired", "signed_out", "refused", "limited"])
def test_the_page_says_why_one_is_there(own: TestClient, problem: str) -> None:
    page = own.get(f"/staff-login?problem={problem}", headers={"Accept-Language": "zh"})
    assert f'role="alert">{WORDS["zh"][problem]}</p>' in page.text


@pytest.mark.parametrize("problem", ["", "<script>", "heading", "title"])
def test_the_page_says_nothing_that_is_not_its_own(own: TestClient, problem: str) -> None:
    page = own.get("/staff-login", params={"problem": problem, "lang": "<b>"})
    assert 'role="alert"></p>' in page.text
    assert "<b>" not in page.text


def test_the_page_needs_no_script(own: TestClient) -> None:
    page = own.get("/staff-login").text
    (action,) = re.findall(r'action="([^"]+)"', page)
    form = {"name": "mia", "password": "wrong password"}
    refused = own.post(action, data=form, headers=OWN_PAGE)
    assert refused.status_code == 401
    assert WORDS["en"]["refused"] in refused.text
    assert "wrong password" not in refused.text
    form["password"] = PASSWORD
    done = own.post(action, data=form, headers=OWN_PAGE, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, "/staff/")
    assert done.cookies[COOKIE]


def test_both_languages_have_all_words() -> None:
    assert WORDS["en"].keys() == WORDS["zh"].keys()
    assert set(sign_in.PROBLEMS) <= WORDS["en"].keys()
