"""The gate: judged in the transaction that departs, its row beside the departure (I01), and the two approvals.

Nothing gets a person past the gate but these functions.
"""

from domain.answering import free_text
from domain.cases import CaseStatus
from domain.errors import Conflict, Invalid, NotAllowed
from domain.gate import Verdict, judge
from domain.journal import Kind
from domain.moves import judged
from domain.roles import Action, Role
from store import reads
from store.access import is_one_of
from store.casefile import CaseFile, open_case_file
from store.unit import Unit

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
