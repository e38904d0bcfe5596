"""Calls on one case: start it, read it, and the acts of coordinator, approver and escort (CONTRACT, API)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.v1 import schemas
from api.v1.acts import Answer, Bearer, Cursor, ToolsDep, act, moment, shown
from api.v1.openapi import takes
from domain.clock import parse_moment
from domain.errors import NotAllowed
from domain.ids import parse_hold_id
from domain.roles import Action
from store import case_acts, overview, starting
from store.access import must_be_of_shelter
from store.case_view import CaseView, case_json, journal_page, view_case
from store.casefile import open_case_file
from store.overview import Filters, Listed
from store.starting import OpenOrder, PersonEntry
from store.unit import Unit
from templates.words import remedy_both

router = APIRouter(tags=["cases"])


def standing(unit: Unit, number: str) -> dict[str, Any]:
    """What an act answers with when CONTRACT asks for no more: which case, and its status now."""
    return {"number": number, "status": open_case_file(unit, number).course.status.value}


def person_of(body: schemas.PersonBody) -> PersonEntry:
    """The person of a body as the store takes it."""
    return PersonEntry(
        name=body.name,
        sex=body.sex,
        birth_date=body.birth_date,
        birth_date_quality=body.birth_date_quality,
        nik=body.nik,
        documents=tuple((document.kind, document.number) for document in body.documents),
        address=body.address,
        phone=body.phone,
    )


def order_of(body: schemas.OpenBody) -> OpenOrder:
    """A start as the store takes it."""
    return OpenOrder(
        person=person_of(body.person),
        entry_route=body.entry_route,
        shelter=body.shelter,
        destination=body.destination,
        mission=body.mission,
        debarkation=body.debarkation,
        urgent=body.urgent,
        flags=body.flags,
        offices=body.offices,
        decisions=tuple((each.number, each.decision) for each in body.duplicate_decisions),
    )


@router.post("/cases", openapi_extra=takes(schemas.OpenBody))
async def open_case(request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """Starts a return, 201; the same person known already is 200, or 409 `DUPLICATE_FOUND` before a decision."""

    def start(unit: Unit, body: schemas.OpenBody) -> Answer:
        opened = starting.open_case(unit, order_of(body))
        answer = {"number": opened.number, "status": opened.status, "matches": list(opened.matches)}
        return (200 if opened.known else 201), answer

    return await act(request, tools, me, schemas.OpenBody, start)


def line_of(listed: Listed) -> dict[str, Any]:
    """One case in a list; times aware, `since` as kept."""
    return {
        "number": listed.number,
        "status": listed.status,
        "stage": listed.stage,
        "holds": listed.holds,
        "urgent": listed.urgent,
        "waits_for": [
            {"task": wait["task"], "agency": wait["agency"], "since": moment(wait["since"])} for wait in listed.waits
        ],
        "next_at": listed.next_at,
    }


@router.get("/cases")
async def list_cases(
    me: Bearer,
    tools: ToolsDep,
    status: Annotated[str | None, Query(max_length=40)] = None,
    agency: Annotated[str | None, Query(max_length=64)] = None,
    due_before: Annotated[str | None, Query(max_length=40)] = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
    cursor: Cursor = None,
) -> Response:
    """Cases this account sees, newest first. Raises Invalid for a filter or cursor that cannot be."""
    before = None if due_before is None else parse_moment(due_before, "due_before")
    filters = Filters(status=status, agency=agency, due_before=before, q=q)
    page, following = await tools.units.read(lambda reading: overview.list_cases(reading, me, filters, cursor))
    return shown({"items": [line_of(listed) for listed in page], "next_cursor": following})


@router.get("/cases/{number}")
async def case(number: str, me: Bearer, tools: ToolsDep) -> Response:
    """The whole case. Opening it leaves one row in the reading journal; for an approver it opens the items too."""
    view = await tools.units.write(me, lambda unit: view_case(unit, number, "api"))
    content = case_json(view, me)
    for check in content["gate"]["checks"]:
        for wait in check["waits"]:
            wait["remedy"] = remedy_of(view, wait["remedy"])
    return shown(content)


def remedy_of(view: CaseView, remedy: dict[str, Any]) -> dict[str, str]:
    """What would clear a check, in both languages: codes of offices and tasks become their names."""
    facts = dict(remedy["facts"])
    office = view.file.world.register.find(facts["agency"]) if facts.get("agency") else None
    rules = view.course.procedure.tasks
    rule = rules.get(facts.get("task", ""))
    facts["tasks"] = [rules[code].titles for code in facts.get("tasks", ())]
    if office is not None:
        facts["agency"] = office.name
    if rule is not None:
        facts["task"] = rule.titles
    return remedy_both(remedy["code"], facts)


@router.get("/cases/{number}/journal")
async def case_journal(
    number: str, me: Bearer, tools: ToolsDep, after: Annotated[int, Query(ge=0, le=10**9)] = 0
) -> Response:
    """Codes only; what people wrote stays sealed."""
    me.must(Action.READ_CASE)

    def look(unit: Unit) -> dict[str, Any]:
        if me.sees_short_card:
            raise NotAllowed("ROLE_LACKS_ACTION", action="read_journal")
        must_be_of_shelter(unit, open_case_file(unit, number))
        return journal_page(unit, True, number, after)

    return shown(await tools.units.write(me, look))


@router.post("/cases/{number}/duplicates", openapi_extra=takes(schemas.DuplicatesBody))
async def decide_duplicate(number: str, request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """Ends a draft: another person starts, the same takes it back."""

    def decide(unit: Unit, body: schemas.DuplicatesBody) -> Answer:
        return 200, {"number": number, "status": starting.decide_duplicate(unit, number, body.number, body.decision)}

    return await act(request, tools, me, schemas.DuplicatesBody, decide)


@router.post("/cases/{number}/offices", openapi_extra=takes(schemas.OfficesBody))
async def name_offices(number: str, request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """Names offices for asks not yet opened."""

    def name(unit: Unit, body: schemas.OfficesBody) -> Answer:
        case_acts.name_offices(unit, number, body.offices, body.mission, body.debarkation, body.reason)
        return 200, standing(unit, number)

    return await act(request, tools, me, schemas.OfficesBody, name)


@router.post("/cases/{number}/flags", openapi_extra=takes(schemas.FlagsBody))
async def set_flags(number: str, request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """Answers flags; which tasks apply follows at once."""

    def change(unit: Unit, body: schemas.FlagsBody) -> Answer:
        case_acts.set_flags(unit, number, body.flags, body.reason)
        return 200, standing(unit, number)

    return await act(request, tools, me, schemas.FlagsBody, change)


@router.post("/cases/{number}/holds", openapi_extra=takes(schemas.HoldBody))
async def set_hold(number: str, request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """Places a hold, 201 with its id."""

    def hold(unit: Unit, body: schemas.HoldBody) -> Answer:
        day = body.review_on.isoformat() if body.review_on else None
        made = case_acts.set_hold(unit, number, body.kind, body.reason, day)
        return 201, {"id": made, "kind": body.kind, **standing(unit, number)}

    return await act(request, tools, me, schemas.HoldBody, hold)


@router.post("/cases/{number}/holds/{hold}/lift", openapi_extra=takes(schemas.ReasonBody))
async def lift_hold(number: str, hold: str, request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """Lifts one hold."""

    def lift(unit: Unit, body: schemas.ReasonBody) -> Answer:
        case_acts.lift_hold(unit, number, parse_hold_id(hold), body.reason)
        return 200, {"id": hold, **standing(unit, number)}

    return await act(request, tools, me, schemas.ReasonBody, lift)


@router.post("/cases/{number}/receiver", openapi_extra=takes(schemas.ReceiverBody))
async def name_receiver(number: str, request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """Names who takes the person in."""

    def name(unit: Unit, body: schemas.ReceiverBody) -> Answer:
        case_acts.name_receiver(unit, number, body.relation, body.name, body.phone, body.agency)
        return 200, standing(unit, number)

    return await act(request, tools, me, schemas.ReceiverBody, name)


@router.post("/cases/{number}/destination", openapi_extra=takes(schemas.DestinationBody))
async def set_destination(number: str, request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """Sets the regency or city that the person returns to."""

    def change(unit: Unit, body: schemas.DestinationBody) -> Answer:
        case_acts.set_destination(unit, number, body.region, body.reason)
        return 200, standing(unit, number)

    return await act(request, tools, me, schemas.DestinationBody, change)


@router.post("/cases/{number}/closures", openapi_extra=takes(schemas.ClosureBody))
async def close_case(number: str, request: Request, me: Bearer, tools: ToolsDep) -> Response:
    """Ends or moves the case by name, to a status that the coordinator may set."""

    def close(unit: Unit, body: schemas.ClosureBody) -> Answer:
        return 200, {"number": number, "status": case_acts.close_case(unit, number, body.status, body.reason)}

    return await act(request, tools, me, schemas.ClosureBody, close)
