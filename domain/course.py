"""The state of one case as of any moment: a fold over its journal rows.

`fold(procedure, rows)` gives a `Course`. Nothing here looks at a clock, an office or a calendar: what *should* happen
next is `domain/moves.py`, whether the person may go is `domain/gate.py`. Times are aware UTC application time.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.cases import ARRIVED, ENDED, CaseStatus
from domain.journal import Kind, Row
from domain.machine import advance
from domain.planning import planned, stays
from domain.procedure import Procedure, TaskRule
from domain.tasks import LIVE_ASKS, MOVES, OPEN, SETTLED, AnswerClass, AskState, TaskEvent, TaskStatus, class_of

YES, NO, UNKNOWN = "ya", "tidak", "belum_diketahui"
FLAG_VALUES = (YES, NO, UNKNOWN)
INTAKE, DEPARTURE, STAY, PLAN = "akses.penerimaan", "jalan.cek_berangkat", "jalan.transit", "pulang.rencana_perjalanan"
TERMINATION = "pasca.terminasi"
DEPARTED = "BERANGKAT"
Key = tuple[str, int]


class LegState(StrEnum):
    PLANNED = "PLANNED"
    DEPARTED = "DEPARTED"
    ARRIVED = "ARRIVED"
    HANDED_OVER = "HANDED_OVER"


@dataclass(slots=True)
class AskFacts:
    """One request to one office for one task."""

    id: str
    task: str
    n: int
    agency: str
    channel: str
    rush: bool
    opened_at: datetime
    state: AskState = AskState.QUEUED
    mail: str | None = None
    asked_at: datetime | None = None
    due_at: datetime | None = None
    answered_at: datetime | None = None
    extended: int = 0
    refused: bool = False


@dataclass(slots=True)
class TaskFacts:
    """One row of the plan; `since` is when its present status began."""

    code: str
    n: int
    status: TaskStatus
    since: datetime
    ask: str | None = None
    agency: str | None = None
    answer: str | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    answer_row: int = 0
    receipt: str | None = None
    reason: str | None = None
    verified_by: str | None = None
    not_required_reason: str | None = None
    refused: bool = False
    fails: int = 0
    named_office: tuple[str, str] | None = None  # (function, agency) chosen by the coordinator after a failing answer

    @property
    def key(self) -> Key:
        return (self.code, self.n)

    @property
    def is_settled(self) -> bool:
        return self.status in SETTLED

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


@dataclass(slots=True)
class HoldFacts:
    id: str
    kind: str
    since: datetime
    review_on: str
    set_by: str
    cause: str
    active: bool = True


@dataclass(slots=True)
class ApprovalFacts:
    row: int
    role: str
    account: str
    at: datetime
    snapshot: str
    decision: str
    staff_number: str = ""
    void: bool = False

    @property
    def is_live(self) -> bool:
        return self.decision == "approve" and not self.void


@dataclass(slots=True)
class LegFacts:
    """One stretch. Planned times are aware UTC; where they are shown decides the zone."""

    n: int
    kind: str
    departs_at: datetime
    arrives_at: datetime
    hands_to: str
    escort_account: str | None = None
    state: LegState = LegState.PLANNED
    departed_at: datetime | None = None
    arrived_at: datetime | None = None
    planned_in_row: int = 0


@dataclass(slots=True)
class HandoverFacts:
    number: str | None
    task: str
    n: int
    giver: str
    receiver: str
    result: str
    at: datetime


@dataclass(slots=True)
class Course:
    """Everything the rules need to know of one case; personal content is not here, restricted flags are."""

    procedure: Procedure
    number: str = ""
    status: CaseStatus = CaseStatus.DRAF
    status_since: datetime | None = None
    before_lost: CaseStatus | None = None
    on_remains_track: bool = False
    opened_at: datetime | None = None
    started_by: str = ""
    entry_route: str = ""
    shelter: str = ""
    destination: str | None = None
    mission: str | None = None
    debarkation: str | None = None
    urgent: bool = False
    offices: dict[str, str] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    tasks: dict[Key, TaskFacts] = field(default_factory=dict)
    asks: dict[str, AskFacts] = field(default_factory=dict)
    holds: dict[str, HoldFacts] = field(default_factory=dict)
    approvals: list[ApprovalFacts] = field(default_factory=list)
    legs: list[LegFacts] = field(default_factory=list)
    handovers: list[HandoverFacts] = field(default_factory=list)
    receiver: tuple[str, str | None] | None = None
    snapshot: str | None = None
    parts: dict[str, str] = field(default_factory=dict)
    snapshot_row: int = 0
    judged_row: int = 0
    hold_changed_row: int = 0
    expired_row: int = 0
    handed_over_at: datetime | None = None
    extra_visits: list[datetime] = field(default_factory=list)
    enterers: set[str] = field(default_factory=set)
    signers: set[str] = field(default_factory=set)
    causes: set[str] = field(default_factory=set)
    late: set[int] = field(default_factory=set)
    close_reason_row: int = 0
    head: int = 0

    # --- reading

    @property
    def is_over(self) -> bool:
        return self.status in ENDED

    @property
    def is_remains(self) -> bool:
        return self.flags.get("deceased") == YES

    @property
    def has_departed(self) -> bool:
        return any(leg.state is not LegState.PLANNED for leg in self.legs)

    @property
    def active_holds(self) -> list[HoldFacts]:
        return [hold for hold in self.holds.values() if hold.active]

    @property
    def live_approvals(self) -> list[ApprovalFacts]:
        return [approval for approval in self.approvals if approval.is_live]

    @property
    def true_flags(self) -> frozenset[str]:
        """Flags that count as set, the derived ones among them."""
        derived = set()
        if self.receiver is not None and self.receiver[0] != "family":
            derived.add("substitute")
        if stays(self.legs):
            derived.add("has_transit")
        return frozenset({code for code, value in self.flags.items() if value == YES} | derived)

    @property
    def open_asks(self) -> list[AskFacts]:
        return [ask for ask in self.asks.values() if ask.state in LIVE_ASKS]

    def rule(self, code: str) -> TaskRule:
        return self.procedure.get_task(code)

    def find_task(self, code: str, n: int | None = None) -> TaskFacts | None:
        """The instance *n* of a task; without *n* the open one, else the first that is not settled, else the last."""
        if n is not None:
            return self.tasks.get((code, n))
        instances = self.instances(code)
        waiting = [t for t in instances if t.is_open or t.status is TaskStatus.DIJAWAB]
        unsettled = [t for t in instances if not t.is_settled]
        return next(iter(waiting or unsettled or instances[-1:]), None)

    def instances(self, code: str) -> list[TaskFacts]:
        return sorted((t for t in self.tasks.values() if t.code == code), key=lambda t: t.n)

    def ask_of(self, task: TaskFacts) -> AskFacts | None:
        return self.asks.get(task.ask) if task.ask else None

    def leg(self, n: int) -> LegFacts | None:
        return next((leg for leg in self.legs if leg.n == n), None)

    def ordered_tasks(self) -> Iterator[TaskFacts]:
        order = {code: place for place, code in enumerate(self.procedure.tasks)}
        yield from sorted(self.tasks.values(), key=lambda t: (order[t.code], t.n))

    # --- folding

    def apply(self, row: Row) -> None:
        """Takes one row in. Rows of kinds that do not change the state are only counted."""
        handler = _HANDLERS.get(row.kind)
        if handler is not None:
            handler(self, row)
        self.head = row.n

    def _move(self, task: TaskFacts, event: TaskEvent, at: datetime) -> None:
        after = advance(MOVES, task.status, event)
        if after is not task.status:
            task.status, task.since = after, at

    def _set_status(self, to: CaseStatus, at: datetime) -> None:
        if to is not self.status:
            if to is CaseStatus.HILANG_KONTAK:
                self.before_lost = self.status
            self.status, self.status_since = to, at
            self.on_remains_track = self.on_remains_track or to is CaseStatus.MENINGGAL

    def replan(self, at: datetime) -> None:
        """Which tasks apply follows the flags and the journey for as long as the case runs."""
        if self.is_over:
            return
        wanted = planned(self)
        for key in wanted:
            if key not in self.tasks:
                self.tasks[key] = TaskFacts(key[0], key[1], TaskStatus.TIDAK_BERLAKU, at)
        for key, task in self.tasks.items():
            applies = wanted.get(key, False)
            if applies and task.status is TaskStatus.TIDAK_BERLAKU:
                task.ask, task.answer, task.refused = None, None, False
                self._move(task, TaskEvent.APPLIES, at)
            elif not applies and (task.status, TaskEvent.DROPPED) in MOVES:
                self._move(task, TaskEvent.DROPPED, at)

    def restart_journey(self, at: datetime) -> None:
        """A journey that broke off, or a case that is taken up again: nothing of the road ahead stands any more."""
        self.legs = []
        self.handed_over_at = None
        self.extra_visits = []
        for approval in self.approvals:
            approval.void = True
        for task in self.tasks.values():
            if self.rule(task.code).phase != "sebelum_gerbang" and (task.status, TaskEvent.DROPPED) in MOVES:
                self._move(task, TaskEvent.DROPPED, at)
        for task in self.instances(PLAN):
            if task.status is TaskStatus.LULUS:
                self._reopen(task, at)

    def _reopen(self, task: TaskFacts, at: datetime) -> None:
        old = self.ask_of(task)
        if old is not None and old.state in LIVE_ASKS:
            old.state = AskState.SUPERSEDED
        self._move(task, TaskEvent.REOPENED, at)
        task.ask, task.refused, task.verified_by = None, False, None


def fold(procedure: Procedure, rows: Iterable[Row]) -> Course:
    """The state of a case after *rows* (in order of their numbers), under its pinned procedure."""
    course = Course(procedure)
    for row in rows:
        course.apply(row)
    return course


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
        course._set_status(CaseStatus.MENINGGAL if course.is_remains else CaseStatus.PENANGANAN, row.at)
    course.replan(row.at)


def _released(course: Course, row: Row) -> None:
    course._set_status(CaseStatus.MENINGGAL if course.is_remains else CaseStatus.PENANGANAN, row.at)


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
    course._move(task, TaskEvent.ASKED, row.at)
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
        course._move(task, TaskEvent.ASKED, row.at)
    match class_of(rule, codes["answer"]):
        case AnswerClass.PASSES:
            course._move(task, TaskEvent.ANSWERED if rule.verify_by else TaskEvent.PASSED, row.at)
        case AnswerClass.FAILS:
            course._move(task, TaskEvent.DECLINED, row.at)
            task.fails += 1
        case _:
            course.late.add(row.n)
            return
    task.answer, task.answered_at, task.answered_by = codes["answer"], row.at, row.actor
    task.answer_row, task.receipt = row.n, codes.get("receipt")
    task.reason, task.verified_by = codes.get("reason"), None
    _follow_answer(course, row, task, rule)
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
    course._set_status(CaseStatus.PERJALANAN, at)


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
        course._set_status(CaseStatus.SINGGAH, row.at)


def _extended(course: Course, row: Row) -> None:
    ask = course.asks[row.codes["ask"]]
    task = course.tasks[row.codes["task"], row.codes["n"]]
    if task.ask != ask.id or not task.is_open:
        course.late.add(row.n)
        return
    course._move(task, TaskEvent.MORE_TIME, row.at)
    ask.extended += 1
    ask.due_at = datetime.fromisoformat(row.codes["until"])


def _verified(course: Course, row: Row) -> None:
    task = course.tasks[row.codes["task"], row.codes["n"]]
    if row.codes["result"] == "pass":
        course._move(task, TaskEvent.VERIFIED, row.at)
        task.verified_by = row.actor
        course.replan(row.at)
        return
    course._move(task, TaskEvent.SENT_BACK, row.at)
    task.ask = None


def _not_required(course: Course, row: Row) -> None:
    task = course.tasks[row.codes["task"], row.codes["n"]]
    course._move(task, TaskEvent.NOT_REQUIRED, row.at)
    task.not_required_reason = row.codes["reason"]
    task.refused = False
    if course.rule(task.code).gate:
        course.signers.add(row.actor)
    course.replan(row.at)


def _decided(course: Course, row: Row) -> None:
    if row.codes["choice"] == "close":
        return
    task = course.tasks[row.codes["task"], row.codes["n"]]
    if row.codes.get("agency"):
        task.named_office = (row.codes["function"], row.codes["agency"])
    course._reopen(task, row.at)


def _withdrawn(course: Course, row: Row) -> None:
    course.asks[row.codes["ask"]].state = AskState.WITHDRAWN


def _expired(course: Course, row: Row) -> None:
    course.expired_row = row.n
    course._move(course.tasks[row.codes["task"], row.codes["n"]], TaskEvent.EXPIRED, row.at)


def _reopened(course: Course, row: Row) -> None:
    course._reopen(course.tasks[row.codes["task"], row.codes["n"]], row.at)
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
                course._move(task, TaskEvent.DROPPED, row.at)
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
    course._set_status(to, row.at)
    if to in ENDED:
        _end(course, row.at)
        return
    if to is CaseStatus.MENINGGAL and course.has_departed:
        course.restart_journey(row.at)
    course.replan(row.at)


def _end(course: Course, at: datetime) -> None:
    for task in course.tasks.values():
        if (task.status, TaskEvent.CASE_ENDED) in MOVES:
            course._move(task, TaskEvent.CASE_ENDED, at)


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
            course._set_status(CaseStatus.PERJALANAN, row.at)
    else:
        leg.arrived_at = row.at
        if leg.state is not LegState.HANDED_OVER:
            leg.state = LegState.ARRIVED


def _closed(course: Course, row: Row) -> None:
    to = CaseStatus(row.codes["status"])
    was_over, from_aftercare = course.is_over, course.status in ARRIVED
    course.close_reason_row = row.n
    course._set_status(to, row.at)
    if to in ENDED:
        _end(course, row.at)
        return
    if was_over:
        for task in course.tasks.values():
            if task.status is TaskStatus.BATAL:
                course._move(task, TaskEvent.CASE_REOPENED, row.at)
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


def plain(course: Course) -> dict[str, Any]:
    """The course as plain values, for comparing two folds and for the projection test."""
    return {
        "status": course.status.value,
        "flags": dict(course.flags),
        "tasks": {f"{t.code}/{t.n}": (t.status.value, t.ask, t.answer) for t in course.tasks.values()},
        "asks": {a.id: (a.state.value, a.agency, a.mail) for a in course.asks.values()},
        "holds": {h.id: (h.kind, h.active) for h in course.holds.values()},
        "approvals": [(a.role, a.account, a.snapshot, a.is_live) for a in course.approvals],
        "legs": [(leg.n, leg.state.value, leg.hands_to) for leg in course.legs],
        "handovers": [(h.number, h.task, h.result) for h in course.handovers],
    }
