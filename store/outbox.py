"""Mails that must leave: final bytes, envelope and Message-ID are written before the first try and never change after.

state: PENDING → SENDING (lease) → ACCEPTED | REFUSED | UNCERTAIN (line lost after the final dot; tried again with the
same bytes). Leases and next tries are wall-clock time. After acceptance the stored body loses its link token and code.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Index, LargeBinary, and_, bindparam, case, func, insert, not_, or_, select, update
from sqlmodel import Field, SQLModel

from domain.errors import NotFound
from domain.journal import Kind
from store.agency_table import agencies
from store.columns import UtcDateTime, table_of
from store.house_table import SENDING_HELD, house

if TYPE_CHECKING:
    from store.unit import Reading, Unit

PENDING, SENDING, ACCEPTED, REFUSED, UNCERTAIN = "PENDING", "SENDING", "ACCEPTED", "REFUSED", "UNCERTAIN"
STATES = (PENDING, SENDING, ACCEPTED, REFUSED, UNCERTAIN)
TO_SEND = (PENDING, SENDING, UNCERTAIN)
WORDS_LENGTH = 300
LEASE_S = 150.0  # longer than the longest SMTP session
_ELLIPSIS, _BLOT = b"=E2=80=A6", b"=E2=80=A2"
_SOFT = rb"(?:=\r?\n)?"
_TOKEN = re.compile(rb"(/%st%s/)(?:%s[A-Za-z0-9_-]){16,}" % (_SOFT, _SOFT, _SOFT))
_FOUR = _SOFT.join([rb"[2-9A-HJKMNP-TV-Z]"] * 4)
_CODE = re.compile(rb"(?:(?<![0-9A-Za-z])|(?<==[0-9A-F]{2}))%s%s-%s%s(?![0-9A-Za-z])" % (_FOUR, _SOFT, _SOFT, _FOUR))


class MailRow(SQLModel, table=True):
    """One mail to one mailbox. composed_at, accepted_at, due_at: application time; the other moments: real time."""

    __tablename__ = "mails"
    __table_args__ = (
        Index("mails_state", "state", "next_try_at"),
        Index("mails_agency", "agency", "composed_at"),
    )

    id: str = Field(primary_key=True)
    agency: str | None = None
    subject_id: str
    kind: str
    effect_key: str = Field(unique=True)
    message_id: str
    envelope_to: str
    subject: str
    body: bytes = Field(sa_type=LargeBinary)
    state: str = PENDING
    tries: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_try_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    composed_at: datetime = Field(sa_type=UtcDateTime)
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    words: str = ""
    asks_count: int = 0
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


mails = table_of(MailRow)
_m = mails.c

Result = Literal["accepted", "refused", "uncertain", "later"]
_STATE_AFTER = {"accepted": ACCEPTED, "refused": REFUSED, "uncertain": UNCERTAIN, "later": PENDING}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail without its body. words: the mail server's last reply, cleaned."""

    id: str
    agency: str | None
    subject_id: str
    kind: str
    effect_key: str
    message_id: str
    envelope_to: str
    subject: str
    state: str
    tries: int
    lease_until: datetime | None
    next_try_at: datetime | None
    composed_at: datetime
    tried_at: datetime | None
    accepted_at: datetime | None
    words: str
    asks_count: int
    due_at: datetime | None


_COLUMNS = tuple(_m[name] for name in Mail.__slots__)
_MINE = _m.id == bindparam("wanted")
_BY_ID = select(*_COLUMNS).where(_MINE)
_BY_EFFECT = select(_m.id).where(_m.effect_key == bindparam("effect"))
_PUT = insert(mails)
_DESK_MAILED = update(agencies).where(agencies.c.code == bindparam("wanted")).values(last_mail_at=bindparam("moment"))
_TO_CLAIM = (
    select(_m.state, _m.lease_until, _m.next_try_at, _m.body, _m.agency, _m.envelope_to, _m.message_id, _m.tries)
    .where(_MINE)
    .with_for_update()
)
_LEASE = (
    update(mails)
    .where(_MINE)
    .values(state=SENDING, tries=bindparam("tried"), tried_at=bindparam("moment"), lease_until=bindparam("end"))
)
_TO_RECORD = select(_m.state, _m.subject_id, _m.body).where(_MINE).with_for_update()
_REPLY = ("state", "words", "lease_until", "next_try_at")
_RECORD = update(mails).where(_MINE).values({name: bindparam(f"to_{name}") for name in _REPLY})
_RECORD_LAST = (
    update(mails).where(_MINE).values({name: bindparam(f"to_{name}") for name in (*_REPLY, "body", "accepted_at")})
)
_ALL_HELD = select(house.c.key).where(house.c.key == SENDING_HELD)
_DESK_HELD = select(agencies.c.sending_held).where(agencies.c.code == bindparam("wanted"))
_HELD = or_(
    _ALL_HELD.exists(), select(agencies.c.code).where(agencies.c.code == _m.agency, agencies.c.sending_held).exists()
)
_NOW = bindparam("real_now", type_=UtcDateTime)
_MAY_TRY = or_(
    and_(_m.state.in_((PENDING, UNCERTAIN)), or_(_m.next_try_at.is_(None), _m.next_try_at <= _NOW)),
    and_(_m.state == SENDING, or_(_m.lease_until.is_(None), _m.lease_until <= _NOW)),
)
_DUE = select(_m.id).where(_MAY_TRY, not_(_HELD)).order_by(_m.due_at.is_(None), _m.due_at, _m.composed_at)
_DUE_OF_DESK = _DUE.where(_m.agency == bindparam("wanted"))
_NEXT_TRY = select(
    func.min(case((_m.state == SENDING, _m.lease_until), else_=_m.next_try_at), type_=UtcDateTime)
).where(_m.agency == bindparam("wanted"), _m.state.in_(TO_SEND))


def message_id(effect_key: str, domain: str) -> str:
    """The stable Message-ID of an effect: the same at every try and after a rehydration."""
    return f"<{hashlib.sha256(effect_key.encode()).hexdigest()[:32]}@{domain}>"


def put_mail(
    unit: "Unit",
    *,
    mail: str,
    agency: str | None,
    subject_id: str,
    kind: str,
    effect_key: str,
    message_id: str,
    envelope_to: str,
    subject: str,
    body: bytes,
    asks_count: int,
    due_at: datetime | None,
) -> str:
    """Stores a composed mail and returns its id, or the id of the mail that this effect made before.

    mail: the id, drawn by the caller since the body names it. envelope_to: one mailbox. The caller writes the row that
    reports it (MAIL_COMPOSED). The agency's last_mail_at becomes `unit.now`.
    """
    known = unit.scalar(_BY_EFFECT, {"effect": effect_key})
    if known is not None:
        return str(known)
    unit.execute(
        _PUT,
        {
            "id": mail,
            "agency": agency,
            "subject_id": subject_id,
            "kind": kind,
            "effect_key": effect_key,
            "message_id": message_id,
            "envelope_to": envelope_to,
            "subject": subject,
            "body": unit.vault.seal("mails", "body", mail, body),
            "state": PENDING,
            "tries": 0,
            "composed_at": unit.now,
            "words": "",
            "asks_count": asks_count,
            "due_at": due_at,
        },
    )
    if agency is not None:
        unit.execute(_DESK_MAILED, {"wanted": agency, "moment": unit.now})
    return mail


def find_mail(reading: "Reading", mail: str) -> Mail | None:
    """A mail by its id with the state of its delivery, or None."""
    found = reading.row(_BY_ID, {"wanted": mail})
    return None if found is None else Mail(*found)


def get_mail(reading: "Reading", mail: str) -> Mail:
    """Raises NotFound("NO_SUCH_MAIL")."""
    found = find_mail(reading, mail)
    if found is None:
        raise NotFound("NO_SUCH_MAIL")
    return found


def body_of(reading: "Reading", mail: str) -> bytes:
    """The stored bytes. Raises NotFound("NO_SUCH_MAIL")."""
    sealed = reading.scalar(select(_m.body).where(_m.id == mail))
    if sealed is None:
        raise NotFound("NO_SUCH_MAIL")
    return reading.vault.open("mails", "body", mail, sealed)


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail taken for one try. tries: this one counted. envelope_to: one mailbox, never more."""

    mail: str
    envelope_from: str
    envelope_to: str
    message_id: str
    content: bytes
    tries: int


def claim(unit: "Unit", mail: str, lease_s: float = LEASE_S, *, again: bool = False) -> Claim | None:
    """Takes the mail for one try; None when nothing is to be sent: done, held, tried elsewhere, or not due yet.

    lease_s: wall-clock seconds in which nobody else may try. again: the try that holds the lease is known to be dead.
    Raises NotFound("NO_SUCH_MAIL").
    """
    found = unit.row(_TO_CLAIM, {"wanted": mail})
    if found is None:
        raise NotFound("NO_SUCH_MAIL")
    now = unit.real_now
    busy = found.state == SENDING and found.lease_until is not None and found.lease_until > now and not again
    early = found.next_try_at is not None and found.next_try_at > now
    if found.state in (ACCEPTED, REFUSED) or busy or early or _is_held(unit, found.agency):
        return None
    unit.without_journal("a mail is being tried")
    lease = {"tried": found.tries + 1, "moment": now, "end": now + timedelta(seconds=lease_s)}
    unit.execute(_LEASE, {"wanted": mail, **lease})
    content = unit.vault.open("mails", "body", mail, found.body)
    return Claim(mail, unit.config.from_address, found.envelope_to, found.message_id, content, found.tries + 1)


def record_reply(
    unit: "Unit",
    mail: str,
    result: Result,
    words: str,
    next_try_at: datetime | None = None,
    code: int | None = None,
) -> str:
    """Notes what the mail server said and returns the mail's state. A mail already accepted or refused stays as it is.

    words: the server's reply. next_try_at: wall clock, for "later" and "uncertain". code: SMTP reply code.
    Appends MAIL_TRIED to the mail's subject. Raises NotFound("NO_SUCH_MAIL").
    """
    found = unit.row(_TO_RECORD, {"wanted": mail})
    if found is None:
        raise NotFound("NO_SUCH_MAIL")
    before, subject, body = found
    if before in (ACCEPTED, REFUSED):
        return str(before)
    state = _STATE_AFTER[result]
    values: dict[str, Any] = {
        "state": state,
        "words": clean_words(words),
        "lease_until": None,
        "next_try_at": next_try_at if state in (PENDING, UNCERTAIN) else None,
    }
    if state in (ACCEPTED, REFUSED):
        kept = without_secrets(unit.vault.open("mails", "body", mail, body))
        values["body"] = unit.vault.seal("mails", "body", mail, kept)
        values["accepted_at"] = unit.now if state == ACCEPTED else None
    unit.execute(
        _RECORD_LAST if "body" in values else _RECORD,
        {f"to_{name}": value for name, value in values.items()} | {"wanted": mail},
    )
    told = "LATER" if result == "later" else state
    unit.append(subject, Kind.MAIL_TRIED, {"mail": mail, "result": told, "code": code})
    return state


def due_mails(reading: "Reading", agency: str | None, real_now: datetime) -> list[str]:
    """Ids of the mails to hand over now, earliest due moment first; none of an agency whose sending is held.

    agency: None for all. real_now: wall clock; untried ones, due repeats, and tries whose lease ran out.
    """
    due = _DUE if agency is None else _DUE_OF_DESK
    return [found[0] for found in reading.rows(due, {"real_now": real_now} | ({"wanted": agency} if agency else {}))]


def next_try_at(reading: "Reading", agency: str) -> datetime | None:
    """Wall-clock moment of the agency's next repeat or of a lease's end, None when no try waits."""
    found: datetime | None = reading.scalar(_NEXT_TRY, {"wanted": agency})
    return found


def has_mail_to_hand_over(reading: "Reading") -> bool:
    """Whether any mail waits for its first try or is due for another, held ones left out; a try under way counts."""
    trying = and_(_m.state == SENDING, _m.lease_until > reading.real_now)
    waiting = select(_m.id).where(or_(_MAY_TRY, trying), not_(_HELD)).limit(1)
    return reading.scalar(waiting, {"real_now": reading.real_now}) is not None


def mail_states(reading: "Reading", ids: Iterable[str]) -> dict[str, Mail]:
    """The mails with these ids, for listing beside asks."""
    wanted = list(ids)
    if not wanted:
        return {}
    return {found.id: Mail(*found) for found in reading.rows(select(*_COLUMNS).where(_m.id.in_(wanted)))}


def list_mails(
    reading: "Reading",
    *,
    state: str | None = None,
    agency: str | None = None,
    before: str | None = None,
    limit: int = 50,
) -> list[Mail]:
    """Newest first; before: id of the last mail of the page before."""
    statement = select(*_COLUMNS).order_by(_m.composed_at.desc(), _m.id.desc()).limit(limit)
    if state is not None:
        statement = statement.where(_m.state == state)
    if agency is not None:
        statement = statement.where(_m.agency == agency)
    last = find_mail(reading, before) if before else None
    if last is not None:
        older = and_(_m.composed_at == last.composed_at, _m.id < last.id)
        statement = statement.where(or_(_m.composed_at < last.composed_at, older))
    return [Mail(*found) for found in reading.rows(statement)]


def count_by_state(reading: "Reading") -> dict[str, int]:
    """Number of mails in every state, zeros included."""
    counted = dict.fromkeys(STATES, 0)
    counted.update({found[0]: found[1] for found in reading.rows(select(_m.state, func.count()).group_by(_m.state))})
    return counted


def oldest_waiting(reading: "Reading") -> datetime | None:
    """When the oldest mail not handed over yet was composed (application time)."""
    statement = select(_m.composed_at).where(_m.state.in_(TO_SEND)).order_by(_m.composed_at).limit(1)
    found: datetime | None = reading.scalar(statement)
    return found


def _is_held(reading: "Reading", agency: str | None) -> bool:
    if reading.scalar(_ALL_HELD) is not None:
        return True
    return bool(agency and reading.scalar(_DESK_HELD, {"wanted": agency}))


def clean_words(words: str) -> str:
    """A server's reply as one printable line of bounded length."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:WORDS_LENGTH]


def without_secrets(body: bytes) -> bytes:
    """The same mail with link tokens and codes blotted out of every part.

    body: as `store.mime` made it, in quoted-printable, where a line may be broken anywhere by "=" and a line end.
    """
    return _CODE.sub(_BLOT * 4 + b"-" + _BLOT * 4, _TOKEN.sub(rb"\1" + _ELLIPSIS, body))
