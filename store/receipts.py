"""Receipts of answers and what became of them. Times are aware UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select

from domain.course import TaskFacts
from domain.errors import NotFound
from domain.roles import Action, Actor
from store import journal
from store.access import seen_by
from store.casefile import CaseFile, open_case_file_by_id
from store.tables_case import answers, cases, receipts
from store.unit import Reading, Unit

_STORE_RECEIPT, _STORE_ANSWER = insert(receipts), insert(answers)
_BY_NONCE = select(receipts.c.receipt).where(receipts.c.nonce == bindparam("sent"))


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the answerer keeps."""

    receipt: str
    state: str
    task: dict[str, Any]


def receipt_of(file: CaseFile, task: TaskFacts, number: str) -> Receipt:
    """The receipt with the task as it stands now."""
    shown = {"code": task.code, "n": task.n, "status": task.status.value, "answer": task.answer}
    return Receipt(number, "stored", shown)


def store_receipt(unit: Unit, number: str, nonce: str, *, mail: str | None = None, account: str | None = None) -> None:
    """Keeps a receipt; `nonce` is unique, so the same form sent twice has one."""
    values = {"receipt": number, "nonce": nonce, "mail": mail, "account": account, "received_at": unit.now}
    unit.execute(_STORE_RECEIPT, values)


def store_answer(
    unit: Unit, number: str, case_id: str, ask: str, task: str, n: int, row: int, code: str, *, final: bool
) -> None:
    """Keeps one answer under its receipt; `row` is its place in the case's journal."""
    unit.execute(
        _STORE_ANSWER,
        {
            "id": unit.new_id(),
            "receipt": number,
            "ask": ask,
            "case_id": case_id,
            "task": task,
            "n": n,
            "row": row,
            "code": code,
            "final": final,
        },
    )


def find_receipt_by_nonce(reading: Reading, nonce: str) -> str | None:
    """The receipt of a form that was stored before: a second press, or a line that dropped."""
    found: str | None = reading.scalar(_BY_NONCE, {"sent": nonce})
    return found


def answer_state(reading: Reading, actor: Actor, number: str) -> dict[str, Any]:
    """`GET /answers/{receipt}`: stored until the workflow took every row in, then applied, or late without effect.

    Raises NotFound("NO_SUCH_RECEIPT") also where the actor sees none of its cases; of several only the seen are told.
    """
    actor.must(Action.READ_CASE)
    head = reading.row(select(receipts.c.received_at).where(receipts.c.receipt == number))
    if head is None:
        raise NotFound("NO_SUCH_RECEIPT")
    rows = reading.rows(
        select(answers.c.ask, answers.c.task, answers.c.code, answers.c.row, answers.c.case_id, cases.c.number)
        .join(cases, cases.c.id == answers.c.case_id)
        .where(answers.c.receipt == number, seen_by(actor))
    )
    if not rows or actor.sees_short_card:
        raise NotFound("NO_SUCH_RECEIPT")
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
