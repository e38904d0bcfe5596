"""Requests as bytes on a real socket: what uvicorn with our protocol makes of them."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import uvicorn

from api import protocol
from api.protocol import StrictHttp
from tests.support.client import Site

Ask = Callable[[bytes], Awaitable[bytes]]
HOST = b"Host: 127.0.0.1\r\nConnection: close\r\n"


@pytest.fixture
async def ask(site: Site) -> AsyncIterator[Ask]:
    """Sends bytes and gives back whatever comes until the connection is closed."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    config = uvicorn.Config(
        site.app,
        http=StrictHttp,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)

    async def send(data: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(data)
            await writer.drain()
            async with asyncio.timeout(5):
                return await reader.read()
        finally:
            writer.close()

    yield send
    server.should_exit = True
    await serving


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def head(answer: bytes) -> str:
    return answer.split(b"\r\n\r\n", 1)[0].decode("latin-1").lower()


@pytest.mark.proves("B37", "T31", "S35")
@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"Transfer-Encoding: chunkedd\r\n\r\n0\r\n\r\n",
        b"Content-Length : 5\r\n\r\nhello",
        b"Content-Length: +5\r\n\r\nhello",
    ],
)
async def test_bodies_that_could_be_read_in_two_ways_close_the_connection(ask: Ask, framing: bytes) -> None:
    answer = await ask(b"POST /masuk HTTP/1.1\r\n" + HOST + framing)
    assert status(answer) == 400
    assert answer.count(b"HTTP/1.1 ") == 1
    assert "x-pulang-code: body_bad" in head(answer)
    assert "connection: close" in head(answer)
    assert "x-request-id: " in head(answer)


@pytest.mark.proves("B39")
async def test_invented_methods_are_told_which_ones_there_are(ask: Ask) -> None:
    answer = await ask(b"INVENTED /masuk HTTP/1.1\r\n" + HOST + b"X-Secret: echo-me\r\n\r\n")
    assert status(answer) == 405
    assert "allow: get, head, post" in head(answer)
    assert b"echo-me" not in answer


@pytest.mark.proves("B40", "T32")
async def test_heads_that_do_not_end_are_cut_off(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert status(await ask(b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + b"x" * 20_000 + b"\r\n\r\n")) == 431
    assert status(await ask(b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + b"x" * 100_000)) == 431
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.05)
    assert status(await ask(b"GET /healthz HTTP/1.1\r\nHost: 127")) == 408


@pytest.mark.proves("B38", "B43")
@pytest.mark.parametrize(
    ("request_bytes", "expected"),
    [
        (b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 421),
        (b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n" + HOST + b"\r\n", 400),
        (b"GET /%zz HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET /\xc0\xae HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET /static/../views.py HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n", 400),
    ],
)
async def test_odd_heads_are_refused(ask: Ask, request_bytes: bytes, expected: int) -> None:
    assert status(await ask(request_bytes)) == expected


async def test_head_and_get_tell_the_same_length(ask: Ask) -> None:
    answer = await ask(b"HEAD /masuk HTTP/1.1\r\n" + HOST + b"\r\n")
    assert status(answer) == 200
    assert answer.endswith(b"\r\n\r\n")
    assert "content-length: " in head(answer)


@pytest.mark.proves("B36")
async def test_a_large_body_is_refused_when_it_is_announced(ask: Ask) -> None:
    answer = await ask(b"POST /masuk HTTP/1.1\r\n" + HOST + b"Content-Length: 200000000\r\n\r\nabc")
    assert status(answer) == 413
