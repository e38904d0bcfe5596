"""/ : the board. What needs whom, filters in the address, cases by state; never a child's name."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.language import LanguageDep
from api.pages import people_words
from api.pages.desk import draw
from api.sessions import SignedIn, see_other
from api.tools import ToolsDep
from domain.agencies import Register
from domain.cases import CaseStatus
from domain.clock import parse_moment
from domain.errors import Invalid
from domain.ids import is_number
from domain.regions import WIB
from domain.roles import Action, Actor, Role
from store import agencies, openings, overview, people
from store.overview import Filters, Listed
from store.unit import Reading
from templates import filters as written
from templates import words, words_staff
from templates.catalogue import say
from templates.staff_views import BoardGroup, BoardRow, Count

router = APIRouter()
PASSED: Final = "lewat"
ORDER: Final = (
    "HILANG_KONTAK", "PERJALANAN", "SINGGAH", "KEMBALI", "MENUNGGU_GERBANG", "DISETUJUI", "MENINGGAL", "PENANGANAN",
    "DRAF", "DISERAHKAN", "PEMANTAUAN", "DIRUJUK", "SELESAI", "DITUTUP", "DIBATALKAN",
)  # fmt: skip
Param = Annotated[str | None, Query(max_length=200)]


@router.get("/")
async def show(
    request: Request,
    me: SignedIn,
    tools: ToolsDep,
    language: LanguageDep,
    status: Param = None,
    stage: Param = None,
    holder: Param = None,
    due_before: Param = None,
    destination: Param = None,
    q: Param = None,
    held: Param = None,
    cursor: Param = None,
) -> Response:
    """The board; who may not read it goes on to the page of their own work. Raises Invalid for an impossible filter."""
    if not me.may(Action.READ_BOARD):
        return see_other("/operator" if me.may(Action.OPERATE) else "/instansi")
    asked = {
        "status": status if status is not None else _first_status(request, me),
        "stage": stage, "holder": holder, "due_before": due_before, "destination": destination, "q": q, "held": held,
    }  # fmt: skip
    chosen = {key: value.strip() for key, value in asked.items() if value and value.strip()}
    page = await tools.units.read(lambda reading: build(reading, me, language, chosen, cursor))
    return draw(request, me, "board", "papan", chosen=chosen, **page)


def _first_status(request: Request, me: Actor) -> str | None:
    """Approvers come to see what waits at the gate; "Hapus saringan" (`?status=`) shows them all."""
    fresh = not set(request.query_params) - {"lang", "notice"}
    only_signs = me.has(Role.PEMERIKSA, Role.PENYETUJU) and not me.has(Role.KOORDINATOR)
    return CaseStatus.MENUNGGU_GERBANG.value if fresh and only_signs else None


def build(reading: Reading, me: Actor, language: str, chosen: Mapping[str, str], cursor: str | None) -> dict[str, Any]:
    """All that the board shows to *me*, with the filters *chosen* in the address. Raises Invalid for one that cannot
    be.
    """
    register = agencies.register(reading)
    wanted = _filters(chosen, reading.now)
    listed, following = overview.list_cases(reading, me, wanted, cursor)
    by_status = overview.count_cases(reading, me, Filters())
    details = people.get_people(reading, {line.person_id for line in listed})
    lines = [_row(reading, me, register, line, details.get(line.person_id, {}), language) for line in listed]
    held = sum(overview.count_cases(reading, me, Filters(held=True)).values())
    late = sum(overview.count_cases(reading, me, Filters(due_before=reading.now, open_only=True)).values())
    total = sum(by_status.values())
    shown = sum(overview.count_cases(reading, me, wanted).values()) if chosen else total
    return {
        "now": reading.now,
        "total": total,
        "shown": shown,
        "listed": len(listed),
        "counts": _counts(reading, me, by_status, held, late, language),
        "groups": _groups(listed, lines, language),
        "next": _address(chosen, cursor=following) if following else "",
        "first": _address(chosen) if cursor else "",
        "may_start": me.may(Action.START_CASE),
        "openings": openings.newest(reading) if me.has(Role.PIMPINAN) else [],
        "statuses": [(code, words.name_of(code, language, "case_status")) for code in ORDER],
        "stages": [
            (code, titles.en if language == "en" else titles.id)
            for code, titles in reading.rules.current.stages.items()
        ],
        "holders": _holders(reading, me, register, chosen),
        "dues": _dues(reading.now, language),
        "provinces": _provinces(),
        "only_number": chosen["q"].upper() if is_number(chosen.get("q", "").upper()) and not listed else "",
        "only_q": _address({"q": chosen["q"]}) if chosen.get("q") and len(chosen) > 1 and not listed else "",
        "shelter_only": me.has("pekerja_sosial", "kepala_sentra")
        and not me.has("koordinator", "pemeriksa", "penyetuju"),
        "office": office.name if (office := register.find(me.agency or "")) else "",
    }


def _filters(chosen: Mapping[str, str], now: datetime) -> Filters:
    if chosen.get("status") and chosen["status"] not in CaseStatus.__members__:
        raise Invalid("FIELD_INVALID", field="status")
    return Filters(
        status=chosen.get("status"),
        stage=chosen.get("stage"),
        holder=chosen.get("holder"),
        due_before=_due_before(chosen.get("due_before"), now),
        destination=chosen.get("destination"),
        q=chosen.get("q"),
        held=bool(chosen.get("held")),
        open_only=bool(chosen.get("due_before")),
    )


def _due_before(text: str | None, now: datetime) -> datetime | None:
    """ "lewat", a day (its end, WIB), or a whole moment."""
    if not text:
        return None
    if text == PASSED:
        return now
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return parse_moment(text, "due_before")
    return parse_moment(datetime.combine(day, time(0), ZoneInfo(WIB)).isoformat(), "due_before") + timedelta(days=1)


def _address(chosen: Mapping[str, str], **more: str | None) -> str:
    query = {key: value for key, value in {**chosen, **more}.items() if value}
    return f"/?{urlencode(query)}" if query else "/"


# --- counts: each is a filter


def _counts(
    reading: Reading, me: Actor, by_status: Mapping[str, int], held: int, late: int, language: str
) -> tuple[Count, ...]:
    def count(*statuses: str) -> int:
        return sum(by_status.get(status, 0) for status in statuses)

    found = []
    if count("HILANG_KONTAK"):
        found.append(Count(count("HILANG_KONTAK"), words_staff.COUNT_LOST, _address({"status": "HILANG_KONTAK"}), True))
    found.append(Count(late, words_staff.COUNT_LATE, _address({"due_before": PASSED})))
    if me.has("koordinator", "pekerja_sosial", "kepala_sentra"):
        found.append(Count(len(overview.my_tasks(reading, me)), words_staff.COUNT_MINE, "/tugas"))
    found += [
        Count(count("PENANGANAN", "MENINGGAL"), words_staff.COUNT_HANDLING, _address({"status": "PENANGANAN"})),
        Count(count("MENUNGGU_GERBANG"), words_staff.COUNT_GATE, _address({"status": "MENUNGGU_GERBANG"})),
        Count(count("PERJALANAN", "SINGGAH"), words_staff.COUNT_TRAVEL, _address({"status": "PERJALANAN"})),
        Count(held, words_staff.COUNT_HELD, _address({"held": "1"})),
    ]
    return tuple(Count(each.number, say(each.words, language), each.href, each.red) for each in found)


# --- rows


def _groups(listed: list[Listed], lines: list[BoardRow], language: str) -> tuple[BoardGroup, ...]:
    found = []
    for status in ORDER:
        rows = tuple(line for one, line in zip(listed, lines, strict=True) if one.status == status)
        if rows:
            title = words.name_of(status, language, "case_status")
            found.append(BoardGroup(title, words.people(len(rows), language), rows))
    return tuple(found)


def _row(
    reading: Reading, me: Actor, register: Register, line: Listed, details: Mapping[str, Any], language: str
) -> BoardRow:
    wait = line.waits[0] if line.waits else None
    office = register.find(str(wait["agency"])) if wait and wait["agency"] else None
    zone = office.zone if office else WIB
    late = line.due_at is not None and line.due_at < reading.now
    kind, word = _state(reading, line, late, language)
    notes = []
    if wait and len(line.waits) > 1:
        notes.append(say(words_staff.MORE_WAITS, language, count=written.in_words(len(line.waits) - 1, language)))
    if line.urgent:
        notes.append(say(words_staff.URGENT, language))
    since = datetime.fromisoformat(str(wait["since"])) if wait else None
    return BoardRow(
        number=line.number,
        who=people_words.listed_name(me, details, line.initials, line.is_child, reading.now, language),
        destination=people_words.region_name(line.destination, language, short=True),
        kind=kind,
        word=word,
        waits=_waits(wait, office.short_name if office else "", language),
        notes=tuple(notes),
        since=written.short(since, zone, language) if since else "",
        due=written.short(line.due_at, _due_zone(register, line, zone), language) if line.due_at else "",
        edge="redrow" if line.status == "HILANG_KONTAK" else "attn" if late else "",
    )


def _due_zone(register: Register, line: Listed, otherwise: str) -> str:
    """Zone of the only office waited for; of several, that of the one waited for longest."""
    offices = {str(wait["agency"]) for wait in line.waits if wait["agency"] and wait["what"] == "answer"}
    found = register.find(next(iter(offices))) if len(offices) == 1 else None
    return found.zone if found else otherwise


def _state(reading: Reading, line: Listed, late: bool, language: str) -> tuple[str, str]:
    if line.status == "HILANG_KONTAK":
        return "lost", say(words_staff.NOT_ARRIVED, language)
    if line.holds:
        kinds = [words.name_of(kind, language, "hold").lower() for kind in line.holds]
        return "hold", say(words_staff.HELD, language, hold=written.join_words(kinds, language))
    if late and line.due_at is not None:
        return "late", say(words_staff.LATE, language)
    if line.status == "PENANGANAN" and line.waits and line.waits[0]["what"] == "answer":
        return "wait", say(words_staff.WAITING_ANSWER, language)
    if line.status == "PENANGANAN" and line.waits:
        return "go", say(words_staff.OURS, language)
    return words.tag_of(line.status), words.name_of(line.status, language, "case_status")


def _waits(wait: Mapping[str, Any] | None, office: str, language: str) -> str:
    if wait is None:
        return ""
    about = words.task_about(str(wait["task"]), language)
    match wait["what"]:
        case "verify":
            return say(words_staff.WAITS_VERIFY, language, about=about)
        case "decide":
            return say(words_staff.WAITS_DECIDE, language, about=about)
        case "name_office":
            return say(words_staff.WAITS_OFFICE, language, about=about)
        case "approve":
            return say(words_staff.WAITS_APPROVE, language)
        case _:
            return say(words_staff.WAITS, language, who=office, about=about)


# --- choices of the filters


def _holders(reading: Reading, me: Actor, register: Register, chosen: Mapping[str, str]) -> list[tuple[str, str]]:
    """Offices that hold something among the newest open cases, and the one chosen."""
    open_cases, _ = overview.list_cases(reading, me, Filters(open_only=True), limit=200)
    codes = {line.holder for line in open_cases if line.holder} | {chosen.get("holder") or ""}
    offices = [office for code in codes if code and (office := register.find(code)) is not None]
    return sorted(((office.code, office.short_name) for office in offices), key=lambda pair: pair[1])


def _dues(now: datetime, language: str) -> list[tuple[str, str]]:
    today = now.astimezone(ZoneInfo(WIB)).date()
    days = [today, today + timedelta(days=2), today + timedelta(days=7)]
    return [(PASSED, say(words_staff.DUE_PASSED, language))] + [
        (day.isoformat(), say(words_staff.DUE_UNTIL, language, day=written.day(day, language=language))) for day in days
    ]


def _provinces() -> list[tuple[str, str]]:
    from domain.data import provinces

    return [(each.code, each.name) for each in provinces().values()]
