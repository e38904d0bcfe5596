"""What stands before every route: host, size, path, origin, method and time limits, and the headers of every answer.

`Guard` is the outermost layer. Form tokens against forged posts are at the end (S28, T23).
"""

import asyncio
import hashlib
import re
import secrets
import time
from urllib.parse import unquote_to_bytes, urlsplit

import structlog
from fastapi import Request
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import errors, language
from api.health import REQUEST_SECONDS, REQUESTS
from api.tools import ApiConfig
from domain.errors import DomainError, NotAllowed, TooLarge, Unparsable
from domain.sheets.records import MOST_BYTES
from templates.engine import core_css_hash

log = structlog.get_logger("api")

MAX_URL_BYTES = 4096
MAX_HEADER_BYTES = 16 * 1024
MAX_HEADERS = 100
MAX_COOKIE_ESCAPES = 256  # each "\\" in a cookie is read in a time that grows with its length; ours have none
MAX_API_BYTES = 1024 * 1024
MAX_FORM_BYTES = 256 * 1024
MAX_SHEET_BYTES = MOST_BYTES + 256 * 1024  # a sheet of people and what is said of it
SHEETS = ("/manifes", "/api/v1/manifests")  # the two addresses that take one
BODY_SECONDS = 30.0
FORM_TOKEN_SECONDS = 12 * 3600  # longer than the longest session
METHODS = frozenset({"GET", "HEAD", "POST"})
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})|%2[fF]|%5[cC]|%00")
_STATIC = "/static/"


class Guard:
    """Refuses what no route should see, hands the rest on, and puts the security headers on whatever comes back."""

    def __init__(self, app: ASGIApp, config: ApiConfig, body_seconds: float = BODY_SECONDS) -> None:
        self.app = app
        self.config = config
        self.body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        scope.setdefault("state", {})["request_id"] = secrets.token_hex(8)
        is_head = scope["method"] == "HEAD"
        reply = _Reply(scope, send, self.config, is_head)
        request = Request(scope, receive)
        try:
            check_request(scope, self.config)
            if is_head:  # the server itself must go on seeing HEAD, so the routes get a copy
                scope = {**scope, "method": "GET"}
            await self.app(scope, _Limited(scope, receive, self.body_seconds), reply)
        except DomainError as refusal:
            headers = {"Connection": "close"}
            if isinstance(refusal, errors.MethodNotAllowed):
                headers["Allow"] = ", ".join(errors.allowed_methods(request) or ["GET", "HEAD"])
            await self._last_answer(errors.answer(request, refusal, headers), scope, receive, reply)
        except Exception as fault:
            await self._last_answer(errors.internal(request, fault), scope, receive, reply)
        self._note(scope, reply.status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        """Counts and logs the request by its route's template; the path itself may hold a link's token."""
        route = getattr(scope.get("route"), "path", "-")
        method = scope["method"] if scope["method"] in METHODS else "-"
        REQUESTS.labels(route, method, status).inc()
        REQUEST_SECONDS.labels(route).observe(seconds)
        log.info(
            "request_answered",
            route=route,
            method=method,
            status=status,
            duration_ms=round(seconds * 1000, 1),
            request_id=scope["state"]["request_id"],
        )

    async def _last_answer(self, response: ASGIApp, scope: Scope, receive: Receive, reply: "_Reply") -> None:
        if not reply.status:  # else the answer has begun and can only be cut off
            await response(scope, receive, reply)


class _Limited:
    """`receive` with the caps on size and time of a body."""

    def __init__(self, scope: Scope, receive: Receive, seconds: float) -> None:
        self._receive = receive
        self._path = scope["path"]
        self._deadline = asyncio.get_running_loop().time() + seconds
        self._size = 0
        self._is_done = False

    async def __call__(self) -> Message:
        if self._is_done:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise errors.TooSlow("BODY_TOO_SLOW") from None
        self._size += len(message.get("body", b""))
        if self._size > body_cap(self._path):
            raise too_large(self._path)
        self._is_done = not message.get("more_body", False)
        return message


class _Reply:
    """`send` with the headers that every answer carries; drops the body of an answer to HEAD."""

    def __init__(self, scope: Scope, send: Send, config: ApiConfig, is_head: bool) -> None:
        self._scope, self._send, self._config, self._is_head = scope, send, config, is_head
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            set_headers(MutableHeaders(raw=message.setdefault("headers", [])), self._scope, self._config)
        elif self._is_head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


def set_headers(headers: MutableHeaders, scope: Scope, config: ApiConfig) -> None:
    """S21-S27, S60. A route may set its own Content-Security-Policy and Cache-Control; they are kept."""
    path = scope["path"]
    headers["X-Request-Id"] = scope["state"]["request_id"]
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer" if path.startswith(errors.LINK_PREFIX) else "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers.setdefault("Content-Security-Policy", content_policy(path))
    if not path.startswith(_STATIC):
        headers.setdefault("Cache-Control", "no-store")
    if config.https:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    request = Request(scope)
    asked = language.asked_language(request)
    if asked is not None and request.cookies.get(language.COOKIE) != asked:
        headers.append("Set-Cookie", language.cookie_for(asked, secure=not config.is_loopback_http))


def content_policy(path: str) -> str:
    """The Content-Security-Policy of an address: nothing from elsewhere, no inline script, never inside a frame."""
    common = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
    if path.startswith(errors.API_PREFIX):
        return f"{common}; form-action 'none'; sandbox"
    if path.startswith(errors.LINK_PREFIX):
        return f"{common}; style-src 'self' '{core_css_hash()}'; img-src 'self' data:; form-action 'self'"
    return (
        f"{common}; style-src 'self' '{core_css_hash()}'; script-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; form-action 'self'"
    )


def body_cap(path: str) -> int:
    """Largest body in bytes at an address."""
    if path in SHEETS:
        return MAX_SHEET_BYTES
    return MAX_API_BYTES if path.startswith(errors.API_PREFIX) else MAX_FORM_BYTES


def too_large(path: str) -> TooLarge:
    """The refusal of a body beyond the cap of its address (B02, B36)."""
    if path in SHEETS:
        return TooLarge("FILE_TOO_LARGE", limit=MOST_BYTES)
    return TooLarge("BODY_TOO_LARGE", limit_bytes=body_cap(path))


def check_request(scope: Scope, config: ApiConfig) -> None:
    """Everything that can be refused from the head of a request alone, before its body is read (B36-B43)."""
    headers = Headers(raw=scope["headers"])
    check_size(scope, headers)
    check_host(headers, config)
    check_path(scope)
    if scope["method"] not in METHODS:
        raise errors.MethodNotAllowed("METHOD_NOT_ALLOWED")
    if scope["path"].startswith(errors.API_PREFIX):
        check_accept(headers)
    if scope["method"] == "POST":
        check_origin(scope["path"], headers)


def check_size(scope: Scope, headers: Headers) -> None:
    """Raises UriTooLong, HeadersTooLarge, TooLarge, or Unparsable("BODY_BAD") for framing that may be read two ways
    (B36, B37).
    """
    if sum(each.count("\\") for each in headers.getlist("cookie")) > MAX_COOKIE_ESCAPES:
        # the refusal's page, which looks for the reader's language, must not read them either
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name.lower() != b"cookie"]
        raise errors.HeadersTooLarge("HEADERS_TOO_LARGE")
    if len(scope.get("raw_path") or b"") + len(scope.get("query_string", b"")) > MAX_URL_BYTES:
        raise errors.UriTooLong("URL_TOO_LONG")
    block = sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    if block > MAX_HEADER_BYTES or len(scope["headers"]) > MAX_HEADERS:
        raise errors.HeadersTooLarge("HEADERS_TOO_LARGE")
    lengths = headers.getlist("content-length")
    if len(lengths) > 1 or (lengths and "transfer-encoding" in headers):
        raise Unparsable("BODY_BAD", reason="framing")
    if lengths and not (lengths[0].isascii() and lengths[0].isdigit()):
        raise Unparsable("BODY_BAD", reason="framing")
    if lengths and (len(lengths[0]) > 12 or int(lengths[0]) > body_cap(scope["path"])):
        raise too_large(scope["path"])


def check_host(headers: Headers, config: ApiConfig) -> None:
    """Raises Unparsable or Misdirected("HOST_UNKNOWN") unless one Host names this installation (B38)."""
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not hosts[0]:
        raise Unparsable("HOST_UNKNOWN")
    if not is_our_host(hosts[0], config.allowed_hosts):
        raise errors.Misdirected("HOST_UNKNOWN")


def is_our_host(host: str, allowed: tuple[str, ...]) -> bool:
    """Whether a Host header names one of ours: in full, or its name with any port where no port was demanded."""
    host = host.lower()
    name = re.sub(r":\d{1,5}$", "", host)
    return host in allowed or name in allowed


def check_path(scope: Scope) -> None:
    """Refuses paths that two parsers could read differently; what is left is decoded once, by the server (B43, S01)."""
    raw = scope.get("raw_path") or scope["path"].encode()
    try:
        text = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        raise Unparsable("PATH_BAD") from None
    is_odd = (
        not raw.startswith(b"/")
        or b"//" in raw
        or b"\\" in raw
        or _BAD_ESCAPE.search(raw) is not None
        or any(ord(character) < 32 or ord(character) == 127 for character in text)
        or any(step in (".", "..") for step in text.split("/"))
    )
    if is_odd:
        raise Unparsable("PATH_BAD")


def check_accept(headers: Headers) -> None:
    """Raises NotAcceptable for a caller of the API that takes no JSON."""
    accept = headers.get("accept", "")
    kinds = {part.partition(";")[0].strip().lower() for part in accept.split(",")} - {""}
    if kinds and not kinds & {"*/*", "application/*", "application/json", "application/problem+json"}:
        raise errors.NotAcceptable("NOT_ACCEPTABLE")


def check_origin(path: str, headers: Headers) -> None:
    """Refuses a post that a page of another site made (B41).

    Clients that are no browsers send neither header and are let through: they carry no cookie of ours. A link page
    sends no referrer, so its own posts come with `Origin: null`; it has no sign-in to abuse, only its nonce and code.
    """
    site = headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        raise NotAllowed("CROSS_SITE")
    origin = headers.get("origin")
    if origin is None or (origin == "null" and (site == "same-origin" or path.startswith(errors.LINK_PREFIX))):
        return
    try:
        sender = urlsplit(origin).netloc.lower()
    except ValueError:  # no address at all
        sender = ""
    if sender != headers.get("host", "").lower():
        raise NotAllowed("CROSS_SITE")


def _signer(config: ApiConfig) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(config.secret_key, salt="pulang.form")


def _bound_to(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


def make_form_token(config: ApiConfig, secret: str) -> str:
    """A signed form token that only the browser holding *secret* (its session or visit cookie) can use."""
    return str(_signer(config).dumps(_bound_to(secret)))


def check_form_token(config: ApiConfig, secret: str, token: str) -> None:
    """Raises NotAllowed("CROSS_SITE") unless *token* was made for *secret* within the last 12 hours."""
    try:
        bound = _signer(config).loads(token, max_age=FORM_TOKEN_SECONDS)
    except BadData:
        bound = ""
    if not secret or not secrets.compare_digest(str(bound).encode(), _bound_to(secret).encode()):
        raise NotAllowed("CROSS_SITE")
