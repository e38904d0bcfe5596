"""Working time: when an office is open, which days it works, and how its minutes are counted (PROCESS 10).

A profile is a table of opening hours; `Holidays` is the loaded calendar; `WorkingTime` joins both with the office's
zone and region. Every moment that goes in or comes out is aware UTC; a `date` is always a day in the office's own zone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from domain.errors import Invalid

NATIONAL = "nasional"
LIBUR_NASIONAL = "libur_nasional"
CUTI_BERSAMA = "cuti_bersama"
_FAR = 1500  # days looked ahead before a calendar counts as broken: no office closes for four years
_ONE_DAY = timedelta(days=1)

Hours = tuple[tuple[int, int], ...]  # intervals as minutes of the local day, [start, end)


def _hours(text: str) -> Hours:
    """ "07.30-12.00 13.00-16.00" as minutes of the day; "" = closed."""

    def minute(clock: str) -> int:
        hour, minutes = clock.split(".")
        return int(hour) * 60 + int(minutes)

    pairs = (part.split("-") for part in text.split())
    return tuple((minute(start), minute(end)) for start, end in pairs)


def _week(monday_to_thursday: str, friday: str, saturday: str = "", sunday: str = "") -> tuple[Hours, ...]:
    return (*[_hours(monday_to_thursday)] * 4, _hours(friday), _hours(saturday), _hours(sunday))


@dataclass(frozen=True, slots=True)
class Profile:
    """Opening hours of one kind of office. `week` runs Monday to Sunday; `ramadan` applies inside an entered range.

    observes: "all" (national and regional holidays and joint leave), "national" (national holidays without joint
    leave), "none" (open on every day).
    """

    code: str
    week: tuple[Hours, ...]
    ramadan: tuple[Hours, ...]
    observes: str = "all"

    @property
    def is_continuous(self) -> bool:
        return all(hours == ((0, 24 * 60),) for hours in self.week)


_ALL_DAY = _week("00.00-24.00", "00.00-24.00", "00.00-24.00", "00.00-24.00")
_MISSION = _week("09.00-17.00", "09.00-17.00")

# Hours are Pulang defaults after Perpres 21/2023 (37.5 hours a week, 32.5 in Ramadan); the head of an office sets the
# exact ones. PERWAKILAN keeping Indonesia's national holidays, without joint leave, is our default too: a mission
# also keeps days of its host country, which nobody has entered yet.
PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        profile.code: profile
        for profile in (
            Profile(
                "ASN",
                week=_week("07.30-12.00 13.00-16.00", "07.30-11.30 13.00-16.30"),
                ramadan=_week("08.00-12.00 12.30-15.00", "08.00-11.30 12.30-15.30"),
            ),
            Profile(
                "ACEH",
                week=_week("07.30-12.00 13.00-16.00", "07.30-11.30 13.30-17.00"),
                ramadan=_week("08.00-12.00 12.30-15.00", "08.00-11.30 13.00-16.00"),
            ),
            Profile(
                "ENAM_HARI",
                week=_week("07.30-12.00 13.00-15.00", "07.30-11.30 13.00-14.30", "07.30-12.00 13.00-14.30"),
                ramadan=_week("08.00-12.00 12.30-14.00", "08.00-11.30 12.30-14.00", "08.00-12.00 12.30-14.00"),
            ),
            Profile("LAYANAN_24", week=_ALL_DAY, ramadan=_ALL_DAY, observes="none"),
            Profile("PERWAKILAN", week=_MISSION, ramadan=_MISSION, observes="national"),
        )
    }
)


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """One line of the calendar.

    op: "add" makes a holiday, "remove" takes one back (the weekday's own hours count again).
    scope: "nasional", a province code, a regency code or an agency code. kind: libur_nasional or cuti_bersama.
    """

    day: date
    op: str
    kind: str = LIBUR_NASIONAL
    scope: str = NATIONAL
    name_id: str = ""
    name_en: str = ""
    status: str = ""


@dataclass(frozen=True, eq=False)
class Holidays:
    """The loaded calendar. Two values are the same only when they are the same object, which keeps look-ups cheap.

    ramadan: ranges (first day, last day) that an administrator entered; none is built in.
    """

    rows: Mapping[tuple[date, str], HolidayRow]
    ramadan: tuple[tuple[date, date], ...] = ()
    years: frozenset[int] = field(default_factory=frozenset)

    @classmethod
    def of(cls, rows: Iterable[HolidayRow], ramadan: Iterable[tuple[date, date]] = ()) -> "Holidays":
        """Later rows win over earlier ones of the same day and scope. A year is known when it has at least one national
        holiday. Raises Invalid("REGISTER_BAD") on an unknown word.
        """
        table: dict[tuple[date, str], HolidayRow] = {}
        for row in rows:
            if row.op not in ("add", "remove") or row.kind not in (LIBUR_NASIONAL, CUTI_BERSAMA):
                raise Invalid("REGISTER_BAD", field="holidays", day=row.day.isoformat())
            table[row.day, row.scope] = row
        years = frozenset(row.day.year for row in table.values() if row.op == "add" and row.scope == NATIONAL)
        return cls(MappingProxyType(table), tuple(ramadan), years)

    def changed(self, rows: Iterable[HolidayRow], ramadan: Iterable[tuple[date, date]] | None = None) -> "Holidays":
        """This calendar with an administrator's rows laid over it."""
        return Holidays.of([*self.rows.values(), *rows], self.ramadan if ramadan is None else ramadan)

    def on(self, day: date, scopes: Iterable[str]) -> HolidayRow | None:
        """The holiday of *day* for an office of *scopes*, given most specific first; None = no holiday."""
        for scope in scopes:
            row = self.rows.get((day, scope))
            if row is not None:
                return row if row.op == "add" else None
        return None

    def is_ramadan(self, day: date) -> bool:
        """Whether shorter hours hold on that day."""
        return any(first <= day <= last for first, last in self.ramadan)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """The working hours of one office.

    zone_iana: the office's zone. profile: a code of PROFILES. region: 2- or 4-digit code, None for the nation. agency:
    the code of the office, for overrides that are its own. Most specific wins: agency, regency, province, nation.
    """

    zone_iana: str
    profile: str
    region: str | None
    holidays: Holidays
    agency: str | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_iana)

    @property
    def is_continuous(self) -> bool:
        """True for an office that works day and night."""
        return PROFILES[self.profile].is_continuous

    def local_day(self, at: datetime) -> date:
        """The day in the office's zone in which *at* lies."""
        return at.astimezone(self.zone).date()

    def holiday_on(self, day: date) -> HolidayRow | None:
        """The holiday that this office observes on *day*, or None."""
        observes = PROFILES[self.profile].observes
        if observes == "none":
            return None
        if observes == "national":
            row = self.holidays.on(day, (NATIONAL,))
            return row if row is not None and row.kind == LIBUR_NASIONAL else None
        region = self.region or ""
        scopes = (self.agency or "", region, region[:2], NATIONAL)
        return self.holidays.on(day, (scope for scope in scopes if scope))

    def intervals_on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Opening intervals of *day*, [start, end), in UTC; empty on a day without work."""
        return _intervals(self, day)

    def is_working_day(self, day: date) -> bool:
        """Whether the office opens at all on that local day."""
        return bool(self.intervals_on(day))

    def next_working_day(self, day: date) -> date:
        """The first working day after *day*."""
        for _ in range(_FAR):
            day += _ONE_DAY
            if self.is_working_day(day):
                return day
        raise Invalid("REGISTER_BAD", field="holidays", profile=self.profile)

    def working_day_from(self, day: date) -> date:
        """*day* itself when it is a working day, else the next one."""
        return day if self.is_working_day(day) else self.next_working_day(day)

    def opening_time_on(self, day: date) -> datetime:
        """The first open moment of a working day."""
        return self.intervals_on(day)[0][0]

    def closing_time_on(self, day: date) -> datetime:
        """The end of the last interval of a working day; for LAYANAN_24 that is 24.00, the midnight after it."""
        return self.intervals_on(day)[-1][1]

    def is_open(self, at: datetime) -> bool:
        """Whether the office is open at *at* (aware, any zone)."""
        return any(start <= at < end for start, end in self.intervals_on(self.local_day(at)))

    def next_open(self, at: datetime) -> datetime:
        """*at* itself when the office is open, else the start of its next interval."""
        if self.is_open(at):
            return at
        day = self.local_day(at)
        for start, _ in self.intervals_on(day):
            if start > at:
                return start
        return self.opening_time_on(self.next_working_day(day))

    def add_working_minutes(self, at: datetime, minutes: int) -> datetime:
        """The moment at which *minutes* (0 or more) of working time have passed since *at*.

        Outside the hours counting starts at the next interval. A sum that ends with an interval ends at its last
        moment, not at the next opening; 0 minutes gives the next open moment.
        """
        left = timedelta(minutes=minutes)
        if self.is_continuous:
            return at + left
        at = self.next_open(at)
        day = self.local_day(at)
        while True:
            for start, end in self.intervals_on(day):
                begin = max(start, at)
                if begin >= end:
                    continue
                if begin + left <= end:
                    return begin + left
                left -= end - begin
            day = self.next_working_day(day)

    def knows_year(self, year: int) -> bool:
        """False when the holidays of *year* are not loaded: only the weekly pattern counts, and dates carry a mark."""
        return PROFILES[self.profile].observes == "none" or year in self.holidays.years


@lru_cache(maxsize=16384)
def _intervals(working: WorkingTime, day: date) -> tuple[tuple[datetime, datetime], ...]:
    profile = PROFILES[working.profile]
    if working.holiday_on(day) is not None:
        return ()
    week = profile.ramadan if working.holidays.is_ramadan(day) else profile.week
    zone = working.zone

    def moment(minute: int) -> datetime:
        local = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minute)  # wall clock
        return local.astimezone(UTC)

    return tuple((moment(start), moment(end)) for start, end in week[day.weekday()])
