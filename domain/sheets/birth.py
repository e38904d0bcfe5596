"""A birth date as people write it. Nothing is guessed: what could be two days is left open and asked."""

import re
from datetime import date, timedelta

from domain.people import age_on
from domain.sheets.cells import as_text, is_blank
from domain.sheets.records import Cell, Finding

OLDEST = 120
_LONGEST = 40  # no date is longer
_DAY_ZERO = date(1899, 12, 30)  # what a spreadsheet counts its days from
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})([/.\-\s])(\d{1,2})\2(\d{4}|\d{2})")
_WITH_NAME = re.compile(r"(\d{1,2})[\s\-/.]*([a-z]+)[\s\-/.,]*(\d{4}|\d{2})")
_AGE = re.compile(
    r"(?:±|\+/-|~|umur|usia|kira-kira|sekitar|lk|[\s.:])*\d{1,3}\s*(?:th|thn|tahun|bln|bulan|hari|years?)?\.?"
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january", "feb peb februari pebruari february", "mar mrt maret march", "apr april",
            "mei may", "jun juni june", "jul juli july", "agu ags agt agus agust agustus aug august",
            "sep sept september", "okt oct oktober october", "nov nop november nopember", "des dec desember december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip


def read_birth(cell: Cell, arrival: date, nik: str | None = None) -> Finding:
    """The birth date as YYYY-MM-DD. Two digits of a year are settled by the NIK, or by there being one possible year.

    Codes: DATE_EMPTY, DATE_INVALID, DATE_IN_FUTURE, DATE_TWO_DIGIT_YEAR, DATE_EXCEL_SERIAL, AGE_ONLY. Note:
    DATE_MONTH_NAME. Only YYYY-MM-DD and day, month, year are read; month first is offered, never swapped.
    """
    if isinstance(cell, date):
        return _checked(cell, arrival)
    text = re.sub(r"\s+", " ", as_text(cell).strip().casefold())
    if is_blank(text):
        return Finding(codes=("DATE_EMPTY",))
    if len(text) > _LONGEST:
        return Finding(codes=("DATE_INVALID",))
    if found := _YEAR_FIRST.fullmatch(text):
        return _checked(_day(int(found[1]), int(found[2]), int(found[3])), arrival)
    if found := _DAY_FIRST.fullmatch(text):
        return _day_first(int(found[1]), int(found[3]), found[4], arrival, nik)
    if (found := _WITH_NAME.fullmatch(text)) and (month := _MONTHS.get(found[2])):
        read = _day_first(int(found[1]), month, found[3], arrival, nik)
        return Finding(read.value, read.codes, ("DATE_MONTH_NAME",)) if read.value else read
    return _number_or_nothing(text, arrival)


def _number_or_nothing(text: str, arrival: date) -> Finding:
    if re.fullmatch(r"\d{4,5}", text, re.ASCII):
        day = _DAY_ZERO + timedelta(days=int(text))
        if day <= arrival and age_on(day, arrival) <= OLDEST:
            return Finding(day.isoformat(), ("DATE_EXCEL_SERIAL",))
    elif _AGE.fullmatch(text):
        return Finding(codes=("AGE_ONLY",))
    return Finding(codes=("DATE_INVALID",))


def _day_first(day: int, month: int, year: str, arrival: date, nik: str | None) -> Finding:
    if len(year) == 2:
        return _two_digits(day, month, int(year), arrival, nik)
    if month > 12 >= day and (swapped := _checked(_day(int(year), day, month), arrival)).value:
        return Finding(codes=("DATE_INVALID",), offer=swapped.value)
    return _checked(_day(int(year), month, day), arrival)


def _two_digits(day: int, month: int, year: int, arrival: date, nik: str | None) -> Finding:
    days = [found for century in (1900, 2000) if (found := _day(century + year, month, day))]
    if not days:
        return Finding(codes=("DATE_INVALID",))
    possible = [each for each in days if each <= arrival and age_on(each, arrival) <= OLDEST]
    if len(possible) > 1 and not _says(nik, possible[-1]):
        return Finding(codes=("DATE_TWO_DIGIT_YEAR",))
    return Finding(possible[-1].isoformat() if possible else None, ("DATE_TWO_DIGIT_YEAR",))


def _says(nik: str | None, day: date) -> bool:
    return nik is not None and nik[6:12] in (f"{day:%d%m%y}", f"{day.day + 40}{day:%m%y}")


def _checked(day: date | None, arrival: date) -> Finding:
    if day is None:
        return Finding(codes=("DATE_INVALID",))
    if day > arrival:
        return Finding(codes=("DATE_IN_FUTURE",))
    return Finding(day.isoformat()) if age_on(day, arrival) <= OLDEST else Finding(codes=("DATE_INVALID",))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
