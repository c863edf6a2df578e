"""The sign-in page and the routes that open, end and show a session.

The page works without its script: then a form is posted and answered by the page again.
"""

import html
from pathlib import Path
from string import Template

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from pydantic import ValidationError as InvalidError
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from bot.staff import SignInLimitedError, SignInRefusedError
from bot.web.chat_visits import preferred_language
from bot.web.console.gate import PATH, SIGN_IN
from bot.web.errors import ApiError
from bot.web.service import address, service_of
from bot.web.sign_in_words import WORDS
from bot.web.staff_session import (
    COOKIE,
    Agent,
    csrf_token,
    give_cookie,
    refuse_foreign,
    take_cookie,
)
from knowledge.types import LANGUAGES, Language

PAGE = Template((Path(__file__).parent / "static" / "staff-login.html").read_text("utf-8"))
FORM = "application/x-www-form-urlencoded"
PROBLEMS = ("refused", "limited", "expired", "signed_out")

router = APIRouter(include_in_schema=False)


class Credentials(BaseModel):
    """What the sign-in page sends."""

    name: str = Field(max_length=200)
    password: str = Field(max_length=1000)


@router.get(SIGN_IN)
async def sign_in_page(request: Request, lang: str = "", problem: str = "") -> Response:
    """The page, in the browser's language or the one that was chosen on it."""
    return HTMLResponse(_page(_language(request, lang), problem), headers=_UNKEPT)


@router.post("/api/staff/sign-in")
async def sign_in(request: Request) -> Response:
    """Open a session; JSON is answered with who it is, a form with the console's address."""
    refuse_foreign(request.headers)
    as_form = request.headers.get("content-type", "").startswith(FORM)
    given = await _credentials(request, as_form)
    service = service_of(request)
    service.limits.count_call(address(request))

    def open_session() -> str:
        token = service.accounts.sign_in(given.name, given.password, address(request))
        staff = service.accounts.session(token)
        service.audit.note(staff.name if staff else "", "session.sign_in", "")
        return token

    try:
        token = await service.sign_ins.run(open_session)
    except SignInRefusedError as error:
        return _refusal(request, error, as_form)
    staff = service.accounts.session(token)
    body = {} if staff is None else {"name": staff.name, "role": staff.role}
    response: Response = RedirectResponse(f"{PATH}/", 303) if as_form else JSONResponse(body)
    give_cookie(request, response, token)
    return response


@router.post("/api/staff/sign-out")
async def sign_out(request: Request, staff: Agent) -> Response:
    """End this session."""
    service, token = service_of(request), request.cookies[COOKIE]

    def end() -> None:
        service.accounts.sign_out(token)
        service.audit.note(staff.name, "session.sign_out", "")

    await service.run(end)
    response = JSONResponse({})
    take_cookie(request, response)
    return response


@router.get("/api/staff/me")
async def me(request: Request, staff: Agent) -> Response:
    """Who is signed in, with the CSRF token that every change needs; tells that they are there."""
    body = {"name": staff.name, "role": staff.role, "display_name": staff.display_name}
    return JSONResponse(body | {"csrf": csrf_token(request.cookies[COOKIE])})


_UNKEPT = {"Cache-Control": "no-store"}


async def _credentials(request: Request, as_form: bool) -> Credentials:
    if as_form:
        async with request.form(max_files=0, max_fields=4) as form:
            return _valid({key: form.get(key, "") for key in Credentials.model_fields})
    try:
        return _valid(await request.json())
    except ValueError as error:
        raise ApiError(400) from error


def _valid(values: object) -> Credentials:
    try:
        return Credentials.model_validate(values)
    except InvalidError as error:
        raise ApiError(422, message="name, password: expected two texts") from error


def _refusal(request: Request, error: SignInRefusedError, as_form: bool) -> Response:
    limited = isinstance(error, SignInLimitedError)
    problem = "limited" if limited else "refused"
    if as_form:
        language = _language(request, request.query_params.get("lang", ""))
        return HTMLResponse(_page(language, problem), 429 if limited else 401, headers=_UNKEPT)
    if isinstance(error, SignInLimitedError):
        raise ApiError(429, headers={"Retry-After": str(error.retry_after_s)})
    raise ApiError(401, "wrong_credentials", "The name or the password is wrong.")


def _language(request: Request, chosen: str) -> Language:
    for language in LANGUAGES:
        if chosen == language:
            return language
    return preferred_language(request.headers.get("accept-language", ""))


def _page(language: Language, problem: str) -> str:
    words = WORDS[language]
    shown = {key: html.escape(text) for key, text in words.items()}
    told = words[problem] if problem in PROBLEMS else ""
    other = next(one for one in LANGUAGES if one != language)
    return PAGE.substitute(shown, lang=language, other=other, problem=html.escape(told))
