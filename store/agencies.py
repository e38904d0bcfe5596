"""The register of agencies in the database: seed, look-ups, holding of sending, and the standing of a desk."""

import threading
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, bindparam, func, insert, or_, select, type_coerce, union, update

from domain.agencies import Agency, Register, expand_seed
from domain.errors import NotFound
from domain.journal import Kind
from store import house
from store.agency_table import agencies
from store.journal import HOUSE, wake_at
from store.outbox import TO_SEND, mails
from store.tables_case import asks
from store.unit import Reading, Unit

REGISTER_VERSION = "register_version"
_a = agencies.c
_AGENCY = tuple(_a[name] for name in Agency.__slots__)
_DESK = select(_a.code, _a.last_mail_at, _a.sending_held, _a.mailbox, _a.mailbox_ok).where(
    _a.code == bindparam("wanted")
)
_MARK_MAILBOX = update(agencies).where(_a.code == bindparam("wanted")).values(mailbox_ok=bindparam("ok"))


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the register page and of `GET /agencies`. desk_held: the operator holds this office's mail."""

    agency: Agency
    mailbox_ok: bool
    desk_held: bool
    last_mail_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeskState:
    """Where a desk stands. last_mail_at: application time of its newest mail; sending_held: its own or everybody's."""

    code: str
    last_mail_at: datetime | None
    sending_held: bool
    mailbox: str
    mailbox_ok: bool


class _Cache:
    """The register as of one version; a new one is built when the version in the database moves on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Register] = {}

    def find(self, version: str) -> Register | None:
        return self._known.get(version)

    def keep(self, version: str, register: Register) -> None:
        with self._lock:
            self._known = {version: register}


_CACHE = _Cache()


def load_seed(unit: Unit) -> int:
    """Puts the seeded agencies into an empty register and returns how many there are; an agency already there stays."""
    known = {found[0] for found in unit.rows(select(_a.code))}
    fresh = [_values(agency) for agency in expand_seed() if agency.code not in known]
    if fresh:
        unit.execute(insert(agencies), fresh)
        unit.append(HOUSE, Kind.REGISTER_LOADED, {"agencies": len(fresh), "source": "seed"})
        touch_register(unit)
    return len(known) + len(fresh)


def _values(agency: Agency) -> dict[str, Any]:
    own = {"functions": sorted(agency.functions), "sending_held": False, "mailbox_ok": True}
    return {**asdict(agency), **own}


def touch_register(unit: Unit) -> None:
    """Marks the register as changed, so that every process reads it anew."""
    house.put(unit, REGISTER_VERSION, unit.new_id())
    unit.register = None


def register(reading: Reading) -> Register:
    """All agencies as domain values; read once per version and process."""
    if reading.register is None:
        version = str(house.find_value(reading, REGISTER_VERSION))
        known = _CACHE.find(version)
        if known is None:
            known = Register(_agency(found) for found in reading.rows(select(*_AGENCY)))
            _CACHE.keep(version, known)
        reading.register = known
    return reading.register


def _agency(found: Any) -> Agency:
    return Agency(**{**found._mapping, "functions": frozenset(found._mapping["functions"])})


def list_agencies(
    reading: Reading, cursor: str | None = None, q: str | None = None, function: str | None = None, limit: int = 50
) -> tuple[list[Listed], str | None]:
    """One page of the register by code and the cursor of the next, None at the end.

    cursor: code of the last agency of the page before. q: part of code or name. function: a role of the procedure.
    """
    statement = select(*_AGENCY, _a.mailbox_ok, _a.sending_held, _a.last_mail_at).order_by(_a.code).limit(limit + 1)
    if cursor:
        statement = statement.where(_a.code > cursor)
    if q and q.strip():
        part = q.strip().lower()
        named = (func.lower(column).contains(part, autoescape=True) for column in (_a.code, _a.name, _a.short_name))
        statement = statement.where(or_(*named))
    if function:
        # functions is the canonical JSON text of a list of plain codes
        statement = statement.where(type_coerce(_a.functions, Text).contains(f'"{function}"', autoescape=True))
    found = reading.rows(statement)
    page = [_listed(row) for row in found[:limit]]
    return page, page[-1].agency.code if len(found) > limit else None


def _listed(found: Any) -> Listed:
    agency = Agency(
        **{**{name: getattr(found, name) for name in Agency.__slots__}, "functions": frozenset(found.functions)}
    )
    return Listed(agency, found.mailbox_ok, found.sending_held, found.last_mail_at)


def set_sending_held(unit: Unit, agency: str | None, held: bool) -> None:
    """Holds or releases the mail of one office, or of all (None). Released desks with mail waiting look again at once.

    Raises NotFound("NO_SUCH_AGENCY").
    """
    if agency is None:
        _hold_all(unit, held)
    elif unit.execute(update(agencies).where(_a.code == agency).values(sending_held=held)).rowcount == 0:
        raise NotFound("NO_SUCH_AGENCY")
    unit.append(HOUSE, Kind.SENDING_HELD if held else Kind.SENDING_RELEASED, {"agency": agency})
    if not held:
        for subject in _waiting_desks(unit, agency):
            wake_at(unit, subject, unit.now)


def _hold_all(unit: Unit, held: bool) -> None:
    if held:
        house.put(unit, house.SENDING_HELD, True)
    else:
        house.drop(unit, house.SENDING_HELD)


def _waiting_desks(unit: Unit, agency: str | None) -> list[str]:
    """Desks with mail to hand over, or with asks that were not put into a mail while sending was held."""
    told = select(mails.c.agency).where(mails.c.state.in_(TO_SEND), mails.c.agency.is_not(None))
    queued = select(asks.c.agency).where(asks.c.state == "QUEUED")
    found = {row[0] for row in unit.rows(union(told, queued))}
    return [f"desk-{code}" for code in sorted(found) if agency in (None, code)]


def all_sending_held(reading: Reading) -> bool:
    """Whether the operator holds everybody's mail."""
    return house.find_value(reading, house.SENDING_HELD) is not None


def set_mailbox_ok(unit: Unit, agency: str, ok: bool) -> None:
    """Marks whether the mailbox takes mail; reported by the caller's row. Raises NotFound("NO_SUCH_AGENCY")."""
    if unit.execute(_MARK_MAILBOX, {"wanted": agency, "ok": ok}).rowcount == 0:
        raise NotFound("NO_SUCH_AGENCY")


def desk_state(reading: Reading, code: str) -> DeskState:
    """Raises NotFound("NO_SUCH_AGENCY")."""
    found = reading.row(_DESK, {"wanted": code})
    if found is None:
        raise NotFound("NO_SUCH_AGENCY")
    held = found[2] or all_sending_held(reading)
    return DeskState(found[0], found[1], held, found[3], found[4])
