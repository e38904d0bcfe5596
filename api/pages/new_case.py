"""/kasus/baru: a start in two steps: the search, which nobody passes by, then six marked fields and what is known.

A signed token proves the search and carries what was searched and decided; the form's number (`nonce`) makes a second
press find the case that the first one made.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Request
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.responses import Response

from api.forms import Form
from api.language import LanguageDep, language_of
from api.pages import matching, places
from api.pages.desk import draw, fault_of, fields, led_to, once
from api.pages.matching import Sought
from api.sessions import SignedIn, read_page_form, see_other
from api.tools import ToolsDep, tools_of
from domain.errors import Conflict, DomainError, Invalid
from domain.ids import is_number
from domain.people import PASSPORT, clean_name
from domain.procedure import Procedure
from domain.regions import find_region
from domain.roles import Action, Actor
from store import agencies, starting
from store.starting import ENTRY_ROUTES, OpenOrder, PersonEntry
from store.unit import Reading, Unit
from templates import words
from templates.staff_views import SimilarLine
from templates.views import Fault

router = APIRouter()
HERE: Final = "kasus-baru"
SEARCH_LIVES_S: Final = 12 * 3600
SEARCH_FIELDS: Final = ("name", "nik", "document")
MARKED: Final = ("name", "sex", "birth_date", "entry_route", "shelter", "destination")
FIELDS: Final = (
    *MARKED, "birth_unknown", "birth_date_quality", "nik", "document", "document_kind", "address", "phone", "mission",
    "debarkation", "urgent", "search",
)  # fmt: skip
UNKNOWN: Final = "-"
DECISIONS: Final = ("different", "same", "later")


# --- the token that proves a search


def _signer(request: Request) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(tools_of(request).config.secret_key, salt="pulang.search")


def _make_token(request: Request, me: Actor, sought: Sought) -> str:
    content = [me.id, secrets.token_urlsafe(8), sought.name, sought.nik, sought.document]
    return str(_signer(request).dumps(content))


def _form_number(token: str) -> str:
    """One search starts at most one return: going back and sending the form again carries the same number."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def _read_token(request: Request, me: Actor, token: str) -> Sought:
    """What was searched. Raises Invalid("SEARCH_FIRST") for a token that is missing, old or another person's."""
    try:
        account, _, name, nik, document = _signer(request).loads(token, max_age=SEARCH_LIVES_S)
    except (BadData, ValueError, TypeError):
        raise Invalid("SEARCH_FIRST") from None
    if account != me.id:
        raise Invalid("SEARCH_FIRST")
    return Sought(str(name), str(nik), str(document))


# --- step 1


@router.get("/kasus/baru")
async def show_search(request: Request, me: SignedIn) -> Response:
    """First step of a start: who is it."""
    me.must(Action.START_CASE)
    return _search_page(request, me)


@router.get("/kasus/baru/cari")
@router.get("/kasus/baru/isian")
async def without_search(request: Request, me: SignedIn) -> Response:
    """The form is reached through the search only."""
    me.must(Action.START_CASE)
    return _search_page(request, me, 422, (Fault("", "SEARCH_FIRST"),))


def _search_page(
    request: Request,
    me: Actor,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    typed: Mapping[str, str] | None = None,
) -> Response:
    return draw(request, me, "new_search", HERE, status=status, faults=faults, typed=typed or {})


@router.post("/kasus/baru/cari")
async def search(request: Request, me: SignedIn, tools: ToolsDep, language: LanguageDep) -> Response:
    """Looks for the same person; nothing is stored yet."""
    me.must(Action.START_CASE)
    form = await read_page_form(request, fields(*SEARCH_FIELDS))
    sought = Sought(form.text("name"), form.text("nik"), form.text("document"))
    faults = _search_faults(sought)
    if faults:
        return _search_page(request, me, 422, faults, form.values)
    found = await tools.units.read(lambda reading: matching.search(reading, me, sought, language))
    token = _make_token(request, me, sought)
    if not found:
        return await _form_page(request, me, _prefilled(sought, token), found_none=True)
    return draw(request, me, "new_found", HERE, found=found, sought=sought, search=token, typed={})


def _search_faults(sought: Sought) -> tuple[Fault, ...]:
    if not (sought.name or sought.nik or sought.document):
        return (Fault("name", "FIELD_MISSING"),)
    if sought.name:
        try:
            clean_name(sought.name)
        except Invalid as fault:
            return (fault_of(fault),)
    return ()


def _prefilled(sought: Sought, token: str) -> dict[str, str]:
    fields = {"name": sought.name, "nik": sought.nik, "document": sought.document}
    return fields | {"search": token, "nonce": _form_number(token)}


# --- between: the same person, another, or decided later


@router.post("/kasus/baru/isian")
async def decide(request: Request, me: SignedIn, tools: ToolsDep, language: LanguageDep) -> Response:
    """Takes the decisions on people found alike, and goes on to the fields."""
    me.must(Action.START_CASE)
    form = await read_page_form(request, fields("search", prefixes=("decision",)))
    try:
        sought = _read_token(request, me, form.text("search"))
    except Invalid as fault:
        return _search_page(request, me, 422, (fault_of(fault),))
    if (started := await led_to(request, me, _form_number(form.text("search")))) is not None:
        return see_other(started)
    decisions = form.entries("decision")
    found = await tools.units.read(lambda reading: matching.search(reading, me, sought, language))
    same = [number for number, decision in decisions.items() if decision == "same" and is_number(number)]
    if same:
        return see_other(f"/kasus/{same[0]}")
    open_ones = [line for line in found if decisions.get(line.number) not in DECISIONS]
    if open_ones:
        faults = tuple(Fault(f"decision[{line.number}]", "FIELD_MISSING") for line in open_ones)
        return draw(
            request, me, "new_found", HERE, status=422, faults=faults, found=found, sought=sought,
            search=form.text("search"), typed=decisions,
        )  # fmt: skip
    typed = _prefilled(sought, form.text("search"))
    return await _form_page(request, me, typed | {f"decision[{n}]": each for n, each in decisions.items()})


# --- step 2


async def _form_page(
    request: Request,
    me: Actor,
    typed: Mapping[str, str],
    *,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    found_none: bool = False,
    similar: tuple[SimilarLine, ...] = (),
) -> Response:
    def build(reading: Reading) -> dict[str, Any]:
        register = agencies.register(reading)
        return {
            "regions": places.regions(),
            "shelters": places.shelters(register),
            "missions": places.missions(register),
            "arrival_points": places.arrival_points(),
            "procedure": reading.rules.current,
            "foundations": places.with_function(register, "lks"),
        }

    language = language_of(request)
    page = await tools_of(request).units.read(build)
    procedure: Procedure = page["procedure"]
    return draw(
        request,
        me,
        "new_form",
        HERE,
        status=status,
        faults=faults,
        typed=typed,
        kept_nonce=typed.get("nonce", ""),
        decisions={key: value for key, value in typed.items() if key.startswith("decision[")},
        found_none=found_none,
        similar=similar,
        routes=[(code, words.name_of(code, language, "entry_route")) for code in ENTRY_ROUTES],
        flags=[
            (rule.code, words.name_of(rule.code, language, "flag"), rule.required_at_gate)
            for rule in procedure.flags.values()
            if not rule.derived and rule.code not in ("deceased",)
        ],
        **page,
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """What the form said, and everything that is wrong with it."""

    order: OpenOrder | None
    faults: tuple[Fault, ...]


def _read_order(form: Form) -> _Read:
    """All faults at once, in the order of the form."""
    faults = [
        Fault(name, "FIELD_MISSING")
        for name in ("name", "sex", "entry_route", "shelter", "destination")
        if not form.text(name)
    ]
    name = form.text("name")
    if name:
        try:
            name = clean_name(form.raw("name"))
        except Invalid as fault:
            faults.append(fault_of(fault))
    born, unknown = _birth_date(form, faults)
    destination = form.text("destination")
    if destination not in ("", UNKNOWN) and find_region(destination) is None:
        faults.append(Fault("destination", "REGION_UNKNOWN"))
    if form.text("sex") not in ("", "L", "P"):
        faults.append(Fault("sex", "FIELD_INVALID"))
    if form.text("entry_route") not in ("", *ENTRY_ROUTES):
        faults.append(Fault("entry_route", "FIELD_INVALID"))
    if faults:
        ordered = sorted(faults, key=lambda fault: MARKED.index(fault.field) if fault.field in MARKED else 99)
        return _Read(None, tuple(ordered))
    document = form.text("document")
    quality = "perkiraan" if unknown or form.text("birth_date_quality") == "perkiraan" else "pasti"
    person = PersonEntry(
        name=name,
        sex=form.text("sex"),
        birth_date=born,
        birth_date_quality=quality,
        nik=form.text("nik") or None,
        documents=((form.text("document_kind") or PASSPORT, document),) if document else (),
        address=form.text("address") or None,
        phone=form.text("phone") or None,
    )
    decisions = tuple((n, each) for n, each in form.entries("decision").items() if each in DECISIONS)
    order = OpenOrder(
        person=person,
        entry_route=form.text("entry_route"),
        shelter=form.text("shelter"),
        destination=None if destination == UNKNOWN else destination,
        mission=form.text("mission") or None,
        debarkation=form.text("debarkation") or None,
        urgent=bool(form.text("urgent")),
        flags={code: value for code, value in form.entries("flag").items() if value in ("ya", "tidak")},
        offices={function: code for function, code in form.entries("office").items() if code},
        decisions=decisions,
    )
    return _Read(order, ())


def _birth_date(form: Form, faults: list[Fault]) -> tuple[date | None, bool]:
    """The date, and whether it is marked as not known. One of the two must be said."""
    text, unknown = form.text("birth_date"), bool(form.text("birth_unknown"))
    if not text:
        if not unknown:
            faults.append(Fault("birth_date", "FIELD_MISSING"))
        return None, unknown
    try:
        return date.fromisoformat(text), False
    except ValueError:
        faults.append(Fault("birth_date", "DATE_INVALID"))
        return None, False


@router.post("/kasus/baru")
async def start(request: Request, me: SignedIn, tools: ToolsDep, language: LanguageDep) -> Response:
    """Starts the return, or shows all faults at once."""
    me.must(Action.START_CASE)
    form = await read_page_form(request, fields(*FIELDS, prefixes=("decision", "flag", "office")))
    try:
        _read_token(request, me, form.text("search"))
    except Invalid as fault:
        return _search_page(request, me, 422, (fault_of(fault),), {"name": form.text("name"), "nik": form.text("nik")})
    read = _read_order(form)
    if read.order is None:
        return await _form_page(request, me, form.values, status=422, faults=read.faults)
    order = read.order

    def act(unit: Unit) -> str:
        opened = starting.open_case(unit, order)
        return f"/kasus/{opened.number}" + ("" if opened.known else "?notice=CASE_STARTED")

    try:
        return await once(request, me, form, act)
    except Conflict as error:
        if error.code != "DUPLICATE_FOUND":
            raise
        matches = error.facts["matches"]
        similar = await tools.units.read(lambda reading: matching.lines_of(reading, me, matches, language))
        strong = tuple(line for line in similar if line.strong)
        return await _form_page(
            request, me, form.values, status=409, faults=(Fault("", error.code),), similar=strong or similar
        )
    except Invalid as error:
        return await _form_page(request, me, form.values, status=422, faults=(_own_field(error),))


def _own_field(error: DomainError) -> Fault:
    """The store names fields as the API does (`offices.lks`); the form's are `office[lks]`."""
    fault = fault_of(error)
    head, _, rest = fault.field.partition(".")
    families = {"offices": "office", "flags": "flag"}
    field = f"{families[head]}[{rest}]" if rest and head in families else fault.field
    return Fault(field, fault.code, fault.facts)
