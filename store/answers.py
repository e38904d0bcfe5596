"""Answers: by staff in an account, by officers through a link; second looks, not-required, decisions on failures.

An answer is a row and a receipt in one transaction; the workflow hears of it afterwards. Times are aware UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from domain.answering import Reason, clean_officer, free_text, more_time_until, parse_reason
from domain.cases import CaseStatus
from domain.course import DEPARTED, DEPARTURE, PLAN, TERMINATION, AskFacts, Course, TaskFacts
from domain.errors import Conflict, DomainError, Invalid, LinkClosed, NotAllowed, NotFound
from domain.ids import bast_number, receipt
from domain.journal import Kind
from domain.moves import due_moment
from domain.planning import function_of, leg_of, office_of
from domain.procedure import TaskRule
from domain.roles import Action
from domain.tasks import LIVE_ASKS, AnswerClass, AskState, TaskStatus, class_of, resolve_alias
from store import house, journal, links
from store.casefile import CaseFile, open_case_file, open_case_file_by_id
from store.cases import must_be_of_shelter, store_answer, store_receipt
from store.desks import link_expires
from store.gatekeeping import is_one_of, must_pass_gate
from store.tables_case import answers, asks, cases, receipts
from store.unit import Reading, Unit

WIB = ZoneInfo("Asia/Jakarta")
_CHAIN = ("jalan.transit", "serah.provinsi", "serah.kabkota")  # those who may hand a person on


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the answerer keeps."""

    receipt: str
    state: str
    task: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LinkForm:
    """What a link page posted. Keys of `each` and `until`: ask ids; of `common`: task codes; of `reasons`: either.

    action: the one answer of a mail with one ask; None on a mail with several.
    """

    name: str
    position: str
    nonce: str
    action: str | None = None
    reason: str | None = None
    until_one: str | None = None
    common: Mapping[str, str] = field(default_factory=dict)
    each: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    until: Mapping[str, str] = field(default_factory=dict)


def find_task(file: CaseFile, task: str, n: int | None) -> TaskFacts:
    found = file.course.find_task(task, n) if task in file.course.procedure.tasks else None
    if found is None:
        raise NotFound("NO_SUCH_TASK", task=task)
    return found


# --- staff


def answer_as_staff(
    unit: Unit,
    number: str,
    task: str,
    n: int | None,
    answer: str,
    reason: str | None = None,
    until: str | None = None,
    note: str | None = None,
) -> Receipt:
    """Answers a task of the ministry's own units, by the people PROCESS 1.2 names.

    BERANGKAT is the departure; `pulang.rencana_perjalanan` is answered by planning its legs.
    """
    if task != DEPARTURE and not unit.by.has("koordinator", "pekerja_sosial", "kepala_sentra"):
        raise NotAllowed("ROLE_LACKS_ACTION", action="answer", task=task)
    file = open_case_file(unit, number)
    must_be_of_shelter(unit, file)
    facts = find_task(file, task, n)
    must_answer_own(unit, file, facts)
    if facts.code == DEPARTURE:
        from store.gatekeeping import depart_file

        return depart_file(unit, file, facts, answer, reason=reason, until=until, note=note)
    if facts.code == PLAN and answer in file.course.rule(PLAN).answers.passes:
        raise Conflict("STATE_FORBIDS", task=PLAN, needs="legs")
    number_of_receipt = record_staff_answer(unit, file, facts, answer, note or "", reason, until)
    file.finish(unit)
    return receipt_of(file, facts, number_of_receipt)


def receipt_of(file: CaseFile, task: TaskFacts, number: str) -> Receipt:
    shown = {"code": task.code, "n": task.n, "status": task.status.value, "answer": task.answer}
    return Receipt(number, "stored", shown)


def must_answer_own(unit: Unit, file: CaseFile, task: TaskFacts) -> None:
    """`kemensos_dit` by koordinator; `kemensos_sentra` by that centre's staff; a signed task by its signer only."""
    rule = file.course.rule(task.code)
    function = function_of(file.course, rule, task)
    if not file.course.procedure.kinds[function].is_staff:
        raise NotAllowed("ROLE_LACKS_ACTION", action="answer", task=task.code)
    if function == "kemensos_dit":
        allowed = unit.by.has("koordinator")
    elif task.code == DEPARTURE and unit.by.has("pendamping"):
        leg = file.course.leg(task.n)
        allowed = leg is not None and leg.escort_account == unit.by.id
    else:
        office = (
            file.world.register.find(task.agency) if task.agency else office_of(file.course, rule, task.n, file.world)
        )
        allowed = (
            unit.by.has("pekerja_sosial", "kepala_sentra") and office is not None and unit.by.agency == office.code
        )
    if rule.signer:
        allowed = allowed and unit.by.has(rule.signer)
    if not allowed:
        raise NotAllowed("ROLE_LACKS_ACTION", action="answer", task=task.code)


def live_ask(file: CaseFile, task: TaskFacts) -> AskFacts:
    """The ask that may be answered now. Raises Conflict: ALREADY_ANSWERED or STATE_FORBIDS."""
    ask = file.course.ask_of(task)
    if task.is_open and ask is not None and ask.state in LIVE_ASKS:
        return ask
    if task.answer is not None and task.status in (TaskStatus.LULUS, TaskStatus.DIJAWAB, TaskStatus.GAGAL):
        raise Conflict("ALREADY_ANSWERED", task=task.code)
    raise Conflict("STATE_FORBIDS", task=task.code, state=task.status.value)


def record_staff_answer(
    unit: Unit,
    file: CaseFile,
    task: TaskFacts,
    answer: str,
    note: str,
    reason: str | None,
    until: str | None = None,
    at: datetime | None = None,
) -> str:
    """Row, receipt and answer of a staff task; the caller has checked the role. Returns the receipt number."""
    ask = live_ask(file, task)
    number = receipt(unit.random_bytes(16))
    store_receipt(unit, number, f"staff:{number}", account=unit.by.id)
    sealed = {"note": free_text(note, "note")} if note else {}
    _record(unit, file, task, ask, answer, number, "account", reason, until, sealed, at)
    return number


def _record(
    unit: Unit,
    file: CaseFile,
    task: TaskFacts,
    ask: AskFacts,
    answer: str,
    number: str,
    grade: str,
    raw_reason: str | None,
    until: str | None,
    sealed: dict[str, Any],
    at: datetime | None = None,
) -> None:
    rule = file.course.rule(task.code)
    kind = class_of(rule, answer)
    if kind is None:
        raise Conflict("ACTION_NOT_ALLOWED", task=task.code)
    needed = kind is AnswerClass.FAILS and task.code != DEPARTURE  # there the code says it; a note is free
    reason = parse_reason(file.course.procedure, raw_reason, needed=needed)
    words = sealed | ({"reason": reason.text} if reason and reason.text else {})
    codes: dict[str, Any] = {"ask": ask.id, "task": task.code, "n": task.n, "answer": answer, "receipt": number}
    codes["grade"] = grade
    if kind is AnswerClass.WAITS:
        codes["until"] = _until(unit, file, rule, ask, until).isoformat()
        row = file.write(unit, Kind.EXTENDED, codes, words, grade=grade)
        if ask.mail is not None and ask.due_at is not None:
            links.extend(unit, ask.mail, link_expires(unit, ask.due_at))
        store_answer(unit, number, file.id, ask.id, task.code, task.n, row.n, answer, final=False)
        return
    _must_be_due(unit, file, task, answer)
    codes |= _reason_code(reason) | _handover_codes(unit, file, task, rule, answer)
    row = file.write(unit, Kind.ANSWERED, codes, words, at=at, grade=grade)
    store_answer(unit, number, file.id, ask.id, task.code, task.n, row.n, answer, final=True)


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


# --- second look, not required, decisions


def verify(unit: Unit, number: str, task: str, n: int | None, result: str, note: str | None = None) -> None:
    """A second look by a person who did not answer; sending back needs a sentence and opens the ask again."""
    file = open_case_file(unit, number)
    facts = find_task(file, task, n)
    rule = file.course.rule(facts.code)
    unit.by.must(Action.VERIFY)
    if rule.verify_by and not unit.by.has(rule.verify_by):
        raise NotAllowed("ROLE_LACKS_ACTION", action="verify")
    if facts.status is not TaskStatus.DIJAWAB:
        raise Conflict("STATE_FORBIDS", task=facts.code, state=facts.status.value)
    if is_one_of(unit, {facts.answered_by or ""}):
        raise NotAllowed("SAME_PERSON_VERIFIES", task=facts.code)
    if result not in ("pass", "back"):
        raise Invalid("FIELD_INVALID", field="result")
    words = free_text(note, "note", needed=result == "back")
    codes = {"task": facts.code, "n": facts.n, "result": result}
    file.write(unit, Kind.VERIFIED, codes, {"note": words} if words else None)
    file.finish(unit)


def mark_not_required(unit: Unit, number: str, task: str, n: int | None, reason: str, note: str | None = None) -> None:
    """TIDAK_DIPERLUKAN with a reason, by the signer the task names; not every task allows it."""
    file = open_case_file(unit, number)
    facts = find_task(file, task, n)
    rule = file.course.rule(facts.code)
    if not rule.not_required_by:
        raise Conflict("ACTION_NOT_ALLOWED", task=facts.code)
    if not unit.by.has(rule.not_required_by):
        raise NotAllowed("ROLE_LACKS_ACTION", action="not_required")
    must_be_of_shelter(unit, file)
    if not (reason or "").strip():
        raise Invalid("REASON_INVALID", field="reason")
    if reason not in file.course.procedure.not_required_reasons:
        raise Invalid("REASON_INVALID", field="reason")
    if file.course.is_over or facts.status not in (
        TaskStatus.BELUM_SIAP,
        TaskStatus.DIMINTA,
        TaskStatus.DIPERPANJANG,
        TaskStatus.DIALIHKAN,
        TaskStatus.GAGAL,
    ):
        raise Conflict("STATE_FORBIDS", task=facts.code, state=facts.status.value)
    words = free_text(note, "note")
    codes = {"task": facts.code, "n": facts.n, "reason": reason, "signer_role": rule.not_required_by}
    file.write(unit, Kind.NOT_REQUIRED, codes, {"note": words} if words else None)
    file.finish(unit)


OTHER_FUNCTION = {"alihkan_imigrasi": "imigrasi", "alihkan_faskes": "faskes", "alihkan_sentra": "kemensos_sentra"}


def decide(
    unit: Unit, number: str, task: str, n: int | None, choice: str, agency: str | None = None, reason: str | None = None
) -> None:
    """What the coordinator does with a failing answer or a mail refused for good: ask again, another office, close."""
    unit.by.must(Action.DECIDE)
    file = open_case_file(unit, number)
    facts = find_task(file, task, n)
    rule = file.course.rule(facts.code)
    words = free_text(reason, "reason", needed=True)
    if file.course.is_over or not (facts.status is TaskStatus.GAGAL or (facts.is_open and facts.refused)):
        raise Conflict("STATE_FORBIDS", task=facts.code, state=facts.status.value)
    codes: dict[str, Any] = {"task": facts.code, "n": facts.n, "choice": choice, "agency": None, "function": None}
    if choice == "other_office":
        codes["agency"], codes["function"] = agency, _function_for(file, facts, rule, agency)
    elif choice == "close":
        if file.course.status not in (CaseStatus.PENANGANAN, CaseStatus.MENUNGGU_GERBANG, CaseStatus.DISETUJUI):
            raise Conflict("STATE_FORBIDS", state=file.course.status.value)
    elif choice != "ask_again":
        raise Invalid("FIELD_INVALID", field="choice")
    file.write(unit, Kind.DECIDED, codes, {"reason": words})
    if choice == "close":
        file.write(unit, Kind.CLOSED, {"status": CaseStatus.DITUTUP.value}, {"reason": words})
    file.finish(unit)


def _function_for(file: CaseFile, task: TaskFacts, rule: TaskRule, agency: str | None) -> str:
    office = file.world.register.find(agency) if agency else None
    if office is None:
        raise Invalid("NO_OFFICE", field="agency")
    allowed = [function_of(file.course, rule, task), rule.owner]
    if rule.on_fail in OTHER_FUNCTION:
        allowed.append(OTHER_FUNCTION[rule.on_fail])
    for function in allowed:
        if function in office.functions:
            return function
    raise Invalid("NO_OFFICE", field="agency")


# --- officers, through a link


@dataclass(frozen=True, slots=True)
class LinkAnswered:
    """What one sending did: its receipt, the asks answered, and those that had been closed meanwhile."""

    receipt: str
    answered: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def find_receipt_by_nonce(reading: Reading, nonce: str) -> str | None:
    """The receipt of a form that was stored before: a second press, or a line that dropped."""
    found: str | None = reading.scalar(select(receipts.c.receipt).where(receipts.c.nonce == nonce))
    return found


def answer_by_link(unit: Unit, mail: str, form: LinkForm) -> LinkAnswered:
    """Records what an officer sent; the link's token and code were checked before, in a transaction of their own.

    One row for each ask answered, all in this transaction, one receipt. Asks closed meanwhile are left out and named.
    Raises Invalid with `faults` [(field, code)] for all faults at once, Conflict("ALREADY_ANSWERED") when no ask is
    left, LinkClosed("ASK_WITHDRAWN"/"LINK_GONE") when all were withdrawn or asked anew.
    """
    before = find_receipt_by_nonce(unit, form.nonce)
    if before is not None:
        return LinkAnswered(before, ())
    mine = unit.rows(select(asks.c.id, asks.c.case_id, asks.c.task, asks.c.state).where(asks.c.mail == mail))
    name, position = clean_officer(form.name, form.position)
    wanted, left_out = _wanted(mine, form)
    sending = _Sending(receipt(unit.random_bytes(16)), {"name": name, "position": position}, form, wanted)
    sending.left_out += left_out
    store_receipt(unit, sending.number, form.nonce, mail=mail)
    by_case: dict[str, list[str]] = {}
    for row in mine:
        if row.id in wanted:
            by_case.setdefault(row.case_id, []).append(row.id)
    for case_id in sorted(by_case):
        file = open_case_file_by_id(unit, case_id)
        for ask_id in by_case[case_id]:
            sending.answer(unit, file, ask_id)
        file.finish(unit)
    if sending.faults:
        raise Invalid(sending.faults[0][1], field=sending.faults[0][0], faults=sending.faults)
    if not sending.done:
        raise Conflict("ALREADY_ANSWERED")
    return LinkAnswered(sending.number, tuple(sending.done), tuple(sending.left_out))


@dataclass
class _Sending:
    """One pressing of "send": what was wanted, what was done, what was wrong with it."""

    number: str
    officer: dict[str, Any]
    form: LinkForm
    wanted: dict[str, str]
    done: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, unit: Unit, file: CaseFile, ask_id: str) -> None:
        try:
            _answer_ask(unit, file, ask_id, self.wanted[ask_id], self.number, self.officer, self.form)
            self.done.append(ask_id)
        except Invalid as fault:
            self.faults.append((_field_of(ask_id, fault, self.form), fault.code))
        except Conflict as fault:
            if fault.code not in ("ALREADY_ANSWERED", "STATE_FORBIDS"):
                raise
            self.left_out.append(ask_id)


def _field_of(ask_id: str, fault: DomainError, form: LinkForm) -> str:
    field_name = str(fault.facts.get("field", "action"))
    return field_name if form.action is not None else f"{field_name}[{ask_id}]"


def _wanted(mine: Any, form: LinkForm) -> tuple[dict[str, str], list[str]]:
    """Which of this mail's asks get which action; one that was closed meanwhile is left out."""
    if not any(row.state in LIVE_ASKS for row in mine):
        raise _closed_link({row.state for row in mine})
    _check_names(mine, form)
    wanted: dict[str, str] = {}
    left_out: list[str] = []
    for row in mine:
        own = form.action if form.action is not None else form.each.get(row.id)
        action = own or form.common.get(row.task)
        if action and row.state in LIVE_ASKS:
            wanted[row.id] = action
        elif own:
            left_out.append(row.id)
    if not wanted:
        raise Conflict("ALREADY_ANSWERED") if left_out else Invalid("FIELD_MISSING", field="action")
    return wanted, left_out


def _closed_link(states: set[str]) -> DomainError:
    if AskState.ANSWERED in states:
        return Conflict("ALREADY_ANSWERED")
    return LinkClosed("ASK_WITHDRAWN" if AskState.WITHDRAWN in states else "LINK_GONE")


def _check_names(mine: Any, form: LinkForm) -> None:
    """Asks and tasks named in a form must be this mail's own."""
    known, tasks_here = {row.id for row in mine}, {row.task for row in mine}
    for ask_id in form.each:
        if ask_id not in known:
            raise Invalid("FIELD_UNKNOWN", field=f"answer[{ask_id}]")
    for task in form.common:
        if task not in tasks_here:
            raise Invalid("FIELD_UNKNOWN", field=f"all[{task}]")
    for name in (*form.reasons, *form.until):
        if name not in known and name not in tasks_here:
            raise Invalid("FIELD_UNKNOWN", field=f"reason[{name}]")


def _answer_ask(
    unit: Unit, file: CaseFile, ask_id: str, action: str, number: str, sealed: dict[str, Any], form: LinkForm
) -> None:
    ask = file.course.asks[ask_id]
    task = file.course.tasks[ask.task, ask.n]
    rule = file.course.rule(task.code)
    if task.ask != ask_id:
        raise Conflict("STATE_FORBIDS", task=task.code)
    live_ask(file, task)
    reason = form.reason if form.action is not None else form.reasons.get(ask_id) or form.reasons.get(task.code)
    until = form.until_one if form.action is not None else form.until.get(ask_id) or form.until.get(task.code)
    answer = resolve_alias(rule, action)
    _record(unit, file, task, ask, answer, number, "link", reason, until, dict(sealed))


# --- reading answers back


def answer_state(reading: Reading, number: str) -> dict[str, Any]:
    """`GET /answers/{receipt}`: stored until the workflow took every row in, then applied, or late without effect."""
    head = reading.row(select(receipts.c.received_at).where(receipts.c.receipt == number))
    if head is None:
        raise NotFound("NO_SUCH_RECEIPT")
    rows = reading.rows(
        select(answers.c.ask, answers.c.task, answers.c.code, answers.c.row, answers.c.case_id, cases.c.number)
        .join(cases, cases.c.id == answers.c.case_id)
        .where(answers.c.receipt == number)
    )
    shown: list[dict[str, Any]] = []
    applied_at: datetime | None = None
    for row in rows:
        state, at = _row_state(reading, row.case_id, row.row)
        applied_at = max(filter(None, (applied_at, at)), default=None)
        shown.append({"ask": row.ask or None, "case": row.number, "task": row.task, "answer": row.code, "state": state})
    states = {entry["state"] for entry in shown}
    whole = "stored" if "stored" in states else "applied" if "applied" in states else "late"
    result: dict[str, Any] = {
        "receipt": number,
        "state": whole,
        "received_at": head.received_at,
        "applied_at": applied_at if whole != "stored" else None,
        "asks": shown,
    }
    if len(shown) == 1:
        result["ask"] = shown[0]["ask"]
    return result


def _row_state(reading: Reading, case_id: str, n: int) -> tuple[str, datetime | None]:
    subject = journal.find_subject(reading, f"case-{case_id}")
    if subject is None or subject.applied < n:
        return "stored", None
    file = open_case_file_by_id(reading, case_id)
    at = next((row.learned_at for row in file.rows if row.n == n), None)
    return ("late" if n in file.course.late else "applied"), at


__all__ = ["DEPARTED", "LinkAnswered", "LinkForm", "Receipt", "answer_as_staff", "answer_by_link", "decide", "verify"]
