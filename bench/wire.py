"""A small HTTP/1.1 client on kept connections, so that the driver costs little beside what it measures."""

import asyncio
import json
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


class Wire:
    """Connections to 127.0.0.1:*port*, made as they are needed and used again."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: deque[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = deque()
        self.requests = 0

    async def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Reply:
        """One request; a kept connection that the server has closed meanwhile is replaced once."""
        self.requests += 1
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self._port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        request = "\r\n".join([*lines, "", ""]).encode() + body
        while self._idle:
            reader, writer = self._idle.pop()
            try:
                return await self._exchange(reader, writer, request)
            except (ConnectionError, asyncio.IncompleteReadError):
                writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        return await self._exchange(reader, writer, request)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> Reply:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {}
        for line in head[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection") == "close":
            writer.close()
        else:
            self._idle.append((reader, writer))
        return Reply(int(head[0].split()[1]), headers, body)

    async def get(self, path: str, token: str = "") -> Reply:
        return await self.send("GET", path, {"Authorization": f"Bearer {token}"} if token else {})

    async def post_json(self, path: str, content: Any, token: str) -> Reply:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        headers["Idempotency-Key"] = uuid.uuid4().hex
        return await self.send("POST", path, headers, json.dumps(content).encode())

    async def post_form(self, path: str, fields: Mapping[str, str]) -> Reply:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self.send("POST", path, headers, urlencode(fields).encode())

    def close(self) -> None:
        while self._idle:
            self._idle.pop()[1].close()
