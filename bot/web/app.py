"""The web application: puts the interface, the pages and what guards them together."""

import os
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from bot.audit import Audit
from bot.events import EventLog
from bot.settings import Limits
from bot.staff import StaffAccounts
from bot.web import (
    api,
    canned_api,
    channels,
    chat,
    customer_api,
    errors,
    files,
    identity,
    insights_api,
    knowledge_api,
    knowledge_import_api,
    live_api,
    pages,
    review_api,
    sign_in,
    staff_api,
    widget,
)
from bot.web.console import console, gate
from bot.web.cross_origin import CrossOrigin
from bot.web.customer_view import CustomerView
from bot.web.gradio_page import NEEDED_PATHS
from bot.web.limits import RateLimits
from bot.web.live import Live
from bot.web.metrics import MeasureRequests, Metrics
from bot.web.middleware import BodyLimit, OnlyPaths, SafetyHeaders, SafetyNet
from bot.web.notices import Notices
from bot.web.open_streams import OpenStreams
from bot.web.page_streams import PageStreams
from bot.web.service import Service
from bot.web.staff_streams import WhileSignedIn

if TYPE_CHECKING:
    from bot.runtime import Runtime

METRICS_TOKEN_VARIABLE = "DESKMATE_METRICS_TOKEN"  # noqa: S105  # a variable's name
ESCAPED_BYTES = 12
"""The most that JSON takes for one character: two escaped halves."""
AROUND_BYTES = 4 * 1024
"""What a body holds beside the message's text or the file."""
CONSOLE_BYTES = 2 * 1024 * 1024
"""The most that an event of the console sends: all values of its tab."""

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
    app.include_router(customer_api.router)
    app.include_router(live_api.router)
    app.include_router(channels.router)
    app.include_router(pages.router)
    app.include_router(widget.router)
    app.include_router(sign_in.router)
    app.include_router(staff_api.router)
    app.include_router(review_api.router)
    app.include_router(canned_api.router)
    app.include_router(insights_api.router)
    app.include_router(knowledge_import_api.router)  # before those with an id in the path
    app.include_router(knowledge_api.router)
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
    chat.mount(app, service)
    console.mount(app, service)
    # Added last is entered first: measure all, then headers, then who may read it, then the net,
    # then the limits.
    app.add_middleware(OnlyPaths, prefix=chat.PATH, allowed=NEEDED_PATHS)
    app.add_middleware(OnlyPaths, prefix=gate.PATH, allowed=NEEDED_PATHS)
    app.add_middleware(
        PageStreams,
        prefixes=(chat.PATH, gate.PATH),
        streams=service.streams,
        limits=service.limits,
    )
    app.add_middleware(gate.StaffGate, accounts=service.accounts)
    app.add_middleware(WhileSignedIn, accounts=service.accounts)
    app.add_middleware(BodyLimit, limit=lambda path: _max_bytes(path, runtime.settings.limits))
    app.add_middleware(SafetyNet)
    app.add_middleware(CrossOrigin, origins=lambda: runtime.settings.server.allowed_origins)
    app.add_middleware(SafetyHeaders, gradio_paths=(chat.PATH, f"{gate.PATH}/"))
    app.add_middleware(MeasureRequests, metrics=service.metrics)
    return app


def _service(runtime: "Runtime") -> Service:
    log, metrics, view = runtime.log, Metrics(), CustomerView(runtime)
    events = EventLog(log.database)
    notices = Notices(events, view)
    return Service(
        runtime,
        RateLimits(lambda: runtime.settings.limits),
        metrics,
        StaffAccounts(log.database, log.clock, lambda: runtime.settings.staff.session_hours),
        Audit(log.database, log.clock),
        view,
        notices,
        Live(events, notices.translate),
        OpenStreams(lambda: runtime.settings.limits, metrics.streams),
        identity_secret=os.environ.get(identity.SECRET_VARIABLE) or None,
        metrics_token=os.environ.get(METRICS_TOKEN_VARIABLE) or None,
        channel_key=os.environ.get(channels.KEY_VARIABLE) or None,
    )


def _max_bytes(path: str, limits: Limits) -> int:
    if path.startswith("/api/") and path.endswith("/files"):
        return files.max_bytes(limits) + AROUND_BYTES
    if (knowledge := knowledge_import_api.max_bytes(path)) is not None:
        return knowledge
    if path.startswith(f"{gate.PATH}/"):
        return CONSOLE_BYTES
    return limits.message_characters * ESCAPED_BYTES + AROUND_BYTES
