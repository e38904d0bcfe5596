"""Which open asks go into one mail of a desk, and when (PROCESS 8.5).

A desk gathers for a window after its first new ask, mails in its working hours, and leaves a gap after its last mail.
Rush asks (urgent or kritis) are gathered one clock minute and go day and night. Moments are aware UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from domain.calendar import WorkingTime
from domain.deadlines import Limit, due_at


@dataclass(frozen=True, slots=True)
class Windows:
    """How long a desk gathers.

    digest_s: real seconds that replace window, urgent window and gap (PULANG_DIGEST_WINDOW), or None.
    """

    digest_s: float | None
    digest_window: Limit
    digest_gap: Limit
    urgent_window: Limit
    reminder_gap: Limit


@dataclass(frozen=True, slots=True)
class Pending:
    """An ask that waits for its desk's next mail. rush: urgent or kritis."""

    ask: str
    opened_at: datetime
    rush: bool = False


@dataclass(frozen=True, slots=True)
class MailAsk:
    """One line of a mail. Titles already hold what may be shown: a restricted ask is a "permintaan bersyarat"."""

    ask: str
    number: str
    initials: str
    title_id: str
    title_en: str
    due_at: datetime | None
    group: str | None
    restricted: bool
    urgent: bool


@dataclass(frozen=True, slots=True)
class MailOrder:
    """Everything a mail is composed from. A notice (to staff) has a sign-in address and neither link nor code.

    link: whole address with token. code: two groups of four, as `mail_code` makes it. zone: the desk's IANA zone.
    composed_at: application time.
    """

    mail: str
    kind: Literal["ask", "digest", "notice"]
    agency_code: str
    agency_name: str
    zone: str
    language: Literal["id", "en"]
    asks: tuple[MailAsk, ...]
    link: str | None
    code: str | None
    sign_in_url: str | None
    desk_name: str
    desk_phone: str
    duty_phone: str
    composed_at: datetime
    is_fresh_copy: bool = False


def next_mail_at(
    pending: Sequence[Pending],
    last_mail_at: datetime | None,
    working: WorkingTime,
    windows: Windows,
    now: datetime | None = None,
) -> datetime | None:
    """When the desk's next mail is due, or None when nothing waits. At that moment `take` is never empty.

    now: a desk that is woken late asks with its present time; an ordinary mail whose moment was missed then goes at the
    next open moment from *now* on. A mail is due when the answer is not after *now*.
    """
    moments = []
    rush = [ask.opened_at for ask in pending if ask.rush]
    if rush:
        moments.append(_gathered(min(rush), windows.urgent_window, working, windows))
    ordinary = [ask.opened_at for ask in pending if not ask.rush]
    if ordinary:
        moment = _gathered(min(ordinary), windows.digest_window, working, windows)
        if last_mail_at is not None and windows.digest_s is None:
            moment = max(moment, due_at(windows.digest_gap, last_mail_at, working))
        moments.append(working.next_open(moment if now is None else max(moment, now)))
    return min(moments, default=None)


def _gathered(opened_at: datetime, window: Limit, working: WorkingTime, windows: Windows) -> datetime:
    if windows.digest_s is not None:
        return opened_at + timedelta(seconds=windows.digest_s)
    return due_at(window, opened_at, working)


def take(pending: Sequence[Pending], now: datetime, working: WorkingTime) -> list[str]:
    """The asks that go with a mail sent *now*, oldest first: in working hours all, outside them only the rush ones.

    A desk that mails takes along every ask that may go at that moment, also one whose own window is still open.
    """
    is_open = working.is_open(now)
    may_go = [ask for ask in pending if ask.opened_at <= now and (ask.rush or is_open)]
    return [ask.ask for ask in sorted(may_go, key=lambda ask: (ask.opened_at, ask.ask))]
