"""A return is started: whom it is about, whom they look like, its first row. Times are aware UTC.

Every act checks the actor's role here, whoever called: a page and the API refuse exactly the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from domain.agencies import Register
from domain.answering import free_text
from domain.cases import CaseStatus
from domain.course import NO, YES, Course
from domain.data import debarkations
from domain.errors import Conflict, Invalid
from domain.ids import case_number, receipt
from domain.journal import Kind
from domain.people import PersonFacts, clean_name, clean_nik, initials, is_child
from domain.procedure import Procedure
from domain.roles import Action
from store import house, journal, people
from store.access import must_have_function
from store.casefile import CaseFile, open_case_file, register_of, world_of
from store.entries import checked_destination, checked_flags, checked_offices, split_flags
from store.receipts import store_answer, store_receipt
from store.tables_case import cases
from store.unit import Reading, Unit

WIB = ZoneInfo("Asia/Jakarta")

ENTRY_ROUTES = ("LUAR_NEGERI", "DEBARKASI", "RUJUKAN_APH", "RUJUKAN_DAERAH", "DATANG_SENDIRI", "JENAZAH")


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """What the start asks of a person. birth_date None = not known; quality "pasti" or "perkiraan"."""

    name: str
    sex: str
    birth_date: date | None
    birth_date_quality: str = "pasti"
    nik: str | None = None
    documents: tuple[tuple[str, str], ...] = ()
    address: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """A start. decisions: (case number, "different" | "same" | "later") for people that look alike."""

    person: PersonEntry
    entry_route: str
    shelter: str
    destination: str | None = None
    mission: str | None = None
    debarkation: str | None = None
    urgent: bool = False
    flags: Mapping[str, str] = field(default_factory=dict)
    offices: Mapping[str, str] = field(default_factory=dict)
    decisions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """What a start led to. known: no case was made, `number` is the one that was there before."""

    number: str
    status: str
    matches: tuple[dict[str, str], ...] = ()
    known: bool = False


def find_matches(reading: Reading, person: PersonEntry, home: str | None) -> tuple[dict[str, str], ...]:
    """Known people that look alike: NIK and document strong; name with birth date or home weak (PROCESS 2.2)."""
    facts = PersonFacts(
        name=person.name,
        sex=person.sex,
        birth_date=person.birth_date,
        nik=clean_nik(person.nik) if person.nik else None,
        documents=tuple(number for _, number in person.documents),
        home=home,
    )
    found = []
    for similar in people.find_similar(reading, facts):
        for number in similar.case_numbers:
            found += [{"number": number, "why": m.why, "strength": m.strength} for m in similar.matches]
    return tuple(found)


def open_case(unit: Unit, order: OpenOrder) -> Opened:
    """Starts a return; starting is the answer to the intake task.

    Raises NotAllowed, Invalid (all fields checked before), Conflict("DUPLICATE_FOUND", matches=...) while a strong
    match is undecided.
    """
    unit.by.must(Action.START_CASE)
    procedure: Procedure = unit.rules.current
    register = register_of(unit)
    person = _checked_person(unit, order.person)
    _check_place(order, register)
    offices = checked_offices(procedure, register, order.offices)
    flags = _start_flags(procedure, order, person, unit.now)
    house.take_turn(unit, "starting")  # two starts for one person at once: the second sees the first
    matches = find_matches(unit, person, order.destination)
    draft = False
    decided = dict(order.decisions)
    for match in matches:
        decision = decided.get(match["number"])
        if decision == "same":
            known = open_case_file(unit, match["number"])
            unit.append(f"reads-{known.id}", Kind.VIEWED, {"what": "duplicate_same", "fields": []})
            return Opened(known.number, known.course.status.value, matches, known=True)
        draft = draft or decision == "later"
    undecided = [m for m in matches if m["strength"] == "strong" and m["number"] not in decided]
    if undecided:
        raise Conflict("DUPLICATE_FOUND", matches=list(matches))
    return _make_case(unit, order, person, procedure, flags, offices, draft, matches)


def _make_case(
    unit: Unit,
    order: OpenOrder,
    person: PersonEntry,
    procedure: Procedure,
    flags: dict[str, str],
    offices: dict[str, str],
    draft: bool,
    matches: tuple[dict[str, str], ...],
) -> Opened:
    year = unit.now.astimezone(WIB).year
    number = case_number(year, house.next_count(unit, f"case-{year}"))
    case_id = unit.new_id()
    person_id = people.add_person(unit, person_details(person, order.destination))
    subject = f"case-{case_id}"
    unit.execute(
        insert(cases),
        {
            "id": case_id,
            "number": number,
            "person_id": person_id,
            "procedure_code": procedure.code,
            "procedure_version": procedure.version,
            "status": CaseStatus.DRAF.value,
            "stage": "",
            "urgent": order.urgent,
            "entry_route": order.entry_route,
            "shelter": order.shelter,
            "destination": order.destination,
            "province": order.destination[:2] if order.destination else None,
            "opened_at": unit.now,
            "opened_by": unit.by.ref,
            "updated_at": unit.now,
            "initials": initials(person.name),
            "is_child": flags.get("child") == YES,
            "waits": [],
            "holds": [],
            "mailed": False,
            "is_open": False,
        },
    )
    journal.ensure_subject(unit, subject, "case")
    journal.ensure_subject(unit, f"reads-{case_id}", "reads")
    file = CaseFile(
        case_id, number, person_id, initials(person.name), None, unit.by.ref, Course(procedure), world_of(unit)
    )
    clear, secret = split_flags(procedure, flags)
    file.write(
        unit,
        Kind.OPENED,
        {
            "number": number,
            "procedure": [procedure.code, procedure.version],
            "entry_route": order.entry_route,
            "shelter": order.shelter,
            "destination": order.destination,
            "mission": order.mission,
            "debarkation": order.debarkation,
            "urgent": order.urgent,
            "offices": offices,
            "draft": draft,
            "decisions": [list(each) for each in sorted(order.decisions) if each[0] in {m["number"] for m in matches}],
            "flags": clear,
        },
        {"flags": secret} if secret else None,
    )
    if not draft:
        _answer_intake(unit, file)
    file.finish(unit)
    return Opened(number, file.course.status.value, matches)


def _answer_intake(unit: Unit, file: CaseFile) -> None:
    number = receipt(unit.random_bytes(16))
    row = file.write(
        unit,
        Kind.ANSWERED,
        {"ask": None, "task": "akses.penerimaan", "n": 1, "answer": "SELESAI", "receipt": number, "grade": "account"},
        grade="account",
    )
    store_receipt(unit, number, f"start:{file.id}", account=unit.by.id)
    store_answer(unit, number, file.id, "", "akses.penerimaan", 1, row.n, "SELESAI", final=False)


def person_details(person: PersonEntry, home: str | None) -> dict[str, Any]:
    """A person as sealed in the people table."""
    return {
        "name": person.name,
        "sex": person.sex,
        "birth_date": person.birth_date.isoformat() if person.birth_date else None,
        "birth_date_quality": person.birth_date_quality,
        "nik": clean_nik(person.nik) if person.nik else None,
        "documents": [{"kind": kind, "number": number} for kind, number in person.documents],
        "address": person.address,
        "phone": person.phone,
        "home": home,
    }


def _checked_person(unit: Unit, person: PersonEntry) -> PersonEntry:
    name = clean_name(person.name, "name")
    if person.sex not in ("L", "P"):
        raise Invalid("FIELD_INVALID", field="sex")
    if person.birth_date_quality not in ("pasti", "perkiraan"):
        raise Invalid("FIELD_INVALID", field="birth_date_quality")
    today = unit.now.astimezone(WIB).date()
    if person.birth_date is not None and not today.replace(year=today.year - 120, day=1) < person.birth_date <= today:
        raise Invalid("DATE_INVALID", field="birth_date")
    nik = clean_nik(person.nik) if person.nik else None
    if nik and not unit.config.demo and nik[4:6] == "00":
        raise Invalid("NIK_DEMO", field="nik")
    return PersonEntry(
        name,
        person.sex,
        person.birth_date,
        person.birth_date_quality,
        nik,
        tuple((kind.strip(), number.strip()) for kind, number in person.documents),
        free_text(person.address, "address") or None,
        free_text(person.phone, "phone") or None,
    )


def _check_place(order: OpenOrder, register: Register) -> None:
    if order.entry_route not in ENTRY_ROUTES:
        raise Invalid("FIELD_INVALID", field="entry_route")
    shelter = register.find(order.shelter)
    if shelter is None or "kemensos_sentra" not in shelter.functions:
        raise Invalid("NO_OFFICE", field="shelter")
    if order.destination is not None:
        checked_destination(order.destination, "destination")
    if order.mission is not None:
        must_have_function(register, "perwakilan_ri", order.mission, "mission")
    if order.debarkation is not None and order.debarkation not in debarkations():
        raise Invalid("FIELD_INVALID", field="debarkation")


def _start_flags(procedure: Procedure, order: OpenOrder, person: PersonEntry, now: datetime) -> dict[str, str]:
    flags = checked_flags(procedure, order.flags)
    if order.entry_route == "JENAZAH":
        flags["deceased"] = YES
    known = person.birth_date is not None and person.birth_date_quality == "pasti"
    if known and person.birth_date is not None and "child" not in flags:
        flags["child"] = YES if is_child(person.birth_date, now.astimezone(WIB).date()) else NO
    return flags


def decide_duplicate(unit: Unit, number: str, other: str, decision: str) -> str:
    """Ends DRAF: `different` starts the case, `same` drops it. Returns the case's status."""
    unit.by.must(Action.START_CASE)
    file = open_case_file(unit, number)
    if file.course.status is not CaseStatus.DRAF:
        raise Conflict("STATE_FORBIDS", state=file.course.status.value)
    open_case_file(unit, other)
    if decision == "different":
        file.write(unit, Kind.RELEASED, {"decision": decision, "other": other})
        _answer_intake(unit, file)
    elif decision == "same":
        file.write(unit, Kind.CLOSED, {"status": CaseStatus.DIBATALKAN.value, "joined": other}, {"reason": "GANDA"})
    else:
        raise Invalid("FIELD_INVALID", field="decision")
    file.finish(unit)
    return file.course.status.value
