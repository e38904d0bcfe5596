"""Short words for the tests of time: a local moment, an office, a list of holidays."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from domain import data
from domain.calendar import HolidayRow, Holidays, WorkingTime

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"


def at(local: str, zone: str = WIB) -> datetime:
    """ "2026-08-14 16:30" in *zone* as aware UTC."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def day(text: str) -> date:
    return date.fromisoformat(text)


def an_office(
    profile: str = "ASN",
    zone: str = WIB,
    region: str | None = None,
    holidays: Holidays | None = None,
    agency: str | None = None,
) -> WorkingTime:
    return WorkingTime(zone, profile, region, data.holidays() if holidays is None else holidays, agency)


def a_holiday(text: str, scope: str = "nasional", op: str = "add", kind: str = "libur_nasional") -> HolidayRow:
    return HolidayRow(day(text), op, kind, scope)
