"""The knowledge routes on a real runtime with the fake encoder."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.runtime import Runtime
from bot.web.app import create_app
from bot.web.staff_session import COOKIE, csrf_token
from knowledge.encoder import OnnxEncoder
from knowledge.types import Passage
from tests.bot.homes import RETURNS, add_faq, add_release, new_home
from tests.fakes import HashingEncoder
from tests.waiting import until

PASSWORD = "quiet lamps at noon"
BASE = "/api/staff/knowledge"
RED = {"language": "en", "question": "Does the kettle come in red?", "answer": "Yes, it does."}
CSV = b"question,answer\nDo you ship to Guam?,No.\nbroken\n"
HOSTILE = "<img src=x onerror=alert(1)> **b** {{x}}"

Call = Callable[..., Any]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    home = new_home(tmp_path_factory.mktemp("home") / "shop", ("en", "zh"))
    add_release(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OnnxEncoder, "load", lambda *_, **__: HashingEncoder())
        runtime = Runtime(home, watch=False)
    yield runtime
    runtime.close()


@pytest.fixture(scope="module")
def client(served: Runtime) -> TestClient:
    return TestClient(create_app(served))


@pytest.fixture
def runtime(served: Runtime) -> Runtime:
    """The runtime with one passage, which `first` names."""
    served.home.passages.remove(each.id for each in served.home.passages.all())
    served.knowledge.imports.current = None
    add_faq(served.home)
    served.pick_up_changes()
    return served


@pytest.fixture
def first(runtime: Runtime) -> int:
    return runtime.home.passages.all()[0].id


@pytest.fixture(scope="module")
def sign_in(client: TestClient) -> Callable[[str], Call]:
    """Sign in with a role; the caller sends what the console's page sends."""
    accounts = client.app.state.service.accounts

    def as_role(role: str) -> Call:
        accounts.add(role, PASSWORD, role)
        token = accounts.sign_in(role, PASSWORD, "here")
        headers = {
            "Cookie": f"{COOKIE}={token}",
            "X-Deskmate-CSRF": csrf_token(token),
            "Sec-Fetch-Site": "same-origin",
        }

        def call(method: str, path: str = "", **more: Any) -> Any:
            sent = headers | more.pop("headers", {})
            return client.request(method, BASE + path, headers=sent, **more)

        return call

    return as_role


@pytest.fixture(scope="module")
def staff(sign_in: Callable[[str], Call]) -> dict[str, Call]:
    return {role: sign_in(role) for role in ("agent", "admin")}


@pytest.fixture
def agent(staff: dict[str, Call], runtime: Runtime) -> Call:
    return staff["agent"]


@pytest.fixture
def admin(staff: dict[str, Call], runtime: Runtime) -> Call:
    return staff["admin"]


ROUTES = (
    ("GET", ""),
    ("POST", ""),
    ("GET", "/overview"),
    ("GET", "/contradictions"),
    ("POST", "/contradictions/settle"),
    ("POST", "/import/preview"),
    ("POST", "/import"),
    ("GET", "/import"),
    ("GET", "/1"),
    ("PUT", "/1"),
    ("DELETE", "/1"),
    ("POST", "/1/restore"),
    ("POST", "/1/approve"),
    ("POST", "/1/switch-off"),
    ("GET", "/1/evidence"),
)


def body(method: str, path: str) -> dict[str, Any]:
    sent = {"/contradictions/settle": {"first": 1, "second": 2}, "/import": {"upload_id": "0" * 32}}
    return {} if method in ("GET", "DELETE") else {"json": sent.get(path, RED)}


def test_every_route_is_listed_here(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    served = {
        (method.upper(), path.removeprefix(BASE).replace("{passage_id}", "1"))
        for path, methods in paths.items()
        if path.startswith(BASE)
        for method in methods
    }
    assert served == set(ROUTES)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nothing_without_a_session(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, BASE + path, **body(method, path))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signed_out")


@pytest.mark.parametrize(("method", "path"), [one for one in ROUTES if one[0] != "GET"])
@pytest.mark.parametrize(
    "forged", [{"X-Deskmate-CSRF": "no"}, {"Sec-Fetch-Site": "cross-site"}], ids=["csrf", "site"]
)
def test_no_change_by_a_foreign_page(
    admin: Call, runtime: Runtime, method: str, path: str, forged: dict[str, str]
) -> None:
    before = runtime.home.passages.generation
    assert admin(method, path, headers=forged, **body(method, path)).status_code == 403
    assert runtime.home.passages.generation == before


@pytest.mark.parametrize(("method", "path"), [one for one in ROUTES if "/import" in one[1]])
def test_imports_need_an_admin(agent: Call, method: str, path: str) -> None:
    assert agent(method, path, **body(method, path)).status_code == 403


def test_passage_is_added_edited_switched_off_approved_deleted_and_put_back(
    agent: Call, runtime: Runtime
) -> None:
    added = agent("POST", json=RED)
    assert added.status_code == 201
    one = f"/{added.json()['id']}"
    assert (added.json()["state"], added.json()["indexed"]) == ("approved", False)
    runtime.pick_up_changes()
    assert agent("GET", one).json()["indexed"]
    edited = agent("PUT", one, json=RED | {"answer": "Yes, and in white."}).json()
    assert (edited["answer"], edited["state"]) == ("Yes, and in white.", "approved")
    assert agent("POST", f"{one}/switch-off").json()["state"] == "off"
    assert agent("POST", f"{one}/approve").json()["state"] == "approved"
    assert agent("DELETE", one).status_code == 200
    assert agent("GET", one).status_code == 404
    assert agent("POST", f"{one}/restore").json()["answer"] == "Yes, and in white."
    assert agent("GET", one).status_code == 200


def test_search_filters_and_pages(agent: Call, runtime: Runtime) -> None:
    waiting = Passage(0, "dialogue", "en", "Red kettle?", "Red kettle?", "Yes.", "d#1", False, 2)
    runtime.home.passages.add([waiting])
    runtime.pick_up_changes()
    found = agent("GET", "?text=red+kettle&state=waiting").json()
    assert [(one["question"], one["support"]) for one in found["entries"]] == [("Red kettle?", 2)]
    assert found["entries"][0]["score"] > 0
    assert agent("GET", "?language=zh").json() == {"total": 0, "entries": []}
    page = agent("GET", "?limit=1&offset=1").json()
    assert (page["total"], len(page["entries"])) == (2, 1)
    assert [one["question"] for one in agent("GET", "?source=FAQ").json()["entries"]] == [RETURNS]
    for wrong in ("?limit=0", "?limit=101", "?kind=x", "?language=de", "?offset=-1"):
        assert agent("GET", wrong).status_code == 422


def test_overview_counts_and_tells_how_far_the_index_is(
    agent: Call, runtime: Runtime, first: int
) -> None:
    agent("POST", json=RED)
    agent("POST", f"/{first}/switch-off")
    seen = agent("GET", "/overview").json()
    assert seen["counts"] == {"approved": 1, "waiting": 0, "off": 1}
    assert (seen["behind"] > 0, seen["serving"], seen["languages"]) == (True, True, ["en", "zh"])
    runtime.pick_up_changes()
    assert agent("GET", "/overview").json()["behind"] == 0


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"answer": " "}, "answer_empty"),
        ({"question": ""}, "question_empty"),
        ({"answer": "a" * 8001}, "answer_too_long"),
        ({"question": RETURNS, "source": "faq.csv"}, "question_duplicate"),
        ({"answer": "a\x00b"}, "invalid_request"),
        ({"language": "de"}, "invalid_request"),
        ({"answer": "a" * 40_000}, "invalid_request"),
    ],
)
def test_wrong_draft_is_refused_with_a_code(
    agent: Call, runtime: Runtime, changed: dict[str, str], code: str
) -> None:
    answer = agent("POST", json=RED | changed)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    assert len(runtime.home.passages.all()) == 1


def test_long_chinese_answer_fits(agent: Call) -> None:
    draft = {"language": "zh", "question": "红色吗？", "answer": "有" * 8000}
    assert agent("POST", json=draft).status_code == 201


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", "/9999", 404),
        ("DELETE", "/9999", 404),
        ("POST", "/9999/approve", 404),
        ("POST", "/9999/switch-off", 404),
        ("POST", "/9999/restore", 409),
        ("GET", "/9999/evidence", 404),
        ("GET", "/9999", 404),
        ("GET", "/0", 422),
        ("GET", "/9999999999999999999999", 422),
    ],
)
def test_unknown_passages(agent: Call, method: str, path: str, status: int) -> None:
    assert agent(method, path, **body(method, path)).status_code == status


def test_dialogues_behind_a_taught_suggestion(agent: Call, runtime: Runtime) -> None:
    conversation_id, _ = runtime.start("en")
    runtime.respond(conversation_id, "Call me on +1 212 555 0134: does the lamp dim at all?")
    runtime.hand_off(conversation_id)
    runtime.desk.say(conversation_id, "bo", "The lamp dims with the ring on its base, by hand.")
    runtime.teaching.learn()
    [entry] = agent("GET", "?state=waiting").json()["entries"]
    [dialogue] = agent("GET", f"/{entry['id']}/evidence").json()["dialogues"]
    assert dialogue["conversation_id"] == conversation_id
    assert [one["role"] for one in dialogue["messages"]] == ["customer", "staff"]
    assert "555" not in str(dialogue)


def test_contradictions_side_by_side_until_settled(agent: Call, runtime: Runtime) -> None:
    for hours in ("4", "6"):
        answer = f"The Drift robot charges {hours} hours."
        draft = {"question": "How long does the Drift robot charge?", "source": hours}
        agent("POST", json={"language": "en", "answer": answer} | draft)
    runtime.pick_up_changes()
    [pair] = agent("GET", "/contradictions").json()["pairs"]
    assert (pair["first"]["source"], pair["second"]["source"]) == ("4", "6")
    both = {"first": pair["first"]["id"], "second": pair["second"]["id"]}
    assert agent("POST", "/contradictions/settle", json=both).status_code == 200
    assert agent("GET", "/contradictions").json() == {"pairs": []}


def test_import_is_previewed_then_done_with_progress(admin: Call, runtime: Runtime) -> None:
    assert admin("GET", "/import").json() is None
    sent = {"files": {"file": ("faq.csv", CSV)}, "data": {"kind": "faq", "language": "en"}}
    seen = admin("POST", "/import/preview", **sent).json()
    assert (seen["read"], seen["failed"], seen["name"]) == (1, 1, "faq.csv")
    assert seen["changes"] == {"added": 1, "updated": 0, "unchanged": 0}
    assert [error["line"] for error in seen["errors"]] == [3]
    assert seen["samples"] == [{"question": "Do you ship to Guam?", "answer": "No."}]
    started = admin("POST", "/import", json={"upload_id": seen["upload_id"]})
    assert started.status_code == 202
    until(lambda: admin("GET", "/import").json()["finished"])
    progress = admin("GET", "/import").json()
    assert progress["changes"] == {"added": 1, "updated": 0, "unchanged": 0}
    assert not progress["indexed"]
    runtime.pick_up_changes()
    assert admin("GET", "/import").json()["indexed"]
    again = admin("POST", "/import", json={"upload_id": seen["upload_id"]})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "import_refused")


@pytest.mark.parametrize(
    ("name", "data", "kind", "status"),
    [
        ("faq.csv", CSV, "nonsense", 400),
        ("faq.html", CSV, "faq", 409),
        ("faq.csv", b"", "faq", 422),
        ("faq.csv", b"\xff\xfe\x00\x01", "faq", 422),
    ],
)
def test_file_that_cannot_be_taken(
    admin: Call, name: str, data: bytes, kind: str, status: int
) -> None:
    sent = {"files": {"file": (name, data)}, "data": {"kind": kind}}
    assert admin("POST", "/import/preview", **sent).status_code == status


def test_preview_without_a_file(admin: Call) -> None:
    assert admin("POST", "/import/preview", data={"kind": "faq"}).status_code == 400


def test_text_goes_through_as_it_is(agent: Call) -> None:
    added = agent("POST", json=RED | {"answer": HOSTILE, "title": HOSTILE}).json()
    assert (added["answer"], added["title"]) == (HOSTILE, HOSTILE)
