"""The SOP as data: a versioned TOML file parsed and checked into frozen values.

Every limit, role, wording and hold kind in it is a Pulang default that an administrator may change; none is law
(PROCESS 12.3). A case keeps the version it was started with.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from domain.conditions import Condition, parse_condition
from domain.deadlines import Anchor, Limit, parse_anchor, parse_limit
from domain.errors import DomainError, Invalid

GATE = "gate"
REPEATS = ("", "leg_from_ministry", "transit", "monitoring")
ANCHORS = frozenset(
    {
        "leg.departs_at",
        "leg.arrives_at",
        "first_leg.departs_at",
        "last_leg.departs_at",
        "last_leg.arrives_at",
        "visit.due_on",
    }
)


@dataclass(frozen=True, slots=True)
class Titles:
    """A text in the languages of the screen."""

    id: str
    en: str


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """The codes a task may be answered with; waiting codes move the due moment and leave the ask open."""

    code: str
    passes: tuple[str, ...]
    waits: tuple[str, ...]
    fails: tuple[str, ...]
    sets_flag: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FlagRule:
    """One flag of the procedure (PROCESS 2.3)."""

    code: str
    titles: Titles
    derived: bool
    required_at_gate: bool
    restricted: bool


@dataclass(frozen=True, slots=True)
class KindRule:
    """A function of offices: where one is looked for, what it may see after the mail's code (PROCESS 1.3)."""

    code: str
    titles: Titles
    near: str
    fields: tuple[str, ...]

    @property
    def is_staff(self) -> bool:
        """Answered by signed-in staff of the ministry only (PROCESS 1.2)."""
        return self.code.startswith("kemensos_")


@dataclass(frozen=True, slots=True)
class TaskRule:
    """One task of the procedure. Limits are units of the owner's calendar; anchors are planned times."""

    code: str
    titles: Titles
    stage: str
    phase: str
    track: str
    owner: str
    owner_when: Mapping[str, str]
    informs: tuple[str, ...]
    after: tuple[str, ...]
    when: Condition
    answers: AnswerSet
    evidence: tuple[str, ...]
    evidence_required: bool
    limit: Limit
    limit_urgent: Limit
    reminder: str
    verify_by: str
    gate: bool
    not_required_by: str
    on_fail: str
    signer: str
    valid_days: int | None
    opens: Anchor | None
    due_from: Anchor | None
    repeat: str
    restricted: bool

    @property
    def is_critical(self) -> bool:
        """Asks of the `kritis` profile go day and night, gathered one clock minute (PROCESS 3.4)."""
        return self.reminder == "kritis"


@dataclass(frozen=True, slots=True)
class Basis:
    """One legal ground on which a return may stand, with its source (PROCESS 4)."""

    code: str
    titles: Titles
    enabled: bool
    when: Condition
    requires: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class CheckRule:
    """One check of the gate: the tasks it asks for, and when it applies (PROCESS 4)."""

    code: str
    group: str
    when: Condition
    sentence: Titles
    tasks: tuple[str, ...]
    override_by: str


@dataclass(frozen=True, slots=True)
class HoldRule:
    """One kind of hold: who sets and lifts it, and how often it is reviewed (PROCESS 4.5)."""

    code: str
    titles: Titles
    set_by: tuple[str, ...]
    lift_by: tuple[str, ...]
    lift_needs_other_person: bool
    review_every: Limit


@dataclass(frozen=True, slots=True)
class VisitRule:
    """One visit after the return, in months from the hand-over (PROCESS 6)."""

    number: int
    months_after_handover: int
    when: Condition


@dataclass(frozen=True)
class Procedure:
    """One version of the procedure, whole and checked."""

    code: str
    version: str
    titles: Titles
    defaults: Mapping[str, Any]
    stages: Mapping[str, Titles]
    kinds: Mapping[str, KindRule]
    flags: Mapping[str, FlagRule]
    tasks: Mapping[str, TaskRule]
    reasons: Mapping[str, tuple[Titles, bool]]
    not_required_reasons: Mapping[str, tuple[Titles, bool]]
    on_fail: Mapping[str, str]
    evidence_kinds: Mapping[str, str]
    approval_valid: Limit
    bases: tuple[Basis, ...]
    checks: tuple[CheckRule, ...]
    effects: Mapping[str, str]
    holds: Mapping[str, HoldRule]
    visits: tuple[VisitRule, ...]
    termination_reasons: Mapping[str, str]
    text_hash: str = field(default="")

    def default_limit(self, name: str) -> Limit:
        """A limit by its name among the defaults. Raises KeyError for a name that is none, Invalid for a bad one."""
        return parse_limit(str(self.defaults[name]))

    @cached_property
    def required_flags(self) -> tuple[str, ...]:
        """Flags that must be answered yes or no before the gate (check U03)."""
        return tuple(flag.code for flag in self.flags.values() if flag.required_at_gate)

    @cached_property
    def restricted_flags(self) -> frozenset[str]:
        return frozenset(flag.code for flag in self.flags.values() if flag.restricted)

    @cached_property
    def flags_read_by_gate(self) -> frozenset[str]:
        """Flags that checks and gate tasks read: part of the snapshot (PROCESS 4.3)."""
        names: set[str] = set()
        for check in self.checks:
            names |= check.when.names
        for task in self.tasks.values():
            if task.gate:
                names |= task.when.names
        return frozenset(names)

    def get_task(self, code: str) -> TaskRule:
        """Raises Invalid("TASK_UNKNOWN") for a code that is not in this version."""
        if code not in self.tasks:
            raise Invalid("TASK_UNKNOWN", field="task")
        return self.tasks[code]


def _titles(entry: Mapping[str, Any], key: str = "title") -> Titles:
    english = str(entry.get(f"{key}_en", entry.get(f"{key}_id", entry.get("code", ""))))
    return Titles(id=str(entry.get(f"{key}_id", english)), en=english)


def _by_code(entries: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        if entry["code"] in found:
            raise Invalid("PROCEDURE_BAD", where=entry["code"])
        found[entry["code"]] = entry
    return found


def parse_procedure(text: str, text_hash: str = "") -> Procedure:
    """Parses and checks one procedure file.

    Raises Invalid("PROCEDURE_BAD", where=...) for unknown names, a cycle, a limit below one, or a missing part.
    """
    try:
        raw = tomllib.loads(text)
        return _build(raw, text_hash)
    except DomainError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise Invalid("PROCEDURE_BAD", where=type(fault).__name__) from fault


def _build(raw: Mapping[str, Any], text_hash: str) -> Procedure:
    flags = {
        code: FlagRule(code, _titles(e), e["kind"] == "derived", e["required_at_gate"], e["restricted"])
        for code, e in _by_code(raw["flag"]).items()
    }
    restricted = frozenset(code for code, flag in flags.items() if flag.restricted)
    sets = {
        code: AnswerSet(code, tuple(e["pass"]), tuple(e["wait"]), tuple(e["fail"]), dict(e.get("sets_flag", {})))
        for code, e in _by_code(raw["answer_set"]).items()
    }
    kinds = {
        code: KindRule(code, _titles(e), e["near"], tuple(e.get("fields", ())))
        for code, e in _by_code(raw["agency_kind"]).items()
    }
    tasks = {code: _task(entry, sets, restricted) for code, entry in _by_code(raw["task"]).items()}
    gate = raw["gate"]
    procedure = Procedure(
        code=raw["procedure"]["code"],
        version=raw["procedure"]["version"],
        titles=_titles(raw["procedure"]),
        defaults=dict(raw["defaults"]),
        stages={code: _titles(e) for code, e in _by_code(raw["stage"]).items()},
        kinds=kinds,
        flags=flags,
        tasks=tasks,
        reasons={c: (_titles(e), e["text_required"]) for c, e in _by_code(raw["decline_reason"]).items()},
        not_required_reasons={
            c: (_titles(e), e["evidence_required"]) for c, e in _by_code(raw["not_required_reason"]).items()
        },
        on_fail={c: e["title_en"] for c, e in _by_code(raw["on_fail"]).items()},
        evidence_kinds={c: e["title_id"] for c, e in _by_code(raw["evidence_kind"]).items()},
        approval_valid=parse_limit(gate["approval_valid"]),
        bases=tuple(
            Basis(e["code"], _titles(e), e["enabled"], parse_condition(e["when"]), tuple(e["requires"]), e["source"])
            for e in gate["basis"]
        ),
        checks=tuple(
            CheckRule(
                e["code"],
                e["group"],
                parse_condition(e["when"]),
                _titles(e, "text"),
                tuple(e["tasks"]),
                e["override_by"],
            )
            for e in gate["check"]
        ),
        effects={e["event"]: e["effect"] for e in gate["invalidate"]},
        holds={
            code: HoldRule(
                code,
                Titles(e["title_id"], e.get("title_en", e["title_id"])),
                tuple(e["set_by"]),
                tuple(e["lift_by"]),
                e["lift_needs_other_person"],
                parse_limit(e["review_every"]),
            )
            for code, e in _by_code(raw["hold"]).items()
        },
        visits=tuple(
            VisitRule(e["number"], e["months_after_handover"], parse_condition(e["when"])) for e in raw["monitoring"]
        ),
        termination_reasons={c: e["title_id"] for c, e in _by_code(raw["termination_reason"]).items()},
        text_hash=text_hash,
    )
    _check(procedure)
    return procedure


def _task(entry: Mapping[str, Any], sets: Mapping[str, AnswerSet], restricted: frozenset[str]) -> TaskRule:
    own = parse_condition(entry["when"])
    track = entry["track"]
    when = own.also("not deceased") if track == "hidup" else own.also("deceased") if track == "jenazah" else own
    return TaskRule(
        code=entry["code"],
        titles=_titles(entry),
        stage=entry["stage"],
        phase=entry["phase"],
        track=track,
        owner=entry["owner"],
        owner_when=dict(entry.get("owner_when", {})),
        informs=tuple(entry.get("informs", ())),
        after=tuple(entry["after"]),
        when=when,
        answers=sets[entry["answers"]],
        evidence=tuple(entry["evidence"]),
        evidence_required=entry["evidence_required"],
        limit=parse_limit(entry["limit"]),
        limit_urgent=parse_limit(entry["limit_urgent"]),
        reminder=entry["reminder"],
        verify_by=entry["verify_by"],
        gate=entry["gate"],
        not_required_by=entry.get("not_required_by", ""),
        on_fail=entry["on_fail"],
        signer=entry.get("signer", ""),
        valid_days=entry.get("valid_days"),
        opens=parse_anchor(entry["opens"]) if "opens" in entry else None,
        due_from=parse_anchor(entry["due_from"]) if "due_from" in entry else None,
        repeat=entry.get("repeat", ""),
        restricted=bool(own.names & restricted),
    )


def _check(procedure: Procedure) -> None:
    for task in procedure.tasks.values():
        if not _fits(procedure, task):
            raise Invalid("PROCEDURE_BAD", where=task.code)
    flags = procedure.flags.keys()
    for check in procedure.checks:
        if not check.tasks or not set(check.tasks) <= procedure.tasks.keys() or not check.when.names <= flags:
            raise Invalid("PROCEDURE_BAD", where=check.code)
    for basis in procedure.bases:
        if not set(basis.requires) <= procedure.tasks.keys() or not basis.when.names <= flags:
            raise Invalid("PROCEDURE_BAD", where=basis.code)
    for visit in procedure.visits:
        if not visit.when.names <= flags or visit.months_after_handover < 1:
            raise Invalid("PROCEDURE_BAD", where=f"monitoring {visit.number}")
    seen: dict[str, int] = {}
    for code in procedure.tasks:
        _walk(code, procedure.tasks, seen)


def _fits(procedure: Procedure, task: TaskRule) -> bool:
    """Whether every name in a task is known, and the task can be passed, and failed, at all."""
    kinds = {task.owner, *task.owner_when.values(), *task.informs}
    flags = {*task.when.names, *task.owner_when, *task.answers.sets_flag.values()}
    anchors = {anchor.base for anchor in (task.opens, task.due_from) if anchor is not None}
    return (
        task.stage in procedure.stages
        and task.on_fail in procedure.on_fail
        and kinds <= procedure.kinds.keys()
        and flags <= procedure.flags.keys()
        and {*task.after} - {GATE} <= procedure.tasks.keys()
        and anchors <= ANCHORS
        and {*task.evidence} <= procedure.evidence_kinds.keys()
        and task.repeat in REPEATS
        and (task.valid_days is None or task.valid_days >= 1)
        and bool(task.answers.passes and task.answers.fails)
    )


def _walk(code: str, tasks: Mapping[str, TaskRule], seen: dict[str, int]) -> None:
    if seen.get(code) == 2:
        return
    if seen.get(code) == 1:
        raise Invalid("PROCEDURE_BAD", where=code)
    seen[code] = 1
    for before in tasks[code].after:
        if before != GATE:
            _walk(before, tasks, seen)
    seen[code] = 2
