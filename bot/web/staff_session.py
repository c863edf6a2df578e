"""Who of the staff sends a request: the session cookie, the role, and that the page is our own.

A request that changes something must come from a page of this origin and carry the session's
CSRF token; the cookie alone is never enough.
"""

import hashlib
import hmac
from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.requests import cookie_parser
from starlette.responses import Response

from bot.staff import Role, Staff
from bot.web.errors import ApiError
from bot.web.service import Service, service_of

COOKIE = "deskmate_staff"
CSRF_HEADER = "x-deskmate-csrf"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

SIGNED_OUT = ("signed_out", "Sign in at /staff-login first.")
FOREIGN_PAGE = ("cross_site", "This request did not come from a page of this server.")
NO_CSRF = ("csrf", "Send the session's csrf token as X-Deskmate-CSRF.")
NOT_ALLOWED = ("forbidden", "Your role does not allow this.")


def staff_of(request: Request, role: Role = "agent") -> Staff:
    """Who sends this request. Raises ApiError 401 signed out, 403 forged or of a lesser role.

    Only reads the database, so that it may be called on the event loop.
    """
    token = request.cookies.get(COOKIE, "")
    staff = service_of(request).accounts.session(token) if token else None
    if staff is None:
        raise ApiError(401, *SIGNED_OUT)
    if request.method not in SAFE_METHODS:
        refuse_foreign(request.headers)
        if not hmac.compare_digest(
            request.headers.get(CSRF_HEADER, "").encode(), csrf_token(token).encode()
        ):
            raise ApiError(403, *NO_CSRF)
    if not allowed(staff, role):
        raise ApiError(403, *NOT_ALLOWED)
    return staff


def _dependency(role: Role) -> Callable[[Request], Coroutine[Any, Any, Staff]]:
    async def signed_in(request: Request) -> Staff:
        staff = staff_of(request, role)
        await note_seen(service_of(request), request.cookies[COOKIE])
        return staff

    return signed_in


Agent = Annotated[Staff, Depends(_dependency("agent"))]
"""A parameter of a route that any staff may call."""
Admin = Annotated[Staff, Depends(_dependency("admin"))]
"""A parameter of a route for admins."""


def allowed(staff: Staff, role: Role) -> bool:
    """Whether `staff` may do what `role` may; an admin may all that an agent may."""
    return role == "agent" or staff.role == "admin"


async def note_seen(service: Service, token: str) -> None:
    """Note that a session's browser is there."""
    await service.run(lambda: service.accounts.seen(token))


def csrf_token(token: str) -> str:
    """The CSRF token of a session; nobody can work the session's own token out of it."""
    return hashlib.sha256(f"csrf:{token}".encode("utf-8", "replace")).hexdigest()


def refuse_foreign(headers: Mapping[str, str]) -> None:
    """ApiError 403 unless a page of this origin sends the request; header names in lower case.

    Browsers say so in Sec-Fetch-Site, over plain HTTP from another machine in Origin only.
    """
    site = headers.get("sec-fetch-site")
    if site == "same-origin":
        return
    origin, host = headers.get("origin", ""), headers.get("host", "")
    if site is None and host and origin.partition("://")[2].lower() == host.lower():
        return
    raise ApiError(403, *FOREIGN_PAGE)


def token_of(headers: Mapping[str, str]) -> str:
    """The session token in a Cookie header; empty where there is none."""
    # Read as `Request.cookies` is: two readings of one header could find two sessions in it.
    return cookie_parser(headers.get("cookie", "")).get(COOKIE, "")


def give_cookie(request: Request, response: Response, token: str) -> None:
    """Send the session's cookie along."""
    hours = service_of(request).runtime.settings.staff.session_hours
    response.set_cookie(
        COOKIE,
        token,
        max_age=hours * 3600,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def take_cookie(request: Request, response: Response) -> None:
    """Have the browser drop the session's cookie."""
    response.delete_cookie(
        COOKIE,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
