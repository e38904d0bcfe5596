"""How limits are counted (PROCESS 10): wd, wh, wm, ch, cm, cd, and the anchors of the procedure file.

Limits are Pulang defaults that an administrator may change, never law. Moments are aware UTC in and out; days are days
in the office's own zone.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.calendar import WorkingTime
from domain.errors import Invalid

_LIMIT = re.compile(r"([0-9]{1,4})(wd|wh|wm|ch|cm|cd)")
_ANCHOR = re.compile(r"([a-z_]+\.[a-z_]+)(?:([+-])([0-9]{1,4}[a-z]{2}))?")
_CLOCK = {"ch": timedelta(hours=1), "cm": timedelta(minutes=1)}
_WORKING_MINUTES = {"wh": 60, "wm": 1}
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of time, at least 1.

    unit: wd, wh, wm (working days, hours, minutes), ch, cm (clock hours, minutes), cd (calendar days).
    """

    amount: int
    unit: str

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A planned moment with an offset: `leg.departs_at-12ch`. sign is -1 or +1; without an offset the moment itself."""

    base: str
    offset: Limit | None = None
    sign: int = 1


def parse_limit(text: str) -> Limit:
    """ "2wd" as a Limit. Raises Invalid("LIMIT_TOO_SHORT") below 1, Invalid("LIMIT_INVALID") for any other spelling."""
    found = _LIMIT.fullmatch(text)
    if found is None:
        raise Invalid("LIMIT_INVALID", field="limit")
    amount = int(found[1])
    if amount < 1:
        raise Invalid("LIMIT_TOO_SHORT", field="limit", amount=amount)
    return Limit(amount, found[2])


def parse_anchor(text: str) -> Anchor:
    """ "visit.due_on-14cd" as an Anchor. Raises Invalid("ANCHOR_INVALID")."""
    found = _ANCHOR.fullmatch(text)
    if found is None:
        raise Invalid("ANCHOR_INVALID", field="anchor")
    if found[2] is None:
        return Anchor(found[1])
    return Anchor(found[1], parse_limit(found[3]), -1 if found[2] == "-" else 1)


def due_at(limit: Limit, start_at: datetime, working: WorkingTime) -> datetime:
    """When an ask that reaches the office at *start_at* falls due.

    wd: the day of arrival does not count; the end of the n-th following working day. Outside the hours the ask arrives
    at the next opening. wh, wm: minutes inside the working intervals. ch, cm: real time, day and night.
    cd: 23.59 of the n-th following day in the office's zone.
    """
    if limit.unit == "wd":
        return _working_days_after(working.local_day(working.next_open(start_at)), limit.amount, working)
    return _after(limit, start_at, working)


def extension_limit(limit: Limit, due: datetime, working: WorkingTime) -> datetime:
    """The latest moment that one more full *limit* allows, counted from the present due moment *due*.

    A due moment at closing time still belongs to its day: one more working day ends with the next one.
    """
    if limit.unit == "wd":
        return _working_days_after(working.local_day(due - _TICK), limit.amount, working)
    return _after(limit, due, working)


def _working_days_after(day: date, days: int, working: WorkingTime) -> datetime:
    for _ in range(days):
        day = working.next_working_day(day)
    return working.closing_time_on(day)


def _after(limit: Limit, start_at: datetime, working: WorkingTime) -> datetime:
    if limit.unit in _WORKING_MINUTES:
        return working.add_working_minutes(start_at, limit.amount * _WORKING_MINUTES[limit.unit])
    if limit.unit in _CLOCK:
        return start_at + limit.amount * _CLOCK[limit.unit]
    day = working.local_day(start_at) + timedelta(days=limit.amount)
    return datetime.combine(day, time(23, 59), working.zone).astimezone(UTC)


def resolve(anchor: Anchor, base_moment: datetime, working: WorkingTime) -> datetime:
    """The moment an anchor names, counted from the planned *base_moment*.

    cd and wd keep the hour of the day in the office's zone. Working hours and minutes can only be added
    (Invalid("ANCHOR_INVALID") otherwise).
    """
    offset = anchor.offset
    if offset is None:
        return base_moment
    if offset.unit in _CLOCK:
        return base_moment + anchor.sign * offset.amount * _CLOCK[offset.unit]
    if offset.unit in _WORKING_MINUTES:
        if anchor.sign < 0:
            raise Invalid("ANCHOR_INVALID", field="anchor")
        return _after(offset, base_moment, working)
    local = base_moment.astimezone(working.zone)
    step = timedelta(days=anchor.sign)
    if offset.unit == "cd":
        return (local + offset.amount * step).astimezone(UTC)
    left = offset.amount
    while left:
        local += step
        left -= working.is_working_day(local.date())
    return local.astimezone(UTC)


def valid_until(days: int, answered_at: datetime, zone: str) -> datetime:
    """The last second in which an answer of *answered_at* still counts: calendar days, through the last one, in *zone*.

    days: at least 1. zone: the owner's IANA zone.
    """
    if days < 1:
        raise Invalid("LIMIT_TOO_SHORT", field="valid_days", amount=days)
    tz = ZoneInfo(zone)
    day = answered_at.astimezone(tz).date() + timedelta(days=days)
    return datetime.combine(day, time(23, 59, 59), tz).astimezone(UTC)


def months_after(at: datetime, months: int, working: WorkingTime) -> date:
    """The visit's day: *months* calendar months after *at* in the zone of *working*, moved to a working day.

    A day that the month lacks becomes its last one (31 August + 6 months = 28 February).
    """
    start = working.local_day(at)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return working.working_day_from(date(year, month + 1, min(start.day, last)))


def day_moment(day: date, working: WorkingTime) -> datetime:
    """The opening of *day* (of the next working day when it is none) as UTC."""
    return working.opening_time_on(working.working_day_from(day))
