"""Pages of other sites: which may call the customers' interface, and that nobody else may."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from bot.settings import Limits, Server, Settings
from bot.web.app import create_app
from bot.web.cross_origin import CrossOrigin
from tests.bot.web.fake_runtime import FakeRuntime

SHOP = "https://shop.example"
PREFLIGHT = {"Access-Control-Request-Method": "POST"}


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeRuntime]:
    runtime = FakeRuntime(tmp_path_factory.mktemp("home"), Limits(requests_per_minute=2))
    limits = runtime.settings.limits
    runtime.settings = Settings(limits=limits, server=Server(allowed_origins=(SHOP,)))
    yield runtime
    runtime.close()


@pytest.fixture(scope="module")
def client(runtime: FakeRuntime) -> Iterator[TestClient]:
    with TestClient(create_app(runtime)) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/api/conversations", "/api/conversations/x/messages", "/api/messages/1/feedback"]
)
def test_a_preflight_of_an_allowed_site_is_answered(client: TestClient, path: str) -> None:
    answer = client.options(path, headers={"Origin": SHOP, **PREFLIGHT})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "", "http://shop.example", f"{SHOP}.evil.example", "*"],
)
def test_other_sites_are_refused(client: TestClient, origin: str) -> None:
    refused = client.options("/api/conversations", headers={"Origin": origin, **PREFLIGHT})
    read = client.get("/api/conversations/x/messages", headers={"Origin": origin})
    assert refused.status_code == 403
    for answer in (refused, read):
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["vary"] == "Origin"


def test_preflights_cost_no_call_and_a_refusal_can_be_read(client: TestClient) -> None:
    for _ in range(5):
        client.options("/api/conversations", headers={"Origin": SHOP, **PREFLIGHT})
    answers = [client.post("/api/conversations", headers={"Origin": SHOP}) for _ in range(3)]
    assert [one.status_code for one in answers] == [201, 201, 429]
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == SHOP
    assert "Retry-After" in answers[-1].headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    "path", ["/chat/", "/staff-login", "/api/staff/me", "/metrics", "/docs", "/static/docs.css"]
)
def test_nothing_else_is_open_to_other_sites(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Origin": SHOP})
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    preflight = client.options(path, headers={"Origin": SHOP, **PREFLIGHT})
    assert "access-control-allow-origin" not in preflight.headers


@pytest.mark.parametrize("path", ["/widget.js", "/static/widget/none.js"])
def test_the_widget_can_be_loaded_into_pages_of_other_sites(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Origin": SHOP})
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["access-control-allow-origin"] == SHOP


def test_origins_edited_while_serving_are_in_force_at_once(runtime: FakeRuntime) -> None:
    allowed = [SHOP]
    client = TestClient(CrossOrigin(create_app(runtime), lambda: allowed))
    allowed.append("https://new.example")
    headers = {"Origin": "https://new.example", **PREFLIGHT}
    assert client.options("/api/conversations", headers=headers).status_code == 204
