"""What desk pages read beside `store.overview`: open asks by office, and open workflows (columns, never a link)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, literal, select

from domain.roles import Action, Actor
from domain.tasks import LIVE_ASKS
from store import journal, outbox
from store.access import asks_told_to, seen_by
from store.overview import Conducted
from store.tables_case import asks, cases, holds
from store.unit import Reading

RECONCILING = "REKONSILIASI"
_LIVE = tuple(sorted(state.value for state in LIVE_ASKS))


class OpenAsk(NamedTuple):
    """One open ask of an office. due_at None: not mailed yet, or no moment set. mail: what became of its mail."""

    number: str
    task: str
    n: int
    state: str
    restricted: bool
    opened_at: datetime
    asked_at: datetime | None
    due_at: datetime | None
    procedure: tuple[str, str]
    mail: outbox.Mail | None


class Held(NamedTuple):
    """What one office holds: open asks, the oldest of them, and how many are past their due moment."""

    number: int
    since: datetime | None
    late: int


def open_asks_of(reading: Reading, actor: Actor, agency: str, limit: int = 200) -> list[OpenAsk]:
    """Open asks of *agency* on cases that the actor may see, the longest open first."""
    actor.must(Action.READ_BOARD)
    statement = (
        select(
            asks.c.number, asks.c.task, asks.c.n, asks.c.state, asks.c.restricted, asks.c.opened_at, asks.c.asked_at,
            asks.c.due_at, cases.c.procedure_code, cases.c.procedure_version, asks.c.mail,
        )
        .join(cases, cases.c.id == asks.c.case_id)
        .where(asks.c.agency == agency, asks.c.state.in_(_LIVE), seen_by(actor), asks_told_to(actor))
        .order_by(asks.c.opened_at, asks.c.id)
        .limit(limit)
    )  # fmt: skip
    rows = reading.rows(statement)
    mails = outbox.mail_states(reading, {row.mail for row in rows if row.mail})
    return [OpenAsk(*(*row[:8], (row[8], row[9]), mails.get(row.mail or ""))) for row in rows]


def reconciling(reading: Reading) -> list[tuple[str, str, datetime]]:
    """Number, hold and since when, of cases whose rows and workflow disagree: a person must look. Oldest first."""
    found = reading.rows(
        select(cases.c.number, holds.c.id, holds.c.since)
        .join(cases, cases.c.id == holds.c.case_id)
        .where(holds.c.kind == RECONCILING, holds.c.active)
        .order_by(holds.c.since, cases.c.number)
    )
    return [(row.number, row.id, row.since) for row in found]


def held_by(reading: Reading, agencies: Collection[str]) -> dict[str, Held]:
    """What these offices hold, in numbers only."""
    if not agencies:
        return {}
    open_ = asks.c.agency.in_(list(agencies)) & asks.c.state.in_(_LIVE)
    counted = select(asks.c.agency, func.count(), func.min(asks.c.opened_at, type_=asks.c.opened_at.type))
    late = select(asks.c.agency, func.count()).where(open_, asks.c.due_at < reading.now).group_by(asks.c.agency)
    passed: dict[str, Any] = {row[0]: row[1] for row in reading.rows(late)}
    found = reading.rows(counted.where(open_).group_by(asks.c.agency))
    return {row[0]: Held(row[1], row[2], passed.get(row[0], 0)) for row in found}


def busiest(reading: Reading, limit: int = 10) -> list[str]:
    """Codes of the offices that have been waited for longest."""
    statement = (
        select(asks.c.agency)
        .where(asks.c.state.in_(_LIVE), asks.c.channel == "link")
        .group_by(asks.c.agency)
        .order_by(func.min(asks.c.opened_at), asks.c.agency)
        .limit(limit)
    )
    return [row[0] for row in reading.rows(statement)]


def open_flows(reading: Reading, limit: int = 300) -> list[Conducted]:
    """Every open workflow: what it waits for and its next moment; those with news not taken in come first."""
    c = journal.subjects.c
    rows = reading.rows(
        select(
            c.id, c.kind, c.phase, c.head, c.applied, c.next_due_at, c.started, c.wakes_since,
            cases.c.number, cases.c.waits,
        )
        .outerjoin(cases, c.id == literal("case-") + cases.c.id)
        .where(c.kind.in_(("case", "desk")), ~c.over)
        .order_by((c.head - c.applied).desc(), c.next_due_at.is_(None), c.next_due_at, c.id)
        .limit(limit)
    )  # fmt: skip
    return [
        Conducted(
            row.id,
            row.kind,
            row.number or row.id.removeprefix("desk-"),
            row.phase,
            row.head,
            row.applied,
            row.next_due_at,
            row.waits or (),
            bool(row.started),
            row.wakes_since,
        )
        for row in rows
    ]
