"""Who may call what: every route of the application has a rule here, and keeps to it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from starlette.routing import Mount

from bot.staff import Role
from bot.web.console.words import word
from bot.web.staff_session import csrf_token
from tests.bot.web.conftest import start
from tests.bot.web.staff_client import OWN_PAGE, SignedIn, accounts_of, signed_in

pytestmark = pytest.mark.usefixtures("quick_passwords")

Route = tuple[str, str]

OPEN = {
    ("GET", "/"),
    ("GET", "/api/widget-settings"),
    ("GET", "/docs"),
    ("GET", "/favicon.ico"),
    ("GET", "/healthz"),
    ("GET", "/openapi.json"),
    ("GET", "/readyz"),
    ("GET", "/staff-login"),
    ("GET", "/widget.js"),
    ("POST", "/api/conversations"),
    ("POST", "/api/widget-identity"),  # tells only whether a signature is right
}
"""For everybody; they show nothing of anybody."""
BY_SECRET = {("GET", "/metrics"), ("POST", "/webhooks/rest/webhook")}
SIGN_IN = ("POST", "/api/staff/sign-in")
CUSTOMERS = {
    ("GET", "/api/conversations/{conversation_id}/events"),
    ("GET", "/api/conversations/{conversation_id}/files/{file_id}"),
    ("GET", "/api/conversations/{conversation_id}/messages"),
    ("GET", "/api/conversations/{conversation_id}/transcript"),
    ("POST", "/api/conversations/{conversation_id}/contact"),
    ("POST", "/api/conversations/{conversation_id}/files"),
    ("POST", "/api/conversations/{conversation_id}/handoff"),
    ("POST", "/api/conversations/{conversation_id}/handoff/cancel"),
    ("POST", "/api/conversations/{conversation_id}/identify"),
    ("POST", "/api/conversations/{conversation_id}/messages"),
    ("POST", "/api/conversations/{conversation_id}/rating"),
    ("POST", "/api/conversations/{conversation_id}/typing"),
    ("POST", "/api/messages/{message_id}/feedback"),
}
AGENTS_READ = "/api/staff/"
AGENTS_CHANGE = {
    ("DELETE", "/api/staff/canned/{canned_id}"),
    ("DELETE", "/api/staff/knowledge/{passage_id}"),
    ("POST", "/api/staff/canned"),
    ("POST", "/api/staff/conversations/{conversation_id}/claim"),
    ("POST", "/api/staff/conversations/{conversation_id}/messages"),
    ("POST", "/api/staff/conversations/{conversation_id}/notes"),
    ("POST", "/api/staff/conversations/{conversation_id}/release"),
    ("POST", "/api/staff/conversations/{conversation_id}/reopen"),
    ("POST", "/api/staff/conversations/{conversation_id}/resolve"),
    ("POST", "/api/staff/conversations/{conversation_id}/transfer"),
    ("POST", "/api/staff/conversations/{conversation_id}/typing"),
    ("POST", "/api/staff/knowledge"),
    ("POST", "/api/staff/knowledge/contradictions/settle"),
    ("POST", "/api/staff/knowledge/{passage_id}/approve"),
    ("POST", "/api/staff/knowledge/{passage_id}/restore"),
    ("POST", "/api/staff/knowledge/{passage_id}/switch-off"),
    ("POST", "/api/staff/mood-alerts/{alert_id}/noted"),
    ("POST", "/api/staff/review-undo"),
    ("POST", "/api/staff/review/{turn_id}"),
    ("POST", "/api/staff/sign-out"),
    ("PUT", "/api/staff/canned/{canned_id}"),
    ("PUT", "/api/staff/conversations/{conversation_id}/labels"),
    ("PUT", "/api/staff/knowledge/{passage_id}"),
}
ADMINS = {
    ("GET", "/api/staff/knowledge/import"),
    ("POST", "/api/staff/knowledge/import"),
    ("POST", "/api/staff/knowledge/import/preview"),
}
GRADIO = {
    ("GET", "/"),
    ("GET", "/assets/{path:path}"),
    ("GET", "/config"),
    ("GET", "/config/"),
    ("GET", "/gradio_api/app_id"),
    ("GET", "/gradio_api/app_id/"),
    ("GET", "/gradio_api/heartbeat/{session_hash}"),
    ("GET", "/gradio_api/queue/data"),
    ("GET", "/gradio_api/startup-events"),
    ("GET", "/static/{path:path}"),
    ("GET", "/theme.css"),
    ("POST", "/gradio_api/queue/join"),
}
"""All that a browser may ask of a mounted Gradio page; signed in only, below /staff."""
GRADIO_PAGES = ("/chat", "/staff")
ADMIN_MODULES = ("models", "settings", "settings_staff")


def routes_of(routes: Any, prefix: str = "") -> Iterator[Route]:
    """Every method and path, also of included routers; not what is mounted."""
    for route in routes:
        if isinstance(route, Mount):
            continue
        if included := getattr(route, "original_router", None):
            yield from routes_of(included.routes, prefix + route.include_context.prefix)
            continue
        # Raises for a WebSocket: none of the guards knows what to do with one.
        for method in route.methods - {"HEAD"}:
            yield method, prefix + route.path


def own_routes(client: TestClient) -> set[Route]:
    return set(routes_of(client.app.routes))


def gradio_routes(client: TestClient, page: str) -> set[Route]:
    (mounted,) = [one for one in client.app.routes if getattr(one, "path", "") == page]
    return set(routes_of(mounted.app.routes))


def address_of(path: str) -> str:
    """The path with something in place of its parameters."""
    for name in ("message_id", "passage_id", "canned_id", "turn_id", "alert_id"):
        path = path.replace(f"{{{name}}}", "1")
    return path.replace("{path:path}", "x").replace("{", "").replace("}", "")


@pytest.fixture
def tom(client: TestClient) -> SignedIn:
    return signed_in(client, "tom")


@pytest.fixture
def mia(client: TestClient) -> SignedIn:
    return signed_in(client, "mia", "admin")


def code_of(answer: Response) -> tuple[int, str]:
    try:
        return answer.status_code, answer.json()["error"]["code"]
    except (ValueError, KeyError, TypeError):
        return answer.status_code, ""


def staff_routes(client: TestClient) -> list[Route]:
    routes = {one for one in own_routes(client) if one[1].startswith("/api/staff")}
    return sorted(routes - {SIGN_IN})


def test_every_route_has_a_rule(client: TestClient) -> None:
    staff = {one for one in own_routes(client) if one[0] == "GET" and AGENTS_READ in one[1]}
    known = OPEN | BY_SECRET | {SIGN_IN} | CUSTOMERS | AGENTS_CHANGE | ADMINS
    assert own_routes(client) - staff == known - staff
    assert staff >= {one for one in ADMINS if one[0] == "GET"}


def test_nothing_is_mounted_but_the_static_files_and_two_pages_of_gradio(client) -> None:
    mounts = {one.path for one in client.app.routes if isinstance(one, Mount)}
    assert mounts == {"/static", *GRADIO_PAGES}


def test_signed_out_no_route_of_the_staff_answers(client: TestClient) -> None:
    for method, path in staff_routes(client):
        for cookie in ("", "deskmate_staff=guess"):
            headers = OWN_PAGE | {"Cookie": cookie}
            answer = client.request(method, address_of(path), headers=headers)
            assert code_of(answer) == (401, "signed_out"), (method, path)


def test_a_customers_token_opens_no_route_of_the_staff(client: TestClient) -> None:
    talk = start(client)
    for method, path in staff_routes(client):
        path = path.replace("{conversation_id}", talk.id)
        answer = client.request(method, address_of(path), headers=talk.headers | OWN_PAGE)
        assert code_of(answer) == (401, "signed_out"), (method, path)
    as_cookie = {"Cookie": f"deskmate_staff={talk.token}"}
    assert client.get("/api/staff/queue", headers=as_cookie).status_code == 401


def test_agents_are_refused_what_is_for_admins(client, tom: SignedIn, mia: SignedIn) -> None:
    for method, path in sorted(ADMINS):
        assert code_of(tom.call(method, path)) == (403, "forbidden"), (method, path)
        assert mia.call(method, path).status_code not in (401, 403), (method, path)


def test_agents_may_what_is_for_agents(client: TestClient, tom: SignedIn) -> None:
    """So that a refusal in the other tests is one of who asks, and not of everybody."""
    for method, path in staff_routes(client):
        if (method, path) in ADMINS or path in ("/api/staff/events", "/api/staff/sign-out"):
            continue
        answer = tom.call(method, address_of(path))
        assert answer.status_code not in (401, 403), (method, path, answer.text)


@pytest.mark.parametrize(
    "foreign",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_no_change_comes_from_another_site(client, mia: SignedIn, foreign: dict) -> None:
    """Whatever else is right: the cookie, the role, even the CSRF token."""
    right = mia.cookie | {"X-Deskmate-CSRF": csrf_token(mia.token)}
    for method, path in staff_routes(client):
        if method != "GET":
            answer = client.request(method, address_of(path), headers=right | foreign)
            assert code_of(answer) == (403, "cross_site"), (method, path)


@pytest.mark.parametrize("form", ["application/x-www-form-urlencoded", "text/plain"])
def test_no_change_comes_without_the_csrf_token(client, mia: SignedIn, form: str) -> None:
    """A form of another page can send this body, but no header of its own."""
    headers = mia.cookie | OWN_PAGE | {"Content-Type": form}
    for method, path in staff_routes(client):
        if method != "GET":
            answer = client.request(method, address_of(path), headers=headers, content="a=1")
            assert code_of(answer) == (403, "csrf"), (method, path)


def test_a_conversation_opens_to_its_own_token_only(client: TestClient) -> None:
    mine, other = start(client), start(client)
    message = other.get().json()["messages"][0]["id"]
    for method, path in sorted(CUSTOMERS):
        path = path.replace("{conversation_id}", other.id)
        path = path.replace("{message_id}", str(message))
        body = {"text": "x", "rating": 1, "stars": 5, "id": "1", "hash": "x"}
        body |= {"email": "a@b.example", "message": "x"}
        for headers in (mine.headers, {}, {"Authorization": "Bearer "}):
            answer = client.request(method, address_of(path), headers=headers, json=body)
            assert code_of(answer)[0] == 401, (method, path)


@pytest.mark.parametrize("page", GRADIO_PAGES)
def test_gradio_has_no_addresses_but_those_that_are_known(client, mia, page: str) -> None:
    """Signed in as admin, so that what is hidden is hidden from all."""
    for method, path in sorted(gradio_routes(client, page)):
        if (method, path) in GRADIO:
            continue
        answer = mia.call(method, page + address_of(path))
        assert code_of(answer) == (404, "not_found"), (method, path)
    assert gradio_routes(client, page) >= GRADIO


def test_signed_out_gradio_gives_nothing_of_the_console(client: TestClient) -> None:
    for method, path in sorted(gradio_routes(client, "/staff")):
        answer = client.request(
            method, "/staff" + address_of(path), headers=OWN_PAGE, follow_redirects=False
        )
        if path == "/":
            assert answer.headers["location"] == "/staff-login"
            assert answer.content == b""
        else:
            assert code_of(answer) == (401, "signed_out"), (method, path)


@pytest.mark.parametrize("path", ["/config", "/gradio_api/startup-events", "/"])
def test_what_the_console_sends_is_kept_by_no_cache(mia: SignedIn, path: str) -> None:
    assert mia.call("GET", f"/staff{path}").headers["cache-control"] == "no-store"


@dataclass(frozen=True)
class Event:
    """One of the console's events: its number, the module of its handler, its inputs."""

    id: int
    module: str
    inputs: list[Any]

    def answer(self, who: SignedIn) -> dict[str, Any]:
        """Start it as the page does; what the page is told of its end."""
        session = f"access-{self.id}"
        body = {"data": self.inputs, "fn_index": self.id, "session_hash": session}
        joined = who.call("POST", "/staff/gradio_api/queue/join", json=body)
        assert joined.status_code == 200, joined.text
        told = who.call("GET", f"/staff/gradio_api/queue/data?session_hash={session}").text
        events = [json.loads(line[6:]) for line in told.splitlines() if line.startswith("data: ")]
        (completed,) = [one for one in events if one["msg"] == "process_completed"]
        return completed["output"]


@pytest.fixture
def events(client: TestClient, tom: SignedIn) -> list[Event]:
    """The console's events, as the configuration lists them for an agent."""
    config = tom.call("GET", "/staff/config").json()
    values = {one["id"]: one["props"].get("value") for one in config["components"]}
    (mounted,) = [one for one in client.app.routes if getattr(one, "path", "") == "/staff"]
    handlers = mounted.app.get_blocks().fns
    return [
        Event(one["id"], _module(handlers[one["id"]].fn), [values[each] for each in one["inputs"]])
        for one in config["dependencies"]
        if one["backend_fn"]
    ]


def _module(handler: Any) -> str:
    return handler.__module__.rpartition(".")[2]


def test_no_event_of_models_and_settings_does_anything_for_an_agent(
    client: TestClient, tom: SignedIn, events: list[Event]
) -> None:
    before = _state(client)
    forbidden = [one for one in events if one.module in ADMIN_MODULES]
    assert {one.module for one in forbidden} == set(ADMIN_MODULES)
    for event in forbidden:
        output = event.answer(tom)
        refused = output.get("error") == word("shell.not_allowed", "en")
        assert refused or _nothing(output["data"]), (event, output)
    assert _state(client) == before


def test_every_event_asks_again_who_sends_it(
    client: TestClient, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind the gate, too: as if the session ended between the gate and the handler."""
    gone = signed_in(client, "gone")
    accounts = accounts_of(client)
    for event in events:
        monkeypatch.setattr(accounts, "session", _once_more(accounts, gone.token))
        output = event.answer(gone)
        monkeypatch.undo()
        refused = output.get("error") == word("shell.signed_out", "en")
        assert refused or _nothing(output["data"]), (event, output)


def _once_more(accounts: Any, token: str) -> Any:
    """`accounts.session` for whoever asks on the event loop, and nobody for the handlers."""
    import threading

    loop = {}
    real = type(accounts).session

    def session(asked: str) -> Any:
        here = threading.current_thread()
        loop.setdefault("thread", here)  # the gate is the first to ask
        return real(accounts, asked) if here is loop["thread"] else None

    return session


NO_UPDATE = {"__type__": "update"}


def _nothing(updates: list[Any]) -> bool:
    """None stands for a state, which never leaves the server."""
    return all(one in (None, NO_UPDATE, NO_UPDATE | {"props": NO_UPDATE}) for one in updates)


def _state(client: TestClient) -> tuple[Any, ...]:
    accounts = accounts_of(client)
    roles: list[tuple[str, Role]] = [(one.name, one.role) for one in accounts.list()]
    audit = client.app.state.service.audit.entries(5)
    return roles, [one.id for one in audit]
