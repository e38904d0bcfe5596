"""The journey by people of the ministry: its legs planned, departures, what happens under way. Times are aware UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.agencies import Register
from domain.answering import free_text
from domain.course import DEPARTED, DEPARTURE, PLAN, Course, LegFacts, LegState, TaskFacts
from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.journal import Kind
from domain.planning import RANK, legs_from_ministry
from domain.roles import Action
from store.access import must_answer_own, must_be_of_shelter, open_running
from store.accounts import find_by_login
from store.casefile import CaseFile, open_case_file
from store.gatekeeping import DEPARTING, must_pass_gate
from store.receipts import Receipt, receipt_of
from store.recording import Given, record_staff_answer
from store.unit import Unit

LEG_KINDS = ("domestik", "internasional")


@dataclass(frozen=True, slots=True)
class LegEntry:
    """One planned stretch as typed. from/to: free text or a region, shelter or debarkation code."""

    kind: str
    origin: str
    target: str
    departs_at: datetime
    arrives_at: datetime
    hands_to: str
    carrier: str = ""
    escort: str = ""


def plan_legs(unit: Unit, number: str, entries: Sequence[LegEntry]) -> str | None:
    """Plans the journey: the answer to `pulang.rencana_perjalanan`; again later it replaces every leg not yet departed.

    Returns the receipt of the answer, None for a change of plan or for remains (whose legs answer no task).
    """
    unit.by.must(Action.PLAN_LEGS)
    file = open_running(unit, number)
    course = file.course
    task = course.find_task(PLAN)
    answers_task = task is not None and task.is_open and task.ask is not None
    if not course.is_remains and not answers_task and (task is None or not task.is_settled):
        raise Conflict("STATE_FORBIDS", task=PLAN)
    _check_legs(course, entries, file.world.register)
    kept = max((leg.n for leg in course.legs if leg.state is not LegState.PLANNED), default=0)
    clear, sealed = [], []
    for n, entry in enumerate(entries, start=kept + 1):
        escort = _escort_account(unit, entry.escort)
        clear.append(
            {
                "n": n,
                "kind": entry.kind,
                "departs_at": entry.departs_at.isoformat(),
                "arrives_at": entry.arrives_at.isoformat(),
                "hands_to": entry.hands_to,
                "escort_account": escort,
            }
        )
        words = {"n": n, "from": entry.origin, "to": entry.target, "carrier": entry.carrier, "escort": entry.escort}
        sealed.append(words)
    file.write(unit, Kind.LEGS_PLANNED, {"legs": clear}, {"legs": sealed})
    number_of_receipt = None
    if answers_task and task is not None:
        number_of_receipt = record_staff_answer(unit, file, task, Given("SELESAI"))
    file.finish(unit)
    return number_of_receipt


def _escort_account(unit: Unit, escort: str) -> str | None:
    account = find_by_login(unit, escort) if escort else None
    return account.id if account is not None and "pendamping" in account.roles else None


def _check_legs(course: Course, entries: Sequence[LegEntry], register: Register) -> None:
    def refuse(place: int) -> None:
        raise Invalid("LEGS_INVALID", field=f"legs.{place}")

    if not entries:
        raise Invalid("LEGS_INVALID", field="legs")
    before = max((leg.arrives_at for leg in course.legs if leg.state is not LegState.PLANNED), default=None)
    for place, entry in enumerate(entries):
        shelter = register.find(entry.hands_to)
        known = entry.hands_to in RANK or (shelter is not None and "kemensos_sentra" in shelter.functions)
        if not known or entry.kind not in LEG_KINDS or not entry.origin.strip() or not entry.target.strip():
            refuse(place)
        if entry.arrives_at <= entry.departs_at or (before is not None and entry.departs_at < before):
            refuse(place)
        before = entry.arrives_at
    if not any(entry.hands_to in RANK for entry in entries):
        raise Invalid("LEGS_INVALID", field="legs")


def depart(
    unit: Unit,
    number: str,
    leg: int,
    result: str,
    at: datetime | None = None,
    until: str | None = None,
    note: str | None = None,
) -> Receipt | None:
    """The check at departure of one leg; BERANGKAT is the departure. For remains the coordinator records it."""
    if not unit.by.has("koordinator", "pekerja_sosial", "kepala_sentra", "pendamping"):
        raise NotAllowed("ROLE_LACKS_ACTION", action="depart")
    file = open_case_file(unit, number)
    must_be_of_shelter(unit, file)
    if file.course.is_remains:
        _depart_remains(unit, file, leg, result, at, note)
        return None
    if not unit.by.has("pekerja_sosial", "kepala_sentra", "pendamping"):
        raise NotAllowed("ROLE_LACKS_ACTION", action="depart")
    task = file.course.find_task(DEPARTURE, leg)
    if task is None:
        raise NotFound("NO_SUCH_LEG", leg=leg)
    must_answer_own(unit, file, task)
    return depart_file(unit, file, task, result, at=at, until=until, note=note, reason=note)


def depart_file(
    unit: Unit,
    file: CaseFile,
    task: TaskFacts,
    result: str,
    *,
    reason: str | None = None,
    at: datetime | None = None,
    until: str | None = None,
    note: str | None = None,
) -> Receipt:
    """Answers `jalan.cek_berangkat`. With BERANGKAT the gate is judged here, in this transaction."""
    if result == DEPARTED:
        _must_be_next_leg(file, task.n)
        if file.course.active_holds:
            raise Conflict("HOLD_ACTIVE", kinds=sorted({hold.kind for hold in file.course.active_holds}))
        if not task.is_settled:
            must_pass_gate(unit, file, DEPARTING)
    given = Given(result, reason, until, note, at=_checked_moment(unit, at))
    number = record_staff_answer(unit, file, task, given)
    file.finish(unit)
    return receipt_of(file, task, number)


def _must_be_next_leg(file: CaseFile, n: int) -> None:
    leg = file.course.leg(n)
    if leg is None:
        raise NotFound("NO_SUCH_LEG", leg=n)
    for before in file.course.legs:
        if before.n < n and before.state in (LegState.PLANNED, LegState.DEPARTED):
            raise Conflict("STATE_FORBIDS", leg=before.n, state=before.state.value)


def _checked_moment(unit: Unit, at: datetime | None) -> datetime | None:
    """True time of an event keyed in later; not in the future. None = now."""
    if at is not None and at > unit.now:
        raise Invalid("DATE_INVALID", field="at")
    return at


def _depart_remains(unit: Unit, file: CaseFile, n: int, result: str, at: datetime | None, note: str | None) -> None:
    unit.by.must(Action.RECORD_LEG)
    if not unit.by.has("koordinator"):
        raise NotAllowed("ROLE_LACKS_ACTION", action="depart")
    leg = file.course.leg(n)
    if leg is None:
        raise NotFound("NO_SUCH_LEG", leg=n)
    if result != DEPARTED:
        raise Conflict("ACTION_NOT_ALLOWED")
    if leg.state is not LegState.PLANNED or n != file.course.legs[0].n:
        raise Conflict("STATE_FORBIDS", leg=n, state=leg.state.value)
    must_pass_gate(unit, file, DEPARTING)
    words = free_text(note, "note")
    codes = {"leg": n, "event": "DEPARTED", "is_departure": True}
    file.write(unit, Kind.LEG_EVENT, codes, {"note": words} if words else None, at=_checked_moment(unit, at))
    file.finish(unit)


def record_leg_event(
    unit: Unit, number: str, leg: int, event: str, at: datetime | None = None, note: str | None = None
) -> None:
    """A later leg departed or arrived, told by coordinator or the leg's escort. Only holds stop a next leg."""
    unit.by.must(Action.RECORD_LEG)
    file = open_case_file(unit, number)
    if not unit.by.has("koordinator"):
        must_be_of_shelter(unit, file)
    facts = file.course.leg(leg)
    if facts is None:
        raise NotFound("NO_SUCH_LEG", leg=leg)
    if not unit.by.has("koordinator") and facts.escort_account != unit.by.id:
        raise NotAllowed("ROLE_LACKS_ACTION", action="record_leg")
    if file.course.is_over:
        raise Conflict("STATE_FORBIDS", state=file.course.status.value)
    if event == "DEPARTED":
        _must_be_able_to_depart(file, facts)
    elif event == "ARRIVED":
        _must_be_able_to_arrive(facts, at or unit.now)
    else:
        raise Invalid("FIELD_INVALID", field="event")
    moment = _checked_moment(unit, at)
    words = free_text(note, "note")
    file.write(unit, Kind.LEG_EVENT, {"leg": leg, "event": event}, {"note": words} if words else None, at=moment)
    file.finish(unit)


def _must_be_able_to_depart(file: CaseFile, leg: LegFacts) -> None:
    """A leg out of the ministry's care departs by BERANGKAT only; a later one after that, unless a hold lies on it."""
    course = file.course
    gated = {course.legs[0].n} if course.is_remains else {entry.n for entry in legs_from_ministry(course.legs)}
    if leg.n in gated or leg.state is not LegState.PLANNED or not course.has_departed:
        raise Conflict("STATE_FORBIDS", leg=leg.n, state=leg.state.value)
    if course.active_holds:
        raise Conflict("HOLD_ACTIVE", kinds=sorted({hold.kind for hold in course.active_holds}))


def _must_be_able_to_arrive(leg: LegFacts, at: datetime) -> None:
    if leg.state is LegState.PLANNED or leg.arrived_at is not None:
        raise Conflict("STATE_FORBIDS", leg=leg.n, state=leg.state.value)
    if leg.departed_at is not None and at < leg.departed_at:
        raise Invalid("DATE_INVALID", field="at")
