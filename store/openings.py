"""An auditor works with names masked and may open one case for a stated reason (PROCESS 1.2).

The reason is a row on the case's reading chain, sealed, and written before anything is shown. `openings` is a list of
these rows for fast questions: whether a case is open to somebody now, and what a head of directorate is to be told.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ForeignKey, Index, insert, select
from sqlmodel import Field, SQLModel

from domain.answering import free_text
from domain.errors import Conflict
from domain.journal import Kind
from domain.roles import Action
from store import journal
from store.casefile import CaseFile, open_case_file
from store.columns import UtcDateTime, table_of
from store.tables_account import accounts
from store.tables_case import cases
from store.unit import Reading, Unit

OPEN_FOR: Final = timedelta(minutes=30)  # as long as a link's facts stay open (PROCESS 1.3)
TOLD_FOR: Final = timedelta(days=30)


class OpeningRow(SQLModel, table=True):
    """One opening. n: its row on "reads-<case>". at: application time; until: real time."""

    __tablename__ = "openings"
    __table_args__ = (Index("openings_at", "at"),)

    case_id: str = Field(sa_column_args=(ForeignKey("cases.id"),), primary_key=True)
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    account: str = Field(sa_column_args=(ForeignKey("accounts.id"),))
    at: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)


openings = table_of(OpeningRow)
_o = openings.c


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening as those are told who lead. at: aware UTC application time; reason: in the auditor's own words."""

    number: str
    name: str
    at: datetime
    reason: str


def open_masked(unit: Unit, number: str, reason: str) -> None:
    """Opens a case's personal data to the unit's actor for half an hour of real time, for a reason.

    Raises NotAllowed("ROLE_LACKS_ACTION") for whoever is no auditor, NotFound("NO_SUCH_CASE"),
    Invalid("REASON_INVALID") without a reason or with one beyond 2,000 characters, and Conflict("STATE_FORBIDS") for
    an account that another role shows the names anyway.
    """
    unit.by.must(Action.OPEN_MASKED)
    file = open_case_file(unit, number)
    words = free_text(reason, "reason", needed=True)
    if not unit.by.sees_masked:
        raise Conflict("STATE_FORBIDS", state="names are shown")
    subject = f"reads-{file.id}"
    journal.ensure_subject(unit, subject, "reads")
    n = unit.append(subject, Kind.UNMASKED, {"minutes": int(OPEN_FOR.total_seconds() // 60)}, {"reason": words})
    unit.execute(
        insert(openings),
        {"case_id": file.id, "n": n, "account": unit.by.id, "at": unit.now, "until": unit.real_now + OPEN_FOR},
    )


def open_until(reading: Reading, file: CaseFile, account: str) -> datetime | None:
    """Until when (aware UTC application time) this account may see the case's names; None when it may not now."""
    statement = select(_o.until).where(_o.case_id == file.id, _o.account == account, _o.until > reading.real_now)
    found = reading.row(statement.order_by(_o.until.desc()).limit(1))
    return None if found is None else reading.now + (found.until - reading.real_now)


def newest(reading: Reading, limit: int = 10) -> list[Opening]:
    """The openings of the last 30 days (application time), newest first."""
    statement = (
        select(_o.case_id, _o.n, _o.at, cases.c.number, accounts.c.name)
        .join(cases, cases.c.id == _o.case_id)
        .join(accounts, accounts.c.id == _o.account)
        .where(_o.at > reading.now - TOLD_FOR)
        .order_by(_o.at.desc(), _o.n.desc())
        .limit(limit)
    )
    return [
        Opening(found.number, found.name, found.at, _reason(reading, found.case_id, found.n))
        for found in reading.rows(statement)
    ]


def _reason(reading: Reading, case_id: str, n: int) -> str:
    rows = journal.rows_of(reading, f"reads-{case_id}", after=n - 1, open_kinds=(Kind.UNMASKED,), limit=1)
    return str(rows[0].sealed.get("reason", "")) if rows else ""
