"""A caller of the running house: one kept connection, JSON for the API, forms for link pages."""

import http.client
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

TIMEOUT_S = 30.0


class Away(Exception):
    """The house does not answer, or answered with a fault of its own."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the house. location: where a form leads, without the host."""

    status: int
    text: str
    location: str = ""

    def json(self) -> Any:
        """The body of an answer of the API."""
        return json.loads(self.text)


class Caller:
    """Calls 127.0.0.1:*port* with the tokens of the demonstration's accounts."""

    def __init__(self, port: int, accounts: list[dict[str, Any]]) -> None:
        self._port = port
        self._connection: http.client.HTTPConnection | None = None
        self._tokens: dict[str, list[str]] = {}
        for account in accounts:
            self._tokens.setdefault(account["role"], []).append(account["token"])

    def number_of(self, role: str) -> int:
        """How many accounts of that role there are."""
        return len(self._tokens.get(role, ()))

    def get(self, path: str, role: str = "koordinator") -> Any:
        """JSON of a call of the API that must succeed. Raises Away."""
        reply = self._send("GET", f"/api/v1{path}", self._bearer(role, 0), b"")
        if reply.status != 200:
            raise Away(f"GET {path}: {reply.status}")
        return reply.json()

    def post(self, path: str, body: Mapping[str, Any], role: str = "koordinator", number: int = 0) -> Reply:
        """A call that changes something, by the account of that *number* among those of the role. Raises Away."""
        headers = self._bearer(role, number) | {"Content-Type": "application/json"}
        headers["Idempotency-Key"] = str(uuid.uuid4())
        return self._send("POST", f"/api/v1{path}", headers, json.dumps(body).encode())

    def page(self, path: str) -> Reply:
        """A link page as an officer's browser asks for it. Raises Away."""
        return self._send("GET", path, {}, b"")

    def send_form(self, path: str, fields: Mapping[str, str]) -> Reply:
        """Posts a link page's form. Raises Away."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send("POST", path, headers, urlencode(fields).encode())

    def _bearer(self, role: str, number: int) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[role][number]}"}

    def _send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        for is_last in (False, True):
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
            try:
                self._connection.request(method, path, body or None, dict(headers))
                answer = self._connection.getresponse()
                reply = Reply(answer.status, answer.read().decode(), answer.headers.get("Location", ""))
            except (OSError, http.client.HTTPException) as fault:
                self._connection.close()
                self._connection = None
                if is_last:
                    raise Away(str(fault)) from None
            else:
                if reply.status >= 500:
                    raise Away(f"{method} {path.partition('/t/')[0] or '/t/'}: {reply.status}")
                return reply
        raise AssertionError("unreachable")
