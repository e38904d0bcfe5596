"""/instansi: the register of offices with what they hold, and one office's page: how to reach it now."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.language import LanguageDep
from api.pages import people_words
from api.pages.desk import draw
from api.sessions import SignedIn
from api.tools import ToolsDep
from domain.agencies import Agency
from domain.calendar import WorkingTime
from domain.errors import NotFound
from domain.regions import province_of, zone_name
from domain.roles import Action, Actor
from store import agencies, desk_asks, outbox
from store.agencies import Listed
from store.desk_asks import Held
from store.unit import Reading
from templates import filters, words
from templates.staff_views import AgencyRow

router = APIRouter()
Param = Annotated[str | None, Query(max_length=120)]


@router.get("/instansi")
async def show(
    request: Request,
    me: SignedIn,
    tools: ToolsDep,
    language: LanguageDep,
    q: Param = None,
    function: Param = None,
    cursor: Param = None,
) -> Response:
    """The register of offices, filtered by the address."""
    me.must(Action.READ_REGISTER)
    chosen = {key: value.strip() for key, value in (("q", q), ("function", function)) if value and value.strip()}
    page = await tools.units.read(lambda reading: _list(reading, me, language, chosen, cursor))
    return draw(request, me, "agencies", "instansi", chosen=chosen, **page)


def _list(reading: Reading, me: Actor, language: str, chosen: Mapping[str, str], cursor: str | None) -> dict[str, Any]:
    listed, following = agencies.list_agencies(reading, cursor, chosen.get("q"), chosen.get("function"))
    waited = [] if chosen or cursor else _waited_for(reading)
    held = desk_asks.held_by(reading, {each.agency.code for each in (*listed, *waited)})
    query = {**chosen, "cursor": following} if following else {}
    kinds = reading.rules.current.kinds
    return {
        "rows": tuple(_row(each, held, reading.now, language) for each in listed),
        "waited": tuple(_row(each, held, reading.now, language) for each in waited),
        "total": len(agencies.register(reading)),
        "next": f"/instansi?{urlencode(query)}" if query else "",
        "first": f"/instansi?{urlencode(chosen)}" if cursor else "",
        "functions": [(code, words.name_of(code, language, "function")) for code in kinds],
        "held_all": agencies.all_sending_held(reading),
    }


def _waited_for(reading: Reading) -> list[Listed]:
    """Lines of the offices waited for longest, above the register."""
    found = []
    for code in desk_asks.busiest(reading):
        page, _ = agencies.list_agencies(reading, q=code)
        found += [each for each in page if each.agency.code == code]
    return found


def _row(listed: Listed, held: Mapping[str, Held], now: datetime, language: str) -> AgencyRow:
    agency = listed.agency
    own = held.get(agency.code, Held(0, None, 0))
    names = sorted(words.name_of(code, language, "function") for code in agency.functions)
    province = province_of(agency.region) if agency.region else None
    about = [", ".join(names)] + ([province.name] if province else [])
    kind, word = ("wait", "waiting") if own.number else ("none", "nothing")
    if not listed.mailbox_ok:
        kind, word = "late", "mailbox_refuses"
    elif listed.desk_held:
        kind, word = "hold", "desk_held"
    elif own.late:
        kind, word = "late", "late"
    since = filters.short(own.since, agency.zone, language) if own.since else ""
    name, phone = agency.name, agency.phone
    return AgencyRow(agency.code, name, " · ".join(about), own.number, since, kind, word, phone, kind == "late")


@router.get("/instansi/{code}")
async def show_one(code: str, request: Request, me: SignedIn, tools: ToolsDep, language: LanguageDep) -> Response:
    """One office: what it holds and how it is reached. Raises NotFound("NO_SUCH_AGENCY")."""
    me.must(Action.READ_REGISTER)
    page = await tools.units.read(lambda reading: _one(reading, me, code, language))
    return draw(request, me, "agency", "instansi", **page)


def _one(reading: Reading, me: Actor, code: str, language: str) -> dict[str, Any]:
    register = agencies.register(reading)
    agency = register.find(code)
    if agency is None:
        raise NotFound("NO_SUCH_AGENCY")
    desk = agencies.desk_state(reading, code)
    working: WorkingTime = reading.rules.working(agency)
    asks = _open_asks(reading, me, agency, language) if me.may(Action.READ_BOARD) else None
    mails = outbox.list_mails(reading, agency=code, limit=8)
    superior = register.find(agency.superior or "")
    return {
        "agency": agency,
        "desk": desk,
        "functions": [words.name_of(each, language, "function") for each in sorted(agency.functions)],
        "where": people_words.region_name(agency.region, language) if agency.region else "",
        "superior": superior,
        "now": reading.now,
        "zone_word": zone_name(agency.zone, reading.now),
        "is_open": working.is_open(reading.now),
        "opens_at": None if working.is_open(reading.now) else working.next_open(reading.now),
        "hours": _hours(working, reading.now, language),
        "asks": asks,
        "late": sum(ask["late"] for ask in asks or ()),
        "mails": [_mail(mail, agency, language) for mail in mails],
        "last_mail": mails[0] if mails else None,
    }


def _open_asks(reading: Reading, me: Actor, agency: Agency, language: str) -> list[dict[str, Any]]:
    found = []
    for ask in desk_asks.open_asks_of(reading, me, agency.code):
        rule = reading.rules.procedure(*ask.procedure).get_task(ask.task)
        late = ask.due_at is not None and ask.due_at < reading.now
        kind, word = ("late", "late") if late else (words.tag_of(ask.state), ask.state)
        found.append(
            {
                "title": words.task_title(rule.titles, language),
                "number": ask.number,
                "since": filters.short(ask.asked_at or ask.opened_at, agency.zone, language),
                "due": filters.short(ask.due_at, agency.zone, language) if ask.due_at else "",
                "late": late,
                "tag": kind,
                "word": words.name_of(word, language, "other" if late else "ask_state"),
                "mail": _mail(ask.mail, agency, language) if ask.mail else None,
            }
        )
    return found


def _mail(mail: outbox.Mail, agency: Agency, language: str) -> dict[str, Any]:
    return {
        "at": filters.short(mail.composed_at, agency.zone, language),
        "kind": words.name_of(mail.kind, language, "mail_kind"),
        "asks": mail.asks_count,
        "tag": words.tag_of(mail.state),
        "state": words.name_of(mail.state, language, "mail_state"),
        "words": mail.words if mail.state in ("REFUSED", "UNCERTAIN") else "",
    }


def _hours(working: WorkingTime, now: datetime, language: str) -> list[tuple[str, str]]:
    """The coming seven days: the day, and its hours in the office's zone ("" when it is closed)."""
    day, zone = working.local_day(now), ZoneInfo(working.zone_iana)
    dot = ":" if language == "en" else "."
    found = []
    for _ in range(7):
        spans = [
            f"{start.astimezone(zone):%H{dot}%M}–{end.astimezone(zone):%H{dot}%M}"
            for start, end in working.intervals_on(day)
        ]
        holiday = working.holiday_on(day)
        name = (holiday.name_en if language == "en" else holiday.name_id) if holiday else ""
        found.append((filters.day(day, language=language), ", ".join(spans) or name))
        day += timedelta(days=1)
    return found
