"""Approvals, departures and what happens under way. Nothing gets a person past the gate but these functions.

The gate is judged again in the transaction that departs; the row of that judgement stands beside the departure (I01).
"""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from domain.answering import free_text
from domain.cases import CaseStatus
from domain.course import DEPARTED, DEPARTURE, LegFacts, LegState, TaskFacts
from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.gate import Verdict, judge
from domain.journal import Kind
from domain.moves import judged
from domain.planning import legs_from_ministry
from domain.roles import Action, Role
from store import reads
from store.casefile import CaseFile, open_case_file
from store.tables_account import accounts
from store.unit import Unit

if TYPE_CHECKING:
    from store.answers import Receipt


DEPARTING = "departure"


def must_pass_gate(unit: Unit, file: CaseFile, occasion: str) -> Verdict:
    """Judges the gate on the data of this minute and stores the judgement.

    Raises Conflict("HOLD_ACTIVE") or Conflict("GATE_SHUT"); nothing of the transaction stays then.
    """
    verdict = judge(file.course, unit.now, file.world)
    if verdict.held:
        raise Conflict("HOLD_ACTIVE", kinds=sorted({hold.kind for hold in file.course.active_holds}))
    if not verdict.is_open:
        shut = [check.code for check in verdict.checks if check.state == "open"]
        raise Conflict("GATE_SHUT", checks=shut, approved=verdict.approved)
    if occasion == DEPARTING:
        _be_ready_to_leave(unit, file)
    file.do(unit, judged(verdict, occasion))
    return verdict


def _be_ready_to_leave(unit: Unit, file: CaseFile) -> None:
    """Through an open gate people leave from DISETUJUI or go on; a second signature the machine has not seen counts."""
    status = file.course.status
    if status is CaseStatus.MENUNGGU_GERBANG:
        to = CaseStatus.DISETUJUI.value
        file.write(unit, Kind.STATUS, {"from": status.value, "to": to, "cause": "two_approvals"})
    elif status not in (CaseStatus.DISETUJUI, CaseStatus.PERJALANAN, CaseStatus.SINGGAH):
        raise Conflict("STATE_FORBIDS", state=status.value)


# --- approvals


def approve(unit: Unit, number: str, decision: str, snapshot: str, note: str | None = None) -> None:
    """One of the two signatures of 4.3: pemeriksa first, then penyetuju, two people, on the same snapshot.

    Raises NotAllowed (ENTERED_BY_SELF, SAME_PERSON_APPROVES, ROLE_LACKS_ACTION), Conflict (STATE_FORBIDS, SNAPSHOT_OLD,
    HOLD_ACTIVE, GATE_SHUT, ITEMS_UNREAD).
    """
    unit.by.must(Action.APPROVE)
    file = open_case_file(unit, number)
    course = file.course
    if course.status not in (CaseStatus.MENUNGGU_GERBANG, CaseStatus.SINGGAH, CaseStatus.DISETUJUI):
        raise Conflict(
            "GATE_SHUT" if course.status is CaseStatus.PENANGANAN else "STATE_FORBIDS", state=course.status.value
        )
    if decision not in ("approve", "back"):
        raise Invalid("FIELD_INVALID", field="decision")
    words = free_text(note, "note", needed=decision == "back")
    verdict = judge(course, unit.now, file.world)
    if verdict.held:
        raise Conflict("HOLD_ACTIVE", kinds=sorted({hold.kind for hold in course.active_holds}))
    if not verdict.checks_hold:
        raise Conflict("GATE_SHUT", checks=[check.code for check in verdict.checks if check.state == "open"])
    if snapshot != verdict.snapshot or course.snapshot != verdict.snapshot:
        raise Conflict("SNAPSHOT_OLD")
    role = _role_now(unit, file, snapshot)
    _must_be_independent(unit, file)
    if not reads.has_seen(unit, file.id, unit.by.ref, snapshot):
        raise Conflict("ITEMS_UNREAD")
    codes = {
        "role": role,
        "decision": decision,
        "snapshot": snapshot,
        "account": unit.by.ref,
        "staff_number": unit.by.staff_number,
    }
    file.write(unit, Kind.APPROVED, codes, {"note": words} if words else None)
    file.finish(unit)


def _role_now(unit: Unit, file: CaseFile, snapshot: str) -> str:
    """Whose turn it is, and that this person holds that role and signed not yet."""
    live = [approval for approval in file.course.live_approvals if approval.snapshot == snapshot]
    mine = [a for a in live if a.account == unit.by.ref or a.staff_number == unit.by.staff_number]
    turn = Role.PEMERIKSA if not any(a.role == Role.PEMERIKSA for a in live) else Role.PENYETUJU
    if mine:
        raise NotAllowed("SAME_PERSON_APPROVES")
    if any(a.role == Role.PENYETUJU for a in live):
        raise Conflict("STATE_FORBIDS", state="approved")
    if not unit.by.has(turn):
        raise Conflict("STATE_FORBIDS", state=f"awaits_{turn.value}")
    return turn.value


def _must_be_independent(unit: Unit, file: CaseFile) -> None:
    """Never who entered the data or flags, who signed a TIDAK_DIPERLUKAN of a gate task, or the escort (4.3.3)."""
    course = file.course
    barred = {*course.enterers, *course.signers}
    barred |= {f"account:{leg.escort_account}" for leg in course.legs if leg.escort_account}
    if is_one_of(unit, barred):
        raise NotAllowed("ENTERED_BY_SELF")


def is_one_of(unit: Unit, refs: Collection[str]) -> bool:
    """Whether the actor is one of *refs*. One person may have two accounts: the staff number says who it is (T13)."""
    if unit.by.ref in refs:
        return True
    ids = [ref.removeprefix("account:") for ref in refs if ref.startswith("account:")]
    found = unit.rows(select(accounts.c.staff_number).where(accounts.c.id.in_(ids))) if ids else ()
    return unit.by.staff_number in {row.staff_number for row in found if row.staff_number}


# --- departures


def depart(
    unit: Unit,
    number: str,
    leg: int,
    result: str,
    at: datetime | None = None,
    until: str | None = None,
    note: str | None = None,
) -> "Receipt | None":
    """The check at departure of one leg; BERANGKAT is the departure. For remains the coordinator records it."""
    file = open_case_file(unit, number)
    if file.course.is_remains:
        _depart_remains(unit, file, leg, result, at, note)
        return None
    if not unit.by.has("pekerja_sosial", "kepala_sentra", "pendamping"):
        raise NotAllowed("ROLE_LACKS_ACTION", action="depart")
    from store.answers import must_answer_own
    from store.cases import must_be_of_shelter

    must_be_of_shelter(unit, file)
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
) -> "Receipt":
    """Answers `jalan.cek_berangkat`. With BERANGKAT the gate is judged here, in this transaction."""
    from store.answers import receipt_of, record_staff_answer

    if result == DEPARTED:
        _must_be_next_leg(file, task.n)
        if file.course.active_holds:
            raise Conflict("HOLD_ACTIVE", kinds=sorted({hold.kind for hold in file.course.active_holds}))
        if not task.is_settled:
            must_pass_gate(unit, file, DEPARTING)
    moment = _checked_moment(unit, at)
    number = record_staff_answer(unit, file, task, result, note or "", reason, until, moment)
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


# --- under way


def record_leg_event(
    unit: Unit, number: str, leg: int, event: str, at: datetime | None = None, note: str | None = None
) -> None:
    """A later leg departed or arrived, told by coordinator or the leg's escort. Only holds stop a next leg."""
    unit.by.must(Action.RECORD_LEG)
    file = open_case_file(unit, number)
    if not unit.by.has("koordinator"):
        from store.cases import must_be_of_shelter

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
