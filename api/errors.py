"""A refusal becomes problem+json under /api and a page in words elsewhere, with the same code in both.

Nothing that a person typed goes back: only the code, its sentence, the request's number and facts, which are ids,
codes, numbers and field names (RELIABILITY section 3).
"""

import json
import traceback
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response

import templates
from api.language import language_of
from api.tools import Tools, tools_of
from domain.errors import DomainError, Invalid
from templates import words
from templates.views import AskedBy, ErrorPage

log = structlog.get_logger("api")
API_PREFIX = "/api/"
LINK_PREFIX = "/t/"
_RESERVED = frozenset({"type", "title", "status", "detail", "code", "request_id"})
_BY_STATUS = {
    400: "BODY_BAD",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    406: "NOT_ACCEPTABLE",
    413: "BODY_TOO_LARGE",
    415: "TYPE_UNSUPPORTED",
}


class Unauthenticated(DomainError):
    """Nobody is signed in, or the token is not known (401)."""

    status: ClassVar[int] = 401


class NotAcceptable(DomainError):
    """The API speaks JSON only (406)."""

    status: ClassVar[int] = 406


class MethodNotAllowed(DomainError):
    """Not a method of this address (405)."""

    status: ClassVar[int] = 405


class TooSlow(DomainError):
    """The body did not arrive in time (408)."""

    status: ClassVar[int] = 408


class UriTooLong(DomainError):
    """The address and its query are longer than 4 KiB (B40)."""

    status: ClassVar[int] = 414


class Misdirected(DomainError):
    """A host name that is not ours (421)."""

    status: ClassVar[int] = 421


class HeadersTooLarge(DomainError):
    """The head of the request is larger than 16 KiB or has too many lines (B40)."""

    status: ClassVar[int] = 431


class Internal(DomainError):
    """A fault of ours (500); the reference is the request's number."""

    status: ClassVar[int] = 500


def request_id_of(request: Request) -> str:
    """The number under which this request stands in the log; "" before the guard gave one."""
    return str(getattr(request.state, "request_id", ""))


def answer(request: Request, error: DomainError, headers: Mapping[str, str] | None = None) -> Response:
    """The answer for *error*, in the shape of the address that was asked."""
    extra = dict(headers or {})
    extra["X-Pulang-Code"] = error.code
    retry_s = error.facts.get("retry_after_s") or (5 if error.status == 503 else None)
    if retry_s is not None:
        extra["Retry-After"] = str(int(retry_s))
    if error.status == 401:
        extra["WWW-Authenticate"] = 'Bearer realm="pulang"'
    if request.url.path.startswith(API_PREFIX):
        return _problem(request, error, extra)
    return _page(request, error, extra)


def _problem(request: Request, error: DomainError, headers: Mapping[str, str]) -> Response:
    sentence = words.error_words(error.code, error.facts, language_of(request), str(error.facts.get("field", "")))
    facts = {key: value for key, value in error.facts.items() if key not in _RESERVED}
    if "faults" in facts:
        facts["faults"] = [_fault(each) for each in facts["faults"]]
    content = {
        "type": "about:blank",
        "title": sentence.title,
        "status": error.status,
        "code": error.code,
        "detail": f"{sentence.body} {sentence.remedy}".strip(),
        "request_id": request_id_of(request),
        **facts,
    }
    text = json.dumps(content, ensure_ascii=False, default=_spelled)
    return Response(text, error.status, dict(headers), media_type="application/problem+json")


def _fault(fault: Any) -> dict[str, str]:
    if isinstance(fault, Mapping):
        return {"field": str(fault["field"]), "code": str(fault["code"])}
    field, code = fault
    return {"field": str(field), "code": str(code)}


def _spelled(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return sorted(value)
    return str(value)


def _page(request: Request, error: DomainError, headers: Mapping[str, str]) -> Response:
    tools = tools_of(request)
    language = language_of(request)
    path = request.url.path
    is_link = path.startswith(LINK_PREFIX)
    page = ErrorPage(
        status=error.status,
        code=error.code,
        facts=dict(error.facts),
        event=request_id_of(request) if error.status >= 500 else "",
        asked_by=asked_by(tools),
        path=path if is_link else "/",
    )
    if is_link:
        text = templates.render("pages/link/refused.html", language, page=page)
    else:
        from api.sessions import frame_of  # sessions stands on this module

        frame = frame_of(request, getattr(request.state, "me", None))
        text = templates.render("pages/errors/error.html", language, page=page, frame=frame)
    return HTMLResponse(text, error.status, dict(headers))


def desk(tools: Tools) -> dict[str, Any]:
    """What the foot of every page says: the desk's name and telephone, and whether this is a demonstration."""
    config = tools.units.config
    return {"desk_name": config.desk_name, "desk_phone": config.desk_phone, "demo": tools.config.demo}


def asked_by(tools: Tools) -> AskedBy:
    """Who asks, with both telephones, as pages and refusals name it."""
    config = tools.units.config
    return AskedBy(unit=config.desk_name, phone=config.desk_phone, duty_phone=config.duty_phone)


def internal(request: Request, fault: Exception) -> Response:
    """500 with a reference. Logged: type, place in our code and the reference; never the text, which holds values."""
    frames = traceback.extract_tb(fault.__traceback__)[-3:]
    log.error(
        "request_failed",
        request_id=request_id_of(request),
        error=type(fault).__name__,
        where=[f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames)],
    )
    try:
        return answer(request, Internal("INTERNAL", reference=request_id_of(request)))
    except Exception as second:  # the page of the fault is at fault itself: the code must still arrive
        log.error("error_page_failed", request_id=request_id_of(request), error=type(second).__name__)
        return PlainTextResponse(f"INTERNAL {request_id_of(request)}", 500, {"X-Pulang-Code": "INTERNAL"})


async def _domain(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)  # noqa: S101
    return answer(request, error)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    made = type("HttpError", (DomainError,), {"status": error.status_code})
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(allowed_methods(request))
    return answer(request, made(_BY_STATUS.get(error.status_code, "BODY_BAD")), headers)


async def _validation(request: Request, error: Exception) -> Response:
    """A path or query value of the wrong type: names of the fields only."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    names = [str(detail["loc"][-1]) for detail in error.errors() if detail["loc"]]
    faults = [{"field": name, "code": "FIELD_TYPE"} for name in names]
    return answer(request, Invalid("FIELD_TYPE", field=names[0] if names else "", faults=faults))


def allowed_methods(request: Request) -> list[str]:
    """Methods that some route takes at this address, for the Allow header."""
    found = []
    for method in ("GET", "POST"):
        scope = {**request.scope, "method": method}
        if any(route.matches(scope)[0].name == "FULL" for route in request.app.router.routes):
            found.append(method)
    return ["GET", "HEAD", *found[1:]] if "GET" in found else found


def install(app: FastAPI) -> None:
    """Registers the handlers; the last resort (any other exception) stands in `api.security.Guard`."""
    app.add_exception_handler(DomainError, _domain)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
