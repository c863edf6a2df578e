"""The customers' HTTP interface: what it answers, and what it refuses and how."""

import hashlib
import hmac
import json
import os
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from starlette.responses import FileResponse

from bot.settings import Limits
from bot.web import files, schemas
from bot.web.identity import SECRET_VARIABLE
from tests.bot.web.conftest import Talk, start
from tests.bot.web.fake_runtime import ANSWERS, FakeRuntime

MESSAGE_KEYS = set(schemas.MessageOut.model_fields)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
HOSTILE = [
    "' OR 1=1; DROP TABLE conversations; --",
    "<script>alert(1)</script>",
    "${7*7} {{7*7}} %s %n",
    "../../../etc/passwd",
    "\u202etxt.exe",
    "👩‍👩‍👧‍👦" * 50,
    "ﷺ" * 200,
    "Ω≈ç√∫˜µ≤≥÷",
    "\ufeff\u200bhello",
    "١٢٣",
]


def error_of(answer, status: int) -> str:
    """The error's code, after checking that nothing else is in the body."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    assert body["error"]["message"]
    return body["error"]["code"]


# Starting


def test_start_answers_id_token_status_and_the_greeting(client: TestClient) -> None:
    answer = client.post("/api/conversations", json={"language": "zh"})
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"id", "token", "status", "messages"}
    assert body["status"] == "bot"
    assert body["messages"][0]["text"] == "您好，我是汐灯的助手小灯。"


def test_start_needs_no_body(client: TestClient) -> None:
    assert client.post("/api/conversations").status_code == 201


def test_start_refuses_an_unknown_language(client: TestClient) -> None:
    assert error_of(client.post("/api/conversations", json={"language": "fr"}), 422)


def test_a_customer_without_id_is_anonymous(client: TestClient, runtime: FakeRuntime) -> None:
    talk = start(client, customer={"name": "Ann", "email": "ann@example.org"})
    customer = runtime.log.conversation(talk.id).customer
    assert customer is not None
    assert (customer.name, customer.verified) == ("Ann", False)


def test_an_id_is_refused_where_no_secret_is_set(client: TestClient) -> None:
    answer = client.post("/api/conversations", json={"customer": {"id": "42", "hash": "00"}})
    assert error_of(answer, 409) == "identity_not_configured"


@pytest.mark.parametrize("sent", [None, "", "00", "ä" * 64])
def test_an_id_with_a_wrong_hash_is_refused(make_client, monkeypatch, sent: str | None) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, "shared")
    answer = make_client().post("/api/conversations", json={"customer": {"id": "42", "hash": sent}})
    assert error_of(answer, 403) == "identity_refused"


def test_a_signed_id_is_verified(make_client, monkeypatch) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, "shared")
    signature = hmac.new(b"shared", b"42", hashlib.sha256).hexdigest()
    client = make_client()
    talk = start(client, customer={"id": "42", "hash": signature})
    customer = client.app.state.service.runtime.log.conversation(talk.id).customer
    assert (customer.id, customer.verified) == ("42", True)


# Messages


def test_a_message_is_answered_without_an_echo(talk: Talk) -> None:
    body = talk.say("How long does delivery take?")
    assert (body["id"], body["status"]) == (talk.id, "bot")
    (message,) = body["messages"]
    assert set(message) == MESSAGE_KEYS
    assert (message["role"], message["text"]) == ("bot", ANSWERS["en"])
    assert message["intent"] == {"name": "delivery_time", "confidence": 0.91}
    assert message["citations"][0]["passage_id"] == 7
    schemas.ConversationOut.model_validate(body)


def test_options_come_with_label_and_value(talk: Talk) -> None:
    (message,) = talk.say("which one?")["messages"]
    assert message["options"][0] == {"label": "Where is my order", "value": "Where is my order?"}


def test_a_repeated_client_id_returns_the_first_result(talk: Talk) -> None:
    first = talk.post(text="hello", client_id="a1").json()
    again = talk.post(text="which one?", client_id="a1").json()
    assert again == first
    assert len(talk.get().json()["messages"]) == 3


def test_messages_are_read_after_an_id(talk: Talk) -> None:
    talk.say("hello")
    messages = talk.get().json()["messages"]
    assert [one["role"] for one in messages] == ["bot", "customer", "bot"]
    later = talk.get(f"messages?after={messages[1]['id']}").json()
    assert later["messages"] == messages[2:]
    schemas.ConversationOut.model_validate(later)


@pytest.mark.parametrize("after", ["-1", "x", str(2**63), "1e3"])
def test_after_must_be_an_id(talk: Talk, after: str) -> None:
    assert error_of(talk.get(f"messages?after={after}"), 422) == "invalid_request"


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": " \n\t "}, {"text": "\u200b"}])
def test_an_empty_text_is_refused(talk: Talk, body: dict) -> None:
    assert error_of(talk.post(**body), 422) == "invalid_request"


@pytest.mark.parametrize("text", [None, 1, True, ["a"], {"a": 1}])
def test_a_text_must_be_text(talk: Talk, text: object) -> None:
    assert error_of(talk.post(text=text), 422) == "invalid_request"


@pytest.mark.parametrize("char", ["\0", "\x07", "\x1b", "\x7f", "\x85"])
def test_control_characters_are_refused(talk: Talk, char: str) -> None:
    assert error_of(talk.post(text=f"a{char}b"), 422) == "invalid_request"


def test_a_text_may_be_as_long_as_the_settings_say(talk: Talk) -> None:
    assert talk.post(text="你" * 4000).status_code == 200
    answer = talk.post(text="a" * 4001)
    assert error_of(answer, 422) == "invalid_request"
    assert "4000" in answer.json()["error"]["message"]


def test_the_longest_text_passes_in_its_widest_form(talk: Talk) -> None:
    body = json.dumps({"text": "😀" * 4000}).encode()
    answer = talk.client.post(
        talk.path(), content=body, headers=talk.headers | {"Content-Type": "application/json"}
    )
    assert len(body) > 48_000
    assert answer.status_code == 200


@pytest.mark.parametrize("size", [60_000, 5_000_000])
def test_a_body_that_is_too_long_is_refused(talk: Talk, size: int) -> None:
    assert error_of(talk.post(text="a" * size), 413) == "too_large"


def test_a_body_of_unknown_length_is_cut_off(talk: Talk) -> None:
    chunks = (b" " * 1024 for _ in range(200))
    answer = talk.client.post(
        talk.path(), content=chunks, headers=talk.headers | {"Content-Type": "application/json"}
    )
    assert error_of(answer, 413) == "too_large"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b"[]",
        b"null",
        b'"text"',
        b'{"text": "\\ud800"}',
        b'{"text": "a", "client_id": "\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"text": NaN}',
        b'{"text": "\xff\xfe"}',
        b"\xff\xfe\x00",
        bytes(range(256)),
        b"[" * 5000,
        b'{"text": 1e999}',
        b'{"text": ' + b"9" * 5000 + b"}",
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_a_body_that_is_no_message_is_the_clients_error(talk: Talk, body: bytes, kind: str) -> None:
    answer = talk.client.post(
        talk.path(), content=body, headers=talk.headers | {"Content-Type": kind}
    )
    assert answer.status_code in (400, 422)
    assert error_of(answer, answer.status_code)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_kept_as_it_was_written(talk: Talk, text: str) -> None:
    talk.say(text)
    assert talk.get().json()["messages"][1]["text"] == text


@pytest.mark.parametrize("client_id", ["", "a b", "ü", "x" * 101, 5])
def test_a_client_id_is_a_short_word(talk: Talk, client_id: object) -> None:
    assert error_of(talk.post(text="a", client_id=client_id), 422) == "invalid_request"


def test_an_error_never_repeats_what_was_sent(talk: Talk) -> None:
    answer = talk.post(text=["my card is 4111"])
    assert "4111" not in answer.text


def test_messages_wait_until_there_is_a_release(talk: Talk, runtime: FakeRuntime) -> None:
    runtime.is_ready = False
    try:
        answer = talk.post(text="hello")
    finally:
        runtime.is_ready = True
    assert error_of(answer, 503) == "not_ready"
    assert answer.headers["retry-after"] == "5"


def test_an_unexpected_error_says_nothing_but_its_id(talk: Talk, caplog) -> None:
    answer = talk.post(text="fail")
    assert error_of(answer, 500) == "internal_error"
    assert "secret inside" not in answer.text
    (record,) = [one for one in caplog.records if one.name == "bot.web.errors"]
    error_id = record.getMessage().split()[-1]
    assert error_id in answer.json()["error"]["message"]


# Tokens


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer"}, {"Authorization": "Basic abc"}, {"Authorization": "abc"}],
)
def test_a_call_without_a_token_is_refused(talk: Talk, headers: dict[str, str]) -> None:
    answer = talk.client.post(talk.path(), json={"text": "a"}, headers=headers)
    assert error_of(answer, 401) == "unauthorized"
    assert answer.headers["www-authenticate"] == "Bearer"


CALLS = [
    ("GET", "messages", None),
    ("POST", "messages", {"text": "a"}),
    ("POST", "handoff", None),
    ("POST", "handoff/cancel", None),
    ("POST", "rating", {"stars": 5}),
    ("POST", "contact", {"email": "a@example.org", "message": "a"}),
    ("GET", "transcript", None),
]


@pytest.mark.parametrize(("method", "rest", "body"), CALLS)
def test_another_conversations_token_opens_nothing(
    client: TestClient, talk: Talk, method: str, rest: str, body: object
) -> None:
    headers = start(client).headers
    answer = client.request(method, talk.path(rest), json=body, headers=headers)
    assert error_of(answer, 401) == "unauthorized"


@pytest.mark.parametrize(("method", "rest", "body"), CALLS)
def test_an_unknown_conversation_is_not_found(
    talk: Talk, method: str, rest: str, body: object
) -> None:
    path = f"/api/conversations/none/{rest}"
    answer = talk.client.request(method, path, json=body, headers=talk.headers)
    assert error_of(answer, 404) == "unknown_conversation"


def test_a_token_in_the_address_does_not_count(talk: Talk) -> None:
    assert error_of(talk.client.get(f"{talk.path()}?token={talk.token}"), 401)


# Hand-off, ratings, contact


def test_hand_off_and_back(talk: Talk) -> None:
    body = talk.post("handoff").json()
    assert body["status"] == "waiting"
    assert body["messages"][0]["reason"] == "customer_button"
    assert talk.say("still there?") == {"id": talk.id, "status": "waiting", "messages": []}
    assert talk.post("handoff").json() == {"id": talk.id, "status": "waiting", "messages": []}
    assert talk.post("handoff/cancel").json()["status"] == "bot"
    assert talk.say("hello")["messages"]


def test_staff_messages_are_read_with_their_author(talk: Talk, runtime: FakeRuntime) -> None:
    talk.post("handoff")
    runtime.desk.say(talk.id, "Maya", "I am here.")
    body = talk.get().json()
    assert body["status"] == "open"
    assert body["messages"][-1]["author"] == {"name": "Maya"}
    assert talk.post("handoff/cancel").json()["status"] == "open"


def test_feedback_is_kept_and_replaced(talk: Talk) -> None:
    message_id = talk.say("hello")["messages"][0]["id"]
    path = f"/api/messages/{message_id}/feedback"
    for rating in (1, -1):
        body = {"rating": rating, "note": ""}
        answer = talk.client.post(path, json=body, headers=talk.headers)
        assert answer.json() == {"message_id": message_id, "rating": rating}
    assert talk.get().json()["messages"][-1]["rating"] == -1


@pytest.mark.parametrize("rating", [0, 2, "1", None, 1.5])
def test_feedback_is_up_or_down(talk: Talk, rating: object) -> None:
    message_id = talk.say("hello")["messages"][0]["id"]
    path = f"/api/messages/{message_id}/feedback"
    answer = talk.client.post(path, json={"rating": rating}, headers=talk.headers)
    assert error_of(answer, 422) == "invalid_request"


def test_feedback_on_anothers_message_is_refused(client: TestClient, talk: Talk) -> None:
    message_id = talk.say("hello")["messages"][0]["id"]
    path, body = f"/api/messages/{message_id}/feedback", {"rating": 1}
    answer = client.post(path, json=body, headers=start(client).headers)
    assert error_of(answer, 401) == "unauthorized"


def test_feedback_on_ones_own_message_or_none_is_not_found(talk: Talk) -> None:
    talk.say("hello")
    own = talk.get().json()["messages"][1]["id"]
    for message_id in (own, 10**9):
        path = f"/api/messages/{message_id}/feedback"
        answer = talk.client.post(path, json={"rating": 1}, headers=talk.headers)
        assert error_of(answer, 404) == "unknown_message"


def test_feedback_needs_a_possible_id(talk: Talk) -> None:
    path = f"/api/messages/{2**63}/feedback"
    assert error_of(talk.client.post(path, json={"rating": 1}, headers=talk.headers), 422)


def test_a_conversation_is_rated_with_stars(talk: Talk, runtime: FakeRuntime) -> None:
    assert talk.post("rating", stars=4, note="good").json() == {"id": talk.id, "stars": 4}
    assert runtime.log.conversation(talk.id).stars == 4


@pytest.mark.parametrize("stars", [0, 6, 4.5, "4", True, None])
def test_stars_are_one_to_five(talk: Talk, stars: object) -> None:
    assert error_of(talk.post("rating", stars=stars), 422) == "invalid_request"


def test_a_contact_is_kept(talk: Talk, runtime: FakeRuntime) -> None:
    answer = talk.post("contact", email="ann@example.org", message="Please write to me.")
    assert (answer.status_code, answer.json()) == (201, {"id": talk.id})
    assert [one.email for one in runtime.log.contacts() if one.conversation_id == talk.id] == [
        "ann@example.org"
    ]


@pytest.mark.parametrize("email", ["", "ann", "@example.org", "ann@example", "a b@example.org"])
def test_a_contact_needs_an_address(talk: Talk, email: str) -> None:
    assert error_of(talk.post("contact", email=email, message="a"), 422) == "invalid_request"


# Files and transcript


def send(talk: Talk, name: str, data: bytes, kind: str = "image/png"):
    return talk.client.post(
        talk.path("files"), files={"file": (name, data, kind)}, headers=talk.headers
    )


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("photo.PNG", "photo.PNG"),
        ("invoice.html", "invoice.html.png"),
        ("run.bat", "run.bat.png"),
        ("..", "file.png"),
        ("..\\..\\boot.ini", "boot.ini.png"),
        ("a\u202egnp.exe", "agnp.exe.png"),
        ("x" * 500 + ".png", "x" * 96 + ".png"),
    ],
)
def test_a_file_is_called_by_what_it_is(talk: Talk, sent: str, kept: str) -> None:
    """Whoever saves and opens it gets a picture, never a program or a page."""
    body = send(talk, sent, PNG).json()
    assert body["name"] == kept
    answer = talk.get(f"files/{body['id']}")
    assert answer.headers["content-disposition"].startswith("attachment; filename")
    assert (answer.headers["content-type"], answer.content) == ("image/png", PNG)


@pytest.mark.parametrize(
    "name", ["a\r\nSet-Cookie: x=1", 'a"; filename="b.exe', "a\0.exe", "\u2028"]
)
def test_a_files_name_adds_nothing_to_the_headers(name: str) -> None:
    kept = files.safe_name(files.clean_name(name), "image/png")
    sent = FileResponse(__file__, filename=kept).headers["content-disposition"]
    assert re.fullmatch(r"attachment; filename(=\"[^\"\r\n]+\"|\*=utf-8''[\w.%~/-]+\.png)", sent)


def test_a_file_is_kept_under_a_random_name(talk: Talk, runtime: FakeRuntime) -> None:
    answer = send(talk, "../../photo.png", PNG)
    assert answer.status_code == 201
    body = answer.json()
    assert (body["name"], body["size"], body["content_type"]) == ("photo.png", 48, "image/png")
    kept = runtime.home.files_folder / body["id"]
    assert kept.read_bytes() == PNG
    assert not kept.stat().st_mode & 0o111
    assert talk.get().json()["messages"][-1]["text"] == "[photo.png]"


def test_a_files_bytes_decide_its_type(talk: Talk) -> None:
    answer = send(talk, "page.png", b"<html><script>alert(1)</script></html>")
    assert error_of(answer, 415) == "unsupported_type"


def test_a_file_that_is_too_long_is_refused(talk: Talk) -> None:
    assert error_of(send(talk, "big.png", PNG + bytes(1024 * 1024)), 413) == "too_large"
    assert error_of(send(talk, "big.png", PNG + bytes(3 * 1024 * 1024)), 413) == "too_large"


def test_an_empty_or_missing_file_is_refused(talk: Talk) -> None:
    assert error_of(send(talk, "empty.png", b""), 400) == "file_empty"
    answer = talk.client.post(talk.path("files"), data={"file": "x"}, headers=talk.headers)
    assert error_of(answer, 400) == "file_missing"


def test_a_file_needs_the_token_before_it_is_read(talk: Talk) -> None:
    answer = talk.client.post(talk.path("files"), files={"file": ("a.png", PNG, "image/png")})
    assert error_of(answer, 401) == "unauthorized"


def test_a_broken_form_is_the_clients_error(talk: Talk) -> None:
    headers = talk.headers | {"Content-Type": "multipart/form-data; boundary=x"}
    answer = talk.client.post(talk.path("files"), content=b"--y nonsense", headers=headers)
    assert error_of(answer, 400)


def test_files_can_be_switched_off(make_client) -> None:
    talk = start(make_client(Limits(upload_megabytes=0)))
    assert error_of(send(talk, "a.png", PNG), 403) == "files_off"


def test_a_transcript_is_a_text_file_to_keep(client: TestClient) -> None:
    talk = start(client, language="zh")
    talk.say("配送需要多久？")
    answer = talk.get("transcript")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "您:\n配送需要多久？" in answer.text
    assert ANSWERS["zh"] in answer.text


# Limits of rate


def test_a_conversation_has_so_many_messages_a_minute(make_client) -> None:
    client = make_client(Limits(messages_per_minute=2, requests_per_minute=0))
    talk, other = start(client), start(client)
    talk.say("one")
    talk.say("two")
    answer = talk.post(text="three")
    assert error_of(answer, 429) == "too_many_requests"
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert other.post(text="one").status_code == 200
    assert talk.get().status_code == 200


def test_an_address_has_so_many_calls_a_minute(make_client) -> None:
    client = make_client(Limits(messages_per_minute=0, requests_per_minute=3))
    for _ in range(3):
        start(client)
    answer = client.post("/api/conversations")
    assert error_of(answer, 429) == "too_many_requests"
    assert int(answer.headers["retry-after"]) >= 1


NAUGHTY_STRINGS = os.environ.get("DESKMATE_NAUGHTY_STRINGS", "")


@pytest.mark.skipif(not NAUGHTY_STRINGS, reason="DESKMATE_NAUGHTY_STRINGS names no JSON list")
def test_naughty_strings_never_break_the_server(talk: Talk) -> None:
    for text in json.loads(Path(NAUGHTY_STRINGS).read_text(encoding="utf-8")):
        assert talk.post(text=text).status_code in (200, 422), text
        assert talk.post("contact", email=text, message=text).status_code in (201, 422)
        assert talk.post("rating", stars=3, note=text).status_code in (200, 422)
        assert send(talk, text, text.encode()).status_code in (400, 415)
        path = f"/api/conversations/{quote(text, safe='')}/messages"
        answer = talk.client.get(path, headers=talk.headers)
        assert answer.status_code in (404, 405, 422), text
