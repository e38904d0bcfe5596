"""HTTP as it comes off the wire: uvicorn's httptools protocol with our answers to what is no request (B37-B40, T32).

Give it to uvicorn as `http=StrictHttp`. Requests that parse are the business of `api.security`.
"""

import asyncio
import secrets
import sys
from http import HTTPStatus
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
MAX_HEAD_BYTES = 64 * 1024  # what the parser may hold before the head is complete; `api.security` allows less
_HEADERS = (
    "X-Content-Type-Options: nosniff",
    "Cache-Control: no-store",
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy: no-referrer",
    "Cross-Origin-Opener-Policy: same-origin",
    "Cross-Origin-Resource-Policy: same-origin",
    "Connection: close",
)


class StrictHttp(HttpToolsProtocol):
    """One connection. The head of a request must be complete within 10 seconds and 64 KiB."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_here()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head_timer is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head_timer is not None and self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "HEADERS_TOO_LARGE")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._head_timer is None:
            self._expect_head()

    def on_headers_complete(self) -> None:
        self._head_is_here()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Called by uvicorn while it handles the parser's error."""
        if isinstance(sys.exc_info()[1], httptools.HttpParserInvalidMethodError):
            self._refuse(HTTPStatus.METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "Allow: GET, HEAD, POST")
        else:
            self._refuse(HTTPStatus.BAD_REQUEST, "BODY_BAD")

    def _expect_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._head_too_slow)

    def _head_is_here(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_too_slow(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "BODY_TOO_SLOW")

    def _refuse(self, status: HTTPStatus, code: str, *more: str) -> None:
        """Answers without the application and closes the connection."""
        self._head_is_here()
        body = code.encode()
        lines = [
            f"HTTP/1.1 {status.value} {status.phrase}",
            "Content-Type: text/plain; charset=utf-8",
            f"Content-Length: {len(body)}",
            f"X-Pulang-Code: {code}",
            f"X-Request-Id: {secrets.token_hex(8)}",
            *_HEADERS,
            *more,
        ]
        self.transport.write("\r\n".join([*lines, "", ""]).encode("ascii") + body)
        self.transport.close()
