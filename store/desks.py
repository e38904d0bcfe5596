"""A desk: the asks an office still has to be told of, put into one mail; what its mail server said; a fresh copy.

One mail for each gathering, with one link; staff of the ministry get a plain notice instead. Nothing here talks to a
mail server: the mail is a row with its final bytes, and `deliver` names those to hand over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, formataddr
from typing import Any, Literal, Protocol

from sqlalchemy import bindparam, select

from domain.agencies import Agency
from domain.digest import MailAsk, MailOrder, Pending, next_mail_at, take
from domain.errors import LinkClosed, TooMany
from domain.ids import mail_id
from domain.journal import Kind, Outcome
from domain.moves import due_moment
from domain.procedure import Procedure
from domain.tasks import AskState
from store import agencies, house, journal, links, outbox
from store.casefile import CaseFile, open_case_file_by_id, register_of
from store.mime import mime_message
from store.tables_case import asks, cases
from store.unit import Reading, Unit

_QUEUED = (
    select(
        asks.c.id, asks.c.case_id, asks.c.number, cases.c.initials, asks.c.task, asks.c.n, asks.c.opened_at,
        asks.c.rush, asks.c.channel, cases.c.group_number, cases.c.urgent, cases.c.procedure_code,
        cases.c.procedure_version,
    )
    .join(cases, cases.c.id == asks.c.case_id)
    .where(asks.c.agency == bindparam("wanted"), asks.c.state == AskState.QUEUED.value)
    .order_by(asks.c.opened_at, asks.c.id)
)  # fmt: skip
HIDDEN_ID, HIDDEN_EN = "Permintaan bersyarat", "Conditional request"


class Composed(Protocol):
    """A mail's words, ready to be put into bytes."""

    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def html(self) -> str: ...


class Composer(Protocol):
    """Makes the words of a mail; the pages' language and look live elsewhere."""

    def compose(self, order: MailOrder) -> Composed:
        """The mail of *order* in words."""
        ...


@dataclass(frozen=True, slots=True)
class _Queued:
    ask: str
    case_id: str
    number: str
    initials: str
    task: str
    n: int
    opened_at: datetime
    rush: bool
    channel: str
    group: str | None
    urgent: bool
    procedure: tuple[str, str]


def advance_desk(unit: Unit, subject: str, composer: Composer) -> Outcome:
    """Sends what is due to be gathered now, and says what to hand over and when to look again."""
    code = subject.removeprefix("desk-")
    journal.lock_subject(unit, subject)
    office = register_of(unit).get(code)
    state = agencies.desk_state(unit, code)
    unit.without_journal("a desk looked")
    last, next_at = state.last_mail_at, None
    queued = _queued(unit, code)
    open_asks = len(queued)
    if not state.sending_held:
        for channel in ("staff", "link"):
            waiting = [one for one in queued if one.channel == channel]
            last, at, left = _gather(unit, office, waiting, last, composer)
            open_asks -= len(waiting) - left
            next_at = min(filter(None, (next_at, at)), default=None)
    deliver = outbox.due_mails(unit, code, unit.real_now)
    retry = outbox.next_try_at(unit, code)
    if retry is not None and not state.sending_held:
        next_at = min(filter(None, (next_at, retry + timedelta(seconds=unit.offset_s))), default=None)
    head = _head(unit, subject)
    journal.set_advanced(unit, subject, applied=head, next_due_at=next_at, phase="desk", over=False)
    return Outcome(
        row=head,
        next_at=next_at.isoformat() if next_at else None,
        offset_s=unit.offset_s,
        phase="desk",
        open_asks=open_asks,
        is_over=False,
        status="desk",
        deliver=list(deliver),
    )


def _head(unit: Unit, subject: str) -> int:
    found = journal.find_subject(unit, subject)
    return found.head if found else 0


def mail_moment(reading: Reading, code: str, opened_at: datetime, rush: bool) -> datetime | None:
    """When a desk would mail an ask opened now, were it alone: the moment at which to wake the desk."""
    office = register_of(reading).get(code)
    state = agencies.desk_state(reading, code)
    windows = reading.rules.windows(reading.rules.current, reading.config.digest_window_s)
    pending = [Pending("new", opened_at, rush)]
    return next_mail_at(pending, state.last_mail_at, reading.rules.working(office), windows, reading.now)


def _queued(reading: Reading, code: str) -> list[_Queued]:
    rows = reading.rows(_QUEUED, {"wanted": code})
    return [_Queued(*(*row[:11], (row[11], row[12]))) for row in rows]


def _gather(
    unit: Unit, office: Agency, waiting: list[_Queued], last: datetime | None, composer: Composer
) -> tuple[datetime | None, datetime | None, int]:
    """Composes what is due. Returns the last mail's moment, when to look again, and how many asks still wait."""
    working = unit.rules.working(office)
    windows = unit.rules.windows(unit.rules.current, unit.config.digest_window_s)
    while waiting:
        pending = [Pending(one.ask, one.opened_at, one.rush) for one in waiting]
        moment = next_mail_at(pending, last, working, windows, unit.now)
        if moment is None or moment > unit.now:
            return last, moment, len(waiting)
        chosen = set(take(pending, unit.now, working))
        if not chosen:
            return last, working.next_open(unit.now + timedelta(seconds=1)), len(waiting)
        _compose(unit, office, [one for one in waiting if one.ask in chosen], composer)
        waiting = [one for one in waiting if one.ask not in chosen]
        last = unit.now
    return last, None, 0


def _compose(unit: Unit, office: Agency, chosen: list[_Queued], composer: Composer) -> str:
    """One mail for these asks: rows in each case (from which their limits count), the link, the bytes."""
    mail = mail_id(unit.random_bytes(16))
    is_notice = chosen[0].channel == "staff"
    kind: Literal["ask", "digest", "notice"] = "notice" if is_notice else "ask" if len(chosen) == 1 else "digest"
    lines: list[MailAsk] = []
    by_case: dict[str, list[_Queued]] = {}
    for one in chosen:
        by_case.setdefault(one.case_id, []).append(one)
    for case_id in sorted(by_case):
        lines += _told(unit, open_case_file_by_id(unit, case_id), by_case[case_id], mail, kind)
    lines.sort(key=lambda line: (line.due_at is None, line.due_at, line.number))
    effect = f"desk-{office.code}/mail/{house.next_count(unit, f'mail-{office.code}')}"
    _put(unit, office, mail, kind, effect, lines, composer)
    return mail


def _told(unit: Unit, file: CaseFile, mine: list[_Queued], mail: str, kind: str) -> list[MailAsk]:
    course = file.course
    due: dict[str, str] = {}
    lines = []
    for one in mine:
        rule = course.rule(one.task)
        at = due_moment(course, rule, one.n, unit.now, file.world, course.asks[one.ask].agency)
        due[one.ask] = at.isoformat()
        lines.append(_line(course.procedure, one, at))
    file.write(unit, Kind.MAILED, {"mail": mail, "kind": kind, "due": due})
    file.save(unit)
    file.take_in_if_idle(unit)
    return lines


def _line(procedure: Procedure, one: _Queued, due_at: datetime | None) -> MailAsk:
    rule = procedure.get_task(one.task)
    hidden = rule.restricted
    return MailAsk(
        ask=one.ask,
        number=one.number,
        initials=one.initials,
        title_id=HIDDEN_ID if hidden else rule.titles.id,
        title_en=HIDDEN_EN if hidden else rule.titles.en,
        due_at=due_at,
        group=one.group,
        restricted=hidden,
        urgent=one.urgent,
    )


def _put(
    unit: Unit,
    office: Agency,
    mail: str,
    kind: Literal["ask", "digest", "notice"],
    effect: str,
    lines: list[MailAsk],
    composer: Composer,
    instead_of: str | None = None,
) -> None:
    dues = [line.due_at for line in lines if line.due_at is not None]
    link = code = None
    if kind != "notice":
        token, code = links.make_link(unit, mail, link_expires(unit, max(dues, default=unit.now)), instead_of)
        link = f"{unit.config.base_url}/t/{token}"
    order = MailOrder(
        mail=mail,
        kind=kind,
        agency_code=office.code,
        agency_name=office.name,
        zone=office.zone,
        language="en" if office.desk_language == "en" else "id",
        asks=tuple(lines),
        link=link,
        code=code,
        sign_in_url=f"{unit.config.base_url}/tugas" if kind == "notice" else None,
        desk_name=unit.config.desk_name,
        desk_phone=unit.config.desk_phone,
        duty_phone=unit.config.duty_phone,
        composed_at=unit.now,
        is_fresh_copy=instead_of is not None,
    )
    words = composer.compose(order)
    message_id = outbox.message_id(effect, unit.config.mail_domain)
    headers = {
        "From": formataddr(("Pulang Kementerian Sosial", unit.config.from_address)),
        "To": office.mailbox,
        "Subject": words.subject,
        "Date": format_datetime(unit.now),
        "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",
    }
    body = mime_message(headers | dict([_header(kind, mail, lines)]), words.text, words.html)
    outbox.put_mail(
        unit,
        mail=mail,
        agency=office.code,
        subject_id=f"desk-{office.code}",
        kind=kind,
        effect_key=effect,
        message_id=message_id,
        envelope_to=office.mailbox,
        subject=words.subject,
        body=body,
        asks_count=len(lines),
        due_at=min(dues, default=None),
    )
    codes = {"mail": mail, "kind": kind, "asks": len(lines), "due_at": min(dues).isoformat() if dues else None}
    unit.append(f"desk-{office.code}", Kind.MAIL_COMPOSED, codes)


def _header(kind: str, mail: str, lines: list[MailAsk]) -> tuple[str, str]:
    if kind == "notice":
        return "X-Pulang-Notice", mail
    return ("X-Pulang-Ask", lines[0].ask) if kind == "ask" else ("X-Pulang-Digest", mail)


def link_expires(unit: Unit, last_due: datetime) -> datetime:
    """A link lives 14 days after its last due moment at the latest (CONTRACT; `link_validity`), to the minute."""
    return last_due + timedelta(days=unit.rules.current.default_limit("link_validity").amount)


# --- what became of a mail


def record_delivery(
    unit: Unit,
    mail: str,
    result: Literal["accepted", "refused", "uncertain", "later"],
    words: str,
    next_try_at: datetime | None = None,
    code: int | None = None,
) -> str:
    """Notes the mail server's reply. A mail refused for good puts its asks before the coordinator, case by case."""
    before = outbox.get_mail(unit, mail)
    state = outbox.record_reply(unit, mail, result, words, next_try_at, code)
    if before.agency is None or state == before.state:
        return state
    if state == outbox.ACCEPTED:
        agencies.set_mailbox_ok(unit, before.agency, True)
    elif state == outbox.REFUSED:
        agencies.set_mailbox_ok(unit, before.agency, False)
        _tell_cases(unit, mail)
    return state


def settle_delivery(unit: Unit, mail: str) -> bool:
    """After the last word on *mail*: takes its row in when the desk has nothing else to hear, to send or to try again.

    Then the desk waits for the moment that it waited for before, and its conductor needs no look of its own. Where that
    moment was the end of this mail's lease, one look more comes then and finds nothing.
    """
    desk = outbox.get_mail(unit, mail).agency
    if desk is None:
        return False
    standing = journal.lock_subject(unit, f"desk-{desk}")
    has_other_news = standing.head - standing.applied != 1
    if has_other_news or outbox.due_mails(unit, desk, unit.real_now) or outbox.next_try_at(unit, desk) is not None:
        return False
    journal.take_in(unit, standing.id, standing.head)
    return True


def _tell_cases(unit: Unit, mail: str) -> None:
    live = (AskState.SENT.value, AskState.QUEUED.value)
    rows = unit.rows(select(asks.c.id, asks.c.case_id).where(asks.c.mail == mail, asks.c.state.in_(live)))
    by_case: dict[str, list[str]] = {}
    for row in rows:
        by_case.setdefault(row.case_id, []).append(row.id)
    for case_id in sorted(by_case):
        file = open_case_file_by_id(unit, case_id)
        file.write(unit, Kind.DELIVERY_REFUSED, {"mail": mail, "asks": by_case[case_id]})
        file.finish(unit)


# --- a fresh copy


def send_fresh_copy(unit: Unit, mail: str, composer: Composer) -> str:
    """A new mail with a new link and code for the asks of *mail* that are still open, to the registered address only.

    Raises TooMany("SLOW_DOWN") beyond three a day, LinkClosed("ASK_WITHDRAWN") when nothing is open any more.
    """
    old = outbox.get_mail(unit, mail)
    rows = unit.rows(select(asks.c.id, asks.c.case_id).where(asks.c.mail == mail, asks.c.state == AskState.SENT.value))
    if not rows or old.agency is None:
        raise LinkClosed("ASK_WITHDRAWN")
    if not links.count_resend(unit, mail):
        raise TooMany("SLOW_DOWN", retry_after_s=86_400)
    office = register_of(unit).get(old.agency)
    fresh = mail_id(unit.random_bytes(16))
    kind: Literal["ask", "digest"] = "ask" if old.kind == "ask" else "digest"
    lines = list(_copied(unit, rows, fresh, kind))
    effect = f"desk-{office.code}/mail/{house.next_count(unit, f'mail-{office.code}')}"
    _put(unit, office, fresh, kind, effect, lines, composer, instead_of=mail)
    unit.append(f"desk-{office.code}", Kind.LINK_RESENT, {"mail": mail, "new": fresh})
    return fresh


def _copied(unit: Unit, rows: Sequence[Any], mail: str, kind: str) -> Iterable[MailAsk]:
    by_case: dict[str, list[str]] = {}
    for row in rows:
        by_case.setdefault(row.case_id, []).append(row.id)
    for case_id in sorted(by_case):
        file = open_case_file_by_id(unit, case_id)
        due = {}
        for ask_id in by_case[case_id]:
            ask = file.course.asks[ask_id]
            due[ask_id] = ask.due_at.isoformat() if ask.due_at else None
            one = _Queued(
                ask_id,
                case_id,
                file.number,
                file.initials,
                ask.task,
                ask.n,
                ask.opened_at,
                ask.rush,
                ask.channel,
                file.group_number,
                file.course.urgent,
                (file.course.procedure.code, file.course.procedure.version),
            )
            yield _line(file.course.procedure, one, ask.due_at)
        file.write(unit, Kind.MAILED, {"mail": mail, "kind": kind, "due": due})
        file.save(unit)
