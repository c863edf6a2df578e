"""One application for all tests of the web side, without limits; special ones build their own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.settings import Limits
from bot.web import app as web_app
from tests.bot.web.fake_runtime import FakeRuntime

OFF = Limits(messages_per_minute=0, requests_per_minute=0, upload_megabytes=1)


@dataclass(frozen=True)
class Talk:
    """A started conversation and the client to continue it with."""

    client: TestClient
    id: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def path(self, rest: str = "messages") -> str:
        return f"/api/conversations/{self.id}/{rest}"

    def post(self, rest: str = "messages", **body: object):
        return self.client.post(self.path(rest), json=body, headers=self.headers)

    def get(self, rest: str = "messages"):
        return self.client.get(self.path(rest), headers=self.headers)

    def say(self, text: str) -> dict:
        answer = self.post(text=text)
        assert answer.status_code == 200, answer.text
        return answer.json()


def start(client: TestClient, **body: object) -> Talk:
    answer = client.post("/api/conversations", json=body)
    assert answer.status_code == 201, answer.text
    return Talk(client, answer.json()["id"], answer.json()["token"])


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeRuntime]:
    runtime = FakeRuntime(tmp_path_factory.mktemp("home"), OFF)
    yield runtime
    runtime.close()


@pytest.fixture(scope="session")
def client(runtime: FakeRuntime) -> Iterator[TestClient]:
    with TestClient(web_app.create_app(runtime)) as client:
        yield client


@pytest.fixture
def talk(client: TestClient) -> Talk:
    return start(client)


@pytest.fixture
def make_client(
    tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[[Limits | None, str], TestClient]:
    """Build a client of an application of its own, with other limits or another address."""

    def make(limits: Limits | None = None, host: str = "203.0.113.7") -> TestClient:
        runtime = FakeRuntime(tmp_path, limits or OFF)
        request.addfinalizer(runtime.close)
        return TestClient(web_app.create_app(runtime), client=(host, 50_000))

    return make
