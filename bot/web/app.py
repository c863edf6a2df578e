"""The web application: puts the interface, the pages and what guards them together."""

import os
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from bot.settings import Limits
from bot.web import api, chat, errors, files, identity, pages
from bot.web.limits import RateLimits
from bot.web.metrics import MeasureRequests, Metrics
from bot.web.middleware import BodyLimit, OnlyPaths, SafetyHeaders, SafetyNet
from bot.web.service import Service

if TYPE_CHECKING:
    from bot.runtime import Runtime

METRICS_TOKEN_VARIABLE = "DESKMATE_METRICS_TOKEN"  # noqa: S105  # a variable's name
ESCAPED_BYTES = 12
"""The most that JSON takes for one character: two escaped halves."""
AROUND_BYTES = 4 * 1024
"""What a body holds beside the message's text or the file."""

DESCRIPTION = (
    "Start a conversation, send messages, read the bot's. Every call on a conversation carries "
    "`Authorization: Bearer TOKEN`. Errors are `{error: {code, message}}`."
)


def create_app(runtime: "Runtime") -> FastAPI:
    """The whole web side of one home."""
    app = FastAPI(
        title="Deskmate", version="1", description=DESCRIPTION, docs_url=None, redoc_url=None
    )
    service = _service(runtime)
    app.state.service = service
    errors.install(app)
    app.include_router(api.router)
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
    chat.mount(app, service)
    # Added last is entered first: measure all, then headers, then the net, then the limits.
    app.add_middleware(OnlyPaths, prefix=chat.PATH, allowed=chat.NEEDED_PATHS)
    app.add_middleware(BodyLimit, limit=lambda path: _max_bytes(path, runtime.settings.limits))
    app.add_middleware(SafetyNet)
    app.add_middleware(SafetyHeaders, gradio_paths=(chat.PATH,))
    app.add_middleware(MeasureRequests, metrics=service.metrics)
    return app


def _service(runtime: "Runtime") -> Service:
    limits = runtime.settings.limits
    return Service(
        runtime,
        RateLimits(
            messages_per_minute=limits.messages_per_minute,
            requests_per_minute=limits.requests_per_minute,
        ),
        Metrics(),
        identity_secret=os.environ.get(identity.SECRET_VARIABLE) or None,
        metrics_token=os.environ.get(METRICS_TOKEN_VARIABLE) or None,
    )


def _max_bytes(path: str, limits: Limits) -> int:
    if path.startswith("/api/") and path.endswith("/files"):
        return files.max_bytes(limits) + AROUND_BYTES
    return limits.message_characters * ESCAPED_BYTES + AROUND_BYTES
