"""/masuk and /keluar: sign in with login and password, sign out on the server (T37, S42, S47, S48)."""

import asyncio
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

import templates
from api import sessions
from api.caller import address_of
from api.language import LanguageDep
from api.sessions import SignedIn, see_other
from api.tools import ToolsDep, tools_of
from domain.roles import SYSTEM
from store import accounts, limits
from store.unit import Unit
from templates.views import Fault, LoginPage

router = APIRouter()

WINDOW_S = 15 * 60
PER_ACCOUNT = 10
PER_ADDRESS = 30
_LONGEST_LOGIN = 100
_NOT_PAGES = ("/api/", "/t/", "/static/", "/masuk", "/keluar")


@router.get("/masuk")
async def show(
    request: Request, tools: ToolsDep, language: LanguageDep, where: Annotated[str, Query(alias="next")] = ""
) -> Response:
    """The sign-in form; whoever is signed in already goes on."""
    if await sessions.find_signed_in(request) is not None:
        return see_other(local_page(request, where))
    return _page(request, LoginPage(next=where if local_page(request, where) == where else ""), language, 200)


@router.post("/masuk")
async def sign_in(request: Request, tools: ToolsDep, language: LanguageDep) -> Response:
    """Opens a session; wrong and unknown read alike, too many tries are 429 (T37)."""
    request.state.form_secret = request.cookies.get(sessions.visit_cookie(tools.config), "")
    form = await sessions.read_page_form(request, ("login", "password", "next"))
    login, password, where = form.text("login"), form.raw("password"), form.text("next")
    page = LoginPage(login=login[:_LONGEST_LOGIN], next=where if local_page(request, where) == where else "")

    def again(status: int, *faults: Fault) -> Response:
        shown = LoginPage(login=page.login, faults=faults, next=page.next)
        return _page(request, shown, language, status)

    missing = [Fault(name, "FIELD_MISSING") for name, value in (("login", login), ("password", password)) if not value]
    if missing:
        return again(422, *missing)
    address = f"login-address/{address_of(request)}"
    name = f"login-account/{login.lower()[:_LONGEST_LOGIN]}"
    async with request.app.state.sign_in_slots:
        wait_s = await tools.units.write(SYSTEM, lambda unit: _seconds_to_wait(unit, name, address))
        if wait_s:
            response = again(429, Fault("", "SLOW_DOWN", {"retry_after_s": wait_s}))
            response.headers["Retry-After"] = str(wait_s)
            return response
        account = await tools.units.read(lambda reading: accounts.find_by_login(reading, login[:_LONGEST_LOGIN]))
        fits = await asyncio.to_thread(accounts.check_password, account, password)
        if account is None or not fits:
            await tools.units.write(SYSTEM, lambda unit: limits.hit(unit, address, PER_ADDRESS, WINDOW_S))
            return again(422, Fault("", "SIGN_IN_FAILED"))

    def begin(unit: Unit) -> str:
        limits.forget(unit, name)
        return accounts.open_session(unit, account.actor.id)

    secret = await tools.units.write(account.actor, begin)
    response = see_other(page.next or "/")
    sessions.set_cookie(response, tools.config, sessions.session_cookie(tools.config), secret)
    sessions.drop_cookie(response, tools.config, sessions.visit_cookie(tools.config))
    return response


@router.post("/keluar")
async def sign_out(request: Request, me: SignedIn, tools: ToolsDep) -> Response:
    """Ends the session on the server."""
    await sessions.read_page_form(request, ())
    secret = request.cookies[sessions.session_cookie(tools.config)]
    await tools.units.write(me, lambda unit: accounts.close_session(unit, secret))
    response = see_other(sessions.SIGN_IN)
    sessions.drop_cookie(response, tools.config, sessions.session_cookie(tools.config))
    return response


def _seconds_to_wait(unit: Unit, name: str, address: str) -> int:
    """Counts one more try for the account; seconds to wait when it or the address had too many, else 0."""
    from_address = limits.peek(unit, address, PER_ADDRESS)
    if not from_address.allowed:
        unit.without_journal("a rate counter")
        return from_address.retry_after_s
    return limits.hit(unit, name, PER_ACCOUNT, WINDOW_S).retry_after_s


def local_page(request: Request, where: str) -> str:
    """*where* when it is an address of a page of ours, else "/" (T28): a path of the route table, nothing else."""
    is_path = where.startswith("/") and not where.startswith("//") and where.isascii() and where.isprintable()
    if not is_path or "\\" in where or len(where) > sessions.LONGEST_NEXT:
        return "/"
    parts = urlsplit(where)
    if parts.path.startswith(_NOT_PAGES):
        return "/"
    scope = {**request.scope, "method": "GET", "path": parts.path, "raw_path": parts.path.encode()}
    known = any(route.matches(scope)[0].name == "FULL" for route in request.app.router.routes)
    return where if known else "/"


def _page(request: Request, page: LoginPage, language: str, status: int) -> HTMLResponse:
    """The sign-in form with a token bound to this browser's visit."""
    config = tools_of(request).config
    visit = request.cookies.get(sessions.visit_cookie(config), "")
    request.state.form_secret = visit or sessions.new_secret()
    frame = sessions.frame_of(request, None)
    response = HTMLResponse(templates.render("pages/login.html", language, page=page, frame=frame), status)
    if page.faults:
        response.headers["X-Pulang-Code"] = page.faults[0].code
    if not visit:
        sessions.set_cookie(response, config, sessions.visit_cookie(config), request.state.form_secret)
    return response
