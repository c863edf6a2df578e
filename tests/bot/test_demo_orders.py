"""The sample shop's orders service, over HTTP."""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from bot.demo.orders import create_app
from bot.demo.orders_server import TOKEN_VARIABLE, URL_VARIABLE, orders_service
from bot.demo.orders_store import OrderStore

MONDAY = date(2026, 3, 2)


class Days:
    """A calendar that a test turns."""

    today = MONDAY

    def __call__(self) -> date:
        return self.today


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture
def shop(tmp_path: Path, days: Days) -> Iterator[TestClient]:
    with closing(OrderStore(tmp_path / "orders.db", days)) as store:
        app = create_app(store, "secret")
        yield TestClient(app, headers={"Authorization": "Bearer secret"})


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def order(shop: TestClient, number: str) -> dict[str, Any]:
    fields: dict[str, Any] = shop.get(f"/orders/{number}").json()
    return fields


@pytest.mark.parametrize("number", ["TW-240017", "tw240017", "TW 240017", "240017"])
def test_an_order_is_found_however_its_number_is_written(shop: TestClient, number: str) -> None:
    found = order(shop, number)
    assert (found["number"], found["status"], found["price"]) == ("TW-240017", "shipped", "$199")
    assert found["tracking"] == "1Z88TW17"
    wednesday = {"date": "2026-03-04", "en": "Wednesday, March 4", "zh": "3 月 4 日（周三）"}
    assert found["arrives"] == wednesday
    assert found["refund"] == {"status": "none"}


def test_a_chinese_order_is_in_yuan(shop: TestClient) -> None:
    found = order(shop, "TW-204188")
    assert (found["price"], found["items_zh"]) == ("369 元", "Lantern 台灯")


def test_an_unknown_order_is_told_so(shop: TestClient) -> None:
    assert code(shop.get("/orders/TW-999999")) == (404, "unknown_order")
    assert code(shop.post("/orders/TW-999999/cancel")) == (404, "unknown_order")


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer wrong", "secret"])
def test_nothing_goes_without_the_token(shop: TestClient, token: str) -> None:
    answer = shop.get("/orders/TW-240017", headers={"Authorization": token})
    assert code(answer) == (401, "refused")


def test_an_order_that_is_not_packed_is_cancelled_once(shop: TestClient) -> None:
    done = shop.post("/orders/TW-240019/cancel", json={"by": "customer"})
    assert (done.status_code, done.json()["status"]) == (200, "canceled")
    assert order(shop, "TW-240019")["status"] == "canceled"
    assert code(shop.post("/orders/TW-240019/cancel")) == (409, "already_canceled")


@pytest.mark.parametrize("number", ["TW-240017", "TW-240018", "TW-240021"])
def test_an_order_that_is_packed_is_not_cancelled(shop: TestClient, number: str) -> None:
    assert code(shop.post(f"/orders/{number}/cancel")) == (409, "packed")
    assert order(shop, number)["status"] != "canceled"


def test_the_same_key_acts_once_and_is_answered_the_same(shop: TestClient) -> None:
    headers = {"Idempotency-Key": "k1"}
    first = shop.post("/orders/TW-240019/cancel", headers=headers)
    again = shop.post("/orders/tw240019/cancel", headers=headers)
    assert (again.status_code, again.json()) == (200, first.json())
    other = shop.post("/orders/TW-240020/cancel", headers=headers)
    assert code(other) == (422, "key_reused")
    assert order(shop, "TW-240020")["status"] == "ordered"


def test_the_address_is_changed_until_the_order_is_packed(shop: TestClient) -> None:
    wanted = {"address": "12 Elm Street, Columbus, OH 43215"}
    assert shop.put("/orders/TW-240020/address", json=wanted).json()["address"] == wanted["address"]
    assert code(shop.put("/orders/TW-240018/address", json=wanted)) == (409, "not_changeable")
    assert code(shop.put("/orders/TW-240020/address", json={"address": "x"})) == (422, "invalid")


@pytest.mark.parametrize(
    ("number", "reason", "free", "refund"),
    [
        ("TW-240021", "changed_mind", False, "$65.10"),
        ("TW-240021", "faulty", True, "$69"),
        ("TW-204191", "too_big", False, "419 元"),
    ],
)
def test_a_return_costs_its_label_unless_the_shop_is_to_blame(
    shop: TestClient, number: str, reason: str, free: bool, refund: str
) -> None:
    started = shop.post(f"/orders/{number}/returns", json={"reason": reason})
    assert started.status_code == 201
    given = started.json()["return"]
    assert (given["free"], given["refund"]) == (free, refund)
    assert order(shop, number)["refund"] == {"status": "waits_for_parcel", "amount": refund}
    again = shop.post(f"/orders/{number}/returns", json={"reason": reason})
    assert code(again) == (409, "already_returned")


@pytest.mark.parametrize(
    ("number", "why"), [("TW-240022", "too_late"), ("TW-240017", "not_delivered")]
)
def test_what_may_not_be_returned_is_refused(shop: TestClient, number: str, why: str) -> None:
    assert code(shop.post(f"/orders/{number}/returns", json={"reason": "x"})) == (409, why)


def test_a_refund_on_the_way_names_its_day(shop: TestClient) -> None:
    refund = order(shop, "TW-240024")["refund"]
    assert (refund["status"], refund["amount"]) == ("on_the_way", "$179")
    assert refund["arrives"]["en"] == "Thursday, March 5"


def test_days_since_delivery_are_those_of_the_sample(shop: TestClient) -> None:
    numbers = ("TW-240021", "TW-204192")
    assert [order(shop, number)["days_since_delivery"] for number in numbers] == [5, 45]


def test_the_next_day_all_is_as_at_the_beginning(shop: TestClient, days: Days) -> None:
    shop.post("/orders/TW-240019/cancel")
    days.today = MONDAY + timedelta(1)
    assert order(shop, "TW-240019")["status"] == "ordered"
    assert order(shop, "TW-240017")["arrives"]["date"] == "2026-03-05"


def test_what_was_done_outlives_the_service(tmp_path: Path, days: Days) -> None:
    for expected in (200, 409):
        with closing(OrderStore(tmp_path / "orders.db", days)) as store:
            shop = TestClient(create_app(store, ""), headers={"Authorization": "Bearer "})
            assert shop.post("/orders/TW-240019/cancel").status_code == expected


def test_the_service_runs_where_the_environment_says_and_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    monkeypatch.setenv(TOKEN_VARIABLE, "before")
    with orders_service(tmp_path) as address:
        assert os.environ[URL_VARIABLE] == address
        headers = {"Authorization": f"Bearer {os.environ[TOKEN_VARIABLE]}"}
        answer = httpx.get(f"{address}/orders/TW-240017", headers=headers, trust_env=False)
        assert answer.json()["status"] == "shipped"
        assert httpx.get(f"{address}/orders/TW-1", trust_env=False).status_code == 401
    assert URL_VARIABLE not in os.environ
    assert os.environ[TOKEN_VARIABLE] == "before"
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/orders/TW-240017", trust_env=False)
