"""Procedure + flags + journey → which tasks a case has, when each may open, from when its limit counts.

Rules at the head of the procedure file; PROCESS 3.2 and 5.1. Times are aware UTC.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from domain.agencies import Agency, Place, Register
from domain.calendar import WorkingTime
from domain.cases import CaseStatus
from domain.deadlines import Anchor, day_moment, months_after, resolve
from domain.procedure import GATE, TaskRule

if TYPE_CHECKING:
    from domain.course import Course, Key, LegFacts, TaskFacts

RANK = {"provinsi": 1, "kabkota": 2, "penerima": 3}
HANDOVER_RANK = {"serah.provinsi": 1, "serah.kabkota": 2, "serah.keluarga": 3, "serah.pengganti": 3}
FINAL_HANDOVERS = ("serah.keluarga", "serah.pengganti", "jenazah.serah")
HANDOVERS = ("serah.provinsi", "serah.kabkota", *FINAL_HANDOVERS)
EXTRA_VISIT_MONTHS = 3  # our default: one more interval after a termination that was not given


@dataclass(frozen=True, slots=True)
class World:
    """What the rules need from outside a case: the register, each office's working time, and a keyed digest.

    digest makes a snapshot of facts that cannot be guessed back from the stored value.
    """

    register: Register
    working: Callable[[str], WorkingTime]
    digest: Callable[[str], str]


def legs_from_ministry(legs: "list[LegFacts]") -> "list[LegFacts]":
    """Legs that start in the ministry's care: the first, and each after nothing but stays in shelters."""
    found = []
    for leg in legs:
        found.append(leg)
        if leg.hands_to in RANK:
            break
    return found


def awaits_departure(course: "Course") -> bool:
    """Whether a departure out of the ministry's care is still to come: the gate and its letters still matter."""
    if course.is_remains or not course.legs:
        return not course.has_departed
    return any(leg.departed_at is None and leg.state == "PLANNED" for leg in legs_from_ministry(course.legs))


def stays(legs: "list[LegFacts]") -> "list[LegFacts]":
    """Legs in the ministry's care that end where the person stays over, in order."""
    return [leg for leg in legs_from_ministry(legs) if leg.hands_to not in RANK]


def planned(course: "Course") -> "dict[Key, bool]":
    """Every instance of every task, and whether it applies now. A repeated task without occasions has one, waiting."""
    true_flags = course.true_flags
    wanted: dict[tuple[str, int], bool] = {}
    for rule in course.procedure.tasks.values():
        applies = rule.when.holds(true_flags)
        for n in _numbers(course, rule):
            wanted[rule.code, n] = applies
    return wanted


def _numbers(course: "Course", rule: TaskRule) -> list[int]:
    match rule.repeat:
        case "leg_from_ministry":
            return [leg.n for leg in legs_from_ministry(course.legs)] or [1]
        case "transit":
            return [leg.n for leg in stays(course.legs)] or [1]
        case "monitoring":
            return [number for number, _ in visits(course)] or [1]
        case _:
            return [1]


def visits(course: "Course") -> list[tuple[int, tuple[datetime, int]]]:
    """Planned visits: (number, (counted from, months)); none before the last hand-over."""
    if course.handed_over_at is None or course.is_remains:
        return []
    true_flags = course.true_flags
    base = [
        (visit.number, (course.handed_over_at, visit.months_after_handover))
        for visit in course.procedure.visits
        if visit.when.holds(true_flags)
    ]
    last = max((visit.number for visit in course.procedure.visits), default=0)
    extra = [(last + 1 + i, (at, EXTRA_VISIT_MONTHS)) for i, at in enumerate(course.extra_visits)]
    return base + extra


def unsettled(course: "Course", rule: TaskRule, n: int) -> list[str]:
    """The predecessors (task codes or "gate") that are not settled, in the file's order.

    A departure check also waits for the gate itself: nobody is reminded of what cannot be done yet.
    """
    found = [code for code in rule.after if not _is_settled(course, rule, n, code)]
    if rule.repeat == "leg_from_ministry" and GATE not in found and not gate_is_passed(course):
        found.append(GATE)
    return found


def _is_settled(course: "Course", rule: TaskRule, n: int, before: str) -> bool:
    if before == GATE:
        return gate_is_passed(course)
    tasks = course.instances(before)
    if _same_leg(rule, course.rule(before)):
        tasks = [task for task in tasks if task.n == n]
    return all(task.is_settled for task in tasks)


def first_unsettled(course: "Course", rule: TaskRule, n: int) -> str | None:
    """The first of `unsettled`, or None when all predecessors are settled."""
    for code in rule.after:
        if not _is_settled(course, rule, n, code):
            return code
    return GATE if rule.repeat == "leg_from_ministry" and not gate_is_passed(course) else None


def _same_leg(rule: TaskRule, before: TaskRule) -> bool:
    return bool(rule.repeat and before.repeat) and rule.code.startswith("jalan.") and before.code.startswith("jalan.")


def gate_is_passed(course: "Course") -> bool:
    """The gate is open now (approved, nothing held), or the person has left through it."""
    if course.has_departed:
        return True
    return course.status is CaseStatus.DISETUJUI and not course.active_holds


def leg_of(course: "Course", rule: TaskRule, n: int) -> "tuple[LegFacts | None, bool]":
    """The leg a task of the journey belongs to, and whether its planned times bind the task's opening.

    A hand-over belongs to the leg that ends at its receiver, else to the first that ends further on, else to the last
    leg, and then waits only for its predecessor.
    """
    if not course.legs:
        return None, False
    if rule.repeat:
        return course.leg(n), True
    own = HANDOVER_RANK.get(rule.code)
    if own is None:
        return course.legs[-1], True
    for leg in course.legs:
        if RANK.get(leg.hands_to) == own:
            return leg, True
    for leg in course.legs:
        if RANK.get(leg.hands_to, 0) > own:
            return leg, True
    return course.legs[-1], False


def _base(course: "Course", rule: TaskRule, n: int, anchor: Anchor, working: WorkingTime) -> datetime | None:
    if anchor.base == "visit.due_on":
        planned_visits = dict(visits(course))
        if n not in planned_visits:
            return None
        since, months = planned_visits[n]
        return day_moment(months_after(since, months, working), working)
    if not course.legs:
        return None
    which, _, moment = anchor.base.partition(".")
    leg = {"first_leg": course.legs[0], "last_leg": course.legs[-1]}.get(which) or leg_of(course, rule, n)[0]
    if leg is None:
        return None
    return leg.departs_at if moment == "departs_at" else leg.arrives_at


def anchored(course: "Course", rule: TaskRule, n: int, anchor: Anchor, working: WorkingTime) -> datetime | None:
    """The moment an anchor of the procedure file means for this instance, or None while its plan is unknown."""
    base = _base(course, rule, n, anchor, working)
    return None if base is None else resolve(anchor, base, working)


@dataclass(frozen=True, slots=True)
class Opening:
    """May the ask open? `at` is the moment it may, where only the clock is waited for."""

    is_ready: bool
    at: datetime | None = None


def opening(course: "Course", rule: TaskRule, n: int, now: datetime, working: WorkingTime) -> Opening:
    """Whether the planned moment of opening has come (predecessors are asked separately)."""
    if rule.code in HANDOVERS and not course.has_departed:
        return Opening(False)
    if rule.opens is None:
        return Opening(True)
    if not leg_of(course, rule, n)[1] and rule.code in HANDOVERS:
        return Opening(True)
    at = anchored(course, rule, n, rule.opens, working)
    if at is None:
        return Opening(False)
    return Opening(now >= at, at)


def function_of(course: "Course", rule: TaskRule, task: "TaskFacts | None" = None) -> str:
    """Which function answers: the one a coordinator chose, the one a flag gives, else the owner."""
    if task is not None and task.named_office is not None:
        return task.named_office[0]
    true_flags = course.true_flags
    for flag, function in rule.owner_when.items():
        if flag in true_flags:
            return function
    return rule.owner


def office_of(course: "Course", rule: TaskRule, n: int, world: World) -> Agency | None:
    """The office that owns a task now; None while it is not known (destination not set, office not named)."""
    task = course.tasks.get((rule.code, n))
    if task is not None and task.named_office is not None:
        return world.register.find(task.named_office[1])
    function = function_of(course, rule, task)
    shelter = _shelter_of(course, rule, n)
    named = dict(course.offices)
    if function == "lks" and course.receiver is not None and course.receiver[1]:
        named["lks"] = course.receiver[1]
    if shelter != course.shelter:
        named.pop(function, None)
    place = Place(
        shelter=shelter,
        destination=course.destination,
        debarkation=course.debarkation,
        mission=course.mission,
        named=named,
    )
    return world.register.office_for(function, course.procedure.kinds[function].near, place)


def _shelter_of(course: "Course", rule: TaskRule, n: int) -> str:
    """A stay, and the departure check after it, belong to the shelter of that stay."""
    if rule.repeat == "transit":
        leg = course.leg(n)
        return leg.hands_to if leg is not None and leg.hands_to not in RANK else course.shelter
    if rule.repeat == "leg_from_ministry":
        before = [leg for leg in course.legs if leg.n < n]
        if before and before[-1].hands_to not in RANK:
            return before[-1].hands_to
    return course.shelter
