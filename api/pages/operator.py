"""/operator: is anything broken or lost, what does each workflow wait for. Codes and counts; no person, no case detail.

Restricted tasks are called by their neutral name here, and mail servers' words are shown without addresses.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.health import standing
from api.language import LanguageDep, language_of
from api.pages.desk import draw, fault_of, fields, once
from api.sessions import SignedIn, read_page_form
from api.tools import ToolsDep, tools_of
from domain.errors import DomainError, Invalid
from domain.ids import parse_hold_id
from domain.procedure import GATE, Procedure
from domain.regions import WIB
from domain.roles import Action, Actor
from store import agencies, case_acts, desk_asks, outbox
from store.overview import Conducted
from store.unit import Reading, Unit
from templates import filters, words, words_staff
from templates.catalogue import say
from templates.staff_views import Flow
from templates.views import Fault

router = APIRouter()
LATE_AFTER: Final = timedelta(seconds=60)
SHOWN: Final = 60
_ADDRESS: Final = re.compile(r"\S+@\S+")


@router.get("/operator")
async def show(request: Request, me: SignedIn) -> Response:
    """Health, backlog and workflows: ids, codes and times, never a name. Raises NotAllowed."""
    return await _draw(request, me)


async def _draw(
    request: Request,
    me: Actor,
    *,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    typed: Mapping[str, str] | None = None,
) -> Response:
    me.must(Action.OPERATE)
    tools = tools_of(request)
    language = language_of(request)
    reachable = await tools.conductor.is_reachable()
    page = await tools.units.read(lambda reading: build(reading, language))
    return draw(
        request,
        me,
        "operator",
        "operator",
        status=status,
        faults=faults,
        typed=typed or {},
        reachable=reachable,
        **page,
    )


@router.post("/operator")
async def hold(request: Request, me: SignedIn, tools: ToolsDep, language: LanguageDep) -> Response:
    """Holds or releases the sending of mail: all of it, or one office's."""
    me.must(Action.OPERATE)
    form = await read_page_form(request, fields("sending", "agency", "scope"))

    def act(unit: Unit) -> str:
        agency, one = form.text("agency").upper() or None, form.text("scope") == "one"
        if form.text("sending") not in ("hold", "release"):
            raise Invalid("FIELD_INVALID", field="sending")
        if one and agency is None:
            raise Invalid("FIELD_MISSING", field="agency")
        held = form.text("sending") == "hold"
        agencies.set_sending_held(unit, agency if one else None, held)
        return f"/operator?notice={'SENDING_HELD' if held else 'SENDING_RELEASED'}"

    try:
        return await once(request, me, form, act)
    except DomainError as error:
        fault = fault_of(error)
        field = "agency" if error.code == "NO_SUCH_AGENCY" else fault.field
        return await _draw(
            request, me, status=error.status, faults=(Fault(field, fault.code, fault.facts),), typed=form.values
        )


@router.post("/operator/rekonsiliasi")
async def go_on(request: Request, me: SignedIn, tools: ToolsDep) -> Response:
    """Lifts the hold of a case whose workflow was lost, with a reason; another workflow goes on from its journal."""
    me.must(Action.OPERATE)
    form = await read_page_form(request, fields("number", "hold", "reason"))

    def act(unit: Unit) -> str:
        case_acts.lift_hold(unit, form.text("number"), parse_hold_id(form.text("hold")), form.text("reason"))
        return "/operator?notice=HOLD_LIFTED"

    try:
        return await once(request, me, form, act)
    except DomainError as error:
        fault = fault_of(error)
        return await _draw(request, me, status=error.status, faults=(fault,), typed=form.values)


def build(reading: Reading, language: str) -> dict[str, Any]:
    """What the operator's page shows now."""
    flows = desk_asks.open_flows(reading)
    rows = standing(reading)
    states = outbox.count_by_state(reading)
    register = agencies.register(reading)
    held = _held_desks(reading)
    refused = outbox.list_mails(reading, state="REFUSED", limit=10) + outbox.list_mails(
        reading, state="UNCERTAIN", limit=5
    )
    lines = [_flow(reading, flow, language) for flow in flows]
    oldest = outbox.oldest_waiting(reading)
    seen = rows["relay"]["seen_at"]
    return {
        "now": reading.now,
        "zone": WIB,
        "reconciling": desk_asks.reconciling(reading),
        "flows": tuple(lines[:SHOWN]),
        "late": tuple(line for line in lines if line.late)[:20],
        "late_count": sum(line.late for line in lines),
        "total": len(lines),
        "backlog": rows["relay"]["backlog"],
        "lag_s": int(rows["relay"]["lag_s"]),
        "relay_seen": _parsed(seen),
        "states": [
            (words.tag_of(state), words.name_of(state, language, "mail_state"), count)
            for state, count in states.items()
        ],
        "waiting": states["PENDING"] + states["SENDING"] + states["UNCERTAIN"],
        "refused_count": states["REFUSED"],
        "oldest_mail": oldest,
        "refused_mails": [
            {
                "to": office.short_name if (office := register.find(mail.agency or "")) else mail.agency or "",
                "code": mail.agency or "",
                "at": filters.short(mail.composed_at, office.zone if office else WIB, language),
                "tag": words.tag_of(mail.state),
                "state": words.name_of(mail.state, language, "mail_state"),
                "words": _ADDRESS.sub("…", mail.words),
            }
            for mail in refused
        ],
        "held_all": agencies.all_sending_held(reading),
        "held": held,
        "knows_year": reading.rules.working(next(iter(register))).knows_year(reading.now.year + 1)
        if len(register)
        else True,
        "next_year": reading.now.year + 1,
    }


def _parsed(seen: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(seen))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _held_desks(reading: Reading) -> list[tuple[str, str]]:
    found, cursor = [], None
    while True:
        page, cursor = agencies.list_agencies(reading, cursor, limit=1000)
        found += [(each.agency.code, each.agency.short_name) for each in page if each.desk_held]
        if cursor is None:
            return found


def _flow(reading: Reading, flow: Conducted, language: str) -> Flow:
    late = flow.next_at is not None and flow.next_at < reading.now - LATE_AFTER
    first = flow.waits[0] if flow.waits else None
    waits, neutral = _waits(reading.rules.current, flow, first, language)
    since = datetime.fromisoformat(str(first["since"])) if first else None
    if not flow.started:
        kind, word = "wait", words_staff.FLOW_NEW
    elif flow.behind:
        kind, word = "wait", words_staff.FLOW_BEHIND
    elif late:
        kind, word = "late", words_staff.FLOW_LATE
    else:
        kind, word = "ok", words_staff.FLOW_OK
    if flow.behind:
        one, many = words_staff.BEHIND
        count = filters.in_words(flow.behind, language)
        waits = say(one, language) if flow.behind == 1 else say(many, language, count=count)
        neutral = True
    return Flow(
        label=flow.label if flow.kind == "case" else flow.subject,
        waits=waits,
        neutral=neutral,
        since=filters.short(since, WIB, language) if since else "",
        next=filters.short(flow.next_at, WIB, language) if flow.next_at else say(words_staff.NEVER, language),
        kind="late" if late and flow.started else kind,
        word=say(word, language),
        late=late,
    )


def _waits(procedure: Procedure, flow: Conducted, first: Mapping[str, Any] | None, language: str) -> tuple[str, bool]:
    """What it waits for, and whether that is a sentence (else a task code)."""
    if flow.kind == "desk":
        return say(words_staff.WAITS_DESK, language), True
    if first is None:
        return say(words_staff.WAITS_MOMENT, language), True
    code = str(first["task"])
    if code == GATE:
        return say(words_staff.WAITS_SIGNATURES, language), True
    rule = procedure.tasks.get(code)
    hidden = rule is None or rule.restricted  # a task of an older version may be restricted
    task = say(words_staff.CONDITIONAL, language) if hidden else code
    forms = {
        "verify": words_staff.WAITS_SECOND_LOOK,
        "decide": words_staff.WAITS_DECISION,
        "name_office": words_staff.WAITS_NAMING,
    }
    if first["what"] in forms:
        return say(forms[str(first["what"])], language, task=task), True
    return task, hidden
