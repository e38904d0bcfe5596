"""What every desk page shares: drawing it, forms that act once, refusals as faults, local times typed with a zone."""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from fastapi import Request
from starlette.responses import HTMLResponse, Response

import templates
from api.forms import Form
from api.language import language_of
from api.sessions import frame_of, see_other
from api.tools import tools_of
from domain.clock import parse_moment
from domain.errors import Conflict, DomainError, Invalid
from domain.regions import WIB, WIT, WITA
from domain.roles import Actor
from store import idempotency
from store.unit import Unit
from templates.engine import static_path
from templates.views import Fault

ZONES: Final = ((WIB, "WIB"), (WITA, "WITA"), (WIT, "WIT"))
_LONGEST_NONCE = 64


def draw(
    request: Request,
    me: Actor,
    template: str,
    here: str = "",
    *,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    **context: Any,
) -> HTMLResponse:
    """The page templates/pages/staff/<template>.html; the first fault's code goes into the header."""
    frame = frame_of(request, me, here)
    text = templates.render(
        f"pages/staff/{template}.html",
        language_of(request),
        frame=frame,
        faults=faults,
        nonce=new_nonce(),
        zones=ZONES,
        desk_css=_desk_css(),
        **context,
    )
    response = HTMLResponse(text, status)
    if faults:
        response.headers["X-Pulang-Code"] = faults[0].code
    return response


@cache
def _desk_css() -> str:
    """Version of our own stylesheet, so that browsers may keep it."""
    return hashlib.sha256((static_path() / "desk.css").read_bytes()).hexdigest()[:12]


def new_nonce() -> str:
    """The number of one form: the same number acts once."""
    return secrets.token_urlsafe(12)


def fault_of(error: DomainError) -> Fault:
    """A refusal as a page shows it: its field apart from its facts."""
    facts = dict(error.facts)
    return Fault(str(facts.pop("field", "")), error.code, facts)


async def once(request: Request, me: Actor, form: Form, fn: Callable[[Unit], str]) -> Response:
    """Does *fn* in one transaction and goes on to the address it returns; a second press goes there too.

    Raises what *fn* raises (then nothing is stored) and Conflict("STALE_PAGE") when the form was sent before with
    another content.
    """
    tools = tools_of(request)
    nonce = form.text("nonce")[:_LONGEST_NONCE]
    digest = _digest(request.url.path, form)

    def act(unit: Unit) -> str:
        if not nonce:
            return fn(unit)
        hashed = unit.vault.blind("idempotency", digest)
        try:
            known = idempotency.recall(unit, me.id, f"page-{nonce}", hashed)
        except Conflict:
            raise Conflict("STALE_PAGE") from None
        if known is not None:
            return known[1]
        where = fn(unit)
        idempotency.remember(unit, me.id, f"page-{nonce}", hashed, 303, where)
        return where

    return see_other(await tools.units.write(me, act))


async def led_to(request: Request, me: Actor, nonce: str) -> str | None:
    """Where the form of this number led when it was sent before; None when it was not."""
    key = f"page-{nonce[:_LONGEST_NONCE]}"
    return await tools_of(request).units.read(lambda reading: idempotency.find_answer(reading, me.id, key))


def _digest(path: str, form: Form) -> str:
    values = {key: value for key, value in form.values.items() if key != "csrf"}
    text = json.dumps([path, values, {key: list(several) for key, several in form.lists.items()}], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def fields(*names: str, prefixes: Iterable[str] = ()) -> Callable[[str], bool]:
    """Which field names a form takes: these, `nonce`, and those of the families `prefix[…]`."""
    plain = frozenset((*names, "nonce"))
    families = tuple(f"{prefix}[" for prefix in prefixes)
    return lambda name: name in plain or (bool(families) and name.startswith(families) and name.endswith("]"))


def typed_moment(form: Form, name: str) -> datetime | None:
    """The moment in the fields *name* (local time, or a whole ISO moment) and `<name>_zone`; None when left empty.

    Aware UTC. Raises Invalid("DATE_INVALID", field=name).
    """
    return moment_from(form.text(name), form.text(f"{name}_zone"), name)


def moment_from(text: str, zone: str, field: str) -> datetime | None:
    """Aware UTC from local text in *zone* (IANA; WIB when empty), None for nothing. Raises Invalid("DATE_INVALID")."""
    if not text:
        return None
    if zone and zone not in {iana for iana, _ in ZONES}:
        raise Invalid("DATE_INVALID", field=field)
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(zone or WIB))
        return parse_moment(moment.isoformat(), field)
    except (ValueError, DomainError):
        raise Invalid("DATE_INVALID", field=field) from None


def local_text(at: datetime | None, zone: str) -> str:
    """A moment as a `datetime-local` field has it."""
    return "" if at is None else at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
