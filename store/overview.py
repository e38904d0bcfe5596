"""The read queries behind lists: board, Tugas saya, asks, waiting for a second look, operator. Columns, not objects.

Keyset pages: a cursor is the last row's keys, opaque to the reader.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, false, func, or_, select

from domain.course import DEPARTURE
from domain.errors import Invalid
from domain.ids import is_number
from domain.roles import Action, Actor
from store import journal, outbox, people
from store.access import asks_told_to, seen_by
from store.tables_case import asks, cases, legs, tasks
from store.unit import Reading

PAGE = 50
WAITING_STATES = ("DIMINTA", "DIPERPANJANG", "DIALIHKAN")


def make_cursor(*keys: Any) -> str:
    """An opaque text from which the next page goes on."""
    return base64.urlsafe_b64encode(json.dumps([str(key) for key in keys]).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, parts: int) -> list[str] | None:
    """The keys of a cursor. Raises Invalid("CURSOR_INVALID") for what is none of ours."""
    if not cursor:
        return None
    try:
        keys = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        raise Invalid("CURSOR_INVALID", field="cursor") from None
    if not isinstance(keys, list) or len(keys) != parts or not all(isinstance(key, str) for key in keys):
        raise Invalid("CURSOR_INVALID", field="cursor")
    return keys


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the board. waits: [{task, n, agency, since, what}], the longest waited for first."""

    number: str
    initials: str
    person_id: str
    status: str
    stage: str
    holds: list[str]
    urgent: bool
    is_child: bool
    waits: list[dict[str, Any]]
    holder: str | None
    due_at: datetime | None
    next_at: datetime | None
    opened_at: datetime
    destination: str | None
    shelter: str
    id: str


_LISTED = tuple(
    cases.c[name]
    for name in (
        "number", "initials", "person_id", "status", "stage", "holds", "urgent", "is_child", "waits", "holder",
        "due_at", "next_at", "opened_at", "destination", "shelter", "id",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """What the board's address holds. holder: waited for longest; agency: waited for at all; due_before: aware UTC."""

    status: str | None = None
    stage: str | None = None
    holder: str | None = None
    agency: str | None = None
    due_before: datetime | None = None
    destination: str | None = None
    q: str | None = None
    held: bool = False
    open_only: bool = False


def list_cases(
    reading: Reading, actor: Actor, filters: Filters, cursor: str | None = None, limit: int = PAGE
) -> tuple[list[Listed], str | None]:
    """A page of cases that the actor may see, newest first. q: a number, a NIK, a passport, or a name as it sounds."""
    actor.must(Action.READ_BOARD)
    statement = _filtered(reading, select(*_LISTED), actor, filters)
    keys = read_cursor(cursor, 1)
    if keys is not None:
        statement = statement.where(cases.c.number < keys[0])
    rows = reading.rows(statement.order_by(cases.c.number.desc()).limit(limit + 1))
    page = [_as_seen(actor, Listed(*row)) for row in rows[:limit]]
    return page, make_cursor(page[-1].number) if len(rows) > limit else None


def _as_seen(actor: Actor, listed: Listed) -> Listed:
    """An escort's line says no more than the short card: of what a case waits for, the departure."""
    if not actor.sees_short_card:
        return listed
    return replace(listed, waits=[wait for wait in listed.waits if wait["task"] == DEPARTURE], holder=None, due_at=None)


def count_cases(reading: Reading, actor: Actor, filters: Filters) -> dict[str, int]:
    """How many cases of the filter stand in each status."""
    statement = _filtered(reading, select(cases.c.status, func.count()), actor, filters)
    return {row[0]: row[1] for row in reading.rows(statement.group_by(cases.c.status))}


def _filtered(reading: Reading, statement: Select[Any], actor: Actor, filters: Filters) -> Select[Any]:
    wanted: list[Any] = [seen_by(actor)]
    if actor.sees_short_card and (filters.holder or filters.agency or filters.due_before is not None):
        wanted.append(false())  # these would tell what the line itself does not
    for column, value in (
        (cases.c.status, filters.status),
        (cases.c.stage, filters.stage),
        (cases.c.holder, filters.holder),
    ):
        if value:
            wanted.append(column == value)
    if filters.destination:
        wanted.append(or_(cases.c.destination == filters.destination, cases.c.province == filters.destination))
    if filters.due_before is not None:
        wanted.append(cases.c.due_at < filters.due_before)
    if filters.agency:
        waiting = select(asks.c.case_id).where(asks.c.agency == filters.agency, asks.c.state.in_(("QUEUED", "SENT")))
        wanted.append(or_(cases.c.holder == filters.agency, cases.c.id.in_(waiting)))
    if filters.held:
        wanted.append(cases.c.holds != [])
    if filters.open_only:
        wanted.append(cases.c.is_open)
    if filters.q:
        wanted.append(_matches(reading, actor, filters.q.strip()))
    return statement.where(and_(*wanted))


def _matches(reading: Reading, actor: Actor, text: str) -> Any:
    """Number, NIK, passport or name; for whoever sees people masked the number alone, since a hit would name them."""
    number = text.upper()
    if is_number(number):
        return cases.c.number == number
    if actor.sees_masked:
        return false()
    return cases.c.id.in_(people.search(reading, text))


# --- asks


def list_asks(
    reading: Reading, actor: Actor, state: str | None, cursor: str | None, limit: int = PAGE
) -> dict[str, Any]:
    """`GET /asks`: never a link. delivery: what became of the ask's newest mail."""
    actor.must(Action.READ_BOARD)
    statement = select(
        asks.c.id, asks.c.mail, asks.c.number, asks.c.task, asks.c.agency, asks.c.state, asks.c.due_at, asks.c.opened_at
    )
    if not actor.sees_all_cases:
        statement = statement.join(cases, cases.c.id == asks.c.case_id).where(seen_by(actor), asks_told_to(actor))
    if state:
        known = {"queued", "sent", "answered", "withdrawn", "superseded"}
        if state not in known:
            raise Invalid("FIELD_INVALID", field="state")
        statement = statement.where(asks.c.state == state.upper())
    keys = read_cursor(cursor, 1)
    if keys is not None:
        statement = statement.where(asks.c.id > keys[0])
    rows = reading.rows(statement.order_by(asks.c.id).limit(limit + 1))
    mails = outbox.mail_states(reading, {row.mail for row in rows if row.mail})
    items = [
        {
            "id": row.id,
            "mail": row.mail,
            "case": row.number,
            "task": row.task,
            "agency": row.agency,
            "state": row.state.lower(),
            "due_at": row.due_at,
            "delivery": delivery_of(mails.get(row.mail or "")),
        }
        for row in rows[:limit]
    ]
    return {"items": items, "next_cursor": make_cursor(items[-1]["id"]) if len(rows) > limit else None}


_DELIVERY = {
    "PENDING": "queued",
    "SENDING": "queued",
    "ACCEPTED": "accepted",
    "REFUSED": "refused",
    "UNCERTAIN": "uncertain",
}


def delivery_of(mail: outbox.Mail | None) -> dict[str, Any]:
    """Queued, accepted, refused with the server's words, or uncertain."""
    if mail is None:
        return {"state": "queued", "at": None, "words": ""}
    return {
        "state": _DELIVERY[mail.state],
        "at": mail.accepted_at or mail.tried_at or mail.composed_at,
        "words": mail.words,
    }


# --- Tugas saya


@dataclass(frozen=True, slots=True)
class OwnTask:
    """One line of "Tugas saya". kind: answer, verify, decide."""

    kind: str
    number: str
    initials: str
    person_id: str
    is_child: bool
    urgent: bool
    code: str
    n: int
    status: str
    answer: str | None
    due_at: datetime | None
    since: datetime | None
    procedure: tuple[str, str]


def my_tasks(reading: Reading, actor: Actor, limit: int = 600) -> list[OwnTask]:
    """What this person can act on now: own units' open tasks, second looks, failing answers, by task and due moment."""
    found: list[OwnTask] = []
    if actor.has("koordinator"):
        found += _tasks(
            reading, "answer", and_(tasks.c.status.in_(WAITING_STATES), tasks.c.owner == "kemensos_dit"), limit
        )
        found += _tasks(reading, "verify", tasks.c.status == "DIJAWAB", limit)
        found += _tasks(reading, "decide", tasks.c.status == "GAGAL", limit)
    if actor.has("pekerja_sosial", "kepala_sentra") and actor.agency:
        own = and_(tasks.c.status.in_(WAITING_STATES), tasks.c.agency == actor.agency)
        found += _tasks(reading, "answer", own, limit)
    elif actor.has("pendamping"):
        mine = exists().where(
            legs.c.case_id == tasks.c.case_id, legs.c.n == tasks.c.n, legs.c.escort_account == actor.id
        )
        departures = and_(tasks.c.status.in_(WAITING_STATES), tasks.c.code == DEPARTURE, mine)
        found += _tasks(reading, "answer", departures, limit)
    return found


def _tasks(reading: Reading, kind: str, wanted: Any, limit: int) -> list[OwnTask]:
    rows = reading.rows(
        select(
            cases.c.number,
            cases.c.initials,
            cases.c.person_id,
            cases.c.is_child,
            cases.c.urgent,
            tasks.c.code,
            tasks.c.n,
            tasks.c.status,
            tasks.c.answer,
            tasks.c.due_at,
            func.coalesce(tasks.c.asked_at, tasks.c.opened_at),
            cases.c.procedure_code,
            cases.c.procedure_version,
        )
        .join(cases, cases.c.id == tasks.c.case_id)
        .where(wanted, cases.c.status.not_in(("DIBATALKAN", "DITUTUP", "SELESAI", "DIRUJUK")))
        .order_by(tasks.c.code, tasks.c.due_at.is_(None), tasks.c.due_at, cases.c.number)
        .limit(limit)
    )
    return [OwnTask(*(kind, *row[:11], (row[11], row[12]))) for row in rows]


# --- the operator


@dataclass(frozen=True, slots=True)
class Conducted:
    """One open workflow as the rows see it: no names, codes only. behind: rows not taken in yet."""

    subject: str
    kind: str
    label: str
    phase: str
    head: int
    applied: int
    next_at: datetime | None
    waits: Sequence[dict[str, Any]]
    started: bool
    wakes_since: datetime | None

    @property
    def behind(self) -> int:
        return self.head - self.applied


def conducted(reading: Reading, limit: int = 300) -> list[Conducted]:
    """Every open workflow: what it waits for, its next moment, whether that has passed. Those behind come first."""
    c = journal.subjects.c
    rows = reading.rows(
        select(
            c.id,
            c.kind,
            c.phase,
            c.head,
            c.applied,
            c.next_due_at,
            c.started,
            c.wakes_since,
            cases.c.number,
            cases.c.waits,
        )
        .outerjoin(cases, c.id == func.concat("case-", cases.c.id))
        .where(c.kind.in_(("case", "desk")), ~c.over)
        .order_by((c.head - c.applied).desc(), c.next_due_at.is_(None), c.next_due_at, c.id)
        .limit(limit)
    )
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
