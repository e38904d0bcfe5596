"""Journal rows → the state of a case: `fold(procedure, rows)` gives a `Course`, as of the last row.

One handler for each kind of row that changes the state; a row never asks what time it is now.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from domain.cases import ARRIVED, ENDED, CaseStatus
from domain.course import (
    DEPARTED,
    DEPARTURE,
    STAY,
    TERMINATION,
    UNKNOWN,
    ApprovalFacts,
    AskFacts,
    Course,
    HandoverFacts,
    HoldFacts,
    LegFacts,
    LegState,
    TaskFacts,
)
from domain.journal import Kind, Row
from domain.procedure import Procedure, TaskRule
from domain.tasks import LIVE_ASKS, MOVES, AnswerClass, AskState, TaskEvent, TaskStatus, class_of


def fold(procedure: Procedure, rows: Iterable[Row]) -> Course:
    """The state of a case after *rows* (in order of their numbers), under its pinned procedure."""
    course = Course(procedure)
    for row in rows:
        take_in(course, row)
    return course


def take_in(course: Course, row: Row) -> None:
    """Takes one row in. Rows of kinds that do not change the state are only counted."""
    handler = _HANDLERS.get(row.kind)
    if handler is not None:
        handler(course, row)
    course.head = row.n


# --- one handler for each kind of row that changes the state


def _opened(course: Course, row: Row) -> None:
    codes = row.codes
    course.number, course.opened_at, course.started_by = codes["number"], row.at, row.actor
    course.entry_route, course.shelter = codes["entry_route"], codes["shelter"]
    course.destination, course.mission = codes["destination"], codes["mission"]
    course.debarkation, course.urgent = codes["debarkation"], codes["urgent"]
    course.offices = dict(codes["offices"])
    course.flags = dict.fromkeys((f.code for f in course.procedure.flags.values() if not f.derived), UNKNOWN)
    course.flags.update(codes.get("flags", {}))
    course.flags.update(row.sealed.get("flags", {}))
    course.enterers.add(row.actor)
    course.status_since = row.at
    if not codes["draft"]:
        course.set_status(CaseStatus.MENINGGAL if course.is_remains else CaseStatus.PENANGANAN, row.at)
    course.replan(row.at)


def _released(course: Course, row: Row) -> None:
    course.set_status(CaseStatus.MENINGGAL if course.is_remains else CaseStatus.PENANGANAN, row.at)


def _flags(course: Course, row: Row) -> None:
    course.flags.update(row.codes.get("flags", {}))
    course.flags.update(row.sealed.get("flags", {}))
    if cause := row.codes.get("cause"):
        course.causes.add(cause)
    else:
        course.enterers.add(row.actor)
    course.replan(row.at)


def _offices_named(course: Course, row: Row) -> None:
    course.offices.update(row.codes["offices"])
    course.mission = row.codes.get("mission") or course.mission
    course.debarkation = row.codes.get("debarkation") or course.debarkation


def _asked(course: Course, row: Row) -> None:
    codes = row.codes
    task = course.tasks[codes["task"], codes["n"]]
    course.move(task, TaskEvent.ASKED, row.at)
    task.ask, task.agency, task.refused = codes["ask"], codes["agency"], False
    course.asks[codes["ask"]] = AskFacts(
        codes["ask"], task.code, task.n, codes["agency"], codes["channel"], codes["rush"], row.at
    )


def _mailed(course: Course, row: Row) -> None:
    for ask_id, due in row.codes["due"].items():
        ask = course.asks[ask_id]
        ask.mail = row.codes["mail"]
        if ask.state is AskState.QUEUED:  # a fresh copy of the mail asks nothing anew
            ask.state, ask.asked_at = AskState.SENT, row.at
            if not ask.extended:  # staff may have asked for more time before their notice went out
                ask.due_at = datetime.fromisoformat(due) if due else None


def _due_moved(course: Course, row: Row) -> None:
    for ask_id, due in row.codes["due"].items():
        course.asks[ask_id].due_at = datetime.fromisoformat(due)


def _answered(course: Course, row: Row) -> None:
    codes = row.codes
    task = course.tasks.get((codes["task"], codes["n"]))
    ask = course.asks.get(codes["ask"]) if codes.get("ask") else None
    if ask is not None:
        needed = ask.state in LIVE_ASKS and task is not None and task.ask == ask.id and task.is_open
        if ask.state in LIVE_ASKS:
            ask.state, ask.answered_at = AskState.ANSWERED, row.at
        if not needed:
            course.late.add(row.n)
            return
    if task is None:
        course.late.add(row.n)
        return
    rule = course.rule(task.code)
    if ask is None:  # the start answers the intake; it was never asked
        course.move(task, TaskEvent.ASKED, row.at)
    match class_of(rule, codes["answer"]):
        case AnswerClass.PASSES:
            course.move(task, TaskEvent.ANSWERED if rule.verify_by else TaskEvent.PASSED, row.at)
        case AnswerClass.FAILS:
            course.move(task, TaskEvent.DECLINED, row.at)
            task.fails += 1
        case _:
            course.late.add(row.n)
            return
    task.answer, task.answered_at, task.answered_by = codes["answer"], row.at, row.actor
    task.answer_row, task.receipt = row.n, codes.get("receipt")
    task.reason, task.verified_by = codes.get("reason"), None
    before = (course.receiver, len(course.extra_visits))
    _follow_answer(course, row, task, rule)
    if before != (course.receiver, len(course.extra_visits)):
        course.replan(row.at)


def _follow_answer(course: Course, row: Row, task: TaskFacts, rule: TaskRule) -> None:
    """What an answer means beyond its own task: the receiver, the journey, another visit."""
    answer = row.codes["answer"]
    if rule.answers.code == "penerima" and answer in rule.answers.passes:
        course.receiver = ("family", None) if answer == "SIAP_MENERIMA" else ("substitute", None)
    elif task.code == DEPARTURE and answer == DEPARTED:
        record_departure(course, task.n, row.at)
    elif rule.answers.code == "serah_terima":
        _record_handover(course, row, task, answer in rule.answers.passes)
    elif task.code == TERMINATION and answer in rule.answers.fails:
        course.extra_visits.append(row.at)


def record_departure(course: Course, leg_n: int, at: datetime) -> None:
    """BERANGKAT on a leg that starts in the ministry's care: the person is on the road."""
    leg = course.leg(leg_n)
    if leg is not None:
        leg.state, leg.departed_at = LegState.DEPARTED, at
    course.set_status(CaseStatus.PERJALANAN, at)


def _record_handover(course: Course, row: Row, task: TaskFacts, accepted: bool) -> None:
    codes = row.codes
    course.handovers.append(
        HandoverFacts(
            codes.get("bast"), task.code, task.n, codes.get("giver", ""), codes.get("to", ""), codes["answer"], row.at
        )
    )
    if not accepted:
        return
    leg = course.leg(codes["leg"]) if codes.get("leg") else None
    if leg is not None:
        leg.state = LegState.HANDED_OVER  # times stay unknown where nobody recorded them
    left_already = any(later.n > task.n and later.state is not LegState.PLANNED for later in course.legs)
    if task.code == STAY and course.status is CaseStatus.PERJALANAN and not left_already:
        course.set_status(CaseStatus.SINGGAH, row.at)


def _extended(course: Course, row: Row) -> None:
    ask = course.asks[row.codes["ask"]]
    task = course.tasks[row.codes["task"], row.codes["n"]]
    if task.ask != ask.id or not task.is_open:
        course.late.add(row.n)
        return
    course.move(task, TaskEvent.MORE_TIME, row.at)
    ask.extended += 1
    ask.due_at = datetime.fromisoformat(row.codes["until"])


def _verified(course: Course, row: Row) -> None:
    task = course.tasks[row.codes["task"], row.codes["n"]]
    if row.codes["result"] == "pass":
        course.move(task, TaskEvent.VERIFIED, row.at)
        task.verified_by = row.actor
        return
    course.move(task, TaskEvent.SENT_BACK, row.at)
    task.ask = None


def _not_required(course: Course, row: Row) -> None:
    task = course.tasks[row.codes["task"], row.codes["n"]]
    course.move(task, TaskEvent.NOT_REQUIRED, row.at)
    task.not_required_reason = row.codes["reason"]
    task.refused = False
    if course.rule(task.code).gate:
        course.signers.add(row.actor)


def _decided(course: Course, row: Row) -> None:
    if row.codes["choice"] == "close":
        return
    task = course.tasks[row.codes["task"], row.codes["n"]]
    if row.codes.get("agency"):
        task.named_office = (row.codes["function"], row.codes["agency"])
    course.reopen(task, row.at)


def _withdrawn(course: Course, row: Row) -> None:
    course.asks[row.codes["ask"]].state = AskState.WITHDRAWN


def _expired(course: Course, row: Row) -> None:
    course.expired_row = row.n
    course.move(course.tasks[row.codes["task"], row.codes["n"]], TaskEvent.EXPIRED, row.at)


def _reopened(course: Course, row: Row) -> None:
    course.reopen(course.tasks[row.codes["task"], row.codes["n"]], row.at)
    if cause := row.codes.get("cause"):
        course.causes.add(cause)
    course.replan(row.at)


def _delivery_refused(course: Course, row: Row) -> None:
    for ask_id in row.codes["asks"]:
        ask = course.asks[ask_id]
        ask.refused = True
        task = course.tasks[ask.task, ask.n]
        if task.ask == ask_id and task.is_open:
            task.refused = True


def _hold_set(course: Course, row: Row) -> None:
    codes = row.codes
    course.holds[codes["hold"]] = HoldFacts(
        codes["hold"], codes["kind"], row.at, codes["review_on"], row.actor, codes.get("cause", "")
    )
    course.hold_changed_row = row.n
    if cause := codes.get("cause"):
        course.causes.add(f"hold:{cause}")


def _hold_lifted(course: Course, row: Row) -> None:
    course.holds[row.codes["hold"]].active = False
    course.hold_changed_row = row.n


def _receiver_named(course: Course, row: Row) -> None:
    course.receiver = (row.codes["relation"], row.codes.get("agency"))
    course.replan(row.at)


def _destination_set(course: Course, row: Row) -> None:
    """Another region: its offices are asked anew, whoever answered for the old one."""
    changed = course.destination is not None and course.destination != row.codes["region"]
    course.destination = row.codes["region"]
    course.enterers.add(row.actor)
    if not changed:
        return
    for task in course.tasks.values():
        rule = course.rule(task.code)
        if rule.owner.startswith("dinsos_") and rule.phase == "sebelum_gerbang":
            task.named_office = None
            if (task.status, TaskEvent.DROPPED) in MOVES and task.status is not TaskStatus.BELUM_SIAP:
                course.move(task, TaskEvent.DROPPED, row.at)
    course.receiver = None
    course.replan(row.at)


def _legs_planned(course: Course, row: Row) -> None:
    kept = [leg for leg in course.legs if leg.state is not LegState.PLANNED]
    fresh = [
        LegFacts(
            entry["n"],
            entry["kind"],
            datetime.fromisoformat(entry["departs_at"]),
            datetime.fromisoformat(entry["arrives_at"]),
            entry["hands_to"],
            entry.get("escort_account"),
            planned_in_row=row.n,
        )
        for entry in row.codes["legs"]
    ]
    course.legs = kept + fresh
    course.replan(row.at)


def _gate_judged(course: Course, row: Row) -> None:
    course.judged_row = row.n
    if row.codes["occasion"] == "checks":
        course.snapshot, course.parts = row.codes["snapshot"], dict(row.codes["parts"])
        course.snapshot_row = row.n


def _status(course: Course, row: Row) -> None:
    to = CaseStatus(row.codes["to"])
    if to in ARRIVED and course.handed_over_at is None:
        course.handed_over_at = next((h.at for h in reversed(course.handovers) if h.number), row.at)
    course.set_status(to, row.at)
    if to in ENDED:
        _end(course, row.at)
        return
    if to is CaseStatus.MENINGGAL and course.has_departed:
        course.restart_journey(row.at)
    course.replan(row.at)


def _end(course: Course, at: datetime) -> None:
    for task in course.tasks.values():
        if (task.status, TaskEvent.CASE_ENDED) in MOVES:
            course.move(task, TaskEvent.CASE_ENDED, at)


def _approved(course: Course, row: Row) -> None:
    codes = row.codes
    course.approvals.append(
        ApprovalFacts(
            row.n,
            codes["role"],
            codes["account"],
            row.at,
            codes["snapshot"],
            codes["decision"],
            codes.get("staff_number", ""),
        )
    )
    if codes["decision"] == "back":
        for approval in course.approvals[:-1]:
            approval.void = True


def _approval_void(course: Course, row: Row) -> None:
    for approval in course.approvals:
        if approval.row in row.codes["approvals"]:
            approval.void = True
    if cause := row.codes.get("cause"):
        course.causes.add(f"void:{cause}")


def _leg_event(course: Course, row: Row) -> None:
    leg = course.leg(row.codes["leg"])
    if leg is None:
        return
    if row.codes["event"] == "DEPARTED":
        leg.state, leg.departed_at = LegState.DEPARTED, row.at
        if row.codes.get("is_departure"):
            course.set_status(CaseStatus.PERJALANAN, row.at)
    else:
        leg.arrived_at = row.at
        if leg.state is not LegState.HANDED_OVER:
            leg.state = LegState.ARRIVED


def _closed(course: Course, row: Row) -> None:
    to = CaseStatus(row.codes["status"])
    was_over, from_aftercare = course.is_over, course.status in ARRIVED
    course.close_reason_row = row.n
    course.set_status(to, row.at)
    if to in ENDED:
        _end(course, row.at)
        return
    if was_over:
        for task in course.tasks.values():
            if task.status is TaskStatus.BATAL:
                course.move(task, TaskEvent.CASE_REOPENED, row.at)
                task.ask = None
    if to is CaseStatus.KEMBALI or was_over or (to is CaseStatus.PENANGANAN and from_aftercare):
        course.restart_journey(row.at)
    course.replan(row.at)


_HANDLERS: dict[Kind, Callable[[Course, Row], None]] = {
    Kind.OPENED: _opened,
    Kind.RELEASED: _released,
    Kind.FLAGS: _flags,
    Kind.OFFICES_NAMED: _offices_named,
    Kind.ASKED: _asked,
    Kind.MAILED: _mailed,
    Kind.DUE_MOVED: _due_moved,
    Kind.ANSWERED: _answered,
    Kind.EXTENDED: _extended,
    Kind.VERIFIED: _verified,
    Kind.NOT_REQUIRED: _not_required,
    Kind.DECIDED: _decided,
    Kind.WITHDRAWN: _withdrawn,
    Kind.EXPIRED: _expired,
    Kind.REOPENED: _reopened,
    Kind.DELIVERY_REFUSED: _delivery_refused,
    Kind.HOLD_SET: _hold_set,
    Kind.HOLD_LIFTED: _hold_lifted,
    Kind.RECEIVER_NAMED: _receiver_named,
    Kind.DESTINATION_SET: _destination_set,
    Kind.LEGS_PLANNED: _legs_planned,
    Kind.GATE_JUDGED: _gate_judged,
    Kind.STATUS: _status,
    Kind.APPROVED: _approved,
    Kind.APPROVAL_VOID: _approval_void,
    Kind.LEG_EVENT: _leg_event,
    Kind.CLOSED: _closed,
}
