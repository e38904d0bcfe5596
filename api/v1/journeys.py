"""Calls on the way home: approvals of the gate, legs, departure, events under way."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.v1 import schemas
from api.v1.acts import Answer, Bearer, ToolsDep, act
from api.v1.openapi import takes
from store import gatekeeping, journey
from store.journey import LegEntry
from store.unit import Unit

router = APIRouter(prefix="/cases/{number}", tags=["journeys"])


@router.post("/legs", openapi_extra=takes(schemas.LegsBody))
async def plan_legs(number: str, request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """Answers the plan of the journey with its legs, or replaces those not yet departed."""

    def plan(unit: Unit, body: schemas.LegsBody) -> Answer:
        receipt = journey.plan_legs(unit, number, [leg_of(leg) for leg in body.legs])
        return 201, {"number": number, "legs": len(body.legs), "receipt": receipt}

    return await act(request, tools, me, schemas.LegsBody, plan)


def leg_of(body: schemas.LegBody) -> LegEntry:
    """A leg of a body as the store takes it."""
    return LegEntry(
        kind=body.kind,
        origin=body.from_,
        target=body.to,
        carrier=body.carrier or "",
        departs_at=body.departs_at,
        arrives_at=body.arrives_at,
        hands_to=body.hands_to,
        escort=body.escort or "",
    )


@router.post("/approvals", openapi_extra=takes(schemas.ApprovalBody))
async def approve(number: str, request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """One of the two approvals of the gate, or a sending back."""

    def sign(unit: Unit, body: schemas.ApprovalBody) -> Answer:
        gatekeeping.approve(unit, number, body.decision, body.snapshot, body.note)
        return 201, {"number": number, "decision": body.decision, "snapshot": body.snapshot}

    return await act(request, tools, me, schemas.ApprovalBody, sign)


@router.post("/departures", openapi_extra=takes(schemas.DepartureBody))
async def depart(number: str, request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """The departure check; BERANGKAT judges the gate again in its own transaction."""

    def leave(unit: Unit, body: schemas.DepartureBody) -> Answer:
        made = journey.depart(unit, number, body.leg, body.result, body.at, body.until, body.note)
        answer = {"number": number, "leg": body.leg, "result": body.result}
        return 201, answer if made is None else answer | {
            "receipt": made.receipt,
            "state": made.state,
            "task": made.task,
        }

    return await act(request, tools, me, schemas.DepartureBody, leave)


@router.post("/legs/{leg}/events", openapi_extra=takes(schemas.LegEventBody))
async def leg_event(number: str, leg: int, request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """Notes that a leg departed or arrived."""

    def record(unit: Unit, body: schemas.LegEventBody) -> Answer:
        journey.record_leg_event(unit, number, leg, body.event, body.at, body.note)
        return 200, {"number": number, "leg": leg, "event": body.event}

    return await act(request, tools, me, schemas.LegEventBody, record)
