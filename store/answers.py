"""Answers: by staff in an account, by officers through a link.

An answer is a row and a receipt in one transaction; the workflow hears of it afterwards. Times are aware UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select

from domain.answering import clean_officer
from domain.course import DEPARTURE, PLAN
from domain.errors import Conflict, DomainError, Invalid, LinkClosed, NotAllowed
from domain.ids import receipt
from domain.tasks import LIVE_ASKS, AskState, resolve_alias
from store.access import must_answer_own, must_be_of_shelter
from store.casefile import CaseFile, open_case_file, open_case_file_by_id
from store.journey import depart_file
from store.receipts import Receipt, find_receipt_by_nonce, receipt_of, store_receipt
from store.recording import Given, find_task, live_ask, record_answer, record_staff_answer
from store.tables_case import asks
from store.unit import Unit

_ASKS = select(asks.c.id, asks.c.case_id, asks.c.task, asks.c.state).where(asks.c.mail == bindparam("wanted"))


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
        raise NotAllowed("ROLE_LACKS_ACTION", action="answer")
    file = open_case_file(unit, number)
    must_be_of_shelter(unit, file)
    facts = find_task(file, task, n)
    must_answer_own(unit, file, facts)
    if facts.code == DEPARTURE:
        return depart_file(unit, file, facts, answer, reason=reason, until=until, note=note)
    if facts.code == PLAN and answer in file.course.rule(PLAN).answers.passes:
        raise Conflict("STATE_FORBIDS", task=PLAN, needs="legs")
    number_of_receipt = record_staff_answer(unit, file, facts, Given(answer, reason, until, note))
    file.finish(unit)
    return receipt_of(file, facts, number_of_receipt)


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


@dataclass(frozen=True, slots=True)
class LinkAnswered:
    """What one sending did: its receipt, the asks answered, and those that had been closed meanwhile."""

    receipt: str
    answered: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def answer_by_link(unit: Unit, mail: str, form: LinkForm) -> LinkAnswered:
    """Records what an officer sent; the link's token and code were checked before, in a transaction of their own.

    One row for each ask answered, all in this transaction, one receipt. Asks closed meanwhile are left out and named.
    Raises Invalid with `faults` [(field, code)] for all faults at once, Conflict("ALREADY_ANSWERED") when no ask is
    left, LinkClosed("ASK_WITHDRAWN"/"LINK_GONE") when all were withdrawn or asked anew.
    """
    before = find_receipt_by_nonce(unit, form.nonce)
    if before is not None:
        return LinkAnswered(before, ())
    mine = unit.rows(_ASKS, {"wanted": mail})
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
    given = Given(answer, reason, until, words=sealed)
    record_answer(unit, file, task, ask, given, number, "link")
