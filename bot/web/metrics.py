"""Prometheus metrics of one application, in a registry of its own: a process may hold several."""

import time
from collections.abc import Iterable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.messages import LoggedMessage
from bot.outgoing_rows import Target

SECONDS = (0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """Counters of requests and of what the bot did."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        registry = self.registry
        self.requests = Counter("deskmate_requests", "HTTP requests.", labels, registry=registry)
        self.seconds = Histogram(
            "deskmate_request_seconds",
            "Time from a request to the first byte of its answer.",
            ("route",),
            buckets=SECONDS,
            registry=registry,
        )
        self.messages = Counter(
            "deskmate_bot_messages", "Messages the bot sent.", ("action",), registry=registry
        )
        self.streams = Gauge(
            "deskmate_open_streams", "Live event streams open.", ("kind",), registry=registry
        )
        for kind in ("customer", "staff", "page"):  # shown from the start, as 0
            self.streams.labels(kind)
        self.webhooks = Gauge(
            "deskmate_webhook_calls",
            "Calls of outgoing webhooks by host: delivered, given up, tries failed in a row.",
            ("host", "state"),
            registry=registry,
        )
        self.ready = Gauge("deskmate_ready", "1 when messages can be answered.", registry=registry)

    def count_messages(self, messages: Iterable[LoggedMessage]) -> None:
        """Count what the bot has just said, by action."""
        for message in messages:
            self.messages.labels(message.action or "none").inc()

    def show_webhooks(self, targets: Iterable[Target]) -> None:
        """Take over how the outgoing webhooks stand."""
        self.webhooks.clear()
        for target in targets:
            of_host = partial(self.webhooks.labels, urlsplit(target.url).hostname)
            of_host("delivered").inc(target.delivered)
            of_host("given_up").inc(target.given_up)
            of_host("failing").inc(target.failures)

    def render(self) -> bytes:
        """All metrics in Prometheus's text format."""
        return generate_latest(self.registry)


class MeasureRequests:
    """Counts and times each request under its route's pattern, never under its address."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start = time.perf_counter()

        async def measured(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._count(scope, message["status"], time.perf_counter() - start)
            await send(message)

        await self.app(scope, receive, measured)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = _pattern(scope)
        self.metrics.requests.labels(_method(scope), route, str(status)).inc()
        self.metrics.seconds.labels(route).observe(seconds)


def _pattern(scope: Scope) -> str:
    route: Any = scope.get("route")
    return getattr(route, "path", None) or "other"


def _method(scope: Scope) -> str:
    known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    return scope["method"] if scope["method"] in known else "other"
