"""What the server answers beside the customers' interface: health, metrics, documentation."""

from ipaddress import ip_address
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response

from bot.outgoing_rows import Targets
from bot.web.errors import ApiError
from bot.web.service import bearer, same, service_of

STATIC = Path(__file__).parent / "static"
PASSED_ON = ("forwarded", "via", "x-forwarded-for", "x-real-ip")
"""Headers by which a proxy names whose request it passes on."""

router = APIRouter()


@router.get("/docs", include_in_schema=False)
async def docs() -> Response:
    return FileResponse(STATIC / "docs.html")


@router.get("/favicon.ico", include_in_schema=False)
async def icon() -> Response:
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", response_model=None)
async def health() -> Response:
    """Whether the process lives"""
    return JSONResponse({"status": "ok"})


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", response_model=None)
async def ready(request: Request) -> Response:
    """Whether messages can be answered"""
    service = service_of(request)
    if not await service.run(service.runtime.ready):
        raise ApiError(503, headers={"Retry-After": "5"})
    return JSONResponse({"status": "ok"})


@router.get("/metrics", response_model=None)
async def metrics(request: Request) -> Response:
    """Prometheus metrics, for this machine or with the metrics token"""
    service = service_of(request)
    if not _is_loopback(request) and not same(bearer(request), service.metrics_token):
        raise ApiError(403)
    service.metrics.ready.set(await service.run(service.runtime.ready))
    database = service.runtime.log.database
    service.metrics.show_webhooks(await service.run(lambda: Targets(database).list()))
    return PlainTextResponse(service.metrics.render(), media_type="text/plain; version=0.0.4")


def _is_loopback(request: Request) -> bool:
    """Whether a program of this machine asks for itself, not a proxy for somebody else."""
    if any(name in request.headers for name in PASSED_ON):
        return False
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    return address.is_loopback
