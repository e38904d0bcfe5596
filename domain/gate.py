"""The gate: exactly one basis, every applicable check, two approvals, no hold (PROCESS 4; Permensos 8/2023 Pasal 7).

`judge` reads the course and says for every check whether it holds, and if not what it waits for and what would clear
it. A check never turns green by hand: only its tasks do that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from domain.cases import BEFORE_JOURNEY, CaseStatus
from domain.course import NO, UNKNOWN, YES, Course, TaskFacts
from domain.deadlines import valid_until
from domain.journal import canonical
from domain.planning import World, awaits_departure, function_of, office_of, opening, unsettled
from domain.procedure import GATE, Basis, CheckRule, Titles
from domain.tasks import AskState, TaskStatus

REQUIRED_FLAGS_CHECK = "U03"


class CheckState(StrEnum):
    """Whether a check holds, waits, or does not apply to this person."""

    HOLDS = "holds"
    OPEN = "open"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Wait:
    """What an open check waits for: a task, who holds it, since when, and the remedy as a code with facts."""

    task: str
    n: int
    agency: str | None
    since: datetime | None
    remedy: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check as judged, with what it still waits for."""

    code: str
    group: str
    state: CheckState
    sentence: Titles
    waits: tuple[Wait, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says now. `checks_hold` asks the checks only; `is_open` also the approvals and the holds."""

    basis: str | None
    checks: tuple[CheckResult, ...]
    snapshot: str
    parts: Mapping[str, str]
    checks_hold: bool
    approved: bool
    held: bool

    @property
    def is_open(self) -> bool:
        return self.checks_hold and self.approved and not self.held


def basis_of(course: Course) -> Basis | None:
    """The one basis that applies; None for remains, which need none."""
    if course.is_remains:
        return None
    true_flags = course.true_flags
    found = [basis for basis in course.procedure.bases if basis.enabled and basis.when.holds(true_flags)]
    return found[0] if len(found) == 1 else None


def judge(course: Course, now: datetime, world: World) -> Verdict:
    """Judges the gate on the data of this minute."""
    results = tuple(_check(course, check, now, world) for check in course.procedure.checks)
    basis = basis_of(course)
    checks_hold = all(result.state is not CheckState.OPEN for result in results) and (
        course.is_remains or basis is not None
    )
    parts = {name: world.digest(text) for name, text in _parts(course, now, world).items()}
    snapshot = world.digest(canonical(parts))
    return Verdict(
        basis=basis.code if basis else None,
        checks=results,
        snapshot=snapshot,
        parts=parts,
        checks_hold=checks_hold,
        approved=is_approved(course, snapshot, now),
        held=bool(course.active_holds),
    )


def is_approved(course: Course, snapshot: str, now: datetime) -> bool:
    """Both signatures lie on this very snapshot and are young enough (4.3)."""
    live = [a for a in course.live_approvals if a.snapshot == snapshot and now < aged_at(course, a.at)]
    roles = {approval.role for approval in live}
    return roles == {"pemeriksa", "penyetuju"} and len({approval.account for approval in live}) == 2


def aged_at(course: Course, approved_at: datetime) -> datetime:
    """When an approval is too old: `approval_valid` in calendar days, to the minute."""
    return approved_at + timedelta(days=course.procedure.approval_valid.amount)


def letter_valid_until(course: Course, task: TaskFacts, world: World) -> datetime | None:
    """Through which moment a passed answer with `valid_days` counts; None where it has no such limit."""
    days = course.rule(task.code).valid_days
    if days is None or task.status is not TaskStatus.LULUS or task.answered_at is None:
        return None
    zone = world.register.get(task.agency).zone if task.agency else "Asia/Jakarta"
    return valid_until(days, task.answered_at, zone)


def _check(course: Course, check: CheckRule, now: datetime, world: World) -> CheckResult:
    if not _applies(course, check):
        return CheckResult(check.code, check.group, CheckState.NOT_APPLICABLE, check.sentence)
    waits = [
        wait for code in check.tasks for task in course.instances(code) if (wait := wait_for(course, task, now, world))
    ]
    if check.code == REQUIRED_FLAGS_CHECK:
        unknown = [flag for flag in course.procedure.required_flags if course.flags.get(flag, UNKNOWN) == UNKNOWN]
        if unknown:
            waits.append(
                Wait("awal.skrining", 1, course.shelter, course.opened_at, "ANSWER_FLAGS", {"flags": tuple(unknown)})
            )
    state = CheckState.OPEN if waits else CheckState.HOLDS
    return CheckResult(check.code, check.group, state, check.sentence, tuple(waits))


def _applies(course: Course, check: CheckRule) -> bool:
    if (check.group == "jenazah") is not course.is_remains:
        return False
    return check.when.holds(course.true_flags)


def wait_for(course: Course, task: TaskFacts, now: datetime, world: World) -> Wait | None:
    """What this task still waits for, or None when it is settled (and, for a letter, still valid)."""
    rule = course.rule(task.code)
    if task.is_settled:
        ends = letter_valid_until(course, task, world)
        if ends is None or now <= ends or not awaits_departure(course):
            return None
        return Wait(task.code, task.n, task.agency, ends, "ASK_AGAIN_EXPIRED")
    match task.status:
        case TaskStatus.DIJAWAB:
            remedy = "VERIFY_OTHER" if (task.answered_by or "").startswith("account:") else "VERIFY"
            return Wait(task.code, task.n, None, task.answered_at, remedy, {"role": rule.verify_by})
        case TaskStatus.GAGAL:
            return Wait(task.code, task.n, None, task.since, "DECIDE", {"on_fail": rule.on_fail})
        case TaskStatus.KEDALUWARSA:
            return Wait(task.code, task.n, task.agency, task.since, "ASK_AGAIN_EXPIRED")
        case TaskStatus.BELUM_SIAP:
            return _not_ready(course, task, now, world)
        case _:
            return _asked(course, task)


def _asked(course: Course, task: TaskFacts) -> Wait:
    ask = course.ask_of(task)
    if ask is None:
        return Wait(task.code, task.n, task.agency, task.since, "MAIL_QUEUED")
    if task.refused:
        return Wait(task.code, task.n, ask.agency, ask.asked_at, "DECIDE", {"on_fail": "MAIL_REFUSED"})
    if ask.state is AskState.QUEUED:
        return Wait(task.code, task.n, ask.agency, ask.opened_at, "MAIL_QUEUED")
    remedy = "STAFF_ANSWER" if ask.channel == "staff" else "ANSWER_BY_LINK"
    facts = {"due_at": ask.due_at, "signer": course.rule(task.code).signer}
    return Wait(task.code, task.n, ask.agency, ask.asked_at, remedy, facts)


def _not_ready(course: Course, task: TaskFacts, now: datetime, world: World) -> Wait:
    rule = course.rule(task.code)
    before = unsettled(course, rule, task.n)
    office = office_of(course, rule, task.n, world)
    agency = office.code if office else None
    if before:
        tasks = tuple(code for code in before if code != GATE) if before[0] != GATE else ()
        return Wait(task.code, task.n, agency, task.since, "AFTER", {"task": before[0], "tasks": tasks})
    if office is None:
        function = function_of(course, rule, task)
        no_place = function.startswith("dinsos_") and course.destination is None
        remedy = "SET_DESTINATION" if no_place else "NAME_OFFICE"
        return Wait(task.code, task.n, None, task.since, remedy, {"function": function})
    opens = opening(course, rule, task.n, now, world.working(office.code))
    if opens.is_ready:  # the next advance asks
        return Wait(task.code, task.n, agency, task.since, "OPENS_NOW")
    return Wait(task.code, task.n, agency, task.since, "OPENS_AT", {"at": opens.at})


def _parts(course: Course, now: datetime, world: World) -> dict[str, str]:
    """What an approval stands on (4.3.1): answers behind the checks, flags that gate tasks read, destination, receiver.

    Route and escort are not in it: changing them judges the gate again and voids only if a check falls.
    """
    answers = [
        (task.code, task.n, task.status.value, task.answer_row, task.not_required_reason)
        for check in course.procedure.checks
        if _applies(course, check)
        for code in check.tasks
        for task in course.instances(code)
        if task.status is not TaskStatus.TIDAK_BERLAKU and not _is_route(code)
    ]
    read = course.procedure.flags_read_by_gate
    flags = {code: _counted(course, code) for code in sorted(read)}
    return {
        "answers": canonical(answers),
        "flags": canonical(flags),
        "destination": canonical([course.destination]),
        "receiver": canonical(course.receiver),
    }


def _is_route(code: str) -> bool:
    return code in ("pulang.rencana_perjalanan", "pulang.pendamping")


def _counted(course: Course, code: str) -> str:
    value = course.flags.get(code)
    if value is None:
        return YES if code in course.true_flags else NO
    return value


EVENT_OF_PART = {
    "answers": "task_reopened",
    "flags": "flag_raised",
    "destination": "destination_changed",
    "receiver": "destination_changed",
}


def why_changed(course: Course, verdict: Verdict) -> str:
    """Which event of 4.6 made the snapshot old, for the row that voids the approvals."""
    if course.expired_row > course.snapshot_row:  # the letter may have been asked again since
        return "task_expired"
    for part in ("destination", "receiver", "flags", "answers"):
        if course.parts.get(part) != verdict.parts[part]:
            return EVENT_OF_PART[part]
    return "task_reopened"


def waits_at_gate(course: Course) -> bool:
    """Statuses in which the machine looks at the gate: before the journey, for remains, and at a stay on the way."""
    return course.status in BEFORE_JOURNEY or course.status in (CaseStatus.MENINGGAL, CaseStatus.SINGGAH)
