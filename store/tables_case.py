"""Tables of cases and of all that belongs to one case: thin, for fast lists; the journal is what they are made from.

Times are aware UTC application time. What people wrote in their own words is sealed in the journal, not here.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlmodel import Field, SQLModel

from store.columns import Json, UtcDateTime, table_of


def _case_id(**more: Any) -> Any:
    return Field(sa_column_args=(ForeignKey("cases.id"),), **more)


class CaseRow(SQLModel, table=True):
    """One return of one person. holder: agency waited for longest; waits: all that is waited for;
    due_at: earliest due moment of an open ask."""

    __tablename__ = "cases"
    __table_args__ = (
        Index(
            "cases_one_open_per_person",
            "person_id",
            unique=True,
            sqlite_where=text("is_open = 1"),
            postgresql_where=text("is_open"),
        ),
        Index("cases_person", "person_id"),
        Index("cases_status", "status", "opened_at"),
        Index("cases_holder", "holder"),
        Index("cases_due", "due_at"),
    )

    id: str = Field(primary_key=True)
    number: str = Field(unique=True)
    person_id: str = Field(sa_column_args=(ForeignKey("people.id"),))
    procedure_code: str
    procedure_version: str
    status: str
    stage: str = ""
    urgent: bool = False
    entry_route: str
    shelter: str
    destination: str | None = None
    province: str | None = None
    opened_at: datetime = Field(sa_type=UtcDateTime)
    opened_by: str
    updated_at: datetime = Field(sa_type=UtcDateTime)
    next_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    initials: str = ""
    is_child: bool = False
    holder: str | None = None
    holder_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    waits: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    holds: list[str] = Field(default_factory=list, sa_type=Json)
    group_number: str | None = None
    mailed: bool = False
    is_open: bool = True


class TaskRow(SQLModel, table=True):
    """One row of a case's plan; n counts repeats of the same task."""

    __tablename__ = "tasks"
    __table_args__ = (Index("tasks_agency", "agency", "status"),)

    case_id: str = _case_id(primary_key=True)
    code: str = Field(primary_key=True)
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    status: str
    agency: str | None = None
    ask: str | None = None
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answer: str | None = None
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    verify_by: str | None = None
    evidence_missing: bool = False
    owner: str = ""


class AskRow(SQLModel, table=True):
    """One request to one agency. state: QUEUED, SENT, ANSWERED, WITHDRAWN, SUPERSEDED; extended: how often."""

    __tablename__ = "asks"
    __table_args__ = (
        Index("asks_agency_state", "agency", "state"),
        Index("asks_case", "case_id"),
        Index("asks_mail", "mail"),
    )

    id: str = Field(primary_key=True)
    case_id: str = _case_id()
    number: str
    task: str
    n: int
    agency: str
    channel: str
    state: str
    rush: bool = False
    restricted: bool = False
    opened_at: datetime = Field(sa_type=UtcDateTime)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    mail: str | None = None
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    extended: int = 0


class ReceiptRow(SQLModel, table=True):
    """What was shown to the officer; the form's nonce makes a second press find the same receipt."""

    __tablename__ = "receipts"

    receipt: str = Field(primary_key=True)
    nonce: str = Field(unique=True)
    mail: str | None = None
    account: str | None = None
    received_at: datetime = Field(sa_type=UtcDateTime)


class AnswerRow(SQLModel, table=True):
    """One answer to one ask; `final` ones close it, at most once. row: its row in the case's journal."""

    __tablename__ = "answers"
    __table_args__ = (
        Index(
            "answers_one_final_per_ask",
            "ask",
            unique=True,
            sqlite_where=text("final = 1"),
            postgresql_where=text("final"),
        ),
        Index("answers_receipt", "receipt"),
        Index("answers_case", "case_id", "row"),
    )

    id: str = Field(primary_key=True)
    receipt: str = Field(sa_column_args=(ForeignKey("receipts.receipt"),))
    ask: str
    case_id: str = _case_id()
    task: str
    n: int
    row: int
    code: str
    final: bool


class HoldRow(SQLModel, table=True):
    """A stop sign on a case; its reason is in the journal."""

    __tablename__ = "holds"
    __table_args__ = (Index("holds_case", "case_id", "active"),)

    id: str = Field(primary_key=True)
    case_id: str = _case_id()
    kind: str
    since: datetime = Field(sa_type=UtcDateTime)
    review_on: str | None = None
    set_by: str
    active: bool = True


class ApprovalRow(SQLModel, table=True):
    """One signature at the gate. n: its row in the case's journal. Two signatures on a snapshot are by two persons."""

    __tablename__ = "approvals"
    __table_args__ = (
        Index(
            "approvals_two_persons",
            "case_id",
            "snapshot",
            "staff_number",
            unique=True,
            sqlite_where=text("void = 0 AND decision = 'approve'"),
            postgresql_where=text("NOT void AND decision = 'approve'"),
        ),
    )

    case_id: str = _case_id(primary_key=True)
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    role: str
    account: str
    staff_number: str
    at: datetime = Field(sa_type=UtcDateTime)
    snapshot: str
    decision: str
    void: bool = False


class LegRow(SQLModel, table=True):
    """One stretch of the journey. Places, carrier and the escort's name are sealed in the journal."""

    __tablename__ = "legs"

    case_id: str = _case_id(primary_key=True)
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str
    departs_at: datetime = Field(sa_type=UtcDateTime)
    arrives_at: datetime = Field(sa_type=UtcDateTime)
    hands_to: str
    escort_account: str | None = Field(default=None, index=True)
    state: str
    departed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    arrived_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class HandoverRow(SQLModel, table=True):
    """One change of responsibility with its BAST number."""

    __tablename__ = "handovers"
    __table_args__ = (Index("handovers_case", "case_id"),)

    number: str = Field(primary_key=True)
    case_id: str = _case_id()
    task: str
    giver: str
    receiver_party: str
    result: str
    at: datetime = Field(sa_type=UtcDateTime)


cases = table_of(CaseRow)
tasks = table_of(TaskRow)
asks = table_of(AskRow)
receipts = table_of(ReceiptRow)
answers = table_of(AnswerRow)
holds = table_of(HoldRow)
approvals = table_of(ApprovalRow)
legs = table_of(LegRow)
handovers = table_of(HandoverRow)
