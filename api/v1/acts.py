"""What every call of the API shares: who asks, one body, one transaction that remembers the answer, one spelling."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query, Request
from starlette.responses import Response

from api.errors import Unauthenticated
from api.jsonbody import Body, into, read_json
from api.tools import Tools, ToolsDep, tools_of
from domain.clock import iso
from domain.errors import Invalid, Unparsable
from domain.regions import WIB
from domain.roles import Actor
from store import accounts, idempotency
from store.unit import Unit

KEY_LONGEST = 200
B = TypeVar("B", bound=Body)
Answer = tuple[int, Mapping[str, Any]]
Cursor = Annotated[str | None, Query(max_length=200)]


async def bearer(request: Request) -> Actor:
    """The account behind the token of this request.

    Raises Unauthenticated("TOKEN_MISSING" | "TOKEN_UNKNOWN"); a revoked token and one of a closed account are unknown.
    Raises NotAllowed("TOKEN_READS_ONLY") for a POST with a token for looking only.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("TOKEN_MISSING")
    tools = tools_of(request)
    acts = request.method not in ("GET", "HEAD")
    actor = await tools.units.glance(lambda reading: accounts.actor_of_token(reading, token.strip(), acts=acts))
    if actor is None:
        raise Unauthenticated("TOKEN_UNKNOWN")
    return actor


Bearer = Annotated[Actor, Depends(bearer)]


def idempotency_key(request: Request) -> str:
    """Raises Unparsable("KEY_MISSING") or Invalid("KEY_INVALID")."""
    keys = request.headers.getlist("idempotency-key")
    if not keys or not keys[0].strip():
        raise Unparsable("KEY_MISSING")
    if len(keys) > 1 or len(keys[0]) > KEY_LONGEST or not (keys[0].isascii() and keys[0].isprintable()):
        raise Invalid("KEY_INVALID", field="Idempotency-Key")
    return keys[0]


def body_hash(request: Request, body: Mapping[str, Any]) -> str:
    """What "the same body" means: same address, same JSON value, whatever its spacing and order."""
    text = json.dumps([request.url.path, body], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


async def idempotent(
    request: Request, tools: Tools, me: Actor, body: Mapping[str, Any], fn: Callable[[Unit], Answer]
) -> Response:
    """Does *fn* and remembers its answer in one transaction; the same key gives the same bytes again and does nothing.

    Raises Conflict("KEY_REUSED") for the same key with another body. What was refused is not remembered.
    """
    key, digest = idempotency_key(request), body_hash(request, body)

    def act(unit: Unit) -> tuple[int, str]:
        hashed = unit.vault.blind("idempotency", digest)
        known = idempotency.recall(unit, me.id, key, hashed)
        if known is not None:
            return known
        status, content = fn(unit)
        text = spelled(content)
        idempotency.remember(unit, me.id, key, hashed, status, text)
        return status, text

    status, text = await tools.units.write(me, act)
    return Response(text, status, media_type="application/json")


async def act(request: Request, tools: Tools, me: Actor, model: type[B], fn: Callable[[Unit, B], Answer]) -> Response:
    """One POST: key, body, fields, then *fn* in one transaction."""
    idempotency_key(request)
    value = await read_json(request)
    body = into(model, value)
    return await idempotent(request, tools, me, value, lambda unit: fn(unit, body))


def spelled(content: Any) -> str:
    """JSON with times in ISO 8601 with the zone of Jakarta, where the ministry is."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=_spell, allow_nan=False)


def _spell(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value, WIB)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"no JSON spelling for {type(value).__name__}")


def moment(text: str | None) -> datetime | None:
    """A time that was kept as ISO text."""
    return None if text is None else datetime.fromisoformat(text)


def shown(content: Any) -> Response:
    """An answer of a GET, in our one spelling of JSON."""
    return Response(spelled(content), media_type="application/json")


__all__ = [
    "Bearer",
    "Cursor",
    "ToolsDep",
    "act",
    "bearer",
    "idempotency_key",
    "idempotent",
    "moment",
    "shown",
    "spelled",
]
