"""Acts of the journey, each with its page: planning legs, the check at departure, events under way."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter

from api.forms import Form
from api.pages import case_gate, case_page, case_tasks, places
from api.pages.act_pages import Act, Params, add
from api.pages.case import joined_reason
from api.pages.case_reader import CaseReader
from api.pages.case_tasks import choices_of
from api.pages.desk import ZONES, fields, local_text, moment_from, typed_moment
from domain.course import DEPARTED, DEPARTURE, LegState
from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.planning import RANK
from domain.regions import WIB, find_region
from domain.roles import Action
from domain.tasks import AnswerClass, class_of
from store import answers, journey
from store.casefile import open_case_file
from store.journey import LegEntry
from store.unit import Unit

router = APIRouter()
ROWS: Final = 6
LEG_FIELDS: Final = (
    "kind", "from", "to", "carrier", "departs", "departs_zone", "arrives", "arrives_zone", "hands_to", "escort",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LegRow:
    """One row of the plan's form, as it is filled in at first."""

    n: int
    values: dict[str, str]


# --- planning


def _legs_page(reader: CaseReader, _: Params) -> dict[str, Any]:
    course = reader.view.course
    if not case_page.may_plan(course):
        raise Conflict("STATE_FORBIDS", task="pulang.rencana_perjalanan")
    register = reader.view.file.world.register
    left = [leg for leg in course.legs if leg.state is not LegState.PLANNED]
    planned = [leg for leg in course.legs if leg.state is LegState.PLANNED]
    rows = [_filled(reader, leg.n) for leg in planned] or _suggested(reader)
    rows += [{} for _ in range(max(0, ROWS - len(rows)))]
    return {
        "rows": [LegRow(n, values) for n, values in enumerate(rows[:ROWS], start=len(left) + 1)],
        "left": len(left),
        "filled": len(planned) or 3,
        "is_change": bool(planned),
        "hands": [(code, reader.name(code, "hands_to")) for code in RANK],
        "shelters": places.shelters(register),
        "arrival_points": places.arrival_points(),
        "kinds": [(code, reader.name(code, "leg_kind")) for code in journey.LEG_KINDS],
        "approvals": len(course.live_approvals),
        "escort_needed": any(
            task.code == "pulang.pendamping" and task.status != "TIDAK_BERLAKU" for task in course.tasks.values()
        ),
    }


def _filled(reader: CaseReader, n: int) -> dict[str, str]:
    leg = reader.view.course.leg(n)
    told = reader.view.legs_words.get(n, {})
    if leg is None:
        return {}
    start, target = (zone if zone in dict(ZONES) else WIB for zone in reader.leg_zones(n))
    return {
        "kind": leg.kind, "from": told.get("from", ""), "to": told.get("to", ""), "carrier": told.get("carrier", ""),
        "departs": local_text(leg.departs_at, start), "departs_zone": start,
        "arrives": local_text(leg.arrives_at, target), "arrives_zone": target,
        "hands_to": leg.hands_to, "escort": told.get("escort", ""),
    }  # fmt: skip


def _suggested(reader: CaseReader) -> list[dict[str, str]]:
    """Three stretches as a return usually goes: to the province, to the regency, to the door. Times stay empty."""
    course = reader.view.course
    region = find_region(course.destination or "")
    province = find_region((course.destination or "")[:2])
    home, there = reader.home_zone, province.zone_iana if province else reader.home_zone
    shelter = reader.office_short(course.shelter)
    names = (shelter, province.name if province else "", region.name if region else "")
    zones = {"departs_zone": home, "arrives_zone": there}
    later = {"departs_zone": there, "arrives_zone": there}
    return [
        {"kind": "domestik", "from": names[0], "to": names[1], "hands_to": "provinsi", **zones},
        {"kind": "domestik", "from": names[1], "to": names[2], "hands_to": "kabkota", **later},
        {"kind": "domestik", "from": names[2], "to": "", "hands_to": "penerima", **later},
    ]


def _plan_legs(unit: Unit, number: str, _: Params, form: Form) -> str:
    entries = [entry for n in range(1, 40) if (entry := _entry(form, n)) is not None]
    journey.plan_legs(unit, number, entries)
    return "LEGS_PLANNED"


def _entry(form: Form, n: int) -> LegEntry | None:
    """Row *n* of the form; a row without any time and without both places is empty and left out."""
    typed = {name: form.text(f"{name}[{n}]") for name in LEG_FIELDS}
    if not typed["departs"] and not typed["arrives"]:
        return None
    for name in ("from", "to", "departs", "arrives", "hands_to"):
        if not typed[name]:
            raise Invalid("FIELD_MISSING", field=f"{name}[{n}]")
    departs = moment_from(typed["departs"], typed["departs_zone"], f"departs[{n}]")
    arrives = moment_from(typed["arrives"], typed["arrives_zone"], f"arrives[{n}]")
    if departs is None or arrives is None:
        raise Invalid("DATE_INVALID", field=f"departs[{n}]")
    return LegEntry(
        kind=typed["kind"] or "domestik",
        origin=typed["from"],
        target=typed["to"],
        departs_at=departs,
        arrives_at=arrives,
        hands_to=typed["hands_to"],
        carrier=typed["carrier"],
        escort=typed["escort"],
    )


add(
    router,
    Act("perjalanan", "legs", _legs_page, _plan_legs, fields(prefixes=LEG_FIELDS), Action.PLAN_LEGS),
)


# --- departure


def _departure_page(reader: CaseReader, params: Params) -> dict[str, Any]:
    course = reader.view.course
    n = _leg_number(params)
    leg = course.leg(n)
    if leg is None:
        raise NotFound("NO_SUCH_LEG", leg=n)
    task = course.find_task(DEPARTURE, n)
    if course.is_remains:
        if not reader.me.has("koordinator"):
            raise NotAllowed("ROLE_LACKS_ACTION", action="depart")
        choices = choices_of(course.rule(DEPARTURE), reader.language)[:1]
    else:
        if task is None or task.key not in reader.may_answer:
            if task is not None and task.is_open:
                raise NotAllowed("ROLE_LACKS_ACTION", action="depart")
            raise Conflict("STATE_FORBIDS", task=DEPARTURE, state=task.status.value if task else "")
        choices = choices_of(course.rule(DEPARTURE), reader.language)
    if leg.state is not LegState.PLANNED:
        raise Conflict("STATE_FORBIDS", leg=n, state=leg.state.value)
    verdict = reader.view.verdict
    start, target = reader.leg_zones(n)
    return {
        "n": n,
        "route": reader.route(n),
        "departs": reader.moment(leg.departs_at, start),
        "arrives": reader.moment(leg.arrives_at, target),
        "choices": choices,
        "reasons": case_tasks.reasons_of(reader),
        "gate_open": verdict.is_open,
        "held": [reader.name(hold.kind, "hold").lower() for hold in course.active_holds],
        "shut": [line for check, line in case_gate.checks_of(reader, full=False) if check.state == "open"],
        "approved": verdict.approved,
        "zone": start if start in dict(ZONES) else WIB,
        "remains": course.is_remains,
    }


def _leg_number(params: Params) -> int:
    try:
        return int(params["leg"])
    except ValueError:
        raise NotFound("NO_SUCH_LEG") from None


def _depart(unit: Unit, number: str, params: Params, form: Form) -> str:
    result = form.text("result")
    if not result:
        raise Invalid("FIELD_MISSING", field="result")
    rule = open_case_file(unit, number).course.rule(DEPARTURE)
    note, until, n = form.text("note") or None, form.text("until") or None, _leg_number(params)
    if class_of(rule, result) is AnswerClass.FAILS:  # the reason's code is kept apart from the words
        reason = joined_reason(form.text("reason_code"), form.text("note"))
        answers.answer_as_staff(unit, number, DEPARTURE, n, result, reason)
        return "ANSWER_STORED"
    journey.depart(unit, number, n, result, typed_moment(form, "at"), until, note)
    return "DEPARTED" if result == DEPARTED else "ANSWER_STORED"


add(
    router,
    Act(
        "berangkat/{leg}", "depart", _departure_page, _depart,
        fields("result", "at", "at_zone", "until", "reason_code", "note"),
    ),
)  # fmt: skip


# --- under way


def _event_page(reader: CaseReader, params: Params) -> dict[str, Any]:
    course = reader.view.course
    n = _leg_number(params)
    leg = course.leg(n)
    if leg is None:
        raise NotFound("NO_SUCH_LEG", leg=n)
    events = {LegState.PLANNED: "DEPARTED", LegState.DEPARTED: "ARRIVED"}
    if leg.state not in events or not course.has_departed:
        raise Conflict("STATE_FORBIDS", leg=n, state=leg.state.value)
    start, target = reader.leg_zones(n)
    event = events[leg.state]
    zone = start if event == "DEPARTED" else target
    return {
        "n": n,
        "route": reader.route(n),
        "event": event,
        "planned": reader.moment(leg.departs_at if event == "DEPARTED" else leg.arrives_at, zone),
        "zone": zone if zone in dict(ZONES) else WIB,
        "held": [reader.name(hold.kind, "hold").lower() for hold in course.active_holds],
    }


def _record_event(unit: Unit, number: str, params: Params, form: Form) -> str:
    event, at = form.text("event"), typed_moment(form, "at")
    journey.record_leg_event(unit, number, _leg_number(params), event, at, form.text("note") or None)
    return "LEG_RECORDED"


add(
    router,
    Act(
        "etape/{leg}",
        "leg_event",
        _event_page,
        _record_event,
        fields("event", "at", "at_zone", "note"),
        Action.RECORD_LEG,
    ),
)
