import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient

from bot.web import canned_api, staff_api, staff_schemas
from bot.web.staff_session import COOKIE, csrf_token
from tests.bot.web.conftest import Talk, start
from tests.bot.web.fake_runtime import FakeRuntime

PASSWORD = "quiet lamps at noon"
PEOPLE = (("ann", "agent", "Ann Lee"), ("bo", "agent", "Bo"), ("root", "admin", "Root"))
PIXEL = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@dataclass(frozen=True)
class Desk:
    """The staff's routes as one colleague calls them."""

    client: TestClient
    token: str

    def call(self, method: str, path: str, body: object = None, **headers: str):
        sent = {
            "Cookie": f"{COOKIE}={self.token}",
            "X-Deskmate-CSRF": csrf_token(self.token),
            "Sec-Fetch-Site": "same-origin",
            **headers,
        }
        return self.client.request(method, f"/api/staff/{path}", json=body, headers=sent)

    def get(self, path: str) -> dict:
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, talk: Talk, deed: str, **body: object):
        return self.call("POST", f"conversations/{talk.id}/{deed}", body or None)

    def entry(self, talk: Talk) -> dict | None:
        entries = self.get("queue")["entries"]
        return next((one for one in entries if one["conversation"]["id"] == talk.id), None)


@pytest.fixture(scope="module")
def accounts(client: TestClient):
    accounts = client.app.state.service.accounts
    for name, role, shown in PEOPLE:
        accounts.add(name, PASSWORD, role, shown)
    yield accounts
    for name, _, _ in PEOPLE:
        accounts.remove(name)


@pytest.fixture(scope="module")
def staff(client: TestClient, accounts) -> Callable[[str], Desk]:
    tokens = {name: accounts.sign_in(name, PASSWORD, "here") for name, _, _ in PEOPLE}
    return lambda name: Desk(client, tokens[name])


@pytest.fixture
def ann(staff: Callable[[str], Desk]) -> Desk:
    return staff("ann")


@pytest.fixture
def bo(staff: Callable[[str], Desk]) -> Desk:
    return staff("bo")


@pytest.fixture
def waiting(talk: Talk) -> Talk:
    talk.say("How long does delivery take?")
    assert talk.post("handoff").json()["status"] == "waiting"
    return talk


ROUTES = (
    ("GET", "queue"),
    ("GET", "labels"),
    ("GET", "canned"),
    ("POST", "canned"),
    ("PUT", "canned/1"),
    ("DELETE", "canned/1"),
    ("GET", "conversations"),
    ("GET", "conversations/c1"),
    ("GET", "conversations/c1/suggestions"),
    ("GET", "conversations/c1/canned/1"),
    ("GET", "conversations/c1/files/f1"),
    ("PUT", "conversations/c1/labels"),
    *(
        ("POST", f"conversations/c1/{deed}")
        for deed in (
            "claim",
            "messages",
            "release",
            "resolve",
            "reopen",
            "transfer",
            "notes",
            "typing",
        )
    ),
)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_route_is_open_without_a_session(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, f"/api/staff/{path}")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "signed_out"


def test_every_staff_route_is_among_those_tried_without_a_session(client: TestClient) -> None:
    known = {
        (method, route.path)
        for router in (staff_api.router, canned_api.router)
        for route in router.routes
        for method in route.methods
    }
    assert len(known) == len(ROUTES)


@pytest.mark.parametrize(
    "headers", [{"X-Deskmate-CSRF": "wrong"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_deed_from_a_foreign_page_is_refused(ann: Desk, waiting: Talk, headers: dict) -> None:
    answer = ann.call("POST", f"conversations/{waiting.id}/claim", **headers)
    assert answer.status_code == 403
    assert ann.entry(waiting)["conversation"]["status"] == "waiting"


def test_queue_shows_who_waits_with_a_summary(ann: Desk, waiting: Talk) -> None:
    queue = ann.get("queue")
    staff_schemas.QueueOut.model_validate(queue)
    entry = ann.entry(waiting)
    assert entry["conversation"]["reason"] == "customer_button"
    assert entry["summary"]["wants"] == "How long does delivery take?"
    assert entry["last_message"]["role"] == "customer"


def test_conversation_shows_what_was_said_understood_and_noted(ann: Desk, waiting: Talk) -> None:
    noted = ann.post(waiting, "notes", text="Called before <b>.")
    assert noted.status_code == 201
    labels = ann.call("PUT", f"conversations/{waiting.id}/labels", {"labels": ["vip", " vip "]})
    assert labels.json() == {"labels": ["vip"]}
    shown = ann.get(f"conversations/{waiting.id}")
    staff_schemas.DetailOut.model_validate(shown)
    assert [one["text"] for one in shown["notes"]] == ["Called before <b>."]
    assert shown["notes"][0]["author"] == {"name": "ann", "display_name": "Ann Lee"}
    assert shown["labels"] == ["vip"]
    assert "vip" in ann.get("labels")["labels"]
    [turn] = shown["turns"]
    asked = next(one for one in shown["messages"] if one["id"] == turn["message_id"])
    assert asked["text"] == "How long does delivery take?"
    assert turn["intent"] == {"name": "delivery_time", "confidence": 0.91}


def test_claim_is_shown_to_the_customer_by_the_display_name(ann: Desk, waiting: Talk) -> None:
    claimed = ann.post(waiting, "claim")
    staff_schemas.EntryOut.model_validate(claimed.json())
    assert claimed.json()["conversation"]["staff"] == {"name": "ann", "display_name": "Ann Lee"}
    seen = waiting.get().json()
    assert (seen["status"], seen["agent"]) == ("open", {"name": "Ann Lee"})


def test_loser_of_a_race_is_told_who_was_faster(ann: Desk, bo: Desk, waiting: Talk) -> None:
    assert ann.post(waiting, "claim").status_code == 200
    for deed, body in (("claim", {}), ("messages", {"text": "Hi"}), ("reopen", {})):
        late = bo.post(waiting, deed, **body)
        assert late.status_code == 409
        assert late.json()["error"] == {
            "code": "taken",
            "message": "Ann Lee has this conversation now.",
        }


def test_two_agents_race_over_http_and_one_wins(ann: Desk, bo: Desk, waiting: Talk) -> None:
    answers: dict[str, int] = {}
    start = threading.Barrier(2)

    def claim(name: str, desk: Desk) -> None:
        start.wait()
        answers[name] = desk.post(waiting, "claim").status_code

    threads = [threading.Thread(target=claim, args=one) for one in (("ann", ann), ("bo", bo))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers.values()) == [200, 409]
    winner = min(answers, key=lambda name: answers[name])
    assert ann.entry(waiting)["conversation"]["staff"]["name"] == winner


def test_reply_reaches_the_customer_and_the_bot_stays_silent(ann: Desk, waiting: Talk) -> None:
    said = ann.post(waiting, "messages", text="It is on its way <i>.")
    assert said.status_code == 201
    assert waiting.say("Thank you, and which one?")["messages"] == []
    texts = [(one["role"], one["text"]) for one in waiting.get().json()["messages"]]
    assert texts[-2:] == [
        ("staff", "It is on its way <i>."),
        ("customer", "Thank you, and which one?"),
    ]


def test_reply_keeps_the_suggestion_that_it_came_from(
    ann: Desk, waiting: Talk, runtime: FakeRuntime
) -> None:
    used = {"kind": "passage", "ref": "7", "text": "2 to 4 days."}
    said = ann.post(waiting, "messages", text="It takes 2 to 4 days.", used=used).json()
    row = runtime.log.reading.execute(
        "SELECT suggestion_kind, suggestion_ref, suggested FROM staff_replies WHERE message_id = ?",
        (said["id"],),
    ).fetchone()
    assert row == ("passage", "7", "2 to 4 days.")


@pytest.mark.parametrize(
    ("deed", "body"),
    [
        ("messages", {"text": ""}),
        ("messages", {"text": "x" * 5000}),
        ("messages", {"text": "ok", "used": {"kind": "magic", "ref": "", "text": ""}}),
        ("notes", {"text": " "}),
        ("transfer", {"to": "nobody"}),
    ],
)
def test_body_that_is_not_valid_changes_nothing(
    ann: Desk, waiting: Talk, deed: str, body: dict
) -> None:
    before = ann.get(f"conversations/{waiting.id}")
    assert ann.post(waiting, deed, **body).status_code == 422
    after = ann.get(f"conversations/{waiting.id}")
    assert (after["messages"], after["notes"]) == (before["messages"], before["notes"])
    assert after["conversation"]["status"] == "waiting"


def test_resolved_conversation_leaves_the_queue_and_is_found_and_reopened(
    ann: Desk, bo: Desk, waiting: Talk
) -> None:
    ann.post(waiting, "claim")
    assert ann.post(waiting, "resolve").json()["conversation"]["status"] == "resolved"
    assert ann.entry(waiting) is None
    found = ann.get(f"conversations?status=resolved&text={waiting.id}")
    staff_schemas.FoundOut.model_validate(found)
    assert [one["id"] for one in found["conversations"]] == [waiting.id]
    assert bo.post(waiting, "reopen").json()["conversation"]["staff"]["name"] == "bo"


def test_colleagues_conversation_is_closed_by_an_admin_only(
    ann: Desk, bo: Desk, staff: Callable[[str], Desk], waiting: Talk
) -> None:
    ann.post(waiting, "claim")
    for deed, body in (("resolve", {}), ("release", {}), ("transfer", {"to": "bo"})):
        assert bo.post(waiting, deed, **body).status_code == 409
    moved = staff("root").post(waiting, "transfer", to="bo")
    assert moved.json()["conversation"]["staff"]["name"] == "bo"
    released = bo.post(waiting, "release")
    assert released.json()["conversation"]["status"] == "bot"
    assert len(waiting.say("How long does delivery take?")["messages"]) == 1


def test_call_back_stays_in_the_queue_until_it_is_resolved(ann: Desk, talk: Talk) -> None:
    left = talk.post("contact", email="kim@example.org", name="Kim", message="Please write.")
    assert left.status_code == 201
    entry = ann.entry(talk)
    assert entry["call_back"]["email"] == "kim@example.org"
    assert entry["conversation"]["status"] == "bot"
    ann.post(talk, "resolve")
    assert ann.entry(talk) is None


def test_deeds_are_noted_without_what_was_written(
    ann: Desk, waiting: Talk, client: TestClient
) -> None:
    ann.post(waiting, "messages", text="secret words")
    ann.post(waiting, "notes", text="secret words")
    ann.call("PUT", f"conversations/{waiting.id}/labels", {"labels": ["secret words"]})
    entries = client.app.state.service.audit.entries(target=waiting.id)
    assert [(one.staff, one.action) for one in entries] == [
        ("ann", "desk.label"),
        ("ann", "desk.note"),
        ("ann", "desk.say"),
    ]
    assert "secret" not in repr(entries)


def test_refused_deed_is_not_noted(ann: Desk, bo: Desk, waiting: Talk, client: TestClient) -> None:
    ann.post(waiting, "claim")
    bo.post(waiting, "claim")
    entries = client.app.state.service.audit.entries(target=waiting.id)
    assert [(one.staff, one.action) for one in entries] == [("ann", "desk.claim")]


def test_file_is_saved_by_staff_under_its_name(ann: Desk, talk: Talk, client: TestClient) -> None:
    sent = client.post(
        talk.path("files"), files={"file": ('a"b照片.png', PIXEL)}, headers=talk.headers
    ).json()
    answer = ann.call("GET", f"conversations/{talk.id}/files/{sent['id']}")
    assert answer.content == PIXEL
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    other = ann.call("GET", f"conversations/{talk.id}/files/..%2Fdeskmate.db")
    assert other.status_code == 404


def test_file_of_another_conversation_is_not_found(
    ann: Desk, talk: Talk, client: TestClient
) -> None:
    other = start(client)
    sent = client.post(
        other.path("files"), files={"file": ("a.png", PIXEL)}, headers=other.headers
    ).json()
    assert ann.call("GET", f"conversations/{other.id}/files/{sent['id']}").status_code == 200
    assert ann.call("GET", f"conversations/{talk.id}/files/{sent['id']}").status_code == 404


def test_canned_reply_is_kept_changed_filled_and_deleted(ann: Desk, client: TestClient) -> None:
    talk = start(client, customer={"name": "Kim"})
    body = {"language": "en", "title": "Greeting", "text": "Hi {customer}, {agent} of {shop}: {x}"}
    kept = ann.call("POST", "canned", body)
    assert kept.status_code == 201
    staff_schemas.CannedOut.model_validate(kept.json())
    canned_id = kept.json()["id"]
    filled = ann.get(f"conversations/{talk.id}/canned/{canned_id}")
    assert filled == {"text": "Hi Kim, Ann Lee of Tidewick: {x}"}
    ann.call("PUT", f"canned/{canned_id}", body | {"title": "Hello"})
    listed = ann.get("canned?language=en")
    assert [one["title"] for one in listed["canned"]] == ["Hello"]
    assert listed["variables"] == ["customer", "agent", "shop", "bot"]
    assert ann.get("canned?language=zh")["canned"] == []
    assert ann.call("DELETE", f"canned/{canned_id}").status_code == 204
    assert ann.call("DELETE", f"canned/{canned_id}").status_code == 404
    assert ann.call("PUT", f"canned/{canned_id}", body).status_code == 404
    noted = client.app.state.service.audit.entries(target=str(canned_id))
    deeds = [one.action for one in noted if one.action.startswith("canned.")]
    assert deeds == ["canned.remove", "canned.change", "canned.add"]


def test_unknown_conversation_is_not_found(ann: Desk) -> None:
    for method, path in ROUTES:
        if path.startswith("conversations/c1/"):
            deed = path.rpartition("/")[2]
            body = {"labels": []} if deed == "labels" else {"text": "x", "to": "bo"}
            answer = ann.call(method, f"conversations/none/{path.split('/', 2)[2]}", body)
            assert answer.status_code == 404, path


def test_typing_is_told_and_kept_nowhere(ann: Desk, waiting: Talk) -> None:
    before = waiting.get().json()
    assert ann.post(waiting, "typing").status_code == 204
    assert waiting.get().json()["messages"] == before["messages"]
