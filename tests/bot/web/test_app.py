"""The whole application: health, metrics, pages, headers, and the shape of every error."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.outgoing_rows import Targets
from bot.settings import Limits
from bot.web.app import METRICS_TOKEN_VARIABLE
from bot.web.pages import STATIC
from tests.bot.web.conftest import Talk, start
from tests.bot.web.fake_runtime import FakeRuntime

DOCUMENTED = {
    "/api/conversations",
    "/api/conversations/{conversation_id}/messages",
    "/api/conversations/{conversation_id}/handoff",
    "/api/conversations/{conversation_id}/handoff/cancel",
    "/api/conversations/{conversation_id}/rating",
    "/api/conversations/{conversation_id}/contact",
    "/api/conversations/{conversation_id}/files",
    "/api/conversations/{conversation_id}/transcript",
    "/api/conversations/{conversation_id}/events",
    "/api/conversations/{conversation_id}/files/{file_id}",
    "/api/conversations/{conversation_id}/identify",
    "/api/conversations/{conversation_id}/typing",
    "/api/staff/review",
    "/api/staff/review/{turn_id}",
    "/api/staff/review-undo",
    "/api/staff/review-pending",
    "/api/staff/review-intents",
    "/api/staff/turns/{turn_id}/explain",
    "/api/staff/messages/{message_id}/explain",
    "/api/messages/{message_id}/feedback",
    "/api/widget-identity",
    "/api/widget-settings",
    "/webhooks/rest/webhook",
    "/healthz",
    "/readyz",
    "/metrics",
}


def test_healthz_answers_while_the_process_lives(client: TestClient, runtime: FakeRuntime) -> None:
    runtime.is_ready = False
    try:
        assert client.get("/healthz").json() == {"status": "ok"}
    finally:
        runtime.is_ready = True


def test_readyz_waits_for_a_release(client: TestClient, runtime: FakeRuntime) -> None:
    assert client.get("/readyz").status_code == 200
    runtime.is_ready = False
    try:
        answer = client.get("/readyz")
    finally:
        runtime.is_ready = True
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "not_ready")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_may_ask_for_the_head_alone(client: TestClient, path: str) -> None:
    answer = client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1"])
def test_metrics_are_open_to_this_machine(make_client, host: str) -> None:
    assert make_client(host=host).get("/metrics").status_code == 200


def test_metrics_are_closed_to_others_without_the_token(make_client, monkeypatch) -> None:
    monkeypatch.setenv(METRICS_TOKEN_VARIABLE, "letmein")
    client = make_client(host="198.51.100.4")
    assert client.get("/metrics").status_code == 401
    wrong = client.get("/metrics", headers={"Authorization": "Bearer nope"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (403, "forbidden")
    assert client.get("/metrics", headers={"Authorization": "Bearer letmein"}).status_code == 200


def test_no_token_opens_metrics_where_none_is_set(make_client) -> None:
    client = make_client(host="198.51.100.4")
    for token in ("", "None", "x"):
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code in (401, 403)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_metrics_are_closed_to_whom_a_proxy_of_this_machine_passes_on(make_client, header) -> None:
    client = make_client(host="127.0.0.1")
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 401


def test_metrics_count_routes_and_actions_not_addresses(make_client) -> None:
    client = make_client(host="127.0.0.1")
    talk = start(client)
    talk.say("hello")
    client.get("/nowhere/at/all")
    text = client.get("/metrics").text
    route = 'route="/api/conversations/{conversation_id}/messages"'
    assert f'deskmate_requests_total{{method="POST",{route},status="200"}} 1.0' in text
    assert 'deskmate_bot_messages_total{action="answer"} 1.0' in text
    assert 'route="other",status="404"} 1.0' in text
    assert "deskmate_ready 1.0" in text
    assert talk.id not in re.sub(r"_created.*", "", text).split()
    assert "nowhere" not in text


def test_metrics_show_how_webhooks_stand_without_their_whole_address(make_client) -> None:
    client = make_client(host="127.0.0.1")
    targets = Targets(client.app.state.service.runtime.log.database)
    targets.keep(["https://crm.example/hook?key=hidden"])
    targets.failed("https://crm.example/hook?key=hidden", "status 503")
    text = client.get("/metrics").text
    assert 'deskmate_webhook_calls{host="crm.example",state="failing"} 1.0' in text
    assert "hidden" not in text


@pytest.mark.parametrize("path", ["/nothing", "/api/nothing", "/static/none.js", "/api"])
def test_an_unknown_address_is_not_found(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert set(answer.json()["error"]) == {"code", "message"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/api/conversations"),
        ("PUT", "/api/conversations/x/messages"),
        ("POST", "/healthz"),
        ("BREW", "/api/conversations"),
    ],
)
def test_a_wrong_method_is_refused(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("length", ["-1", "x", "9" * 5000, "1e3"])
def test_a_content_length_that_is_no_number_is_refused(client: TestClient, length: str) -> None:
    answer = client.post("/api/conversations", content=b"{}", headers={"Content-Length": length})
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/", "/docs", "/chat/", "/healthz", "/nothing", "/staff-login"])
def test_every_answer_carries_the_safety_headers(client: TestClient, path: str) -> None:
    headers = client.get(path, follow_redirects=False).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "http" not in policy
    assert ("'unsafe-inline'" in policy) == (path == "/chat/")


def test_nothing_of_the_interface_can_run_in_a_browser(talk: Talk) -> None:
    """Neither JSON nor a customer's file, even where a browser shows it instead of saving it."""
    file = {"file": ("a.png", b"\x89PNG\r\n\x1a\n<script>alert(1)</script>", "text/html")}
    sent = talk.client.post(talk.path("files"), files=file, headers=talk.headers).json()
    for path in (talk.path(), talk.path("transcript"), talk.path(f"files/{sent['id']}"), "/api/x"):
        policy = talk.client.get(path, headers=talk.headers).headers["content-security-policy"]
        assert {"default-src 'none'", "frame-ancestors 'none'", "sandbox"} <= {
            part.strip() for part in policy.split(";")
        }


def test_a_limit_or_crash_carries_the_safety_headers_too(talk: Talk) -> None:
    for text, status in (("fail", 500), ("a" * 100_000, 413)):
        answer = talk.post(text=text)
        assert answer.status_code == status
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_answers_of_the_interface_are_not_kept_in_caches(talk: Talk) -> None:
    assert talk.get().headers["cache-control"] == "no-store"


def test_no_cookie_is_set(client: TestClient) -> None:
    client.get("/chat/")
    start(client)
    assert not client.cookies


def test_the_interface_is_documented(client: TestClient) -> None:
    api = client.get("/openapi.json").json()
    customers = {path for path in api["paths"] if not path.startswith("/api/staff/")}
    assert customers <= DOCUMENTED <= set(api["paths"])
    answers = api["paths"]["/api/conversations/{conversation_id}/messages"]["post"]["responses"]
    assert {"200", "401", "404", "413", "422", "429", "503"} <= set(answers)
    assert answers["422"]["content"]["application/json"]["schema"]["$ref"].endswith("ErrorOut")


def test_the_documentation_asks_no_other_host(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert address.startswith("/")
        assert client.get(address).status_code == 200


def test_our_static_files_name_no_other_host() -> None:
    for file in filter(Path.is_file, STATIC.rglob("*")):
        hosts = set(re.findall(r"https?://[\w.-]+", file.read_text(encoding="utf-8")))
        assert hosts <= {"http://www.w3.org"}, file.name


def test_customers_may_be_limited_by_their_settings(make_client) -> None:
    client = make_client(Limits(message_characters=100))
    talk = start(client)
    assert talk.post(text="a" * 101).status_code == 422
    assert talk.post(text="a" * 10_000).status_code == 413
