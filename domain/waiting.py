"""What a case waits for now, who holds it, since when: the sentence at the head of every page."""

from dataclasses import dataclass
from datetime import datetime

from domain.cases import CaseStatus
from domain.course import Course, TaskFacts
from domain.planning import World, first_unsettled, office_of
from domain.procedure import GATE
from domain.tasks import TaskStatus


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that is waited for. `agency` is None while the office is not known. `what` says which kind of act:
    answer, verify, decide, name_office, approve."""

    task: str
    n: int
    agency: str | None
    since: datetime
    what: str
    due_at: datetime | None = None


def waits_for(course: Course, world: World) -> list[Waiting]:
    """Everything waited for, the longest waited for first."""
    if course.is_over or course.status is CaseStatus.DRAF:
        return []
    ministry = world.register.nearest("kemensos_dit", None)
    own = ministry.code if ministry else None
    found = [wait for task in course.ordered_tasks() if (wait := _wait(course, task, world, own)) is not None]
    if course.status is CaseStatus.MENUNGGU_GERBANG and course.status_since is not None:
        found.append(Waiting(GATE, 1, own, course.status_since, "approve"))
    return sorted(found, key=lambda wait: wait.since)


def _wait(course: Course, task: TaskFacts, world: World, own: str | None) -> Waiting | None:
    if task.is_open:
        ask = course.ask_of(task)
        if ask is None:
            return Waiting(task.code, task.n, task.agency, task.since, "answer")
        if task.refused:
            return Waiting(task.code, task.n, own, ask.asked_at or ask.opened_at, "decide")
        return Waiting(task.code, task.n, ask.agency, ask.asked_at or ask.opened_at, "answer", ask.due_at)
    match task.status:
        case TaskStatus.DIJAWAB:
            return Waiting(task.code, task.n, own, task.since, "verify")
        case TaskStatus.GAGAL:
            return Waiting(task.code, task.n, own, task.since, "decide")
        case TaskStatus.BELUM_SIAP | TaskStatus.KEDALUWARSA:
            rule = course.rule(task.code)
            if first_unsettled(course, rule, task.n) is None and office_of(course, rule, task.n, world) is None:
                return Waiting(task.code, task.n, None, task.since, "name_office")
    return None


def stage_of(course: Course) -> str:
    """The stage a case stands in for the board: the earliest stage with something open, else the last reached."""
    order = list(course.procedure.stages)
    if course.status in (CaseStatus.PERJALANAN, CaseStatus.SINGGAH, CaseStatus.DISETUJUI, CaseStatus.MENUNGGU_GERBANG):
        return "pemulangan"
    open_stages = {
        course.rule(task.code).stage
        for task in course.tasks.values()
        if task.is_open or task.status in (TaskStatus.DIJAWAB, TaskStatus.GAGAL)
    }
    for stage in order:
        if stage in open_stages:
            return stage
    return "pascalayanan" if course.is_over else order[0]
