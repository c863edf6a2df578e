"""The REST channel: bodies as Rasa's, behind a key, one conversation for each sender."""

import threading

import pytest
from fastapi.testclient import TestClient

from bot.settings import Limits
from bot.web.channels import KEY_VARIABLE
from bot.web.schemas import ChannelAnswer
from tests.bot.web.fake_runtime import ANSWERS, FakeRuntime

PATH = "/webhooks/rest/webhook"
KEY = "channel-key"


@pytest.fixture
def client(make_client, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    return make_client()


@pytest.fixture
def runtime(client: TestClient) -> FakeRuntime:
    return client.app.state.service.runtime


def say(client: TestClient, message: str, sender: str = "ann", **more: object) -> list[dict]:
    body = {"sender": sender, "message": message} | more
    answer = client.post(PATH, json=body, headers={"X-API-Key": KEY})
    assert answer.status_code == 200, answer.text
    return answer.json()


def conversation_of(runtime: FakeRuntime, sender: str) -> str:
    rows = runtime.database.connection.query(
        "SELECT conversation_id FROM channel_senders WHERE sender = ?", [sender]
    )
    return next(iter(rows))["conversation_id"]


def test_a_message_is_answered_in_rasas_shape(client: TestClient) -> None:
    answers = say(client, "How long does delivery take?", metadata={"any": ["thing"]})
    assert answers == [{"recipient_id": "ann", "text": ANSWERS["en"]}]


def test_options_become_buttons(client: TestClient) -> None:
    (answer,) = say(client, "which one?")
    ChannelAnswer.model_validate(answer)
    assert answer["buttons"][0] == {"title": "Where is my order", "payload": "Where is my order?"}


def test_a_sender_keeps_one_conversation(client: TestClient, runtime: FakeRuntime) -> None:
    for sender in ("ann", "ben", "ann"):
        say(client, "hello", sender)
    assert runtime.conversations() == 2
    said = runtime.log.messages(conversation_of(runtime, "ann"))
    assert [one.role for one in said] == ["bot", *["customer", "bot"] * 2]


def test_the_language_is_that_of_the_first_message(
    client: TestClient, runtime: FakeRuntime
) -> None:
    say(client, "配送需要多久？")
    assert runtime.log.conversation(conversation_of(runtime, "ann")).language == "zh"


def test_what_a_person_wrote_comes_with_the_next_call_and_once(
    client: TestClient, runtime: FakeRuntime
) -> None:
    say(client, "a person please")
    assert say(client, "anybody there?") == []
    runtime.desk.say(conversation_of(runtime, "ann"), "eve", "Yes, I am.")
    assert say(client, "hello?") == [{"recipient_id": "ann", "text": "Yes, I am."}]
    assert say(client, "thanks") == []


def test_two_first_messages_at_once_begin_one_conversation(
    client: TestClient, runtime: FakeRuntime
) -> None:
    both = [threading.Thread(target=say, args=(client, "hello")) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert runtime.conversations() == 1


def test_a_deleted_conversation_is_begun_anew(client: TestClient, runtime: FakeRuntime) -> None:
    say(client, "hello")
    with runtime.database.write() as writing:
        writing.conn.execute("DELETE FROM conversations")
    assert len(say(client, "hello")) == 1
    assert runtime.conversations() == 1


@pytest.mark.parametrize("headers", [{"X-API-Key": KEY}, {"Authorization": f"Bearer {KEY}"}])
def test_the_key_goes_into_either_header(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post(PATH, json={"sender": "ann", "message": "hello"}, headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers", [{}, {"X-API-Key": "wrong"}, {"X-API-Key": ""}, {"Authorization": "Bearer None"}]
)
def test_without_the_key_nothing_is_taken(
    client: TestClient, runtime: FakeRuntime, headers: dict[str, str]
) -> None:
    answer = client.post(PATH, json={"sender": "ann", "message": "hello"}, headers=headers)
    assert (answer.status_code, set(answer.json())) == (401, {"error"})
    assert runtime.conversations() == 0


def test_the_channel_is_off_where_no_key_is_set(make_client) -> None:
    answer = make_client().post(PATH, json={"sender": "a", "message": "b"})
    assert answer.json()["error"]["code"] == "channel_not_configured"


def test_wrong_keys_are_limited_and_right_ones_are_not(make_client, monkeypatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    client = make_client(Limits(messages_per_minute=0, requests_per_minute=2))
    for _ in range(4):
        say(client, "hello")
    codes = [
        client.post(
            PATH, json={"sender": "ann", "message": "hello"}, headers={"X-API-Key": "wrong"}
        ).status_code
        for _ in range(3)
    ]
    assert codes == [401, 401, 429]


@pytest.mark.parametrize(
    "body",
    [
        {"message": "hello"},
        {"sender": "ann"},
        {"sender": "", "message": "x"},
        {"sender": "ann", "message": " "},
        {"sender": "ann", "message": "x" * 5000},
    ],
)
def test_what_is_not_a_message_is_refused(client: TestClient, body: dict[str, str]) -> None:
    assert client.post(PATH, json=body, headers={"X-API-Key": KEY}).status_code == 422
