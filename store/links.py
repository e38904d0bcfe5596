"""Links that offices answer by: token and code exist in clear only in the mail; here are only their keyed hashes.

Wrong codes are counted in the row: the 5th puts the link to sleep for 15 minutes of real time, the 10th revokes it.
expires_at is application time.
"""

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Field, SQLModel

from domain.errors import NotFound
from domain.ids import mail_code, normalise_code
from domain.journal import Kind
from store.columns import UtcDateTime, table_of
from store.outbox import mails
from store.unit import Reading, Unit

TOKEN_BYTES = 32
SLEEP_AFTER = 5
REVOKE_AFTER = 10
SLEEP = timedelta(minutes=15)
RESENDS_A_DAY = 3
_DAY_ZONE = ZoneInfo("Asia/Jakarta")
_BEHIND_A_LINK = ".>),;"
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{20,100}$")


class LinkRow(SQLModel, table=True):
    """The one link of a mail. asleep_until: real time. resent_on, resends: day of the last fresh mails and how many."""

    __tablename__ = "links"

    mail: str = Field(primary_key=True)
    token_hash: str = Field(unique=True)
    code_hash: str
    wrong: int = 0
    asleep_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked: bool = False
    superseded: bool = False
    expires_at: datetime = Field(sa_type=UtcDateTime)
    shown_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    resent_on: str | None = None
    resends: int = 0


links = table_of(LinkRow)
_l = links.c


class CodeResult(StrEnum):
    """What a typed code did. ASLEEP and REVOKED are also the answer to the very code that caused them."""

    RIGHT = "RIGHT"
    WRONG = "WRONG"
    ASLEEP = "ASLEEP"
    REVOKED = "REVOKED"


@dataclass(frozen=True, slots=True)
class Link:
    """A link as found. expires_at: application time; asleep_until, shown_at: real time."""

    mail: str
    wrong: int
    asleep_until: datetime | None
    revoked: bool
    superseded: bool
    expires_at: datetime
    shown_at: datetime | None
    resent_on: str | None
    resends: int

    def is_asleep(self, real_now: datetime) -> bool:
        """Whether it rests after wrong codes. real_now: real time, aware UTC."""
        return self.asleep_until is not None and self.asleep_until > real_now

    def is_expired(self, now: datetime) -> bool:
        """Whether its life is over. now: application time, aware UTC."""
        return self.expires_at <= now


_COLUMNS = tuple(_l[name] for name in Link.__slots__)
_MINE = _l.mail == bindparam("wanted")
_MAKE = insert(links)
_BY_TOKEN = select(*_COLUMNS).where(_l.token_hash == bindparam("hashed"))
_BY_MAIL = select(*_COLUMNS).where(_MINE)
_CODE = select(_l.code_hash, _l.wrong, _l.asleep_until, _l.revoked).where(_MINE).with_for_update()
_EXTEND = update(links).where(_MINE, _l.expires_at < bindparam("end")).values(expires_at=bindparam("end"))
_SHOWN = update(links).where(_MINE, _l.shown_at.is_(None)).values(shown_at=bindparam("moment"))


def make_link(unit: Unit, mail: str, expires_at: datetime, instead_of: str | None = None) -> tuple[str, str]:
    """Makes the mail's link and returns (token, code) in clear: this once, for the mail's text only.

    instead_of: the mail whose link this one replaces; that one is superseded, the day's count of fresh mails goes on.
    """
    token = base64.urlsafe_b64encode(unit.random_bytes(TOKEN_BYTES)).rstrip(b"=").decode()
    code = mail_code(unit.random_bytes(TOKEN_BYTES))
    before = find_by_mail(unit, instead_of) if instead_of else None
    unit.execute(
        _MAKE,
        {
            "mail": mail,
            "token_hash": unit.vault.token_hash(token),
            "code_hash": unit.vault.code_hash(mail, code),
            "wrong": 0,
            "revoked": False,
            "superseded": False,
            "expires_at": expires_at,
            "resent_on": before.resent_on if before else None,
            "resends": before.resends if before else 0,
        },
    )
    if before is not None:
        supersede(unit, before.mail)
    return token, code


def clean_token(typed: str) -> str:
    """The token without what mail readers and people leave behind a link: full stops, brackets, a space as %20."""
    cleaned, before = typed.strip(), ""
    while cleaned != before:
        before = cleaned
        cleaned = cleaned.rstrip().rstrip(_BEHIND_A_LINK).removesuffix("%20")
    return cleaned


def find_link(reading: Reading, token: str) -> Link | None:
    """The link behind a token as it came in the address, or None. What state it is in is the caller's to judge."""
    cleaned = clean_token(token)
    if not _TOKEN.match(cleaned):
        return None
    found = reading.row(_BY_TOKEN, {"hashed": reading.vault.token_hash(cleaned)})
    return None if found is None else Link(*found)


def find_by_mail(reading: Reading, mail: str | None) -> Link | None:
    """The link that a mail carries, or None: notices carry none."""
    found = reading.row(_BY_MAIL, {"wanted": mail})
    return None if found is None else Link(*found)


def check_code(unit: Unit, mail: str, code: str) -> CodeResult:
    """Compares a typed code in constant time; a wrong one is counted and journaled on the mail's desk.

    The caller must let the unit commit whatever the result, or the count is lost. A sleeping or revoked link counts and
    compares nothing. Raises NotFound("LINK_UNKNOWN").
    """
    found = unit.row(_CODE, {"wanted": mail})
    if found is None:
        raise NotFound("LINK_UNKNOWN")
    code_hash, wrong, asleep_until, revoked = found
    if revoked:
        return CodeResult.REVOKED
    if asleep_until is not None and asleep_until > unit.real_now:
        return CodeResult.ASLEEP
    if hmac.compare_digest(unit.vault.code_hash(mail, normalise_code(code)), code_hash):
        return CodeResult.RIGHT
    return _count_wrong(unit, mail, wrong + 1)


def _count_wrong(unit: Unit, mail: str, wrong: int) -> CodeResult:
    asleep, revoked = wrong == SLEEP_AFTER, wrong >= REVOKE_AFTER
    values: dict[str, object] = {"wrong": wrong, "revoked": revoked}
    if asleep:
        values["asleep_until"] = unit.real_now + SLEEP
    unit.execute(update(links).where(_l.mail == mail).values(**values))
    subject = unit.scalar(select(mails.c.subject_id).where(mails.c.id == mail))
    unit.append(
        str(subject), Kind.LINK_WRONG_CODE, {"mail": mail, "wrong": wrong, "asleep": asleep, "revoked": revoked}
    )
    if revoked:
        return CodeResult.REVOKED
    return CodeResult.ASLEEP if asleep else CodeResult.WRONG


def supersede(unit: Unit, mail: str) -> None:
    """Ends the mail's link because another one took its place. Reported by the row of whoever replaces it."""
    unit.execute(update(links).where(_l.mail == mail).values(superseded=True))


def extend(unit: Unit, mail: str, expires_at: datetime) -> None:
    """Lets the link live at least until *expires_at* (application time)."""
    unit.execute(_EXTEND, {"wanted": mail, "end": expires_at})


def mark_shown(unit: Unit, mail: str) -> None:
    """Notes the first rendering of the page; access-log knowledge that moves nothing."""
    unit.without_journal("a link page was rendered")
    unit.execute(_SHOWN, {"wanted": mail, "moment": unit.real_now})


def count_resend(unit: Unit, mail: str) -> bool:
    """Counts one more fresh mail for this link today; False, and nothing counted, when there were three already.

    A day is one of Jakarta's, by the application clock. Raises NotFound("LINK_UNKNOWN").
    """
    found = unit.row(select(_l.resent_on, _l.resends).where(_l.mail == mail).with_for_update())
    if found is None:
        raise NotFound("LINK_UNKNOWN")
    today = unit.now.astimezone(_DAY_ZONE).date().isoformat()
    used = found[1] if found[0] == today else 0
    if used >= RESENDS_A_DAY:
        return False
    unit.execute(update(links).where(_l.mail == mail).values(resent_on=today, resends=used + 1))
    return True
