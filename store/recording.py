"""One answer, written: which ask may be answered now, more time, reasons, hand-overs. Times are aware UTC.

Who may answer was judged before, by the callers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.answering import Reason, free_text, more_time_until, parse_reason
from domain.course import DEPARTURE, TERMINATION, AskFacts, Course, TaskFacts
from domain.errors import Conflict, NotFound
from domain.ids import bast_number, receipt
from domain.journal import Kind
from domain.moves import due_moment
from domain.planning import leg_of
from domain.procedure import TaskRule
from domain.tasks import LIVE_ASKS, AnswerClass, TaskStatus, class_of
from store import house, links
from store.casefile import CaseFile
from store.desks import link_expires
from store.gatekeeping import must_pass_gate
from store.receipts import store_answer, store_receipt
from store.unit import Unit

WIB = ZoneInfo("Asia/Jakarta")

_CHAIN = ("jalan.transit", "serah.provinsi", "serah.kabkota")  # those who may hand a person on


def find_task(file: CaseFile, task: str, n: int | None) -> TaskFacts:
    """The task of that code; its newest instance without *n*. Raises NotFound("NO_SUCH_TASK")."""
    is_known = task in file.course.procedure.tasks
    found = file.course.find_task(task, n) if is_known else None
    if found is None:
        raise NotFound("NO_SUCH_TASK", task=task if is_known else "?")
    return found


def live_ask(file: CaseFile, task: TaskFacts) -> AskFacts:
    """The ask that may be answered now. Raises Conflict: ALREADY_ANSWERED or STATE_FORBIDS."""
    ask = file.course.ask_of(task)
    if task.is_open and ask is not None and ask.state in LIVE_ASKS:
        return ask
    if task.answer is not None and task.status in (TaskStatus.LULUS, TaskStatus.DIJAWAB, TaskStatus.GAGAL):
        raise Conflict("ALREADY_ANSWERED", task=task.code)
    raise Conflict("STATE_FORBIDS", task=task.code, state=task.status.value)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as given. reason, until: as typed; note, words: sealed; at: true time (UTC) of what is keyed later."""

    answer: str
    reason: str | None = None
    until: str | None = None
    note: str | None = None
    words: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None


def record_staff_answer(unit: Unit, file: CaseFile, task: TaskFacts, given: Given) -> str:
    """Row, receipt and answer of a staff task; the caller has checked the role. Returns the receipt number."""
    ask = live_ask(file, task)
    number = receipt(unit.random_bytes(16))
    store_receipt(unit, number, f"staff:{number}", account=unit.by.id)
    record_answer(unit, file, task, ask, given, number, "account")
    return number


def record_answer(
    unit: Unit, file: CaseFile, task: TaskFacts, ask: AskFacts, given: Given, number: str, grade: str
) -> None:
    """Writes the row of one answer under receipt *number*. grade: "account" or "link".

    Raises Conflict("ACTION_NOT_ALLOWED") for a code the task does not offer, Invalid for reason, time or note.
    """
    rule = file.course.rule(task.code)
    kind = class_of(rule, given.answer)
    if kind is None:
        raise Conflict("ACTION_NOT_ALLOWED", task=task.code)
    needed = kind is AnswerClass.FAILS and task.code != DEPARTURE  # there the code says it; a note is free
    reason = parse_reason(file.course.procedure, given.reason, needed=needed)
    words = dict(given.words)
    if given.note:
        words["note"] = free_text(given.note, "note")
    if reason and reason.text:
        words["reason"] = reason.text
    codes: dict[str, Any] = {"ask": ask.id, "task": task.code, "n": task.n, "answer": given.answer}
    codes |= {"receipt": number, "grade": grade}
    if kind is AnswerClass.WAITS:
        codes["until"] = _until(unit, file, rule, ask, given.until).isoformat()
        row = file.write(unit, Kind.EXTENDED, codes, words, grade=grade)
        if ask.mail is not None and ask.due_at is not None:
            links.extend(unit, ask.mail, link_expires(unit, ask.due_at))
    else:
        _must_be_due(unit, file, task, given.answer)
        codes |= _reason_code(reason) | _handover_codes(unit, file, task, rule, given.answer)
        row = file.write(unit, Kind.ANSWERED, codes, words, at=given.at, grade=grade)
    final = kind is not AnswerClass.WAITS
    store_answer(unit, number, file.id, ask.id, task.code, task.n, row.n, given.answer, final=final)


def _reason_code(reason: Reason | None) -> dict[str, str]:
    return {"reason": reason.code} if reason else {}


def _until(unit: Unit, file: CaseFile, rule: TaskRule, ask: AskFacts, until: str | None) -> datetime:
    limit = rule.limit_urgent if file.course.urgent else rule.limit
    working = file.world.working(ask.agency)
    due_at = ask.due_at or due_moment(file.course, rule, ask.n, unit.now, file.world, ask.agency)
    return more_time_until(until, limit, due_at, ask.extended, unit.now, working)


def _must_be_due(unit: Unit, file: CaseFile, task: TaskFacts, answer: str) -> None:
    """Acts that other facts forbid now: a travel letter through a shut gate, an end with something still open."""
    if task.code == "jalan.surat" and answer in file.course.rule(task.code).answers.passes:
        must_pass_gate(unit, file, "travel_letter")
    if task.code == TERMINATION and answer in file.course.rule(task.code).answers.passes:
        if file.course.active_holds:
            raise Conflict("HOLD_ACTIVE", kinds=sorted({hold.kind for hold in file.course.active_holds}))
        if not all(visit.is_settled for visit in file.course.instances("monev.kunjungan")):
            raise Conflict("STATE_FORBIDS", task=TERMINATION, state="open_duties")


def _handover_codes(unit: Unit, file: CaseFile, task: TaskFacts, rule: TaskRule, answer: str) -> dict[str, Any]:
    """Giver, receiver, leg and our number of a hand-over (5.5), whether it was received, refused or missed."""
    if rule.answers.code != "serah_terima":
        return {}
    course = file.course
    to = "keluarga" if task.code in ("serah.keluarga", "jenazah.serah") else task.agency
    year = unit.now.astimezone(WIB).year
    number = bast_number(year, house.next_count(unit, f"bast-{year}"))
    codes: dict[str, Any] = {"giver": _giver(course, task), "to": to, "bast": number}
    leg, binds = leg_of(course, rule, task.n)
    if answer in rule.answers.passes and leg is not None and binds and _ends_at(task.code, leg.hands_to):
        codes["leg"] = leg.n
    return codes


def _giver(course: Course, task: TaskFacts) -> str:
    """The office whose care the person leaves: who received last on this journey, at first the case's shelter."""
    before = _CHAIN[: _CHAIN.index(task.code) + 1] if task.code in _CHAIN else _CHAIN
    for code in reversed(before):
        passed = [
            other
            for other in course.ordered_tasks()
            if other.code == code and other.status is TaskStatus.LULUS and (code != task.code or other.n < task.n)
        ]
        if passed and passed[-1].agency:
            return passed[-1].agency
    return course.shelter


def _ends_at(task: str, hands_to: str) -> bool:
    ends = {"serah.provinsi": "provinsi", "serah.kabkota": "kabkota"}.get(task)
    return hands_to == ends if ends else True
