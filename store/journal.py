"""The journal and its subjects: append in the current Unit, read after n, say what is due, verify the chain.

A subject is a case ("case-<uuid>"), a desk ("desk-<CODE>"), the reading of a case or sheet ("reads-<uuid>"), a sheet of
people ("manifest-<uuid>") or "house".
`head` is its newest row, `applied` the newest one that an advance took in; the difference is the news the relay tells.
Up to `quiet_head` the rules want nothing of it: such news is told like any other, only without hurry.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    text,
    type_coerce,
    union,
    update,
)
from sqlalchemy.types import NullType
from sqlmodel import Field, SQLModel

from domain.errors import NotFound
from domain.journal import FIRST_HASH, Kind, Row, canonical, first_break, row_hash
from store import outbox
from store.columns import UtcDateTime, table_of, utc_text

if TYPE_CHECKING:
    from store.unit import Reading, Unit

HOUSE = "house"
SUBJECT_KINDS = ("case", "desk", "reads", "manifest", "house")
CONDUCTED = ("case", "desk")


class SubjectRow(SQLModel, table=True):
    """One conducted (or only recorded) thing and how far it is. wakes_since: wall clock of its oldest untold news."""

    __tablename__ = "subjects"
    __table_args__ = (
        Index(
            "subjects_with_news",
            "id",
            sqlite_where=text('head > applied AND "over" = 0'),
            postgresql_where=text('head > applied AND NOT "over"'),
        ),
        Index(
            "subjects_to_start",
            "id",
            sqlite_where=text('started < generation AND "over" = 0'),
            postgresql_where=text('started < generation AND NOT "over"'),
        ),
        Index("subjects_due", "next_due_at"),
    )

    id: str = Field(primary_key=True)
    kind: str
    generation: int = 1
    started: int = 0
    head: int = 0
    head_hash: str = FIRST_HASH
    applied: int = 0
    next_due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    phase: str = ""
    over: bool = False
    wakes_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    quiet_head: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class JournalRow(SQLModel, table=True):
    """One fact. Triggers forbid UPDATE and DELETE; `hash` covers every column and the row before."""

    __tablename__ = "journal"

    subject: str = Field(sa_column_args=(ForeignKey("subjects.id"),), primary_key=True)
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str
    at: datetime = Field(sa_type=UtcDateTime)
    learned_at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    grade: str = ""
    codes: str = Field(sa_type=Text)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    hash: str


subjects = table_of(SubjectRow)
journal = table_of(JournalRow)


@dataclass(frozen=True, slots=True)
class Subject:
    """Where a subject stands. next_due_at: application time."""

    id: str
    kind: str
    generation: int
    started: int
    head: int
    applied: int
    next_due_at: datetime | None
    phase: str = ""
    over: bool = False
    wakes_since: datetime | None = None
    quiet_head: int = 0

    @property
    def is_quiet(self) -> bool:
        """Whether there is news, and none of it makes the rules want anything."""
        return self.applied < self.head == self.quiet_head and self.started >= self.generation


_c = subjects.c
_STANDING = (
    _c.id,
    _c.kind,
    _c.generation,
    _c.started,
    _c.head,
    _c.applied,
    _c.next_due_at,
    _c.phase,
    _c.over,
    _c.wakes_since,
    _c.quiet_head,
)
_AWAKE = and_(_c.kind.in_(CONDUCTED), ~_c.over)

# Said in every transaction: built once, since building a statement costs several times what running it does.
_STANDS = select(*_STANDING).where(_c.id == bindparam("subject"))
_HEAD = select(_c.head, _c.head_hash).where(_c.id == bindparam("subject")).with_for_update()
_LOCK = select(*_STANDING, _c.head_hash).where(_c.id == bindparam("subject")).with_for_update()
_APPEND = insert(journal)
_MOVE_HEAD = (
    update(subjects)
    .where(_c.id == bindparam("subject"))
    .values(
        head=bindparam("n"),
        head_hash=bindparam("digest"),
        wakes_since=func.coalesce(_c.wakes_since, bindparam("real_now", type_=UtcDateTime)),
    )
)
_ADVANCED = (
    update(subjects)
    .where(_c.id == bindparam("subject"))
    .values(
        applied=bindparam("reached"),
        next_due_at=bindparam("moment"),
        phase=bindparam("stage"),
        over=bindparam("ended"),
        wakes_since=case((_c.head > bindparam("reached"), _c.wakes_since), else_=None),
    )
)
_QUIET = (
    update(subjects)
    .where(_c.id == bindparam("subject"), _c.head == bindparam("reached"))
    .values(quiet_head=bindparam("reached"))
)
_TAKE_IN = (
    update(subjects)
    .where(_c.id == bindparam("subject"), _c.head == bindparam("reached"))
    .values(applied=bindparam("reached"), wakes_since=None)
)
_WAKE_AT = (
    update(subjects)
    .where(_c.id == bindparam("subject"), or_(_c.next_due_at.is_(None), _c.next_due_at > bindparam("moment")))
    .values(next_due_at=bindparam("moment"))
)
_ROWS = (
    select(
        journal.c.n, journal.c.kind, journal.c.at, journal.c.learned_at, journal.c.actor, journal.c.codes,
        journal.c.sealed, journal.c.grade, journal.c.hash,
    )
    .where(journal.c.subject == bindparam("subject"), journal.c.n > bindparam("after"))
    .order_by(journal.c.n)
)  # fmt: skip
_WITH_NEWS = (
    select(*_STANDING)
    .where(
        _c.id.in_(
            union(
                select(_c.id).where(_c.head > _c.applied, ~_c.over),
                select(_c.id).where(_c.started < _c.generation, ~_c.over),
                select(_c.id).where(_c.next_due_at <= bindparam("now"), ~_c.over),
            )
        ),
        _AWAKE,
    )
    .order_by(_c.wakes_since.is_(None), _c.wakes_since, _c.next_due_at, _c.id)
    .limit(bindparam("most"))
)
_NEXT_DUE = select(_c.next_due_at).where(_c.next_due_at.is_not(None), _AWAKE).order_by(_c.next_due_at).limit(1)


def subject_kind(subject: str) -> str:
    """Kind of a subject by its id."""
    kind = subject.partition("-")[0]
    if kind not in SUBJECT_KINDS:
        raise ValueError("no such kind of subject")
    return kind


def ensure_subject(unit: "Unit", subject: str, kind: str | None = None) -> None:
    """Makes the subject's row when there is none yet. kind: read from the id when left out."""
    unit.upsert(
        subjects,
        {
            "id": subject,
            "kind": kind or subject_kind(subject),
            "generation": 1,
            "started": 0,
            "head": 0,
            "head_hash": FIRST_HASH,
            "applied": 0,
            "phase": "",
            "over": False,
        },
        ["id"],
        None,
    )


def lock_subject(unit: "Unit", subject: str) -> Subject:
    """Holds the subject's row to the transaction's end; says where it stands. Raises NotFound("NO_SUCH_SUBJECT")."""
    found = unit.row(_LOCK, {"subject": subject})
    if found is None:
        raise NotFound("NO_SUCH_SUBJECT")
    unit.heads[subject] = (found.head, found.head_hash)
    return Subject(*found[:-1])


def find_subject(reading: "Reading", subject: str) -> Subject | None:
    """Where a subject stands, or None when it has no row yet. Takes no lock."""
    found = reading.row(_STANDS, {"subject": subject})
    return None if found is None else Subject(*found)


def append(
    unit: "Unit",
    subject: str,
    kind: Kind,
    codes: Mapping[str, Any],
    sealed: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    grade: str = "",
) -> int:
    """Adds the next row of *subject*, chained to the one before, and returns its number.

    The subject must exist (`ensure_subject`); its row stays locked to the end of the transaction. at: when it was true,
    `unit.now` when left out. Raises NotFound("NO_SUCH_SUBJECT").
    """
    found = unit.heads.get(subject) or unit.row(_HEAD, {"subject": subject})
    if found is None:
        raise NotFound("NO_SUCH_SUBJECT")
    n: int = found[0] + 1
    true_at, learned_at = at or unit.now, unit.now
    codes_text = canonical(dict(codes))
    blob = unit.vault.seal_json("journal", "sealed", f"{subject}/{n}", dict(sealed)) if sealed else None
    digest = row_hash(
        found[1],
        subject,
        n,
        str(kind),
        utc_text(true_at),
        utc_text(learned_at),
        unit.by.ref,
        grade,
        codes_text,
        blob or b"",
    )
    unit.execute(
        _APPEND,
        {
            "subject": subject,
            "n": n,
            "kind": str(kind),
            "at": true_at,
            "learned_at": learned_at,
            "actor": unit.by.ref,
            "grade": grade,
            "codes": codes_text,
            "sealed": blob,
            "hash": digest,
        },
    )
    unit.execute(_MOVE_HEAD, {"subject": subject, "n": n, "digest": digest, "real_now": unit.real_now})
    unit.heads[subject] = (n, digest)
    unit.note_appended()
    return n


def rows_of(
    reading: "Reading",
    subject: str,
    after: int = 0,
    open_kinds: Collection[Kind] | Literal["all"] | None = None,
    limit: int | None = None,
) -> list[Row]:
    """Rows of *subject* past *after*, in order; personal content is opened only for *open_kinds* ("all": every row)."""
    statement = _ROWS
    if limit is not None:
        statement = statement.limit(limit)
    return [
        _opened(reading, subject, found, open_kinds)
        for found in reading.rows(statement, {"subject": subject, "after": after})
    ]


def _opened(
    reading: "Reading", subject: str, found: Sequence[Any], open_kinds: Collection[Kind] | Literal["all"] | None
) -> Row:
    n, kind_text, at, learned_at, actor, codes, blob, grade, digest = found
    kind = Kind(kind_text)
    wanted = blob is not None and open_kinds is not None and (open_kinds == "all" or kind in open_kinds)
    sealed = reading.vault.open_json("journal", "sealed", f"{subject}/{n}", blob) if wanted else {}
    return Row(n, kind, at, learned_at, actor, json.loads(codes), sealed, grade, digest)


def set_advanced(
    unit: "Unit",
    subject: str,
    *,
    applied: int,
    next_due_at: datetime | None,
    phase: str,
    over: bool,
) -> None:
    """Records how far an advance got. Only the advance's own transaction writes `applied`."""
    values = {"reached": applied, "moment": next_due_at, "stage": phase, "ended": over}
    unit.execute(_ADVANCED, {"subject": subject, **values})


def take_in(unit: "Unit", subject: str, head: int) -> None:
    """Counts the news up to *head* as taken in, where the rules want nothing of it: its conductor needs no wake."""
    unit.execute(_TAKE_IN, {"subject": subject, "reached": head})


def note_quiet(unit: "Unit", subject: str, head: int) -> None:
    """Notes that the rules want nothing of all news up to *head*: its conductor hears of it without hurry."""
    unit.execute(_QUIET, {"subject": subject, "reached": head})


def wake_at(unit: "Unit", subject: str, moment: datetime) -> None:
    """Lets *subject* look again at *moment* at the latest; makes its row when there is none (a desk's first ask)."""
    ensure_subject(unit, subject)
    unit.execute(_WAKE_AT, {"subject": subject, "moment": moment})


def set_started(unit: "Unit", subject: str, generation: int) -> None:
    """Notes that the conductor of that generation was started (by the relay; no state of a case)."""
    unit.without_journal("the relay started a conductor")
    unit.execute(update(subjects).where(_c.id == subject, _c.started < generation).values(started=generation))


def next_generation(unit: "Unit", subject: str) -> None:
    """Lets the relay start a new conductor: the old one is over or lost, and its id is never used again."""
    unit.execute(update(subjects).where(_c.id == subject).values(over=False, generation=_c.generation + 1))


def subjects_with_news(reading: "Reading", now: datetime, limit: int) -> list[Subject]:
    """Cases and desks that their conductor must hear of: rows not taken in, not started yet, or due at *now*.

    now: application time. News first, the longest untold before the rest; then what is due.
    Three small index reads, joined; never the whole table.
    """
    return [Subject(*found) for found in reading.rows(_WITH_NEWS, {"now": now, "most": limit})]


def settled(reading: "Reading", now: datetime) -> tuple[bool, datetime | None]:
    """Whether nothing is left to do at application time *now*, and the next due moment of any case or desk.

    Read from rows alone: no news, nothing unstarted, nothing due, no mail untried or due for another try.
    """
    busy = bool(subjects_with_news(reading, now, 1)) or outbox.has_mail_to_hand_over(reading)
    return not busy, next_due(reading)


def next_due(reading: "Reading") -> datetime | None:
    """Earliest moment that any open case or desk waits for."""
    found = reading.row(_NEXT_DUE)
    return None if found is None else found[0]


def backlog(reading: "Reading") -> tuple[int, datetime | None]:
    """Number of subjects with news and the wall-clock moment of the oldest (relay lag)."""
    found = reading.row(select(func.count(), func.min(_c.wakes_since)).where(_c.head > _c.applied, _AWAKE))
    return (0, None) if found is None else (found[0], found[1])


def verify_chain(reading: "Reading", subject: str | None = None) -> list[tuple[str, int]]:
    """First broken or missing row of each subject (or of *subject*): (subject, n). Empty when all chains are whole.

    The newest rows are checked against the subject's head, so a tail cut off shows too; so does a case without any row.
    """
    heads = {
        found[0]: (found[1], found[2])
        for found in reading.rows(_only(select(_c.id, _c.head, _c.head_hash).order_by(_c.id), _c.id, subject))
    }
    breaks: list[tuple[str, int]] = []
    seen: set[str] = set()
    for name, rows in groupby(_hashed_rows(reading, subject), key=itemgetter(0)):
        seen.add(name)
        kept = [found[1:] for found in rows]
        broken = first_break(name, kept)
        head, head_hash = heads.get(name, (0, FIRST_HASH))
        if broken is None and (len(kept), kept[-1][-1]) != (head, head_hash):
            broken = min(len(kept), head) + 1 if len(kept) != head else head
        if broken is not None:
            breaks.append((name, broken))
    breaks += [(name, 1) for name, (head, _) in heads.items() if head and name not in seen]
    if subject is None:
        breaks += [(name, 1) for name in _unrecorded_cases(reading, seen) if (name, 1) not in breaks]
    return sorted(breaks)


def _only(statement: Select[Any], column: Any, subject: str | None) -> Select[Any]:
    return statement if subject is None else statement.where(column == subject)


def _hashed_rows(reading: "Reading", subject: str | None) -> Iterator[Any]:
    j = journal.c
    statement = _only(
        select(
            j.subject,
            j.n,
            *(type_coerce(column, NullType()) for column in (j.kind, j.at, j.learned_at, j.actor, j.grade, j.codes)),
            type_coerce(j.sealed, NullType()),
            j.hash,
        ).order_by(j.subject, j.n),
        j.subject,
        subject,
    )
    found: Any
    for found in reading.execute(statement):
        name, n, *texts, sealed, digest = found
        content = sealed if isinstance(sealed, bytes) else _text(sealed).encode()
        yield name, n, *(_text(value) for value in texts), content, digest


def _text(stored: Any) -> str:
    """A value as it was hashed; whatever else somebody put there in its place becomes a text that fits no hash."""
    if stored is None or isinstance(stored, str):
        return stored or ""
    return utc_text(stored) if isinstance(stored, datetime) else repr(stored)


def _unrecorded_cases(reading: "Reading", recorded: Collection[str]) -> list[str]:
    found = reading.rows(text("SELECT id FROM cases ORDER BY id"))
    return [f"case-{row[0]}" for row in found if f"case-{row[0]}" not in recorded]
