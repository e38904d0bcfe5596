"""What should happen next in a case, by rule alone: `due(course, now, world)`.

Every act is one journal row to be written. What `due_at_once` names belongs in the very transaction that made it due (a
hold that an answer places, a link that closes); all others are done when the workflow advances the case. Acts follow
from the state, so doing them twice is impossible: once the row is there the act is due no more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.cases import CaseStatus, may_go
from domain.course import (
    DEPARTURE,
    TERMINATION,
    YES,
    Course,
    TaskFacts,
)
from domain.deadlines import due_at
from domain.gate import Verdict, aged_at, judge, letter_valid_until, waits_at_gate, why_changed
from domain.journal import Kind
from domain.planning import (
    FINAL_HANDOVERS,
    World,
    anchored,
    awaits_departure,
    first_unsettled,
    function_of,
    office_of,
    opening,
    visits,
)
from domain.procedure import TaskRule
from domain.tasks import LIVE_ASKS, AskState, TaskStatus

SETS_HOLD = {"tahan_penyidikan": "PENYIDIKAN", "tahan_kesehatan": "KESEHATAN", "tahan_keamanan": "KEAMANAN"}
SETS_FLAG_ON_FAIL = {"tahan_kesehatan": "ill", "tahan_keamanan": "high_risk"}
DEPARTURE_HOLD = {"TIDAK_LAYAK": "KESEHATAN", "MENOLAK": "KESEDIAAN_DICABUT"}  # 5.6, E10, E11
DEPARTURE_FLAG = {"TIDAK_LAYAK": "ill"}
ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Act:
    """One row to write. ASKED and HOLD_SET get their ids where the bytes are drawn."""

    kind: Kind
    codes: Mapping[str, Any]
    secret_flag: str | None = None  # a restricted flag this act raises; sealed, never among the codes


@dataclass(frozen=True, slots=True)
class Due:
    """Acts due now (empty when the case rests) and the next moment the rules look again."""

    acts: tuple[Act, ...]
    next_at: datetime | None


def due(course: Course, now: datetime, world: World) -> Due:
    """What the rules want now. Do the acts, fold their rows, and ask again until none is left."""
    if course.status is CaseStatus.DRAF:
        return Due((), None)
    acts = due_at_once(course)
    if acts:
        return Due(acts, None)
    if course.is_over:
        return Due((), None)
    acts = tuple(_statuses(course))
    if acts:
        return Due(acts, None)
    acts = (*_expiries(course, now, world), *_asks(course, now, world), *_moved_dues(course, world))
    if acts:
        return Due(acts, None)
    verdict = judge(course, now, world)
    acts = tuple(_gate(course, now, verdict))
    if acts:
        return Due(acts, None)
    return Due((), min((at for at in _moments(course, now, world) if at > now), default=None))


def due_at_once(course: Course) -> tuple[Act, ...]:
    """What belongs in the very transaction that made it due; empty for a draft."""
    if course.status is CaseStatus.DRAF:
        return ()
    return tuple(_consequences(course)) or tuple(_withdrawals(course))


# --- what an answer brings with it


def _consequences(course: Course) -> Iterator[Act]:
    """Flags and holds that an answer sets (answer sets, `tahan_…`, departure), each once for each answer."""
    for task in course.ordered_tasks():
        if task.answer is None or task.answer_row == 0 or task.status is TaskStatus.TIDAK_BERLAKU:
            continue
        rule = course.rule(task.code)
        cause = f"{task.code}/{task.n}/{task.answer_row}"
        failed = task.answer in rule.answers.fails
        if (flag := _flag_of(rule, task, failed)) and cause not in course.causes:
            yield _raise_flag(course, flag, cause)
        if (kind := _hold_of(rule, task, failed)) and f"hold:{cause}" not in course.causes:
            yield Act(Kind.HOLD_SET, {"kind": kind, "cause": cause})
        for code, why in _asked_again(task, failed):
            again = f"again:{code}:{cause}"
            if again not in course.causes and _is_passed(course, code):
                yield Act(Kind.REOPENED, {"task": code, "n": 1, "why": why, "cause": again})


def _asked_again(task: TaskFacts, failed: bool) -> tuple[tuple[str, str], ...]:
    """Tasks that a failing answer asks anew: the receiver (5.6), the treatment and the letter of who is unfit (E11)."""
    match task.code, task.answer if failed else None:
        case "serah.keluarga", "DITOLAK":
            return (("daerah.penerima", "family_refused"),)
        case "jalan.cek_berangkat", "TIDAK_LAYAK":
            return (("layanan.perawatan", "unfit"), ("pulang.layak_jalan", "unfit"))
    return ()


def _is_passed(course: Course, code: str) -> bool:
    task = course.tasks.get((code, 1))
    return task is not None and task.status is TaskStatus.LULUS


def _flag_of(rule: TaskRule, task: TaskFacts, failed: bool) -> str | None:
    if flag := rule.answers.sets_flag.get(task.answer or ""):
        return None if flag == "substitute" else flag  # derived from the receiver
    if not failed:
        return None
    if task.code == DEPARTURE:
        return DEPARTURE_FLAG.get(task.answer or "")
    if task.code == "serah.keluarga" and task.answer == "DITOLAK":
        return "family_refused"
    if task.code == "akses.identitas" and task.answer == "TIDAK_DITEMUKAN":
        return "no_id"
    return SETS_FLAG_ON_FAIL.get(rule.on_fail)


def _hold_of(rule: TaskRule, task: TaskFacts, failed: bool) -> str | None:
    if not failed:
        return None
    if task.code == DEPARTURE:
        return DEPARTURE_HOLD.get(task.answer or "")
    return SETS_HOLD.get(rule.on_fail)


def _raise_flag(course: Course, flag: str, cause: str) -> Act:
    if flag in course.procedure.restricted_flags:
        return Act(Kind.FLAGS, {"flags": {}, "cause": cause}, secret_flag=flag)
    return Act(Kind.FLAGS, {"flags": {flag: YES}, "cause": cause})


# --- asks that are needed no more


def _withdrawals(course: Course) -> Iterator[Act]:
    for ask in course.asks.values():
        if ask.state not in LIVE_ASKS:
            continue
        task = course.tasks[ask.task, ask.n]
        if task.ask == ask.id and task.is_open:
            continue
        not_required = task.status is TaskStatus.TIDAK_DIPERLUKAN
        why = "case_ended" if course.is_over else "not_required" if not_required else "not_needed"
        yield Act(Kind.WITHDRAWN, {"ask": ask.id, "task": ask.task, "n": ask.n, "why": why})


# --- status of the case


def _statuses(course: Course) -> Iterator[Act]:
    status = course.status
    if course.is_remains and not course.on_remains_track and may_go(status, CaseStatus.MENINGGAL):
        yield _to(course, CaseStatus.MENINGGAL, "flag:deceased")
    elif status is CaseStatus.KEMBALI:
        yield _to(course, CaseStatus.PENANGANAN, "back_in_care")
    elif status is CaseStatus.PERJALANAN and _final_handover_passed(course):
        yield _to(course, CaseStatus.DISERAHKAN, "final_handover")
    elif status is CaseStatus.DISERAHKAN:
        if course.is_remains:
            yield _to(course, CaseStatus.SELESAI, "remains_handed_over")
        elif visits(course):
            yield _to(course, CaseStatus.PEMANTAUAN, "visits_planned")
    elif status is CaseStatus.PEMANTAUAN and _is_passed(course, TERMINATION):
        yield _to(course, CaseStatus.SELESAI, TERMINATION)


def _final_handover_passed(course: Course) -> bool:
    return any(_is_passed(course, code) for code in FINAL_HANDOVERS)


def _to(course: Course, status: CaseStatus, cause: str) -> Act:
    return Act(Kind.STATUS, {"from": course.status.value, "to": status.value, "cause": cause})


# --- asks


def _expiries(course: Course, now: datetime, world: World) -> Iterator[Act]:
    """A letter that ran out before departure counts no more (`valid_days`)."""
    if not awaits_departure(course):
        return
    for task in course.tasks.values():
        ends = letter_valid_until(course, task, world)
        if ends is not None and now > ends:
            yield Act(Kind.EXPIRED, {"task": task.code, "n": task.n})


def _needs_ask(task: TaskFacts) -> bool:
    if task.status in (TaskStatus.BELUM_SIAP, TaskStatus.KEDALUWARSA):
        return True
    return task.status is TaskStatus.DIMINTA and task.ask is None


def _asks(course: Course, now: datetime, world: World) -> Iterator[Act]:
    if course.status is CaseStatus.HILANG_KONTAK:
        return
    for task in course.ordered_tasks():
        if not _needs_ask(task):
            continue
        rule = course.rule(task.code)
        if first_unsettled(course, rule, task.n) is not None:
            continue
        office = office_of(course, rule, task.n, world)
        if office is None or not opening(course, rule, task.n, now, world.working(office.code)).is_ready:
            continue
        function = function_of(course, rule, task)
        yield Act(
            Kind.ASKED,
            {
                "task": task.code,
                "n": task.n,
                "agency": office.code,
                "channel": "staff" if course.procedure.kinds[function].is_staff else "link",
                "rush": course.urgent or rule.is_critical,
                "why": "again" if task.fails or task.status is not TaskStatus.BELUM_SIAP else "ready",
            },
        )


def due_base(course: Course, rule: TaskRule, n: int, world: World, agency: str) -> datetime | None:
    """From when the limit counts where the file ties it to the journey; None = from the moment of asking."""
    return None if rule.due_from is None else anchored(course, rule, n, rule.due_from, world.working(agency))


def due_moment(course: Course, rule: TaskRule, n: int, asked_at: datetime, world: World, agency: str) -> datetime:
    """When the answer falls due: the owner's calendar and zone; urgent cases use the urgent limit (our defaults)."""
    limit = rule.limit_urgent if course.urgent else rule.limit
    start = due_base(course, rule, n, world, agency) or asked_at
    return due_at(limit, start, world.working(agency))


def _moved_dues(course: Course, world: World) -> Iterator[Act]:
    moved: dict[str, str] = {}
    for ask in course.asks.values():
        rule = course.rule(ask.task)
        if ask.state is not AskState.SENT or rule.due_from is None or ask.extended:
            continue
        if due_base(course, rule, ask.n, world, ask.agency) is None or ask.asked_at is None:
            continue
        fresh = due_moment(course, rule, ask.n, ask.asked_at, world, ask.agency)
        if fresh != ask.due_at:
            moved[ask.id] = fresh.isoformat()
    if moved:
        yield Act(Kind.DUE_MOVED, {"due": moved})


# --- the gate


def _gate(course: Course, now: datetime, verdict: Verdict) -> Iterator[Act]:
    if not waits_at_gate(course):
        return
    stale = [a for a in course.live_approvals if a.snapshot != verdict.snapshot]
    aged = [a for a in course.live_approvals if now >= aged_at(course, a.at)]
    if not verdict.checks_hold:
        yield from _gate_shut(course, verdict)
    elif stale:
        yield _void([a.row for a in stale], why_changed(course, verdict), course)
    elif aged:
        yield _void([a.row for a in course.live_approvals], "approval_aged", course)
    elif (task := _missed(course)) is not None:
        event = "consent_withdrawn" if task.answer == "MENOLAK" else "off_the_manifest"
        yield _void([a.row for a in course.live_approvals], event, course, _missed_cause(task))
    elif course.snapshot != verdict.snapshot or course.judged_row < course.hold_changed_row:
        yield judged(verdict, "checks")
    elif course.status in (CaseStatus.PENANGANAN, CaseStatus.MENINGGAL):
        yield _to(course, CaseStatus.MENUNGGU_GERBANG, "checks_hold")
    elif course.status is CaseStatus.MENUNGGU_GERBANG and verdict.approved:
        yield _to(course, CaseStatus.DISETUJUI, "two_approvals")
    elif course.status is CaseStatus.DISETUJUI and not verdict.approved:
        yield _to(course, CaseStatus.MENUNGGU_GERBANG, "approval_void")


def _gate_shut(course: Course, verdict: Verdict) -> Iterator[Act]:
    if course.live_approvals:
        yield _void([a.row for a in course.live_approvals], why_changed(course, verdict), course)
    elif course.status in (CaseStatus.MENUNGGU_GERBANG, CaseStatus.DISETUJUI):
        back = CaseStatus.MENINGGAL if course.is_remains else CaseStatus.PENANGANAN
        yield _to(course, back, "check_fell")


def _missed_cause(task: TaskFacts) -> str:
    return f"{task.code}/{task.n}/{task.answer_row}"


def _missed(course: Course) -> TaskFacts | None:
    """A departure check that failed takes this person off the leg: the approvals of that departure are spent."""
    if not course.live_approvals:
        return None
    for task in course.instances(DEPARTURE):
        if task.status is TaskStatus.GAGAL and f"void:{_missed_cause(task)}" not in course.causes:
            return task
    return None


def _void(rows: list[int], event: str, course: Course, cause: str = "") -> Act:
    effect = course.procedure.effects.get(event, "batalkan")
    codes: dict[str, Any] = {"approvals": rows, "event": event, "effect": effect}
    if cause:
        codes["cause"] = cause
    return Act(Kind.APPROVAL_VOID, codes)


def judged(verdict: Verdict, occasion: str) -> Act:
    """The stored evaluation: check states by code, basis and snapshot; what the flags were is not in it."""
    return Act(
        Kind.GATE_JUDGED,
        {
            "snapshot": verdict.snapshot,
            "parts": dict(verdict.parts),
            "open": verdict.is_open,
            "basis": verdict.basis,
            "checks": {check.code: check.state.value for check in verdict.checks},
            "occasion": occasion,
        },
    )


# --- the next moment


def _moments(course: Course, now: datetime, world: World) -> Iterator[datetime]:
    """Moments at which the rules may want something, all of them planned in rows."""
    for task in course.tasks.values():
        if _needs_ask(task):
            rule = course.rule(task.code)
            if rule.opens is None or first_unsettled(course, rule, task.n) is not None:
                continue
            office = office_of(course, rule, task.n, world)
            if office is not None and (at := opening(course, rule, task.n, now, world.working(office.code)).at):
                yield at
        elif awaits_departure(course) and (ends := letter_valid_until(course, task, world)) is not None:
            yield ends.replace(microsecond=0) + ONE_SECOND
    if not course.has_departed or course.status is CaseStatus.SINGGAH:
        for approval in course.live_approvals:
            yield aged_at(course, approval.at)
    for ask in course.open_asks:
        if ask.due_at is not None:  # nothing is done then yet, but every wait has a next moment
            yield ask.due_at
