"""How times, numbers, names and telephones are written (LOOK section 3): pure functions, both languages.

Every time is aware; *zone* is the IANA name of the place that must act. A no-break space stands between day and month,
time and zone, area code and number, so that "16.00" never parts from "WITA".
"""

import re
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.regions import zone_name

NBSP: Final = "\u00a0"
_DAYS: Final = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: Final = {
    "id": ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
           "November", "Desember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip
_SHORT: Final = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_COUNTS: Final = {
    "id": ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"),
    "en": ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}


def _there(at: datetime, zone: str) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a shown time must be aware")
    return at.astimezone(ZoneInfo(zone))


def _is_end_of_day(there: datetime) -> bool:
    """Midnight to the microsecond is a day's end (a limit of an office that never closes), shown as 24.00."""
    return (there.hour, there.minute, there.second, there.microsecond) == (0, 0, 0, 0)


def _date_of(at: datetime | date, zone: str) -> date:
    if not isinstance(at, datetime):
        return at
    there = _there(at, zone)
    return (there - timedelta(days=1) if _is_end_of_day(there) else there).date()


def day(at: datetime | date, zone: str = "UTC", language: str = "id") -> str:
    """ "Senin, 30 November 2026" / "Monday 30 November 2026". A plain date needs no zone."""
    on = _date_of(at, zone)
    comma = "" if language == "en" else ","
    return f"{_DAYS[language][on.weekday()]}{comma} {on.day}{NBSP}{_MONTHS[language][on.month - 1]} {on.year}"


def date_only(at: datetime | date, zone: str = "UTC", language: str = "id") -> str:
    """ "30 November 2026", for letters and birth dates."""
    on = _date_of(at, zone)
    return f"{on.day}{NBSP}{_MONTHS[language][on.month - 1]} {on.year}"


def clock(at: datetime, zone: str, language: str = "id") -> str:
    """ "16.00 WITA" / "16:00 WITA", with a no-break space."""
    there = _there(at, zone)
    hour = "24" if _is_end_of_day(there) else f"{there:%H}"
    return f"{hour}{':' if language == 'en' else '.'}{there:%M}{NBSP}{zone_name(zone, at)}"


def moment(at: datetime, zone: str, language: str = "id") -> str:
    """ "Senin, 30 November 2026, 16.00 WITA", for sentences."""
    return f"{day(at, zone, language)}, {clock(at, zone, language)}"


def short_day(at: datetime | date, zone: str = "UTC", language: str = "id") -> str:
    """ "30 Nov", for tables."""
    on = _date_of(at, zone)
    return f"{on.day}{NBSP}{_SHORT[language][on.month - 1]}"


def short(at: datetime, zone: str, language: str = "id") -> str:
    """ "30 Nov, 16.00 WITA", for tables."""
    return f"{short_day(at, zone, language)}, {clock(at, zone, language)}"


def mail_moment(at: datetime, zone: str, language: str = "id") -> str:
    """ "Senin, 30 Nov 2026, 16.00 WITA" with plain spaces, for lines of a mail."""
    on = _date_of(at, zone)
    comma = "" if language == "en" else ","
    return (
        f"{_DAYS[language][on.weekday()]}{comma} {on.day} {_SHORT[language][on.month - 1]} {on.year}, "
        f"{plain(clock(at, zone, language))}"
    )


def subject_moment(at: datetime, zone: str, language: str = "id") -> str:
    """ "Senin 30 Nov 2026 16.00 WITA": no commas, plain spaces, for a mail's subject."""
    return mail_moment(at, zone, language).replace(",", "")


def number(value: int | float, language: str = "id", decimals: int = 0) -> str:
    """1.004 and 9,5 in Indonesian, 1,004 and 9.5 in English."""
    text = f"{value:,.{decimals}f}"
    return text if language == "en" else text.translate(str.maketrans(",.", ".,"))


def table_number(value: int, language: str = "id") -> str:
    """Zero in a table is a dash."""
    return "–" if value == 0 else number(value, language)


def in_words(value: int, language: str = "id") -> str:
    """Below ten as a word in running text, else a figure."""
    return _COUNTS[language][value] if 0 <= value < 10 else number(value, language)


def initials(name: str) -> str:
    """ "Y. I. T." for three names, "S." for one. Never adds a second name."""
    letters = [next((c for c in part if c.isalpha()), "") for part in name.split()]
    return " ".join(f"{letter.upper()}." for letter in letters if letter)


def phone(value: str) -> str:
    """The number as written, with no-break spaces."""
    return value.strip().replace(" ", NBSP)


def tel(value: str) -> str:
    """ "tel:+62215550170" of "(021) 555-0170"; digits and a leading plus only."""
    digits = re.sub(r"\D", "", value)
    if value.strip().startswith("+"):
        return f"tel:+{digits}"
    return f"tel:+62{digits[1:]}" if digits.startswith("0") else f"tel:{digits}"


def plain(text: str) -> str:
    """No-break spaces back to plain ones, for mail text that is wrapped."""
    return text.replace(NBSP, " ")


def join_words(parts: list[str], language: str = "id") -> str:
    """ "a", "a dan b", "a, b, dan c"."""
    last = " and " if language == "en" else " dan "
    if len(parts) < 2:
        return "".join(parts)
    if len(parts) == 2:
        return parts[0] + last + parts[1]
    return ", ".join(parts[:-1]) + "," + last + parts[-1]


def lower_first(text: str) -> str:
    """A label inside a sentence: "siap menjemput"; a word in capitals stays ("NIK sesuai")."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
