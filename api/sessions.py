"""Who is asking: the sign-in cookie, its session in the database, and the form tokens bound to it.

Sessions and limits follow real time. Cookies and tokens are random; at rest there is only their keyed hash (S47, S52).
"""

import secrets
from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import Depends, Request
from starlette.responses import RedirectResponse, Response

import templates
from api.errors import desk
from api.forms import Form, Known, Upload, read_form, read_upload
from api.language import language_of
from api.security import check_form_token, make_form_token
from api.tools import ApiConfig, tools_of
from domain.roles import SYSTEM, Actor
from store import accounts
from templates.views import Frame

SIGN_IN = "/masuk"
LONGEST_NEXT = 500


class SignInNeeded(Exception):
    """A page behind the sign-in was asked for without one; answered with a redirect to the sign-in page."""


def session_cookie(config: ApiConfig) -> str:
    """Name of the sign-in cookie, as CONTRACT gives it."""
    return "pulang_session" if config.is_loopback_http else "__Host-pulang_session"


def visit_cookie(config: ApiConfig) -> str:
    """The cookie that form tokens are bound to before anybody is signed in."""
    return "pulang_visit" if config.is_loopback_http else "__Host-pulang_visit"


def set_cookie(response: Response, config: ApiConfig, name: str, value: str) -> None:
    """A cookie for this browser session only, out of reach of scripts and other sites."""
    response.set_cookie(name, value, path="/", httponly=True, samesite="lax", secure=not config.is_loopback_http)


def drop_cookie(response: Response, config: ApiConfig, name: str) -> None:
    """Makes the browser forget a cookie that `set_cookie` set."""
    response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=not config.is_loopback_http)


async def find_signed_in(request: Request) -> Actor | None:
    """The account behind this request's session, or None. Renews the session at most once a minute."""
    tools = tools_of(request)
    secret = request.cookies.get(session_cookie(tools.config), "")
    if not secret:
        return None
    session = await tools.units.glance(lambda reading: accounts.find_session(reading, secret))
    if session is None:
        return None
    if session.wants_touch:
        await tools.units.write(SYSTEM, lambda unit: accounts.touch_session(unit, secret))
    request.state.form_secret, request.state.me = secret, session.actor
    return session.actor


async def signed_in(request: Request) -> Actor:
    """The account that asks. Raises SignInNeeded."""
    actor = await find_signed_in(request)
    if actor is None:
        raise SignInNeeded
    return actor


SignedIn = Annotated[Actor, Depends(signed_in)]


def sign_in_redirect(request: Request, _: Exception) -> Response:
    """303 to the sign-in page; a page that was only looked at is named, so that the way goes on there afterwards."""
    where = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    is_page = request.method == "GET" and 1 < len(where) <= LONGEST_NEXT
    return see_other(f"{SIGN_IN}?{urlencode({'next': where})}" if is_page else SIGN_IN)


def see_other(path: str, **query: str) -> RedirectResponse:
    """303 to one of our own addresses, with codes only in its query (`notice`)."""
    return RedirectResponse(path + (f"?{urlencode(query, quote_via=quote)}" if query else ""), status_code=303)


def new_secret() -> str:
    """A cookie's random value, 256 bits."""
    return secrets.token_urlsafe(32)


def form_token(request: Request) -> str:
    """The value of the hidden field `csrf` of every form on a page behind the sign-in."""
    return make_form_token(tools_of(request).config, request.state.form_secret)


async def read_page_form(request: Request, known: Known, multi: Iterable[str] = ()) -> Form:
    """`forms.read_form` for a page behind the sign-in: `csrf` must be there and be this session's.

    Raises what `read_form` raises, and NotAllowed("CROSS_SITE").
    """
    knows = known if callable(known) else frozenset(known).__contains__
    form = await read_form(request, lambda name: name == "csrf" or knows(name), multi)
    _check_token(request, form)
    return form


async def read_page_upload(request: Request, known: Known, name: str) -> tuple[Form, Upload | None]:
    """`forms.read_upload` for a page behind the sign-in, with the same token. Raises as `read_page_form`."""
    knows = known if callable(known) else frozenset(known).__contains__
    form, upload = await read_upload(request, lambda each: each == "csrf" or knows(each), name)
    _check_token(request, form)
    return form, upload


def _check_token(request: Request, form: Form) -> None:
    check_form_token(tools_of(request).config, getattr(request.state, "form_secret", ""), form.raw("csrf"))


def frame_of(request: Request, me: Actor | None, here: str = "", **more: Any) -> Frame:
    """The frame of a page: menu, form token, telephone, the note of a redirect (`?notice=CODE`)."""
    query = [(key, value) for key, value in request.query_params.multi_items() if key not in ("lang", "notice")]
    path = request.url.path + (f"?{urlencode(query)}" if query else "")
    notice = request.query_params.get("notice", "")
    is_code = notice.isascii() and notice.replace("_", "").isalnum() and len(notice) <= 40
    token = form_token(request) if getattr(request.state, "form_secret", "") else ""
    return templates.frame(
        me,
        path,
        language_of(request),
        here=here,
        csrf=token,
        notice=notice if is_code else "",
        **desk(tools_of(request)),
        **more,
    )
