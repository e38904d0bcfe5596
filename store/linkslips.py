"""Receipts as the holder of a link sees them: what one sending recorded, and who answered last. Reads only.

Times are aware UTC application time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from domain.journal import Kind
from domain.procedure import TaskRule
from store import journal
from store.linkwork import Linked
from store.tables_case import answers, asks, cases, receipts
from store.unit import Reading

TAKEN_IN_WITHIN_S = 60


@dataclass(frozen=True, slots=True)
class AnsweredAsk:
    """One recorded answer. until: the moment granted when it asked for more time, else None. row: in its journal."""

    ask: str
    case_id: str
    number: str
    initials: str
    rule: TaskRule
    code: str
    until: datetime | None
    row: int


@dataclass(frozen=True, slots=True)
class Slip:
    """A receipt with what it covers. by_link: given through a link, so name and position are as the officer typed them.

    is_late_taken: some of its rows wait longer than a minute to be taken in.
    """

    receipt: str
    at: datetime
    lines: tuple[AnsweredAsk, ...]
    name: str
    position: str
    is_late_taken: bool


def find_slip(reading: Reading, mail: str, number: str) -> Slip | None:
    """The receipt of that number if it was given through the link of this mail, else None."""
    head = reading.row(select(receipts.c.received_at).where(receipts.c.receipt == number, receipts.c.mail == mail))
    return None if head is None else _slip(reading, number, head.received_at)


def newest_slip(reading: Reading, linked: Linked) -> Slip | None:
    """The receipt of the answer that closed the last of this link's asks, given by whomever."""
    mine = [ask.id for ask in linked.asks]
    found = reading.row(
        select(receipts.c.receipt, receipts.c.received_at)
        .join(answers, answers.c.receipt == receipts.c.receipt)
        .where(answers.c.ask.in_(mine), answers.c.final)
        .order_by(receipts.c.received_at.desc())
        .limit(1)
    )
    return None if found is None else _slip(reading, found.receipt, found.received_at, mine)


def answered_asks(reading: Reading, linked: Linked) -> tuple[AnsweredAsk, ...]:
    """The final answers to asks of this link."""
    mine = [ask.id for ask in linked.asks]
    return tuple(_answered(reading, answers.c.ask.in_(mine) & answers.c.final))


def find_receipt(reading: Reading, mail: str, nonce: str) -> str | None:
    """The receipt that this very sending got before through this link: a second press, or a line that dropped."""
    found: str | None = reading.scalar(
        select(receipts.c.receipt).where(receipts.c.nonce == nonce, receipts.c.mail == mail)
    )
    return found


def _answered(reading: Reading, which: Any) -> Iterable[AnsweredAsk]:
    w, c = answers.c, cases.c
    rows = reading.rows(
        select(
            w.ask,
            w.case_id,
            c.number,
            c.initials,
            w.task,
            w.code,
            w.final,
            w.row,
            asks.c.due_at,
            c.procedure_code,
            c.procedure_version,
        )
        .join(cases, c.id == w.case_id)
        .join(asks, asks.c.id == w.ask)
        .where(which)
        .order_by(c.number, w.row)
    )
    for row in rows:
        rule = reading.rules.procedure(row.procedure_code, row.procedure_version).get_task(row.task)
        until = None if row.final else row.due_at
        yield AnsweredAsk(row.ask, row.case_id, row.number, row.initials, rule, row.code, until, row.row)


def _slip(reading: Reading, number: str, at: datetime, only: list[str] | None = None) -> Slip:
    which = answers.c.receipt == number
    lines = tuple(_answered(reading, which if only is None else which & answers.c.ask.in_(only)))
    name = position = ""
    for line in lines[:1]:
        kinds = (Kind.ANSWERED, Kind.EXTENDED)
        for row in journal.rows_of(reading, f"case-{line.case_id}", line.row - 1, open_kinds=kinds, limit=1):
            name, position = str(row.sealed.get("name", "")), str(row.sealed.get("position", ""))
    return Slip(number, at, lines, name, position, _is_late_taken(reading, at, lines))


def _is_late_taken(reading: Reading, at: datetime, lines: tuple[AnsweredAsk, ...]) -> bool:
    if (reading.now - at).total_seconds() < TAKEN_IN_WITHIN_S:
        return False
    for line in lines:
        subject = journal.find_subject(reading, f"case-{line.case_id}")
        if subject is not None and subject.applied < line.row:
            return True
    return False
