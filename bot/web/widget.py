"""The chat bubble for the shop's pages: its script, what it must know, and the demo's front page.

Holds no dialogue logic: the widget talks to the customers' interface like any other client.
"""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

from bot.domain import Domain
from bot.settings import Settings
from bot.web import chat, files, identity, schemas
from bot.web.chat_visits import host_of, preferred_language
from bot.web.pages import STATIC
from bot.web.service import address, service_of
from bot.web.widget_schemas import WidgetSettingsOut
from bot.web.widget_script import script

SCRIPT_CACHE = "public, max-age=300, stale-while-revalidate=86400"
"""Browsers ask again after five minutes, and are told by the tag when nothing changed."""
SAMPLE_SHOP = {"en": "Tidewick", "zh": "汐灯"}
"""Whose front page is served; those of other bots lead to their chat page."""

router = APIRouter()


@router.api_route("/widget.js", methods=["GET", "HEAD"], include_in_schema=False)
async def widget_script(request: Request) -> Response:
    """The one file that a page fetches."""
    sent = script()
    headers = {"Cache-Control": SCRIPT_CACHE, "ETag": sent.tag, "Vary": "Accept-Encoding"}
    if sent.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body = sent.plain
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = sent.zipped, "gzip"
    return Response(body, headers=headers, media_type="text/javascript")


@router.get(
    "/api/widget-settings", response_model=None, responses={200: {"model": WidgetSettingsOut}}
)
async def widget_settings(request: Request) -> Response:
    """What the widget shows before a conversation is started, and what may be sent"""
    runtime = service_of(request).runtime
    return JSONResponse(_introduction(runtime.settings, runtime.domain))


@router.post(
    "/api/widget-identity",
    status_code=204,
    response_class=Response,
    responses={code: {"model": schemas.ErrorOut} for code in (403, 409, 422, 429)},
)
async def check_identity(request: Request, body: schemas.Identity) -> Response:
    """Whether a customer's id is signed rightly, where no conversation is started yet"""
    service = service_of(request)
    service.limits.count_call(address(request))
    identity.verify(body, service.identity_secret)
    return Response(status_code=204)


@router.get("/", include_in_schema=False)
async def front(request: Request, lang: str = "") -> Response:
    """The sample shop with the widget in it; for any other bot its chat page."""
    if service_of(request).runtime.domain.shop != SAMPLE_SHOP:
        return RedirectResponse(f"{chat.PATH}/")
    language = preferred_language(f"{lang},{request.headers.get('accept-language', '')}")
    headers = {"Vary": "Accept-Language", "Cache-Control": "no-cache"}
    return FileResponse(STATIC / "shop" / f"{language}.html", headers=headers)


def _introduction(settings: Settings, domain: Domain) -> dict[str, Any]:
    languages, limits = settings.bot.languages, settings.limits
    hosts = {one: host_of(domain, one) for one in languages}
    return {
        "languages": list(languages),
        "shop": {one: domain.shop[one] for one in languages},
        "bot": {one: hosts[one].name for one in languages},
        "welcome": {one: hosts[one].welcome for one in languages},
        "starters": {one: list(hosts[one].starters) for one in languages},
        "message_characters": limits.message_characters,
        "upload": {"max_bytes": files.max_bytes(limits), "types": list(limits.upload_types)},
    }
