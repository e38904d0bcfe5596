"""What stands behind a link page: its state, its asks, the answer with its code, and the fresh mail.

Nothing here changes an ask but `answer`. Times are aware UTC application time; a link's sleep is real time.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, select, tuple_

from domain.agencies import Agency
from domain.calendar import WorkingTime
from domain.deadlines import Limit, extension_limit
from domain.errors import NotFound
from domain.journal import Kind
from domain.procedure import TaskRule
from domain.tasks import LIVE_ASKS, AskState
from store import journal, links, outbox
from store.answers import LinkAnswered, LinkForm, answer_by_link
from store.casefile import register_of
from store.desks import Composer, link_expires, send_fresh_copy
from store.links import CodeResult, Link
from store.receipts import find_receipt_by_nonce
from store.tables_case import asks, cases
from store.unit import Reading, Unit

MOST_MOMENTS = 10
_ASKS = (
    select(
        asks.c.id, asks.c.case_id, asks.c.number, cases.c.initials, asks.c.task, asks.c.n, asks.c.state, asks.c.due_at,
        asks.c.extended, cases.c.urgent, cases.c.procedure_code, cases.c.procedure_version,
    )
    .join(cases, cases.c.id == asks.c.case_id)
    .where(asks.c.mail == bindparam("wanted"))
    .order_by(asks.c.due_at, asks.c.number, asks.c.id)
)  # fmt: skip


class LinkState(StrEnum):
    """What a link page is now."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    GONE = "gone"
    ASLEEP = "asleep"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class MoreTime:
    """Moments to which more time may be asked, the last of them the limit. is_time: counted in hours, not in days."""

    moments: tuple[datetime, ...]
    latest: datetime
    is_time: bool


@dataclass(frozen=True)
class LinkedAsk:
    """One ask of the mail. limit: how much more time may still be asked, None where no more is left to give.

    working: of its office; now: when it was looked at.
    """

    id: str
    case_id: str
    number: str
    initials: str
    rule: TaskRule
    n: int
    state: AskState
    due_at: datetime | None
    limit: Limit | None
    working: WorkingTime
    now: datetime

    @cached_property
    def more(self) -> MoreTime | None:
        """The moments to choose from; worked out when a page shows them, since an answer seldom needs them."""
        return None if self.limit is None else _more_time(self.limit, self.due_at, self.now, self.working)

    @property
    def is_open(self) -> bool:
        return self.state in LIVE_ASKS


@dataclass(frozen=True)
class Linked:
    """A link as found, with its mail's office and asks (in order of due moment and number)."""

    link: Link
    kind: str
    office: Agency
    asks: tuple[LinkedAsk, ...]
    now: datetime
    real_now: datetime
    offset_s: float

    @property
    def mail(self) -> str:
        return self.link.mail

    @property
    def is_single(self) -> bool:
        return self.kind == "ask"

    @property
    def open_asks(self) -> tuple[LinkedAsk, ...]:
        return tuple(ask for ask in self.asks if ask.is_open)

    @cached_property
    def state(self) -> LinkState:
        if self.link.superseded:
            return LinkState.GONE
        if not self.open_asks:
            states = {ask.state for ask in self.asks}
            if AskState.ANSWERED in states:
                return LinkState.ANSWERED
            return LinkState.WITHDRAWN if AskState.WITHDRAWN in states else LinkState.GONE
        if self.link.revoked:
            return LinkState.REVOKED
        if self.link.is_expired(self.now):
            return LinkState.GONE
        return LinkState.ASLEEP if self.link.is_asleep(self.real_now) else LinkState.OPEN

    @property
    def is_replaced(self) -> bool:
        return self.link.superseded or not self.open_asks

    def find(self, ask_id: str) -> LinkedAsk | None:
        """The ask of that id on this link, or None."""
        return next((ask for ask in self.asks if ask.id == ask_id), None)


def find_linked(reading: Reading, token: str) -> Linked | None:
    """The link behind a token as it came in the address, or None."""
    link = links.find_link(reading, token)
    if link is None:
        return None
    mail = outbox.get_mail(reading, link.mail)
    office = register_of(reading).get(mail.agency or "")
    mine = tuple(_linked_ask(reading, office, row) for row in _ask_rows(reading, link.mail))
    return Linked(link, mail.kind, office, mine, reading.now, reading.real_now, reading.offset_s)


def _ask_rows(reading: Reading, mail: str) -> Sequence[Any]:
    return reading.rows(_ASKS, {"wanted": mail})


def _linked_ask(reading: Reading, office: Agency, row: Any) -> LinkedAsk:
    rule = reading.rules.procedure(row.procedure_code, row.procedure_version).get_task(row.task)
    limit = rule.limit_urgent if row.urgent else rule.limit
    return LinkedAsk(
        row.id,
        row.case_id,
        row.number,
        row.initials,
        rule,
        row.n,
        AskState(row.state),
        row.due_at,
        None if row.extended else limit,
        reading.rules.working(office),
        reading.now,
    )


def _more_time(limit: Limit, due_at: datetime | None, now: datetime, working: WorkingTime) -> MoreTime:
    """Each whole unit of one more full limit that ends on a working day; long limits are thinned out."""
    base = max(due_at or now, now)
    is_time = limit.unit not in ("wd", "cd")
    step = max(1, limit.amount // MOST_MOMENTS)
    moments = []
    for amount in range(limit.amount, 0, -step):
        moment = extension_limit(Limit(amount, limit.unit), base, working)
        day = working.local_day(moment)
        if working.is_working_day(day):
            moments.append(moment.replace(second=0, microsecond=0) if is_time else working.closing_time_on(day))
    latest = extension_limit(limit, base, working)
    return MoreTime(tuple(sorted({moment for moment in moments if moment > now})), latest, is_time)


# --- answering


@dataclass(frozen=True, slots=True)
class Tried:
    """What a sending with a code did. tries_left: until the link sleeps or ends; answered only with the right code."""

    result: CodeResult
    tries_left: int = 0
    answered: LinkAnswered | None = None


def try_code(unit: Unit, mail: str, code: str) -> Tried:
    """Checks the code; the caller lets the unit commit whatever the result, or the count is lost."""
    result = links.check_code(unit, mail, code)
    if result is CodeResult.RIGHT:
        return Tried(result)
    found = links.find_by_mail(unit, mail)
    wrong = found.wrong if found else 0
    limit = links.SLEEP_AFTER if wrong < links.SLEEP_AFTER else links.REVOKE_AFTER
    return Tried(result, max(0, limit - wrong))


def answer(unit: Unit, mail: str, code: str, form: LinkForm) -> Tried:
    """Checks the code, then records the answers; with a wrong code only the count is written.

    This very sending again gets the receipt that it got before, whatever its code. A refused answer (it raises) rolls
    back nothing but itself, since a right code writes nothing.
    """
    before = find_receipt_by_nonce(unit, form.nonce)
    if before is not None:
        return Tried(CodeResult.RIGHT, answered=LinkAnswered(before, ()))
    tried = try_code(unit, mail, code)
    if tried.result is not CodeResult.RIGHT:
        return tried
    done = answer_by_link(unit, mail, form)
    return Tried(tried.result, answered=done)


# --- a fresh mail


def mail_to_copy(reading: Reading, linked: Linked) -> str | None:
    """The newest mail that still asks what this link's mail asked, or None when nothing of it is open."""
    mail = _newest_copy(reading, linked)
    if _has_open(reading, mail):
        return mail
    wanted = [(ask.case_id, ask.rule.code, ask.n) for ask in linked.asks if ask.state is AskState.SUPERSEDED]
    if not wanted:
        return None
    a = asks.c
    again = select(a.mail).where(
        tuple_(a.case_id, a.task, a.n).in_(wanted), a.agency == linked.office.code, a.state == AskState.SENT.value
    )
    found: str | None = reading.scalar(again.order_by(a.asked_at.desc()).limit(1))
    return found


def _newest_copy(reading: Reading, linked: Linked) -> str:
    if not linked.link.superseded:
        return linked.mail
    j = journal.journal.c
    mine = select(j.codes).where(j.subject == f"desk-{linked.office.code}", j.kind == Kind.LINK_RESENT.value)
    mail = linked.mail
    for row in reading.rows(mine.order_by(j.n)):
        codes = json.loads(row.codes)
        if codes["mail"] == mail:
            mail = str(codes["new"])
    return mail


def _has_open(reading: Reading, mail: str) -> bool:
    return reading.row(select(asks.c.id).where(asks.c.mail == mail, asks.c.state == AskState.SENT.value)) is not None


def send_again(unit: Unit, token: str, composer: Composer) -> bool:
    """Sends a fresh mail to the registered address; False when nothing of this link is open any more.

    Raises TooMany("SLOW_DOWN") beyond three a day, NotFound("LINK_UNKNOWN").
    """
    linked = find_linked(unit, token)
    if linked is None:
        raise NotFound("LINK_UNKNOWN")
    mail = mail_to_copy(unit, linked)
    if mail is None:
        return False
    fresh = send_fresh_copy(unit, mail, composer)
    links.extend(unit, fresh, link_expires(unit, unit.now))  # overdue asks would give a link that has ended already
    return True
