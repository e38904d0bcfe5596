"""The state of one case as of any moment; `domain/folding.py` makes it from the journal's rows.

Nothing here looks at a clock, an office or a calendar: what *should* happen next is `domain/moves.py`, whether the
person may go is `domain/gate.py`. Times are aware UTC application time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.cases import ENDED, CaseStatus
from domain.machine import advance
from domain.planning import planned, stays
from domain.procedure import Procedure, TaskRule
from domain.tasks import LIVE_ASKS, MOVES, OPEN, SETTLED, AskState, TaskEvent, TaskStatus

YES, NO, UNKNOWN = "ya", "tidak", "belum_diketahui"
FLAG_VALUES = (YES, NO, UNKNOWN)
INTAKE, DEPARTURE, STAY, PLAN = "akses.penerimaan", "jalan.cek_berangkat", "jalan.transit", "pulang.rencana_perjalanan"
TERMINATION = "pasca.terminasi"
DEPARTED = "BERANGKAT"
Key = tuple[str, int]


class LegState(StrEnum):
    """State of one leg of a journey."""

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
    """One hold. since: aware UTC; review_on: a day, ISO; cause: why the system itself set it, else ""."""

    id: str
    kind: str
    since: datetime
    review_on: str
    set_by: str
    cause: str
    active: bool = True


@dataclass(slots=True)
class ApprovalFacts:
    """One signature under a snapshot, or one sending back. row: its journal row; at: aware UTC."""

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
    """One change of responsibility. giver, receiver: codes of offices or parties; at: aware UTC."""

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
        """The procedure's rule of a task. Raises as `Procedure.get_task`."""
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
        """Every instance of a task, by its number."""
        return sorted((t for t in self.tasks.values() if t.code == code), key=lambda t: t.n)

    def ask_of(self, task: TaskFacts) -> AskFacts | None:
        """The task's present ask, or None."""
        return self.asks.get(task.ask) if task.ask else None

    def leg(self, n: int) -> LegFacts | None:
        """Leg *n*, or None."""
        return next((leg for leg in self.legs if leg.n == n), None)

    def ordered_tasks(self) -> Iterator[TaskFacts]:
        """All tasks in the procedure's order."""
        order = {code: place for place, code in enumerate(self.procedure.tasks)}
        yield from sorted(self.tasks.values(), key=lambda t: (order[t.code], t.n))

    # --- moving; called by the fold only

    def move(self, task: TaskFacts, event: TaskEvent, at: datetime) -> None:
        """Moves a task by an event of PROCESS 2.5. Raises Conflict("STATE_FORBIDS") for a move that the table does not
        have.
        """
        after = advance(MOVES, task.status, event)
        if after is not task.status:
            task.status, task.since = after, at

    def set_status(self, to: CaseStatus, at: datetime) -> None:
        """Moves the case (PROCESS 2.4) and notes since when, aware UTC."""
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
                self.move(task, TaskEvent.APPLIES, at)
            elif not applies and (task.status, TaskEvent.DROPPED) in MOVES:
                self.move(task, TaskEvent.DROPPED, at)

    def restart_journey(self, at: datetime) -> None:
        """A journey that broke off, or a case that is taken up again: nothing of the road ahead stands any more."""
        self.legs = []
        self.handed_over_at = None
        self.extra_visits = []
        for approval in self.approvals:
            approval.void = True
        for task in self.tasks.values():
            if self.rule(task.code).phase != "sebelum_gerbang" and (task.status, TaskEvent.DROPPED) in MOVES:
                self.move(task, TaskEvent.DROPPED, at)
        for task in self.instances(PLAN):
            if task.status is TaskStatus.LULUS:
                self.reopen(task, at)

    def reopen(self, task: TaskFacts, at: datetime) -> None:
        """Opens a task again, to be asked anew; its living ask counts no more. at: aware UTC."""
        old = self.ask_of(task)
        if old is not None and old.state in LIVE_ASKS:
            old.state = AskState.SUPERSEDED
        self.move(task, TaskEvent.REOPENED, at)
        task.ask, task.refused, task.verified_by = None, False, None


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
