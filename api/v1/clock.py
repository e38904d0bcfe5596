"""The demonstration's clock: it goes from due moment to due moment, each settled before the next (ARCHITECTURE, Time).

Outside demonstration these addresses do not exist. Real time goes on meanwhile, so the offset only grows.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.jsonbody import into, read_json
from api.v1 import schemas
from api.v1.acts import Bearer, ToolsDep, body_hash, idempotency_key, shown, spelled
from api.v1.openapi import takes
from domain.clock import parse_duration, parse_moment
from domain.errors import Conflict, Invalid, NotFound
from domain.journal import Kind
from domain.roles import Actor
from store import house, idempotency, journal
from store.unit import Reading, Unit, Units

POLL_S = 0.015
LAST_YEAR = 2200
STEP_OVER = timedelta(milliseconds=1)
MOVING = 202  # remembered for a key whose move has begun and whose final answer is not known yet


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the clock stands. settled: nothing due is left; next_due_at: application time."""

    now: datetime
    offset_s: float
    settled: bool
    next_due_at: datetime | None

    def view(self) -> dict[str, Any]:
        """The answer of `GET /demo/clock`; times aware, `offset_s` in seconds."""
        return {
            "now": self.now,
            "offset_s": round(self.offset_s, 3),
            "settled": self.settled,
            "next_due_at": self.next_due_at,
        }


def standing(reading: Reading) -> Standing:
    """Where the application clock stands, and whether anything due is left, read from rows alone."""
    settled, next_due_at = journal.settled(reading, reading.now)
    return Standing(reading.now, reading.offset_s, settled, next_due_at)


class Mover:
    """At most one move of the clock at a time; further calls join it."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self._going: asyncio.Task[None] | None = None

    @property
    def is_going(self) -> bool:
        return self._going is not None and not self._going.done()

    def start(self, target: datetime, by: Actor) -> None:
        """Begins to move towards *target* unless a move is going on."""
        if not self.is_going:
            self._going = asyncio.create_task(self._move(target, by))

    async def wait(self, seconds: float) -> None:
        """Until the move is over, or *seconds* of real time are; it goes on either way. Raises what stopped it."""
        if self._going is not None:
            done, _ = await asyncio.wait({self._going}, timeout=seconds)
            for task in done:
                task.result()

    async def stop(self) -> None:
        """Ends a move under way, as at the end of the process."""
        if self._going is not None:
            self._going.cancel()
            await asyncio.gather(self._going, return_exceptions=True)

    async def _move(self, target: datetime, by: Actor) -> None:
        while True:
            here = await self._settled()
            if here.now >= target:
                return
            moment = here.next_due_at + STEP_OVER if here.next_due_at is not None else target
            await self._units.write(by, partial(step, to=min(moment, target)))

    async def _settled(self) -> Standing:
        while True:
            here = await self._units.read(standing)
            if here.settled:
                return here
            await asyncio.sleep(POLL_S)


def step(unit: Unit, to: datetime) -> None:
    """Sets the clock to *to*; when real time is already past it the clock stays as it is."""
    offset_s = (to - unit.real_now).total_seconds()
    unit.without_journal("one step of a move of the demonstration clock; the move has its row")
    if offset_s > unit.offset_s:
        house.step_clock(unit, offset_s)


def target_of(body: schemas.ClockBody, now: datetime) -> datetime:
    """The moment that was asked for, application time.

    Raises Invalid("FIELD_MISSING" | "FIELD_REPEATED" | "DURATION_INVALID" | "TIME_INVALID"), Conflict("CLOCK_BACK").
    """
    if body.advance is None and body.to is None:
        raise Invalid("FIELD_MISSING", field="advance")
    if body.advance is not None and body.to is not None:
        raise Invalid("FIELD_REPEATED", field="to")
    target = parse_moment(body.to, "to") if body.to is not None else now + parse_duration(body.advance or "")
    if target.year > LAST_YEAR:
        raise Invalid("TIME_INVALID", field="advance" if body.to is None else "to")
    if target < now:
        raise Conflict("CLOCK_BACK")
    return target


def demonstration_only(tools: ToolsDep) -> None:
    """Raises NotFound outside demonstration, whoever asks."""
    if not tools.config.demo:
        raise NotFound("NOT_FOUND")


router = APIRouter(prefix="/demo/clock", tags=["demonstration"], dependencies=[Depends(demonstration_only)])


@router.get("")
async def show(me: Bearer, tools: ToolsDep) -> Response:
    """Where the demonstration's clock stands."""
    return shown((await tools.units.read(standing)).view())


@router.post("", openapi_extra=takes(schemas.ClockBody))
async def move(request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """Moves the clock forward. The same key never moves it twice: it waits and says where the clock stands."""
    key = idempotency_key(request)
    value = await read_json(request)
    body = into(schemas.ClockBody, value)
    digest = body_hash(request, value)
    mover: Mover = request.app.state.mover

    def begin(unit: Unit) -> datetime | None:
        hashed = unit.vault.blind("idempotency", digest)
        if idempotency.recall(unit, me.id, key, hashed) is not None:
            return None
        target = target_of(body, unit.now)
        idempotency.remember(unit, me.id, key, hashed, MOVING, "{}")
        if mover.is_going:
            return None
        offset_s = (target - unit.real_now).total_seconds()
        unit.append(journal.HOUSE, Kind.CLOCK_MOVED, {"offset_s": round(offset_s, 3), "to": target.isoformat()})
        return target

    target = await tools.units.write(me, begin)
    if target is not None:
        mover.start(target, me)
    await mover.wait(tools.config.clock_patience_s)
    here = await tools.units.read(standing)
    is_done = here.settled and not mover.is_going
    answer = {**here.view(), "settled": is_done}
    return Response(spelled(answer), 200 if is_done else 202, media_type="application/json")
