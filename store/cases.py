"""Acts on a case by people of the ministry: start, offices, flags, holds, receiver, destination, legs, end.

Every act checks the actor's role here, whoever called: a page and the API refuse exactly the same. Times are aware UTC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from domain.agencies import Register
from domain.answering import free_text
from domain.cases import BY_COORDINATOR, ENDED, MAY_BE_HELD, CaseStatus, may_go
from domain.course import FLAG_VALUES, NO, PLAN, YES, Course, LegState
from domain.data import debarkations
from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.ids import case_number, hold_id, receipt
from domain.journal import Kind
from domain.people import PersonFacts, clean_name, clean_nik, initials, is_child
from domain.planning import RANK
from domain.procedure import Procedure
from domain.regions import get_region
from domain.roles import Action
from store import house, journal, people
from store.casefile import CaseFile, open_case_file, register_of, review_day, world_of
from store.gatekeeping import is_one_of
from store.tables_case import answers, cases, receipts
from store.unit import Reading, Unit

ENTRY_ROUTES = ("LUAR_NEGERI", "DEBARKASI", "RUJUKAN_APH", "RUJUKAN_DAERAH", "DATANG_SENDIRI", "JENAZAH")
RELATIONS = ("family", "substitute", "institution")
LEG_KINDS = ("domestik", "internasional")
WIB = ZoneInfo("Asia/Jakarta")


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


@dataclass(frozen=True, slots=True)
class LegEntry:
    """One planned stretch as typed. from/to: free text or a region, shelter or debarkation code."""

    kind: str
    origin: str
    target: str
    departs_at: datetime
    arrives_at: datetime
    hands_to: str
    carrier: str = ""
    escort: str = ""


# --- start


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
    offices = _checked_offices(procedure, register, order.offices)
    flags = _start_flags(procedure, order, person, unit.now)
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


def store_receipt(unit: Unit, number: str, nonce: str, *, mail: str | None = None, account: str | None = None) -> None:
    values = {"receipt": number, "nonce": nonce, "mail": mail, "account": account, "received_at": unit.now}
    unit.execute(insert(receipts), values)


def store_answer(
    unit: Unit, number: str, case_id: str, ask: str, task: str, n: int, row: int, code: str, *, final: bool
) -> None:
    unit.execute(
        insert(answers),
        {
            "id": unit.new_id(),
            "receipt": number,
            "ask": ask,
            "case_id": case_id,
            "task": task,
            "n": n,
            "row": row,
            "code": code,
            "final": final,
        },
    )


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
        _checked_destination(order.destination, "destination")
    if order.mission is not None:
        _office_with(register, "perwakilan_ri", order.mission, "mission")
    if order.debarkation is not None and order.debarkation not in debarkations():
        raise Invalid("FIELD_INVALID", field="debarkation")


def _checked_destination(code: str, field_name: str) -> str:
    region = get_region(code, field_name)
    if len(region.code) != 4:
        raise Invalid("REGION_UNKNOWN", field=field_name)
    return region.code


def _office_with(register: Register, function: str, code: str, field_name: str) -> None:
    office = register.find(code)
    if office is None or function not in office.functions:
        raise Invalid("NO_OFFICE", field=field_name)


def _checked_offices(procedure: Procedure, register: Register, offices: Mapping[str, str]) -> dict[str, str]:
    for function, code in offices.items():
        if function not in procedure.kinds:
            raise Invalid("FIELD_UNKNOWN", field=f"offices.{function}")
        _office_with(register, function, code, f"offices.{function}")
    return dict(offices)


def _start_flags(procedure: Procedure, order: OpenOrder, person: PersonEntry, now: datetime) -> dict[str, str]:
    flags = _checked_flags(procedure, order.flags)
    if order.entry_route == "JENAZAH":
        flags["deceased"] = YES
    known = person.birth_date is not None and person.birth_date_quality == "pasti"
    if known and person.birth_date is not None and "child" not in flags:
        flags["child"] = YES if is_child(person.birth_date, now.astimezone(WIB).date()) else NO
    return flags


def _checked_flags(procedure: Procedure, flags: Mapping[str, str]) -> dict[str, str]:
    for code, value in flags.items():
        rule = procedure.flags.get(code)
        if rule is None or rule.derived:
            raise Invalid("FIELD_UNKNOWN", field=f"flags.{code}")
        if value not in FLAG_VALUES:
            raise Invalid("FIELD_INVALID", field=f"flags.{code}")
    return dict(flags)


def split_flags(procedure: Procedure, flags: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Flags in clear and restricted ones, which are sealed."""
    secret = {code: value for code, value in flags.items() if code in procedure.restricted_flags}
    return {code: value for code, value in flags.items() if code not in secret}, secret


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


# --- facts of a running case


def name_offices(
    unit: Unit,
    number: str,
    offices: Mapping[str, str],
    mission: str | None = None,
    debarkation: str | None = None,
    reason: str | None = None,
) -> None:
    """Names offices for asks that are not open yet. Raises Invalid("NO_OFFICE") for one that lacks the function."""
    unit.by.must(Action.NAME_OFFICES)
    file = _running(unit, number)
    register = file.world.register
    checked = _checked_offices(file.course.procedure, register, offices)
    if mission is not None:
        _office_with(register, "perwakilan_ri", mission, "mission")
    if debarkation is not None and debarkation not in debarkations():
        raise Invalid("FIELD_INVALID", field="debarkation")
    file.write(
        unit,
        Kind.OFFICES_NAMED,
        {"offices": checked, "mission": mission, "debarkation": debarkation},
        _with_reason(free_text(reason, "reason")),
    )
    file.finish(unit)


def set_flags(unit: Unit, number: str, flags: Mapping[str, str], reason: str | None = None) -> None:
    """Answers flags; which tasks apply follows at once."""
    unit.by.must(Action.SET_FLAGS)
    file = _running(unit, number)
    must_be_of_shelter(unit, file)
    procedure = file.course.procedure
    checked = _checked_flags(procedure, flags)
    if not checked:
        raise Invalid("FIELD_MISSING", field="flags")
    changed = {code: value for code, value in checked.items() if file.course.flags.get(code) != value}
    clear, secret = split_flags(procedure, changed)
    words = free_text(reason, "reason")
    sealed = {"flags": secret} if secret else {}
    file.write(unit, Kind.FLAGS, {"flags": clear}, sealed | ({"reason": words} if words else {}))
    file.finish(unit)


def must_be_of_shelter(unit: Unit, file: CaseFile) -> None:
    """Social workers and heads see and work on cases housed with them only (PROCESS 1.2)."""
    by = unit.by
    if by.kind != "account" or by.has("koordinator", "pemeriksa", "penyetuju", "pimpinan", "auditor", "ppdp"):
        return
    if by.has("pekerja_sosial", "kepala_sentra"):
        places = {file.course.shelter, *(leg.hands_to for leg in file.course.legs)}
        if by.agency not in places:
            raise NotFound("NO_SUCH_CASE")
    elif by.has("pendamping") and not _escorts(unit, file):
        raise NotFound("NO_SUCH_CASE")


def _escorts(unit: Unit, file: CaseFile) -> bool:
    """Whether the actor is named escort of one of the legs: an escort acts on own journeys only."""
    return any(leg.escort_account == unit.by.id for leg in file.course.legs)


def set_hold(unit: Unit, number: str, kind: str, reason: str, review_on: str | None = None) -> str:
    """Places a hold: one person, a reason, active at once (4.5). Returns its id."""
    file = open_case_file(unit, number)
    must_be_of_shelter(unit, file)
    rule = file.course.procedure.holds.get(kind)
    if rule is None:
        raise Invalid("FIELD_INVALID", field="kind")
    mine = unit.by.roles if _escorts(unit, file) else tuple(role for role in unit.by.roles if role != "pendamping")
    role = next((role for role in mine if role in rule.set_by), None)
    if role is None:
        raise NotAllowed("ROLE_LACKS_ACTION", action="set_hold")
    if file.course.status not in MAY_BE_HELD:
        raise Conflict("STATE_FORBIDS", state=file.course.status.value)
    words = free_text(reason, "reason", needed=True)
    day = _checked_day(review_on, unit) if review_on else review_day(file.course, kind, unit.now)
    hold = hold_id(unit.random_bytes(16))
    file.write(unit, Kind.HOLD_SET, {"hold": hold, "kind": kind, "review_on": day, "by_role": role}, {"reason": words})
    if kind == "KESEDIAAN_DICABUT" and file.course.live_approvals:
        rows = [approval.row for approval in file.course.live_approvals]
        effect = file.course.procedure.effects["consent_withdrawn"]
        file.write(unit, Kind.APPROVAL_VOID, {"approvals": rows, "event": "consent_withdrawn", "effect": effect})
    file.finish(unit)
    return hold


def _checked_day(text: str, unit: Unit) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid("DATE_INVALID", field="review_on") from None
    if day < unit.now.astimezone(WIB).date():
        raise Invalid("DATE_IN_PAST", field="review_on")
    return day.isoformat()


def lift_hold(unit: Unit, number: str, hold: str, reason: str) -> None:
    """Lifts a hold with a reason, by the roles of 4.5; some need another person than the setter."""
    file = open_case_file(unit, number)
    facts = file.course.holds.get(hold)
    if facts is None:
        raise NotFound("NO_SUCH_HOLD")
    rule = file.course.procedure.holds[facts.kind]
    if not unit.by.has(*rule.lift_by):
        raise NotAllowed("ROLE_LACKS_ACTION", action="lift_hold")
    if not facts.active:
        raise Conflict("STATE_FORBIDS", state="lifted")
    if rule.lift_needs_other_person and is_one_of(unit, {facts.set_by}):
        raise NotAllowed("ROLE_LACKS_ACTION", action="lift_own_hold")
    words = free_text(reason, "reason", needed=True)
    file.write(unit, Kind.HOLD_LIFTED, {"hold": hold, "kind": facts.kind}, {"reason": words})
    file.finish(unit)


def name_receiver(
    unit: Unit, number: str, relation: str, name: str, phone: str | None = None, agency: str | None = None
) -> None:
    """Names who takes the person in; the newest word sets or clears `substitute` (4.2)."""
    unit.by.must(Action.NAME_RECEIVER)
    file = _running(unit, number)
    if relation not in RELATIONS:
        raise Invalid("FIELD_INVALID", field="relation")
    if agency is not None:
        _office_with(file.world.register, "lks", agency, "agency")
    sealed = {"name": clean_name(name, "name"), "phone": free_text(phone, "phone")}
    file.write(unit, Kind.RECEIVER_NAMED, {"relation": relation, "agency": agency}, sealed)
    file.finish(unit)


def set_destination(unit: Unit, number: str, region: str, reason: str) -> None:
    """Names or changes the destination; approvals fall and the new region is asked (E16)."""
    unit.by.must(Action.SET_DESTINATION)
    file = _running(unit, number)
    if file.course.has_departed:
        raise Conflict("STATE_FORBIDS", state=file.course.status.value)
    code = _checked_destination(region, "region")
    words = free_text(reason, "reason", needed=True)
    file.write(unit, Kind.DESTINATION_SET, {"region": code}, {"reason": words})
    file.finish(unit)


def plan_legs(unit: Unit, number: str, entries: Sequence[LegEntry]) -> str | None:
    """Plans the journey: the answer to `pulang.rencana_perjalanan`; again later it replaces every leg not yet departed.

    Returns the receipt of the answer, None for a change of plan or for remains (whose legs answer no task).
    """
    unit.by.must(Action.PLAN_LEGS)
    file = _running(unit, number)
    course = file.course
    task = course.find_task(PLAN)
    answers_task = task is not None and task.is_open and task.ask is not None
    if not course.is_remains and not answers_task and (task is None or not task.is_settled):
        raise Conflict("STATE_FORBIDS", task=PLAN)
    _check_legs(course, entries, file.world.register)
    kept = max((leg.n for leg in course.legs if leg.state is not LegState.PLANNED), default=0)
    clear, sealed = [], []
    for n, entry in enumerate(entries, start=kept + 1):
        escort = _escort_account(unit, entry.escort)
        clear.append(
            {
                "n": n,
                "kind": entry.kind,
                "departs_at": entry.departs_at.isoformat(),
                "arrives_at": entry.arrives_at.isoformat(),
                "hands_to": entry.hands_to,
                "escort_account": escort,
            }
        )
        words = {"n": n, "from": entry.origin, "to": entry.target, "carrier": entry.carrier, "escort": entry.escort}
        sealed.append(words)
    file.write(unit, Kind.LEGS_PLANNED, {"legs": clear}, {"legs": sealed})
    number_of_receipt = None
    if answers_task and task is not None:
        from store.answers import record_staff_answer

        number_of_receipt = record_staff_answer(unit, file, task, "SELESAI", "", None)
    file.finish(unit)
    return number_of_receipt


def _escort_account(unit: Unit, escort: str) -> str | None:
    from store.accounts import find_by_login

    account = find_by_login(unit, escort) if escort else None
    return account.id if account is not None and "pendamping" in account.roles else None


def _check_legs(course: Course, entries: Sequence[LegEntry], register: Register) -> None:
    def refuse(place: int) -> None:
        raise Invalid("LEGS_INVALID", field=f"legs.{place}")

    if not entries:
        raise Invalid("LEGS_INVALID", field="legs")
    before = max((leg.arrives_at for leg in course.legs if leg.state is not LegState.PLANNED), default=None)
    for place, entry in enumerate(entries):
        shelter = register.find(entry.hands_to)
        known = entry.hands_to in RANK or (shelter is not None and "kemensos_sentra" in shelter.functions)
        if not known or entry.kind not in LEG_KINDS or not entry.origin.strip() or not entry.target.strip():
            refuse(place)
        if entry.arrives_at <= entry.departs_at or (before is not None and entry.departs_at < before):
            refuse(place)
        before = entry.arrives_at
    if not any(entry.hands_to in RANK for entry in entries):
        raise Invalid("LEGS_INVALID", field="legs")


# --- the end, by a person


def close_case(unit: Unit, number: str, status: str, reason: str) -> str:
    """Moves a case as only a person can (2.4): taken back, closed, referred, broken off, lost, taken up again.

    A start made in error is taken back by the coordinator who made it. Raises Conflict("STATE_FORBIDS") otherwise.
    """
    unit.by.must(Action.CLOSE_CASE)
    file = open_case_file(unit, number)
    if status not in CaseStatus.__members__:
        raise Invalid("FIELD_INVALID", field="status")
    to, now_is = CaseStatus(status), file.course.status
    if now_is not in BY_COORDINATOR.get(to, frozenset()) or not may_go(now_is, to):
        raise Conflict("STATE_FORBIDS", state=now_is.value)
    if now_is is CaseStatus.HILANG_KONTAK and to is not CaseStatus.SELESAI and to is not file.course.before_lost:
        raise Conflict("STATE_FORBIDS", state=now_is.value)
    if to is CaseStatus.DIBATALKAN and file.opened_by != unit.by.ref:
        raise NotAllowed("ROLE_LACKS_ACTION", action="take_back_other")
    words = free_text(reason, "reason", needed=True)
    was_over = now_is in ENDED
    file.write(unit, Kind.CLOSED, {"status": to.value}, {"reason": words})
    if was_over:
        _must_be_only_open_case(unit, file)
        journal.next_generation(unit, file.subject)
    file.finish(unit)
    return file.course.status.value


def _must_be_only_open_case(unit: Unit, file: CaseFile) -> None:
    query = select(cases.c.number).where(cases.c.person_id == file.person_id, cases.c.is_open, cases.c.id != file.id)
    if unit.row(query) is not None:
        raise Conflict("STATE_FORBIDS", state="person_has_open_case")


def _with_reason(words: str) -> dict[str, str] | None:
    return {"reason": words} if words else None


def _running(unit: Unit, number: str) -> CaseFile:
    """The case, for an act that needs it to run. Raises Conflict("STATE_FORBIDS") when it has ended."""
    file = open_case_file(unit, number)
    if file.course.is_over:
        raise Conflict("STATE_FORBIDS", state=file.course.status.value)
    return file
