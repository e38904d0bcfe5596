"""Reading and writing moments: ISO 8601 durations and times with a zone, and where the demonstration's clock begins."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.calendar import WorkingTime
from domain.errors import Invalid

_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,7})M)?(?:(?P<seconds>\d{1,8})S)?)?",
    re.ASCII,
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def parse_duration(text: str) -> timedelta:
    """ "P2D", "PT4H", "P1DT30M", "P1W" as a span of real time; whole numbers, no months or years (their length varies).

    Raises Invalid("DURATION_INVALID", field="advance").
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise Invalid("DURATION_INVALID", field="advance")
    parts = {unit: int(amount) for unit, amount in found.groupdict().items() if amount}
    return timedelta(**parts)


def parse_moment(text: str, field: str) -> datetime:
    """An ISO 8601 time with its zone ("2026-12-01T08:00:00+07:00", "…Z") as aware UTC.

    Raises Invalid("TIME_INVALID") naming *field*: no time, no zone, or a year outside 1900 to 2200.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise Invalid("TIME_INVALID", field=field)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("TIME_INVALID", field=field) from None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise Invalid("TIME_INVALID", field=field)
    return moment


def iso(at: datetime, zone: str) -> str:
    """ISO 8601 with the offset of *zone* (IANA); nothing is rounded, so that it can be given back as it was."""
    return at.astimezone(ZoneInfo(zone)).isoformat()


def demo_start(real_now: datetime, working: WorkingTime) -> datetime:
    """Where a demonstration's clock begins: now in office hours, else the next 09.00 of a working day.

    working: office hours in WIB. Early on a working day that is the same day's 09.00. Aware UTC.
    """
    if working.is_open(real_now):
        return real_now
    day = working.working_day_from(working.local_day(real_now))
    start = datetime.combine(day, time(9, 0), working.zone).astimezone(UTC)
    if start <= real_now:
        day = working.next_working_day(day)
        start = datetime.combine(day, time(9, 0), working.zone).astimezone(UTC)
    return start
