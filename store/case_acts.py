"""Acts on a running case by people of the ministry: offices, flags, holds, receiver, destination, its end.

Every act checks the actor's role here, whoever called: a page and the API refuse exactly the same.
"""

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from domain.answering import free_text
from domain.cases import BY_COORDINATOR, ENDED, MAY_BE_HELD, CaseStatus, may_go
from domain.data import debarkations
from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.ids import hold_id
from domain.journal import WORKFLOW_LOST, Kind, Row
from domain.people import clean_name
from domain.roles import Action
from store import journal
from store.access import is_escort, is_one_of, must_be_of_shelter, must_have_function, open_running
from store.casefile import CaseFile, open_case_file, review_day
from store.entries import checked_destination, checked_flags, checked_offices, split_flags
from store.tables_case import cases
from store.unit import Unit

WIB = ZoneInfo("Asia/Jakarta")

RELATIONS = ("family", "substitute", "institution")


def name_offices(
    unit: Unit,
    number: str,
    offices: Mapping[str, str],
    mission: str | None = None,
    debarkation: str | None = None,
    reason: str | None = None,
) -> None:
    """Names offices for asks that are not open yet. Raises Invalid("NO_OFFICE") for one that lacks the function."""
    unit.by.must(Action.NAME_OFFICES)
    file = open_running(unit, number)
    register = file.world.register
    checked = checked_offices(file.course.procedure, register, offices)
    if mission is not None:
        must_have_function(register, "perwakilan_ri", mission, "mission")
    if debarkation is not None and debarkation not in debarkations():
        raise Invalid("FIELD_INVALID", field="debarkation")
    file.write(
        unit,
        Kind.OFFICES_NAMED,
        {"offices": checked, "mission": mission, "debarkation": debarkation},
        _with_reason(free_text(reason, "reason")),
    )
    file.finish(unit)


def set_flags(unit: Unit, number: str, flags: Mapping[str, str], reason: str | None = None) -> None:
    """Answers flags; which tasks apply follows at once."""
    unit.by.must(Action.SET_FLAGS)
    file = open_running(unit, number)
    procedure = file.course.procedure
    checked = checked_flags(procedure, flags)
    if not checked:
        raise Invalid("FIELD_MISSING", field="flags")
    changed = {code: value for code, value in checked.items() if file.course.flags.get(code) != value}
    clear, secret = split_flags(procedure, changed)
    words = free_text(reason, "reason")
    sealed = {"flags": secret} if secret else {}
    file.write(unit, Kind.FLAGS, {"flags": clear}, sealed | ({"reason": words} if words else {}))
    file.finish(unit)


def set_hold(unit: Unit, number: str, kind: str, reason: str, review_on: str | None = None) -> str:
    """Places a hold: one person, a reason, active at once (4.5). Returns its id."""
    file = open_case_file(unit, number)
    must_be_of_shelter(unit, file)
    rule = file.course.procedure.holds.get(kind)
    if rule is None:
        raise Invalid("FIELD_INVALID", field="kind")
    mine = unit.by.roles if is_escort(unit, file) else tuple(role for role in unit.by.roles if role != "pendamping")
    role = next((role for role in mine if role in rule.set_by), None)
    if role is None:
        raise NotAllowed("ROLE_LACKS_ACTION", action="set_hold")
    if file.course.status not in MAY_BE_HELD:
        raise Conflict("STATE_FORBIDS", state=file.course.status.value)
    words = free_text(reason, "reason", needed=True)
    day = _checked_day(review_on, unit) if review_on else review_day(file.course, kind, unit.now)
    hold = hold_id(unit.random_bytes(16))
    file.write(unit, Kind.HOLD_SET, {"hold": hold, "kind": kind, "review_on": day, "by_role": role}, {"reason": words})
    if kind == "KESEDIAAN_DICABUT" and file.course.live_approvals:
        rows = [approval.row for approval in file.course.live_approvals]
        effect = file.course.procedure.effects["consent_withdrawn"]
        file.write(unit, Kind.APPROVAL_VOID, {"approvals": rows, "event": "consent_withdrawn", "effect": effect})
    file.finish(unit)
    return hold


def _checked_day(text: str, unit: Unit) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid("DATE_INVALID", field="review_on") from None
    if day < unit.now.astimezone(WIB).date():
        raise Invalid("DATE_IN_PAST", field="review_on")
    return day.isoformat()


def lift_hold(unit: Unit, number: str, hold: str, reason: str) -> None:
    """Lifts a hold with a reason, by the roles of 4.5; some need another person than the setter.

    The hold of a case whose workflow was lost: lifting it lets the relay start another that goes on from the journal.
    """
    file = open_case_file(unit, number)
    must_be_of_shelter(unit, file)
    facts = file.course.holds.get(hold)
    if facts is None:
        raise NotFound("NO_SUCH_HOLD")
    rule = file.course.procedure.holds[facts.kind]
    if not unit.by.has(*rule.lift_by):
        raise NotAllowed("ROLE_LACKS_ACTION", action="lift_hold")
    if not facts.active:
        raise Conflict("STATE_FORBIDS", state="lifted")
    if rule.lift_needs_other_person and is_one_of(unit, {facts.set_by}):
        raise NotAllowed("ROLE_LACKS_ACTION", action="lift_own_hold")
    words = free_text(reason, "reason", needed=True)
    file.write(unit, Kind.HOLD_LIFTED, {"hold": hold, "kind": facts.kind}, {"reason": words})
    file.finish(unit)
    if any(row.kind is Kind.HOLD_SET and row.codes["hold"] == hold and _lost(row) for row in file.rows):
        journal.next_generation(unit, file.subject)


def _lost(row: Row) -> bool:
    return row.codes.get("cause") == WORKFLOW_LOST


def name_receiver(
    unit: Unit, number: str, relation: str, name: str, phone: str | None = None, agency: str | None = None
) -> None:
    """Names who takes the person in; the newest word sets or clears `substitute` (4.2)."""
    unit.by.must(Action.NAME_RECEIVER)
    file = open_running(unit, number)
    if relation not in RELATIONS:
        raise Invalid("FIELD_INVALID", field="relation")
    if agency is not None:
        must_have_function(file.world.register, "lks", agency, "agency")
    sealed = {"name": clean_name(name, "name"), "phone": free_text(phone, "phone")}
    file.write(unit, Kind.RECEIVER_NAMED, {"relation": relation, "agency": agency}, sealed)
    file.finish(unit)


def set_destination(unit: Unit, number: str, region: str, reason: str) -> None:
    """Names or changes the destination; approvals fall and the new region is asked (E16)."""
    unit.by.must(Action.SET_DESTINATION)
    file = open_running(unit, number)
    if file.course.has_departed:
        raise Conflict("STATE_FORBIDS", state=file.course.status.value)
    code = checked_destination(region, "region")
    words = free_text(reason, "reason", needed=True)
    file.write(unit, Kind.DESTINATION_SET, {"region": code}, {"reason": words})
    file.finish(unit)


def close_case(unit: Unit, number: str, status: str, reason: str) -> str:
    """Moves a case as only a person can (2.4): taken back, closed, referred, broken off, lost, taken up again.

    A start made in error is taken back by the coordinator who made it. Raises Conflict("STATE_FORBIDS") otherwise.
    """
    unit.by.must(Action.CLOSE_CASE)
    file = open_case_file(unit, number)
    if status not in CaseStatus.__members__:
        raise Invalid("FIELD_INVALID", field="status")
    to, now_is = CaseStatus(status), file.course.status
    if now_is not in BY_COORDINATOR.get(to, frozenset()) or not may_go(now_is, to):
        raise Conflict("STATE_FORBIDS", state=now_is.value)
    if now_is is CaseStatus.HILANG_KONTAK and to is not CaseStatus.SELESAI and to is not file.course.before_lost:
        raise Conflict("STATE_FORBIDS", state=now_is.value)
    if to is CaseStatus.DIBATALKAN and file.opened_by != unit.by.ref:
        raise NotAllowed("ROLE_LACKS_ACTION", action="take_back_other")
    words = free_text(reason, "reason", needed=True)
    was_over = now_is in ENDED
    file.write(unit, Kind.CLOSED, {"status": to.value}, {"reason": words})
    if was_over:
        _must_be_only_open_case(unit, file)
        journal.next_generation(unit, file.subject)
    file.finish(unit)
    return file.course.status.value


def _must_be_only_open_case(unit: Unit, file: CaseFile) -> None:
    query = select(cases.c.number).where(cases.c.person_id == file.person_id, cases.c.is_open, cases.c.id != file.id)
    if unit.row(query) is not None:
        raise Conflict("STATE_FORBIDS", state="person_has_open_case")


def _with_reason(words: str) -> dict[str, str] | None:
    return {"reason": words} if words else None
