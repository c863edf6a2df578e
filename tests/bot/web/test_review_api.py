"""The staff's routes for reviewing and for asking why."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot import passwords
from bot.review.types import Skip
from bot.web import app as web_app
from bot.web import errors, review_api, sign_in
from bot.web.review_schemas import ItemOut, PendingOut, QueueOut
from tests.bot.review_homes import STRANGE, Shop

HOSTILE = "<img src=x onerror=alert(1)> juggle **cats**"
PASSWORD = "long enough for tests"


@pytest.fixture
def client(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Maya, an agent, signed in; without the pages and real hashes, which take long."""
    monkeypatch.setattr(passwords, "hashed", lambda password: f"plain {password}")
    monkeypatch.setattr(passwords, "matches", lambda given, kept: kept == f"plain {given}")
    app = FastAPI()
    app.state.service = web_app._service(shop.runtime)
    app.state.service.accounts.add("maya", PASSWORD, "agent")
    errors.install(app)
    app.include_router(sign_in.router)
    app.include_router(review_api.router)
    client = TestClient(app, headers={"Sec-Fetch-Site": "same-origin"})
    signed_in = client.post("/api/staff/sign-in", json={"name": "maya", "password": PASSWORD})
    assert signed_in.status_code == 200, signed_in.text
    client.headers["X-Deskmate-CSRF"] = client.get("/api/staff/me").json()["csrf"]
    yield client
    client.close()


def decide(client: TestClient, turn_id: int, **body: object):
    return client.post(f"/api/staff/review/{turn_id}", json=body)


def test_the_queue_shows_what_the_bot_understood_and_what_was_said(
    client: TestClient, shop: Shop
) -> None:
    turn_id = shop.ask(HOSTILE)
    answer = client.get("/api/staff/review").json()
    QueueOut.model_validate(answer)
    assert (answer["left"], answer["done"]) == (1, 0)
    (item,) = answer["items"]
    assert (item["turn_id"], item["message"]) == (turn_id, HOSTILE)
    assert item["reasons"][0] == "out_of_scope"
    understood = item["understood"]
    assert len(understood["ranking"]) == 3
    assert 0 < understood["threshold"] < 1
    assert understood["passage_threshold"] == 0.5
    assert understood["release"] == shop.runtime.status()["release"]
    assert [one["role"] for one in item["context"]] == ["bot", "customer", "bot"]
    assert [one["here"] for one in item["context"]] == [False, True, False]


def test_a_long_conversation_is_shown_around_the_turn(client: TestClient, shop: Shop) -> None:
    conversation = shop.talk(*["where is the refund"] * 5, STRANGE[0], *["refund my money"] * 5)
    items = client.get("/api/staff/review", params={"reason": "out_of_scope"}).json()["items"]
    (item,) = (one for one in items if one["conversation_id"] == conversation)
    assert len(item["context"]) == 11
    assert [one["text"] for one in item["context"] if one["here"]] == [STRANGE[0]]


@pytest.mark.parametrize(
    ("body", "learned"),
    [
        ({"kind": "intent", "intent": "refund"}, ("refund", None)),
        ({"kind": "answer", "answer": "We do not."}, (None, "We do not.")),
        ({"kind": "out_of_scope"}, ("oos", None)),
        (
            {
                "kind": "new_intent",
                "intent": "juggling",
                "label": {"en": "Juggling", "zh": "杂耍"},
                "reply": {"en": "No.", "zh": "不。"},
            },
            ("juggling", None),
        ),
        ({"kind": "skip"}, None),
    ],
)
def test_each_decision_is_kept_and_noted_without_text(
    client: TestClient, shop: Shop, body: dict, learned: tuple | None
) -> None:
    turn_id = shop.ask(HOSTILE)
    answer = decide(client, turn_id, **body)
    assert answer.json() == {"settled": [turn_id], "left": 0, "done": 1}
    found = [(one.intent, one.answer, one.reviewer) for _, one in shop.runtime.log.reviewed()]
    assert found == ([(*learned, "maya")] if learned else [])
    (noted,) = client.app.state.service.audit.entries(target=str(turn_id))
    assert (noted.staff, noted.action) == ("maya", f"review.{body['kind']}")
    assert "juggle" not in noted.details
    assert "We do" not in noted.details


def test_only_the_turns_asked_for_are_shown(client: TestClient, shop: Shop) -> None:
    first, _, third = (shop.ask(text) for text in STRANGE)
    found = client.get("/api/staff/review", params={"turn": [first, third]}).json()
    assert {one["turn_id"] for one in found["items"]} == {first, third}
    assert found["left"] == 3
    for wrong in ([0], ["x"], [*range(1, 502)]):
        assert client.get("/api/staff/review", params={"turn": wrong}).status_code == 422


def test_a_confirmation_and_its_undo(client: TestClient, shop: Shop) -> None:
    conversation = shop.talk("where is the refund please")
    shop.rate_down(conversation)
    (item,) = client.get("/api/staff/review").json()["items"]
    assert item["confirm"] == {"intent": "refund", "answer": None}
    assert decide(client, item["turn_id"], kind="confirm").status_code == 200
    undone = client.post("/api/staff/review-undo", json={}).json()
    ItemOut.model_validate(undone["item"])
    assert (undone["item"]["turn_id"], undone["left"], undone["done"]) == (item["turn_id"], 1, 0)
    assert undone["item"]["reasons"] == item["reasons"]
    assert client.post("/api/staff/review-undo", json={}).json()["item"] is None


def test_a_decision_for_a_cluster(client: TestClient, shop: Shop) -> None:
    ids = [shop.ask(f"juggle seven purple cats {word}") for word in ("now", "please")]
    (item,) = client.get("/api/staff/review").json()["items"]
    assert set(item["cluster"]["turn_ids"]) == set(ids)
    answer = decide(client, item["turn_id"], kind="out_of_scope", also=item["cluster"]["turn_ids"])
    assert set(answer.json()["settled"]) == set(ids)
    undone = client.post("/api/staff/review-undo", json={}).json()["item"]
    assert set(undone["cluster"]["turn_ids"]) == set(ids)
    assert undone["cluster"]["turn_ids"][0] == undone["turn_id"]


def test_a_second_decision_is_told_who_was_faster(client: TestClient, shop: Shop) -> None:
    turn_id = shop.ask(STRANGE[0])
    assert len(shop.queued()) == 1
    shop.runtime.review.decide(turn_id, "ben", Skip())
    answer = decide(client, turn_id, kind="out_of_scope")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "settled")
    assert "by ben" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"kind": "fly"}, 422),
        ({"kind": "intent"}, 422),
        ({"kind": "intent", "intent": "fly"}, 422),
        ({"kind": "confirm"}, 422),
        ({"kind": "answer", "answer": " "}, 422),
        ({"kind": "new_intent", "intent": "x", "label": {"en": "X"}, "reply": {"en": "X"}}, 422),
        ({"kind": "skip", "also": list(range(1, 99))}, 422),
    ],
)
def test_what_cannot_be_decided_is_refused(
    client: TestClient, shop: Shop, body: dict, status: int
) -> None:
    turn_id = shop.ask(STRANGE[0])
    answer = decide(client, turn_id, **body)
    assert answer.status_code == status
    assert str(shop.runtime.home.folder) not in answer.text
    assert len(shop.queued()) == 1


def test_intents_and_pending_are_listed(client: TestClient, shop: Shop) -> None:
    listed = client.get("/api/staff/review-intents").json()
    assert listed["languages"] == ["en", "zh"]
    assert {
        "name": "refund",
        "kind": "answer",
        "label": {"en": "refund en", "zh": "refund zh"},
    } in (listed["intents"])
    decide(client, shop.ask(STRANGE[0]), kind="intent", intent="refund")
    pending = PendingOut.model_validate(client.get("/api/staff/review-pending").json())
    assert (pending.total, pending.kinds, pending.intents) == (1, {"intent": 1}, {"refund": 1})
    assert pending.taught["refund"] > 0


def test_what_was_done_counts_from_the_time_asked_for(client: TestClient, shop: Shop) -> None:
    decide(client, shop.ask(STRANGE[0]), kind="skip")
    params = {"since": "2099-01-01T00:00:00+02:00"}
    assert client.get("/api/staff/review").json()["done"] == 1
    assert client.get("/api/staff/review", params=params).json()["done"] == 0


def test_a_turn_and_a_message_are_explained(client: TestClient, shop: Shop) -> None:
    conversation = shop.talk("where is the refund please")
    (turn,) = shop.turns(conversation)
    message = shop.last_message(conversation)
    found = client.get(f"/api/staff/turns/{turn.id}/explain").json()
    assert found == client.get(f"/api/staff/messages/{message.id}/explain").json()
    assert (found["why"], found["labels"]["refund"]) == (
        "intent", {"en": "refund en", "zh": "refund zh"},
    )  # fmt: skip
    assert found["neighbours"][0]["text"] == "please where is the refund"
    for path in ("turns/999/explain", "messages/999/explain"):
        answer = client.get(f"/api/staff/{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_turn")


READS = (
    "review",
    "review-pending",
    "review-intents",
    "turns/1/explain",
    "messages/1/explain",
)


@pytest.mark.parametrize("path", READS)
def test_nothing_is_shown_without_a_session(client: TestClient, shop: Shop, path: str) -> None:
    shop.ask(STRANGE[0])
    stranger = TestClient(client.app)
    answer = stranger.get(f"/api/staff/{path}")
    assert answer.status_code == 401
    assert STRANGE[0] not in answer.text


@pytest.mark.parametrize("path", ["review/1", "review-undo"])
def test_nothing_is_changed_without_the_csrf_token_or_from_elsewhere(
    client: TestClient, shop: Shop, path: str
) -> None:
    turn_id = shop.ask(STRANGE[0])
    assert turn_id == 1
    for headers in ({"X-Deskmate-CSRF": "wrong"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = client.post(f"/api/staff/{path}", json={"kind": "skip"}, headers=headers)
        assert answer.status_code == 403
    assert len(shop.queued()) == 1
