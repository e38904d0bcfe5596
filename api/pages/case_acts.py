"""Acts on a case as a whole, each with its page: flags, holds, receiver, destination, offices, the end."""

from typing import Any

from fastapi import APIRouter

from api.forms import Form
from api.pages import case_journey, case_page, case_tasks, places
from api.pages.act_pages import Act, Params, add
from api.pages.case import set_typed_flags
from api.pages.case_reader import CaseReader
from api.pages.desk import fields
from domain.cases import MAY_BE_HELD, CaseStatus
from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.planning import function_of
from domain.roles import Action
from domain.tasks import TaskStatus
from store import case_acts
from store.casefile import review_day
from store.unit import Unit

router = APIRouter()


def _must_run(reader: CaseReader) -> None:
    if reader.view.course.is_over:
        raise Conflict("STATE_FORBIDS", state=reader.view.course.status.value)


# --- flags


def _flags_page(reader: CaseReader, _: Params) -> dict[str, Any]:
    _must_run(reader)
    return {"flags": case_tasks.flag_lines(reader)}


def _set_flags(unit: Unit, number: str, _: Params, form: Form) -> str:
    set_typed_flags(unit, number, form)
    return "FLAGS_SET"


add(
    router,
    Act("penanda", "flags", _flags_page, _set_flags, fields("rest", prefixes=("flag", "shown")), Action.SET_FLAGS),
)


# --- holds


def _hold_page(reader: CaseReader, _: Params) -> dict[str, Any]:
    course = reader.view.course
    kinds = case_page.hold_kinds(course, reader.me)
    if not kinds:
        raise NotAllowed("ROLE_LACKS_ACTION", action="set_hold")
    if course.status not in MAY_BE_HELD:
        raise Conflict("STATE_FORBIDS", state=course.status.value)
    return {
        "kinds": [(code, reader.name(code, "hold")) for code in kinds],
        "lifters": [
            (
                reader.name(code, "hold"),
                " / ".join(reader.say_role(role) for role in course.procedure.holds[code].lift_by),
            )
            for code in kinds
        ],
        "approvals": len(course.live_approvals),
        "planned": [leg.n for leg in course.legs if leg.state == "PLANNED"],
        "open_asks": len(course.open_asks),
        "default_review": review_day(course, kinds[0], reader.view.now),
        "active": case_journey.hold_lines(reader),
    }


def _set_hold(unit: Unit, number: str, _: Params, form: Form) -> str:
    case_acts.set_hold(unit, number, form.text("kind"), form.text("reason"), form.text("review_on") or None)
    return "HOLD_SET"


def _lift_page(reader: CaseReader, params: Params) -> dict[str, Any]:
    line = next((each for each in case_journey.hold_lines(reader) if each.id == params["hold"]), None)
    facts = reader.view.course.holds.get(params["hold"])
    if facts is None:
        raise NotFound("NO_SUCH_HOLD")
    if line is None:
        raise Conflict("STATE_FORBIDS", state="lifted")
    if not line.lift:
        raise NotAllowed("ROLE_LACKS_ACTION", action="lift_hold")
    return {"hold": line, "others": len(reader.view.course.active_holds) - 1}


def _lift_hold(unit: Unit, number: str, params: Params, form: Form) -> str:
    case_acts.lift_hold(unit, number, params["hold"], form.text("reason"))
    return "HOLD_LIFTED"


add(router, Act("penahanan", "hold", _hold_page, _set_hold, fields("kind", "reason", "review_on")))
add(router, Act("penahanan/{hold}/cabut", "lift", _lift_page, _lift_hold, fields("reason")))


# --- receiver, destination, offices


def _receiver_page(reader: CaseReader, _: Params) -> dict[str, Any]:
    _must_run(reader)
    course = reader.view.course
    return {
        "relations": [(code, reader.name(code, "relation")) for code in case_acts.RELATIONS],
        "institutions": places.with_function(reader.view.file.world.register, "lks"),
        "now": course.receiver,
        "now_words": reader.view.receiver_words,
        "approvals": len(course.live_approvals),
    }


def _name_receiver(unit: Unit, number: str, _: Params, form: Form) -> str:
    case_acts.name_receiver(
        unit, number, form.text("relation"), form.raw("name"), form.text("phone") or None, form.text("agency") or None
    )
    return "RECEIVER_NAMED"


def _destination_page(reader: CaseReader, _: Params) -> dict[str, Any]:
    _must_run(reader)
    course = reader.view.course
    if course.has_departed:
        raise Conflict("STATE_FORBIDS", state=course.status.value)
    return {
        "regions": places.regions(),
        "now": course.destination or "",
        "approvals": len(course.live_approvals),
        "asked": [
            reader.title(task.code, task.n)
            for task in course.ordered_tasks()
            if task.is_open and course.rule(task.code).owner.startswith("dinsos_")
        ],
    }


def _set_destination(unit: Unit, number: str, _: Params, form: Form) -> str:
    case_acts.set_destination(unit, number, form.text("region"), form.text("reason"))
    return "DESTINATION_SET"


def _offices_page(reader: CaseReader, _: Params) -> dict[str, Any]:
    _must_run(reader)
    course, register = reader.view.course, reader.view.file.world.register
    functions: dict[str, tuple[str, list[str]]] = {}
    for task in course.ordered_tasks():
        if task.status not in (TaskStatus.BELUM_SIAP, TaskStatus.KEDALUWARSA):
            continue
        function = function_of(course, course.rule(task.code), task)
        holder = reader.holder(task)
        functions.setdefault(function, (holder or "", []))[1].append(reader.title(task.code, task.n))
    unnamed_first = sorted(functions.items(), key=lambda item: (bool(item[1][0]), item[0]))
    return {
        "functions": [
            (code, reader.name(code, "function"), reader.office_name(now) if now else "", titles)
            for code, (now, titles) in unnamed_first
        ],
        "offices": {code: places.with_function(register, code) for code in functions},
        "missions": places.missions(register),
        "arrival_points": places.arrival_points(),
        "mission": course.mission or "",
        "debarkation": course.debarkation or "",
    }


def _name_offices(unit: Unit, number: str, _: Params, form: Form) -> str:
    chosen = {function: code for function, code in form.entries("office").items() if code}
    mission, debarkation = form.text("mission") or None, form.text("debarkation") or None
    if not chosen and mission is None and debarkation is None:
        raise Invalid("FIELD_MISSING", field="office")
    case_acts.name_offices(unit, number, chosen, mission, debarkation, form.text("reason") or None)
    return "OFFICES_NAMED"


add(
    router,
    Act(
        "penerima", "receiver", _receiver_page, _name_receiver, fields("relation", "name", "phone", "agency"),
        Action.NAME_RECEIVER,
    ),
)  # fmt: skip
add(
    router,
    Act(
        "tujuan", "destination", _destination_page, _set_destination, fields("region", "reason"), Action.SET_DESTINATION
    ),
)
add(
    router,
    Act(
        "kantor", "offices", _offices_page, _name_offices,
        fields("mission", "debarkation", "reason", prefixes=("office",)), Action.NAME_OFFICES,
    ),
)  # fmt: skip


# --- the end, and moves that only a person makes


def _close_page(reader: CaseReader, _: Params) -> dict[str, Any]:
    statuses = case_page.closing_statuses(reader)
    if not statuses:
        raise Conflict("STATE_FORBIDS", state=reader.view.course.status.value)
    course = reader.view.course
    return {
        "choices": [status.value for status in statuses],
        "open_asks": len(course.open_asks),
        "mailed": reader.view.file.mailed or any(ask.mail for ask in course.asks.values()),
        "standing": course.status.value,
    }


def _close(unit: Unit, number: str, _: Params, form: Form) -> str:
    if not form.text("status"):
        raise Invalid("FIELD_MISSING", field="status")
    status = case_acts.close_case(unit, number, form.text("status"), form.text("reason"))
    ended = status in (CaseStatus.DITUTUP, CaseStatus.DIBATALKAN, CaseStatus.DIRUJUK, CaseStatus.SELESAI)
    return "CASE_CLOSED" if ended else "SAVED"


add(router, Act("akhir", "close", _close_page, _close, fields("status", "reason"), Action.CLOSE_CASE))
