"""The runtime without models has all that the console asks of one."""

import pytest
from fastapi.testclient import TestClient

from tests.bot.web.conftest import start
from tests.bot.web.staff_client import SignedIn, signed_in

ASKED_FIRST = (
    "queue",
    "labels",
    "canned",
    "review",
    "review-pending",
    "review-intents",
    "knowledge",
    "knowledge/overview",
    "knowledge/contradictions",
    "insights",
    "insights/topics",
    "mood-alerts",
)


@pytest.fixture(scope="module")
def mia(client: TestClient) -> SignedIn:
    return signed_in(client, "mia", "admin")


@pytest.mark.parametrize("path", ASKED_FIRST)
def test_what_a_tab_asks_for_first_is_answered(mia: SignedIn, path: str) -> None:
    answer = mia.call("GET", f"/api/staff/{path}")
    assert answer.status_code == 200, answer.text


def test_suggestions_and_explanations_are_answered_without_a_release(
    client: TestClient, mia: SignedIn
) -> None:
    talk = start(client)
    message = talk.say("How long does delivery take?")["messages"][-1]
    suggested = mia.call("GET", f"/api/staff/conversations/{talk.id}/suggestions")
    assert suggested.status_code == 200, suggested.text
    explained = mia.call("GET", f"/api/staff/messages/{message['id']}/explain")
    assert explained.json()["intent"] == "delivery_time"
