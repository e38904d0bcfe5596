"""One case as a reader sees it: the answer of `GET /cases/{n}`, and the same for pages. A view leaves an access row.

Datetimes are aware UTC; whoever shows them chooses the zone. Remedies are codes with facts; their words live with the
pages.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from domain.course import DEPARTURE, Course, HandoverFacts, LegFacts, TaskFacts
from domain.errors import NotFound
from domain.gate import CheckResult, Verdict, judge
from domain.journal import Kind, Row
from domain.roles import Action, Actor
from domain.waiting import Waiting, waits_for
from store import journal, openings, outbox, people
from store.access import must_be_of_shelter
from store.casefile import CaseFile, evidence_missing, open_case_file
from store.reads import record_view
from store.tables_account import accounts
from store.tables_case import cases
from store.unit import Reading, Unit

PERSON_FIELDS = ("identity", "origin", "travel")
_MASKED_FIELDS = ("sex", "birth_date", "birth_date_quality")  # of these a page says "perempuan, 24 tahun"


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case opened for reading: its fold, verdict, person, rows with their content opened, and its mails.

    person: sealed facts of the person; of a masked case sex and birth only, and no row's own words are opened.
    account_names: actor ref → name. is_unread: rows stand that no advance has taken in yet. open_until: to when an
    auditor has opened the case, else None.
    """

    file: CaseFile
    course: Course
    verdict: Verdict
    waits: list[Waiting]
    person: dict[str, Any]
    rows: list[Row]
    mails: dict[str, outbox.Mail]
    account_names: dict[str, str]
    next_at: datetime | None
    now: datetime
    legs_words: dict[int, dict[str, str]] = field(default_factory=dict)
    receiver_words: dict[str, str] = field(default_factory=dict)
    masked: bool = False
    is_unread: bool = False
    open_until: datetime | None = None

    def row(self, n: int) -> Row | None:
        """Row *n* of the case's journal, or None."""
        return self.rows[n - 1] if 0 < n <= len(self.rows) else None


def view_case(unit: Unit, number: str, what: str) -> CaseView:
    """Opens a case for a reader who may see it, and leaves the access row. what: "page", "gate", "api".

    An auditor sees it masked, but for half an hour after a stated reason (`store.openings`).
    Raises NotAllowed("ROLE_LACKS_ACTION") or NotFound("NO_SUCH_CASE"), the same for absent and for not theirs.
    """
    unit.by.must(Action.READ_CASE)
    file = open_case_file(unit, number, is_shown=True)
    must_be_of_shelter(unit, file)
    until = openings.open_until(unit, file, unit.by.id) if unit.by.sees_masked else None
    masked = unit.by.sees_masked and until is None
    record_view(unit, file, what, () if masked else PERSON_FIELDS)
    view = replace(build_view(unit, file, masked=masked), open_until=until)
    if unit.by.sees_short_card:
        return replace(view, waits=[wait for wait in view.waits if wait.task == DEPARTURE])
    return view


def build_view(reading: Reading, file: CaseFile, *, masked: bool = False) -> CaseView:
    """The case with its rows, person, mails and verdict as of now (application time); leaves no access row.

    masked: no name and nobody's own words are opened (PROCESS 1.2, auditor). Raises NotFound("NO_SUCH_PERSON").
    """
    course = file.course
    rows = journal.rows_of(reading, file.subject, open_kinds=None if masked else "all")
    person = people.get_person(reading, file.person_id)
    mail_ids = {ask.mail for ask in course.asks.values() if ask.mail}
    subject = journal.find_subject(reading, file.subject)
    view = CaseView(
        file=file,
        course=course,
        verdict=judge(course, reading.now, file.world),
        waits=waits_for(course, file.world),
        person={key: person[key] for key in _MASKED_FIELDS if key in person} if masked else person,
        rows=rows,
        mails=outbox.mail_states(reading, mail_ids),
        account_names=_names(reading, rows),
        next_at=subject.next_due_at if subject else None,
        now=reading.now,
        masked=masked,
        is_unread=subject is not None and subject.head > subject.applied and not subject.is_quiet,
    )
    for row in rows:
        if row.kind is Kind.LEGS_PLANNED:
            view.legs_words.update({words["n"]: words for words in row.sealed.get("legs", ())})
        elif row.kind is Kind.RECEIVER_NAMED:
            view.receiver_words.update({key: row.sealed.get(key, "") for key in ("name", "phone")})
    return view


def _names(reading: Reading, rows: list[Row]) -> dict[str, str]:
    ids = {row.actor.removeprefix("account:") for row in rows if row.actor.startswith("account:")}
    if not ids:
        return {}
    found = reading.rows(select(accounts.c.id, accounts.c.name, accounts.c.login).where(accounts.c.id.in_(ids)))
    return {f"account:{row.id}": row.name for row in found}


# --- as JSON (CONTRACT, GET /cases/{n})


def case_json(view: CaseView, reader: Actor) -> dict[str, Any]:
    """The answer of `GET /cases/{n}`, word for word; remedies are {code, facts} for the caller to put into words.

    An escort's is the short card, as on the page: no flags, reasons, checks or answers; of the tasks the departures.
    """
    course = view.course
    whole = _whole_case(view)
    if not reader.sees_short_card:
        return whole
    return whole | {
        "flags": {},
        "holds": [hold | {"reason": ""} for hold in whole["holds"]],
        "waits_for": [wait for wait in whole["waits_for"] if wait["task"] == DEPARTURE],
        "tasks": [_task(view, task) for task in course.instances(DEPARTURE)],
        "gate": whole["gate"] | {"basis": None, "checks": [], "approvals": []},
    }


def _whole_case(view: CaseView) -> dict[str, Any]:
    course = view.course
    return {
        "number": course.number,
        "group": view.file.group_number,
        "status": course.status.value,
        "holds": [
            {"id": h.id, "kind": h.kind, "reason": _hold_reason(view, h.id), "since": h.since, "review_on": h.review_on}
            for h in course.active_holds
        ],
        "urgent": course.urgent,
        "procedure": {"code": course.procedure.code, "version": course.procedure.version},
        "flags": dict(course.flags) | _derived(course),
        "waits_for": [{"task": w.task, "agency": w.agency, "since": w.since} for w in view.waits],
        "next_at": view.next_at,
        "forecast": None,
        "tasks": [_task(view, task) for task in course.ordered_tasks()],
        "gate": _gate(view),
        "legs": [_leg(view, leg) for leg in course.legs],
        "handovers": [_handover(handover) for handover in course.handovers],
    }


def _hold_reason(view: CaseView, hold: str) -> str:
    for row in view.rows:
        if row.kind is Kind.HOLD_SET and row.codes["hold"] == hold:
            return str(row.sealed.get("reason") or row.codes.get("cause", ""))
    return ""


def _derived(course: Course) -> dict[str, str]:
    true_flags = course.true_flags
    return {f.code: "ya" if f.code in true_flags else "tidak" for f in course.procedure.flags.values() if f.derived}


def _task(view: CaseView, task: TaskFacts) -> dict[str, Any]:
    ask = view.course.ask_of(task)
    answered = None if task.is_open else task.answer  # asked anew, its former answer counts no more
    return {
        "code": task.code,
        "n": task.n,
        "status": task.status.value,
        "agency": task.agency,
        "ask": task.ask,
        "asked_at": ask.asked_at if ask else None,
        "due_at": ask.due_at if ask else None,
        "answer": answered,
        "answered_at": task.answered_at if answered else None,
        "by": answered_by(view, task) if answered else None,
        "verify_by": view.course.rule(task.code).verify_by or None,
        "evidence_missing": evidence_missing(view.course, task.code, task.n),
    }


def answered_by(view: CaseView, task: TaskFacts) -> dict[str, str] | None:
    """Who answered: name and position as typed on the link, or the account."""
    row = view.row(task.answer_row)
    if row is None or task.answer is None:
        return None
    if row.actor.startswith("link:"):
        return {"name": row.sealed.get("name", ""), "position": row.sealed.get("position", "")}
    return {"account": view.account_names.get(row.actor, row.actor)}


def _gate(view: CaseView) -> dict[str, Any]:
    verdict = view.verdict
    return {
        "open": verdict.is_open,
        "basis": verdict.basis,
        "snapshot": view.course.snapshot if view.course.snapshot == verdict.snapshot else None,
        "checks": [_check(check) for check in verdict.checks],
        "approvals": [
            {
                "role": approval.role,
                "by": view.account_names.get(approval.account, approval.account),
                "at": approval.at,
                "snapshot": approval.snapshot,
                "void": not approval.is_live,
            }
            for approval in view.course.approvals
        ],
    }


def _check(check: CheckResult) -> dict[str, Any]:
    return {
        "code": check.code,
        "state": check.state.value,
        "sentence": {"id": check.sentence.id, "en": check.sentence.en},
        "waits": [
            {
                "task": wait.task,
                "agency": wait.agency,
                "since": wait.since,
                "remedy": {"code": wait.remedy, "facts": {"agency": wait.agency, "since": wait.since, **wait.facts}},
            }
            for wait in check.waits
        ],
    }


def _leg(view: CaseView, leg: LegFacts) -> dict[str, Any]:
    words = view.legs_words.get(leg.n, {})
    return {
        "n": leg.n,
        "kind": leg.kind,
        "from": words.get("from", ""),
        "to": words.get("to", ""),
        "carrier": words.get("carrier", ""),
        "departs_at": leg.departs_at,
        "arrives_at": leg.arrives_at,
        "hands_to": leg.hands_to,
        "state": leg.state.value,
    }


def _handover(handover: HandoverFacts) -> dict[str, Any]:
    return {
        "number": handover.number,
        "from": handover.giver,
        "to": handover.receiver,
        "result": handover.result,
        "at": handover.at,
    }


def journal_page(reading: Reading, actor_may: bool, number: str, after: int, limit: int = 200) -> dict[str, Any]:
    """Rows of a case past *after*: codes only, sealed content never."""
    found = reading.row(select(cases.c.id).where(cases.c.number == number))
    if found is None or not actor_may:
        raise NotFound("NO_SUCH_CASE")
    rows = journal.rows_of(reading, f"case-{found.id}", after=after, limit=limit + 1)
    page, more = rows[:limit], len(rows) > limit
    items = [
        {
            "n": row.n,
            "kind": row.kind.value,
            "at": row.at,
            "learned_at": row.learned_at,
            "actor": row.actor,
            "codes": dict(row.codes),
            "hash": row.hash,
        }
        for row in page
    ]
    return {"items": items, "next_cursor": str(page[-1].n) if more else None}
