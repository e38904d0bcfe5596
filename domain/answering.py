"""What an answer must carry: a reason with failing codes, a moment with waiting ones (PROCESS 3.3)."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.calendar import WorkingTime
from domain.deadlines import Limit, extension_limit
from domain.errors import Conflict, Invalid
from domain.people import clean_name
from domain.procedure import Procedure

OTHER = "LAINNYA"
REASON_MAX = 2_000
TIMES_MORE = 1  # offered once for now; the procedure file allows two
POSITION_MAX = 200
YEARS_TAKEN = 100
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Reason:
    """A `decline_reason` code and the officer's own words."""

    code: str
    text: str


def parse_reason(procedure: Procedure, raw: str | None, *, needed: bool) -> Reason | None:
    """Reads "KODE words". Text alone counts as LAINNYA.

    Raises Invalid("REASON_INVALID", field="reason") when it is needed and missing, has an unknown code in capitals,
    lacks the text that HUKUM and LAINNYA need, or is longer than 2,000 characters.
    """
    words = (raw or "").strip()
    if not words:
        if needed:
            raise Invalid("REASON_INVALID", field="reason")
        return None
    if len(words) > REASON_MAX or _CONTROL.search(words):
        raise Invalid("REASON_INVALID", field="reason")
    head, _, rest = words.partition(" ")
    if head in procedure.reasons:
        code, text = head, rest.strip()
    elif re.fullmatch(r"[A-Z][A-Z_]+", words):
        raise Invalid("REASON_INVALID", field="reason")
    else:
        code, text = OTHER, words
    if procedure.reasons[code][1] and not text:
        raise Invalid("REASON_INVALID", field="reason")
    return Reason(code, text)


def free_text(raw: str | None, field: str, *, needed: bool = False) -> str:
    """A note or reason of staff: at most 2,000 characters. Raises Invalid("REASON_INVALID", field=...)."""
    words = (raw or "").strip()
    if (needed and not words) or len(words) > REASON_MAX or _CONTROL.search(words):
        raise Invalid("REASON_INVALID", field=field)
    return words


def more_time_until(
    raw: str | None, limit: Limit, due_at: datetime | None, asked_times: int, now: datetime, working: WorkingTime
) -> datetime:
    """The new due moment an office asks for: a date, or date and time in the office's own zone.

    Raises Conflict("EXTENSION_LIMIT") when more time was given before, Invalid: FIELD_MISSING, DATE_IN_PAST, and
    DATE_INVALID for what is no date, not a working day or beyond one more full limit.
    """
    if asked_times >= TIMES_MORE:
        raise Conflict("EXTENSION_LIMIT", times=TIMES_MORE)
    moment = _local_moment(raw, working, now)
    if moment <= now:
        raise Invalid("DATE_IN_PAST", field="until")
    if not working.is_working_day(working.local_day(moment)):
        raise Invalid("DATE_INVALID", field="until")
    if moment > extension_limit(limit, max(due_at or now, now), working):
        raise Invalid("DATE_INVALID", field="until")
    return moment.astimezone(UTC)


def _local_moment(raw: str | None, working: WorkingTime, now: datetime) -> datetime:
    words = (raw or "").strip()
    if not words:
        raise Invalid("FIELD_MISSING", field="until")
    zone = ZoneInfo(working.zone_iana)
    try:
        year = datetime.fromisoformat(words).year
        if abs(year - now.year) > YEARS_TAKEN:  # so far off that zones cannot be reckoned
            raise Invalid("DATE_IN_PAST" if year < now.year else "DATE_INVALID", field="until")
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", words):
            day = date.fromisoformat(words)
            return working.closing_time_on(day) if working.is_working_day(day) else _noon(day, zone)
        moment = datetime.fromisoformat(words)
    except ValueError:
        raise Invalid("DATE_INVALID", field="until") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _noon(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(12), zone) + timedelta(0)


def clean_officer(name: str | None, position: str | None) -> tuple[str, str]:
    """Name and position as the officer typed them. Raises Invalid("FIELD_MISSING"/"NAME_INVALID", field=...)."""
    for field, value in (("name", name), ("position", position)):
        if not (value or "").strip():
            raise Invalid("FIELD_MISSING", field=field)
    words = " ".join((position or "").split(" "))
    if len(words) > POSITION_MAX or _UNSEEN.search(words):
        raise Invalid("NAME_INVALID", field="position")
    return clean_name(name or "", "name"), words.strip()
