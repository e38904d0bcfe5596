"""One case opened for work: its row, its journal folded to the head, and the tables that follow from it.

Every act on a case is: open the file, check, write rows (each folded at once), do what is due at once, save. `save`
writes only what changed between the fold at opening and the fold now, so that the tables always equal the journal.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Executable, Table, bindparam, delete, insert, select, update

from domain.agencies import Register
from domain.cases import ENDED, CaseStatus
from domain.course import Course
from domain.errors import NotFound
from domain.folding import fold, take_in
from domain.ids import ask_id, hold_id
from domain.journal import Kind, Row
from domain.moves import Act, due, due_at_once
from domain.planning import World
from domain.waiting import stage_of, waits_for
from store import agencies, journal
from store.shelf import Kept
from store.tables_case import approvals, asks, cases, handovers, holds, legs, tasks
from store.unit import Reading, Unit

MOST_ROUNDS = 400
FOLDED_SEALS = {Kind.OPENED, Kind.FLAGS}
Tables = dict[str, dict[tuple[Any, ...], dict[str, Any]]]

_CASE = (
    cases.c.id,
    cases.c.number,
    cases.c.person_id,
    cases.c.procedure_code,
    cases.c.procedure_version,
    cases.c.initials,
    cases.c.status,
    cases.c.opened_by,
    cases.c.group_number,
    cases.c.mailed,
)
_BY_NUMBER = select(*_CASE).where(cases.c.number == bindparam("wanted"))
_BY_ID = select(*_CASE).where(cases.c.id == bindparam("wanted"))


def world_of(reading: Reading) -> World:
    """Register, calendars and the keyed digest, as the rules want them."""
    register: Register = agencies.register(reading)
    world: World = reading.rules.world(register, lambda text: reading.vault.blind("snapshot", text)[:24])
    return world


def register_of(reading: Reading) -> Register:
    """The register of offices as of this transaction."""
    return agencies.register(reading)


@dataclass
class CaseFile:
    """A case at its head. In a `Unit` it can be written to; `now` of the unit is the time of every row."""

    id: str
    number: str
    person_id: str
    initials: str
    group_number: str | None
    opened_by: str
    course: Course
    world: World
    mailed: bool = False
    before: Tables = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    standing: journal.Subject | None = None  # as found; only in a `Unit`, and for a case that was there before

    @property
    def subject(self) -> str:
        return f"case-{self.id}"

    def write(
        self,
        unit: Unit,
        kind: Kind,
        codes: Mapping[str, Any],
        sealed: Mapping[str, Any] | None = None,
        at: datetime | None = None,
        grade: str = "",
    ) -> Row:
        """Appends one row and folds it."""
        n = unit.append(self.subject, kind, codes, sealed, at=at, grade=grade)
        known = sealed if sealed and kind in FOLDED_SEALS else {}
        row = Row(n, kind, at or unit.now, unit.now, unit.by.ref, codes, known, grade, unit.heads[self.subject][1])
        row = _flags_only(row)
        take_in(self.course, row)
        self.rows.append(row)
        return row

    def do(self, unit: Unit, act: Act) -> Row:
        """Writes the row of an act that the rules want."""
        codes = dict(act.codes)
        sealed: dict[str, Any] = {}
        if act.kind is Kind.ASKED:
            codes["ask"] = ask_id(unit.random_bytes(16))
        elif act.kind is Kind.HOLD_SET:
            codes |= {"hold": hold_id(unit.random_bytes(16)), "by_role": "sistem"}
            codes["review_on"] = review_day(self.course, codes["kind"], unit.now)
        if act.secret_flag is not None:
            sealed = {"flags": {act.secret_flag: "ya"}}
        return self.write(unit, act.kind, codes, sealed)

    def settle(self, unit: Unit) -> datetime | None:
        """Does what the rules want now, until nothing is left; returns the next moment."""
        for _ in range(MOST_ROUNDS):
            wanted = due(self.course, unit.now, self.world)
            if not wanted.acts:
                return wanted.next_at
            for act in wanted.acts:
                self.do(unit, act)
        raise RuntimeError("the rules never come to rest")

    def settle_at_once(self, unit: Unit) -> None:
        """Does only what belongs in the transaction that made it due."""
        for _ in range(MOST_ROUNDS):
            acts = due_at_once(self.course)
            if not acts:
                return
            for act in acts:
                self.do(unit, act)
        raise RuntimeError("the rules never come to rest")

    def save(self, unit: Unit, next_at: datetime | None = None) -> None:
        """Brings the tables to the fold: only what changed is written."""
        after = tables_of(self)
        for name, table, keys in _TABLES:
            _write_changes(unit, table, keys, self.id, self.before.get(name, {}), after[name])
        row = case_columns(self, unit.now)
        if next_at is not None:
            row["next_at"] = next_at
        elif self.course.is_over:
            row["next_at"] = None
        _change(unit, cases, {"id": self.id}, row)
        self.before = after

    def save_advanced(self, unit: Unit, next_at: datetime | None) -> None:
        """As `save`, at the end of an advance; one that wrote no row and waits for the same moment changes nothing."""
        was = self.standing
        if was is None or was.head != self.course.head or was.next_due_at != next_at:
            self.save(unit, next_at)

    def take_in_if_idle(self, unit: Unit) -> None:
        """After rows of which the rules want nothing: no wake of the conductor, unless it has other news to hear of."""
        was = self.standing
        if was is not None and was.applied == was.head and self._is_idle(unit, was):
            journal.take_in(unit, self.subject, self.course.head)

    def finish(self, unit: Unit) -> None:
        """The end of every act by a person: what is due at once, then the tables."""
        self.settle_at_once(unit)
        self.save(unit)
        was = self.standing
        if was is not None and was.head in (was.applied, was.quiet_head) and self._is_idle(unit, was):
            journal.note_quiet(unit, self.subject, self.course.head)

    def _is_idle(self, unit: Unit, was: journal.Subject) -> bool:
        """Whether the rules want nothing now and nothing sooner than the conductor waits for already."""
        wanted = due(self.course, unit.now, self.world)
        if wanted.acts:
            return False
        waits_for = was.next_due_at
        return wanted.next_at is None or (waits_for is not None and waits_for <= wanted.next_at)


def review_day(course: Course, kind: str, now: datetime) -> str:
    """Default review date of a hold: its `review_every` in calendar days from now (our default)."""
    days = course.procedure.holds[kind].review_every.amount
    return (now + timedelta(days=days)).date().isoformat()


def open_case_file(reading: Reading, number: str, *, is_shown: bool = False) -> CaseFile:
    """The case with this number at its head. Raises NotFound("NO_SUCH_CASE").

    is_shown: the unit hands the course out, for a page or an answer of the API. It is then nobody else's: any other
    course belongs to the shelf once its unit is committed, and the next act changes it.
    """
    return _open(reading, reading.row(_BY_NUMBER, {"wanted": number}), is_shown=is_shown)


def open_case_file_by_id(reading: Reading, case_id: str) -> CaseFile:
    """The case of an id, folded to its newest row. Raises NotFound("NO_SUCH_CASE")."""
    return _open(reading, reading.row(_BY_ID, {"wanted": case_id}))


def _open(reading: Reading, found: Any, *, is_shown: bool = False) -> CaseFile:
    if found is None:
        raise NotFound("NO_SUCH_CASE")
    standing = journal.lock_subject(reading, f"case-{found.id}") if isinstance(reading, Unit) else None
    procedure = reading.rules.procedure(found.procedure_code, found.procedure_version)
    keeps = isinstance(reading, Unit) and not is_shown
    course, rows = _kept(reading, found.id) if isinstance(reading, Unit) and keeps else (None, [])
    if course is None:
        rows = [_flags_only(row) for row in journal.rows_of(reading, f"case-{found.id}", open_kinds=FOLDED_SEALS)]
        course = fold(procedure, rows)
    file = CaseFile(
        id=found.id,
        number=found.number,
        person_id=found.person_id,
        initials=found.initials,
        group_number=found.group_number,
        opened_by=found.opened_by,
        course=course,
        world=world_of(reading),
        mailed=found.mailed,
        rows=rows,
        standing=standing,
    )
    if isinstance(reading, Unit):
        file.before = tables_of(file)
        if keeps:
            _keep(reading, file)
    return file


def _flags_only(row: Row) -> Row:
    """The row with what the fold reads of its sealed content; nobody's own words stay in memory."""
    if row.sealed.keys() <= {"flags"}:
        return row
    return replace(row, sealed={"flags": row.sealed["flags"]} if "flags" in row.sealed else {})


def _kept(unit: Unit, case_id: str) -> tuple[Course | None, list[Row]]:
    """The case as this process folded it last, with the rows that came since; (None, []) when it has none that fits."""
    subject = f"case-{case_id}"
    kept = unit.shelf.take(case_id)
    if kept is None:
        return None, []
    head, digest = unit.heads[subject]
    if (kept.head, kept.digest) != (head, digest):
        newer = journal.rows_of(unit, subject, after=kept.head - 1, open_kinds=FOLDED_SEALS)
        if not newer or newer[0].hash != kept.digest:
            return None, []
        for row in map(_flags_only, newer[1:]):
            take_in(kept.course, row)
            kept.rows.append(row)
    return kept.course, kept.rows


def _keep(unit: Unit, file: CaseFile) -> None:
    """Puts the case on the shelf once the unit is committed, if it is then folded to the unit's last row of it."""

    def put() -> None:
        head, digest = unit.heads[file.subject]
        if file.course.head == head == len(file.rows):  # every row, and not only the last, was folded here
            unit.shelf.put(file.id, Kept(file.course, file.rows, digest))

    unit.after_commit(put)


# --- what the tables say of a course


def tables_of(file: CaseFile) -> Tables:
    """The projection: every table row that follows from the fold, by table and key."""
    course = file.course
    return {
        "tasks": {(t.code, t.n): _task_columns(course, t.code, t.n) for t in course.tasks.values()},
        "asks": {
            (a.id,): {
                "number": file.number,
                "task": a.task,
                "n": a.n,
                "agency": a.agency,
                "channel": a.channel,
                "state": a.state.value,
                "rush": a.rush,
                "restricted": course.rule(a.task).restricted,
                "opened_at": a.opened_at,
                "asked_at": a.asked_at,
                "due_at": a.due_at,
                "mail": a.mail,
                "answered_at": a.answered_at,
                "extended": a.extended,
            }
            for a in course.asks.values()
        },
        "holds": {
            (h.id,): {
                "kind": h.kind,
                "since": h.since,
                "review_on": h.review_on,
                "set_by": h.set_by,
                "active": h.active,
            }
            for h in course.holds.values()
        },
        "approvals": {
            (a.row,): {
                "role": a.role,
                "account": a.account,
                "staff_number": a.staff_number,
                "at": a.at,
                "snapshot": a.snapshot,
                "decision": a.decision,
                "void": a.void,
            }
            for a in course.approvals
        },
        "legs": {
            (leg.n,): {
                "kind": leg.kind,
                "departs_at": leg.departs_at,
                "arrives_at": leg.arrives_at,
                "hands_to": leg.hands_to,
                "escort_account": leg.escort_account,
                "state": leg.state.value,
                "departed_at": leg.departed_at,
                "arrived_at": leg.arrived_at,
            }
            for leg in course.legs
        },
        "handovers": {
            (h.number,): {
                "task": h.task,
                "giver": h.giver,
                "receiver_party": h.receiver,
                "result": h.result,
                "at": h.at,
            }
            for h in course.handovers
            if h.number
        },
    }


def _task_columns(course: Course, code: str, n: int) -> dict[str, Any]:
    task = course.tasks[code, n]
    rule = course.rule(code)
    ask = course.ask_of(task)
    return {
        "status": task.status.value,
        "agency": task.agency,
        "ask": task.ask,
        "opened_at": ask.opened_at if ask else None,
        "asked_at": ask.asked_at if ask else None,
        "due_at": ask.due_at if ask else None,
        "answer": task.answer,
        "answered_at": task.answered_at,
        "verify_by": rule.verify_by or None,
        "evidence_missing": evidence_missing(course, code, n),
        "owner": rule.owner,
    }


def evidence_missing(course: Course, code: str, n: int) -> bool:
    """A required paper that is still to come ("bukti menyusul"): marked, and it does not stop LULUS."""
    task, rule = course.tasks[code, n], course.rule(code)
    if task.not_required_reason and task.status == "TIDAK_DIPERLUKAN":
        return course.procedure.not_required_reasons[task.not_required_reason][1]
    return rule.evidence_required and task.status in ("DIJAWAB", "LULUS")


def case_columns(file: CaseFile, now: datetime) -> dict[str, Any]:
    """What lists show of a case. `holder` is the agency waited for longest, `due_at` the earliest due moment."""
    course = file.course
    waiting = waits_for(course, file.world)
    dues = [ask.due_at for ask in course.open_asks if ask.due_at is not None]
    return {
        "status": course.status.value,
        "stage": stage_of(course),
        "urgent": course.urgent,
        "destination": course.destination,
        "province": course.destination[:2] if course.destination else None,
        "updated_at": now,
        "is_child": course.flags.get("child") == "ya",
        "holder": waiting[0].agency if waiting else None,
        "holder_since": waiting[0].since if waiting else None,
        "due_at": min(dues, default=None),
        "waits": [
            {"task": w.task, "n": w.n, "agency": w.agency, "since": w.since.isoformat(), "what": w.what}
            for w in waiting
        ],
        "holds": sorted({hold.kind for hold in course.active_holds}),
        "mailed": file.mailed or any(ask.mail for ask in course.asks.values()),
        "is_open": course.status not in ENDED and course.status is not CaseStatus.DRAF,
    }


_TABLES: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("tasks", tasks, ("code", "n")),
    ("asks", asks, ("id",)),
    ("holds", holds, ("id",)),
    ("approvals", approvals, ("n",)),
    ("legs", legs, ("n",)),
    ("handovers", handovers, ("number",)),
)


def _write_changes(
    unit: Unit,
    table: Any,
    keys: tuple[str, ...],
    case_id: str,
    before: dict[tuple[Any, ...], dict[str, Any]],
    after: dict[tuple[Any, ...], dict[str, Any]],
) -> None:
    fresh = [
        {"case_id": case_id, **dict(zip(keys, key, strict=True)), **columns}
        for key, columns in after.items()
        if key not in before
    ]
    if fresh:
        unit.execute(_insert(table), fresh)
    for key, columns in after.items():
        old = before.get(key)
        if old is not None and old != columns:
            changed = {name: value for name, value in columns.items() if old[name] != value}
            _change(unit, table, {"case_id": case_id, **dict(zip(keys, key, strict=True))}, changed)
    for key in before.keys() - after.keys():
        gone = [table.c[name] == value for name, value in zip(keys, key, strict=True)]
        unit.execute(delete(table).where(table.c.case_id == case_id, *gone))


def _change(unit: Unit, table: Table, row: Mapping[str, Any], changed: Mapping[str, Any]) -> None:
    """Sets columns of the row that has these keys."""
    values = {f"of_{name}": value for name, value in row.items()} | {
        f"to_{name}": value for name, value in changed.items()
    }
    unit.execute(_update(table, tuple(row), tuple(changed)), values)


@cache
def _update(table: Table, keys: tuple[str, ...], columns: tuple[str, ...]) -> Executable:
    """Kept, since building a statement costs several times what running it does."""
    where = [table.c[name] == bindparam(f"of_{name}") for name in keys]
    return update(table).where(*where).values({name: bindparam(f"to_{name}") for name in columns})


@cache
def _insert(table: Table) -> Executable:
    return insert(table)
