"""What belongs to a customer: a conversation is bound once, files open to their owner only."""

import hashlib
import hmac

import pytest
from fastapi.testclient import TestClient

from bot.web.identity import SECRET_VARIABLE
from tests.bot.web.conftest import Talk, start

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def signature(customer_id: str) -> str:
    return hmac.new(b"shared", customer_id.encode(), hashlib.sha256).hexdigest()


@pytest.fixture
def talk(make_client, monkeypatch: pytest.MonkeyPatch) -> Talk:
    """An anonymous conversation on a server with a secret."""
    monkeypatch.setenv(SECRET_VARIABLE, "shared")
    return start(make_client())


def identify(talk: Talk, customer_id: str, **more: str):
    return talk.post("identify", **({"id": customer_id, "hash": signature(customer_id)} | more))


def test_a_signed_identity_is_bound_to_an_anonymous_conversation(talk: Talk) -> None:
    answer = identify(talk, "42", name="Ann")
    customer = {"id": "42", "name": "Ann", "email": None}
    assert (answer.status_code, answer.json()) == (200, {"id": talk.id, "customer": customer})
    kept = talk.client.app.state.service.runtime.log.conversation(talk.id).customer
    assert (kept.id, kept.name, kept.verified) == ("42", "Ann", True)


def test_the_same_customer_may_come_again_and_keeps_what_is_known(talk: Talk) -> None:
    identify(talk, "42", name="Ann")
    again = identify(talk, "42", email="ann@example.org").json()
    assert again["customer"] == {"id": "42", "name": "Ann", "email": "ann@example.org"}


def test_a_conversation_is_never_taken_over(talk: Talk) -> None:
    identify(talk, "42", name="Ann")
    answer = identify(talk, "43", name="Eve")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "other_customer")
    kept = talk.client.app.state.service.runtime.log.conversation(talk.id).customer
    assert (kept.id, kept.name) == ("42", "Ann")


@pytest.mark.parametrize("sent", ["", "00", signature("43"), "ä"])
def test_a_wrong_signature_binds_nothing(talk: Talk, sent: str) -> None:
    answer = identify(talk, "42", hash=sent)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "identity_refused")
    assert talk.client.app.state.service.runtime.log.conversation(talk.id).customer is None


def test_nobody_is_identified_where_no_secret_is_set(make_client) -> None:
    assert identify(start(make_client()), "42").status_code == 409


def test_identifying_needs_the_token(talk: Talk) -> None:
    other = Talk(talk.client, talk.id, "wrong")
    assert identify(other, "42").status_code == 401


# Files


@pytest.fixture
def file_id(talk: Talk) -> str:
    sent = {"file": ("Beleg ä.png", PNG)}
    answer = talk.client.post(talk.path("files"), files=sent, headers=talk.headers)
    return answer.json()["id"]


def test_a_file_comes_back_to_be_saved(talk: Talk, file_id: str) -> None:
    answer = talk.get(f"files/{file_id}")
    assert (answer.status_code, answer.content) == (200, PNG)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "Beleg%20%C3%A4.png" in answer.headers["content-disposition"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_message_tells_which_file_it_shows(talk: Talk, file_id: str) -> None:
    shown = talk.get().json()["messages"][-1]["file"]
    name = "Beleg ä.png"
    assert shown == {"id": file_id, "name": name, "content_type": "image/png", "size": len(PNG)}


def test_a_file_opens_only_through_its_own_conversation(talk: Talk, file_id: str) -> None:
    assert Talk(talk.client, talk.id, "wrong").get(f"files/{file_id}").status_code == 401
    answer = start(talk.client).get(f"files/{file_id}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_file")


@pytest.mark.parametrize("name", ["..%2Fdeskmate.db", "%2E%2E", "none", "%00", "a%2Fb"])
def test_no_name_leads_out_of_the_folder(talk: Talk, file_id: str, name: str) -> None:
    assert talk.get(f"files/{name}").status_code == 404


def test_a_file_that_is_gone_from_the_disk_is_not_found(talk: Talk, file_id: str) -> None:
    (talk.client.app.state.service.runtime.home.files_folder / file_id).unlink()
    assert talk.get(f"files/{file_id}").status_code == 404


# Who polls


def test_who_polls_learns_who_is_there_and_the_place_in_the_queue(client: TestClient) -> None:
    talk = start(client)
    assert {"agent": None, "queue": None, "away": False}.items() <= talk.get().json().items()
    talk.post("handoff")
    waiting = talk.get().json()
    assert waiting["status"] == "waiting"
    assert (waiting["queue"]["position"] >= 1, waiting["queue"]["waiting_s"] < 60) == (True, True)
    client.app.state.service.runtime.desk.say(talk.id, "ann", "Hello")
    served = talk.get().json()
    assert (served["status"], served["agent"], served["queue"]) == ("open", {"name": "ann"}, None)


def test_who_polls_knows_their_own_messages_again(client: TestClient) -> None:
    talk = start(client)
    talk.post(text="hello", client_id="mine-1")
    assert [one["client_id"] for one in talk.get().json()["messages"]] == [None, "mine-1", None]
