"""Calls of a service, over real HTTP on the loopback interface."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot import errand
from bot.actions import CallRequest, CallResult, HttpEndpoint
from bot.procedure_schema import Service

TOKEN = "top-secret"
SLOW_S = 0.6
GET = CallRequest("orders", "GET", "/orders/TW-1", repeatable=True)
POST = CallRequest("orders", "POST", "/orders/TW-1/cancel", {"by": "customer"}, key="k1")


class _Handler(BaseHTTPRequestHandler):
    """Answers with what the test's `answer` gives for the request: status, headers, body."""

    protocol_version = "HTTP/1.1"
    server: "Orders"

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.server.seen.append(
            (self.command, self.path, dict(self.headers), self.rfile.read(length))
        )
        status, headers, body = self.server.answer(len(self.server.seen))
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


class Orders(ThreadingHTTPServer):
    """A service whose answer each test sets; it keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answer: Callable[[int], tuple[int, dict[str, str], bytes]] = lambda _: ok({"id": 1})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is what some tests are about."""


def ok(fields: Any, status: int = 200, **headers: str) -> tuple[int, dict[str, str], bytes]:
    return status, headers, json.dumps(fields).encode()


@pytest.fixture
def orders() -> Iterator[Orders]:
    with Orders() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def endpoint(orders: Orders) -> Iterator[HttpEndpoint]:
    service = Service(
        url="${ORDERS_URL}/v1/",
        timeout_s=SLOW_S / 2,
        retries=2,
        headers={"Authorization": "Bearer ${ORDERS_TOKEN}"},
        down={"en": "Down"},
    )
    environ = {"ORDERS_URL": orders.url, "ORDERS_TOKEN": TOKEN}
    with closing(HttpEndpoint(lambda: {"orders": service}, environ)) as endpoint:
        yield endpoint


def test_a_call_brings_the_fields_of_the_answer(orders: Orders, endpoint: HttpEndpoint) -> None:
    assert endpoint.call(GET) == CallResult(200, {"id": 1})
    ((method, path, headers, body),) = orders.seen
    assert (method, path, body) == ("GET", "/v1/orders/TW-1", b"")
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert "Idempotency-Key" not in headers


def test_a_post_carries_its_body_and_key(orders: Orders, endpoint: HttpEndpoint) -> None:
    orders.answer = lambda _: ok({"error": {"code": "packed"}}, 409)
    assert endpoint.call(POST) == CallResult(409, {"error": {"code": "packed"}})
    ((_, _, headers, body),) = orders.seen
    assert (headers["Idempotency-Key"], json.loads(body)) == ("k1", {"by": "customer"})


def test_an_answer_without_a_body_is_one(orders: Orders, endpoint: HttpEndpoint) -> None:
    orders.answer = lambda _: (204, {}, b"")
    assert endpoint.call(GET) == CallResult(204)


def test_a_passing_failure_is_tried_again(orders: Orders, endpoint: HttpEndpoint) -> None:
    orders.answer = lambda number: ok({"id": 1}, 503 if number == 1 else 200)
    assert endpoint.call(GET) == CallResult(200, {"id": 1})
    assert len(orders.seen) == 2


def test_a_call_that_may_not_be_repeated_is_made_once(
    orders: Orders, endpoint: HttpEndpoint
) -> None:
    orders.answer = lambda _: ok({}, 500)
    assert endpoint.call(POST).status == 500
    assert len(orders.seen) == 1


def test_a_refusal_is_not_tried_again(orders: Orders, endpoint: HttpEndpoint) -> None:
    orders.answer = lambda _: ok({}, 404)
    assert endpoint.call(GET).status == 404
    assert len(orders.seen) == 1


def test_a_service_that_is_too_slow_is_given_up_in_time(
    orders: Orders, endpoint: HttpEndpoint
) -> None:
    def slow(number: int) -> tuple[int, dict[str, str], bytes]:
        time.sleep(SLOW_S)
        return ok({})

    orders.answer = slow
    began = time.monotonic()
    assert endpoint.call(GET) == CallResult(problem="no answer in time")
    assert time.monotonic() - began < SLOW_S


def test_repeated_failures_stay_within_the_same_time(
    orders: Orders, endpoint: HttpEndpoint
) -> None:
    def slow_failure(number: int) -> tuple[int, dict[str, str], bytes]:
        time.sleep(SLOW_S / 4)
        return ok({}, 500)

    orders.answer = slow_failure
    began = time.monotonic()
    result = endpoint.call(GET)
    assert result.status == 500 or result.problem == "no answer in time"
    assert time.monotonic() - began < SLOW_S
    assert len(orders.seen) <= 2


def test_a_service_that_is_not_there_is_a_problem(orders: Orders, endpoint: HttpEndpoint) -> None:
    orders.socket.close()
    assert endpoint.call(GET) == CallResult(problem="no connection (ConnectError)")


@pytest.mark.parametrize(
    "location", ["http://localhost:{port}/v1/a", "http://127.0.0.1:1/v1/a", "//evil.example/a"]
)
def test_a_redirect_to_another_host_is_refused(
    orders: Orders, endpoint: HttpEndpoint, location: str
) -> None:
    place = location.format(port=orders.server_port)
    orders.answer = lambda _: ok({}, 302, Location=place)
    assert endpoint.call(GET) == CallResult(problem="refused to be sent elsewhere")
    assert [path for _, path, _, _ in orders.seen] == ["/v1/orders/TW-1"]


def test_a_redirect_on_the_same_host_is_followed(orders: Orders, endpoint: HttpEndpoint) -> None:
    orders.answer = lambda number: (
        ok({}, 301, Location="/v2/orders/TW-1") if number == 1 else ok({"id": 2})
    )
    assert endpoint.call(GET) == CallResult(200, {"id": 2})
    assert [path for _, path, _, _ in orders.seen] == ["/v1/orders/TW-1", "/v2/orders/TW-1"]


def test_a_redirect_to_nowhere_is_an_answer_like_another(
    orders: Orders, endpoint: HttpEndpoint
) -> None:
    orders.answer = lambda _: (302, {}, b"")
    assert endpoint.call(GET) == CallResult(302)


def test_what_acts_is_not_sent_elsewhere_and_no_redirect_goes_on_for_ever(
    orders: Orders, endpoint: HttpEndpoint
) -> None:
    orders.answer = lambda _: ok({}, 307, Location="/v1/again")
    assert endpoint.call(POST).problem == "refused to be sent elsewhere"
    assert len(orders.seen) == 1
    once = CallRequest("orders", "GET", "/orders/TW-1")
    assert endpoint.call(once).problem == "refused to be sent elsewhere"
    assert len(orders.seen) == 1 + 1 + errand.MOST_REDIRECTS


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<html>Not found</html>", "status 404 without JSON"),
        (b"\xff\xfe{}", "status 404 without JSON"),
        (b"[" * 100_000, "status 404 without JSON"),
        (b"[1]", "status 404 without a JSON object"),
        (b'{"a": "' + b"x" * errand.MOST_BYTES + b'"}', "the answer is too long"),
    ],
)
def test_an_answer_that_is_no_json_object_of_a_fair_size_is_a_problem(
    orders: Orders, endpoint: HttpEndpoint, body: bytes, problem: str
) -> None:
    orders.answer = lambda _: (404, {}, body)
    assert endpoint.call(POST) == CallResult(problem=problem)


def test_an_encoded_slot_stays_inside_its_part_of_the_path(
    orders: Orders, endpoint: HttpEndpoint
) -> None:
    path = "/orders/..%2F..%2Fadmin%3Fa%3D1%23b/cancel"
    assert endpoint.call(CallRequest("orders", "GET", path)).status == 200
    assert orders.seen[0][1] == f"/v1{path}"


@pytest.mark.parametrize("part", ["..", ".", "%2e%2e", "%2E."])
def test_a_path_that_climbs_is_not_called(
    orders: Orders, endpoint: HttpEndpoint, part: str
) -> None:
    result = endpoint.call(CallRequest("orders", "GET", f"/orders/{part}/cancel"))
    assert result == CallResult(problem="the path leads out of its place")
    assert orders.seen == []


@pytest.mark.parametrize(
    ("changed", "environ"),
    [
        ({}, {"ORDERS_TOKEN": TOKEN}),
        ({}, {"ORDERS_URL": "", "ORDERS_TOKEN": TOKEN}),
        ({}, {"ORDERS_URL": "file:///etc", "ORDERS_TOKEN": TOKEN}),
        ({}, {"ORDERS_URL": "http://127.0.0.1:1", "ORDERS_TOKEN": "a\r\nX: b"}),
        ({"url": "http://127.0.0.1:99999"}, {"ORDERS_TOKEN": TOKEN}),
        ({"url": "http://user:word@127.0.0.1:1"}, {"ORDERS_TOKEN": TOKEN}),
    ],
)
def test_without_its_environment_a_service_is_not_configured(
    changed: dict[str, Any], environ: dict[str, str]
) -> None:
    given: dict[str, Any] = {
        "url": "${ORDERS_URL}",
        "headers": {"Authorization": "Bearer ${ORDERS_TOKEN}"},
        "down": {"en": "Down"},
    }
    service = Service(**{**given, **changed})
    with closing(HttpEndpoint(lambda: {"orders": service}, environ)) as endpoint:
        assert endpoint.call(GET) == CallResult(problem="not configured")


def test_a_service_that_the_domain_lost_is_not_configured(endpoint: HttpEndpoint) -> None:
    assert endpoint.call(CallRequest("stock", "GET", "/")).problem.startswith("not configured")


def test_a_closed_endpoint_calls_nothing(orders: Orders, endpoint: HttpEndpoint) -> None:
    endpoint.close()
    assert endpoint.call(GET) == CallResult(problem="closed")
    assert orders.seen == []


def test_the_log_names_the_call_and_no_value(
    orders: Orders, endpoint: HttpEndpoint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    endpoint.call(POST)
    assert "call of orders: POST, status 200" in caplog.text
    assert not any(value in caplog.text for value in ("TW-1", TOKEN, "customer", "k1"))
