"""The facts that a mail's code opens: only the fields of the asked function (PROCESS 1.3), never restricted ones.

Needs are flags that tell no illness; of health only whether the person may travel. Times are aware UTC.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.course import YES
from domain.errors import NotFound
from domain.journal import Kind, Row
from domain.planning import function_of
from domain.procedure import Titles
from domain.tasks import AnswerClass, class_of
from store import accounts, journal, people
from store.casefile import CaseFile, open_case_file_by_id
from store.linkwork import LinkedAsk
from store.reads import record_view
from store.unit import Reading, Unit

NEEDS = ("with_infant", "language_need")
CLASSES: Mapping[str, str] = {
    "name": "identity",
    "birth_date": "identity",
    "sex": "identity",
    "nik": "identity",
    "document_number": "identity",
    "address": "origin",
    "family_contact": "origin",
    "receiver": "origin",
    "travel": "travel",
    "escort": "travel",
    "arrival_day": "travel",
    "needs": "health",
    "fitness": "health",
}
_OF_PERSON = frozenset({"name", "birth_date", "sex", "nik", "document_number", "address"})
_OPENED = (Kind.OPENED, Kind.FLAGS, Kind.RECEIVER_NAMED, Kind.LEGS_PLANNED)


@dataclass(frozen=True, slots=True)
class LegShown:
    """One stretch. origin, target: free text or the code of a region, shelter or debarkation point."""

    origin: str
    target: str
    departs_at: datetime
    arrives_at: datetime
    hands_to: str
    carrier: str = ""
    escort: str = ""


@dataclass(frozen=True, slots=True)
class OpenedFacts:
    """What one ask's office may see. fields: in the order of the procedure file; what was not among them is empty.

    receiver: (relation, name, phone). fitness: (task, answer code). arrival: the last leg, for the day alone.
    """

    fields: tuple[str, ...]
    person: Mapping[str, Any] = field(default_factory=dict)
    receiver: tuple[str, str, str] | None = None
    legs: tuple[LegShown, ...] = ()
    needs: tuple[Titles, ...] = ()
    fitness: tuple[str, str] | None = None
    arrival: LegShown | None = None


@dataclass(frozen=True)
class _Opened:
    file: CaseFile
    person: dict[str, Any]
    rows: list[Row]


def facts_of(reading: Reading, asks: Iterable[LinkedAsk]) -> dict[str, OpenedFacts]:
    """The facts for each ask, by ask id."""
    opened: dict[str, _Opened] = {}
    found = {}
    for ask in asks:
        if ask.case_id not in opened:
            opened[ask.case_id] = _open(reading, ask.case_id)
        found[ask.id] = _facts(reading, opened[ask.case_id], ask)
    return found


def record_views(unit: Unit, mail: str, asks: Iterable[LinkedAsk]) -> None:
    """One access row for each case: which classes of fields this link opened (I18)."""
    by_case: dict[str, set[str]] = {}
    files: dict[str, CaseFile] = {}
    for ask in asks:
        if ask.case_id not in files:
            files[ask.case_id] = open_case_file_by_id(unit, ask.case_id)
        shown = _fields(files[ask.case_id], ask)
        by_case.setdefault(ask.case_id, set()).update(CLASSES[name] for name in shown)
    for case_id, classes in by_case.items():
        record_view(unit, files[case_id], "link", tuple(sorted(classes)), mail=mail)


def _open(reading: Reading, case_id: str) -> _Opened:
    file = open_case_file_by_id(reading, case_id)
    rows = journal.rows_of(reading, file.subject, open_kinds=_OPENED)
    return _Opened(file, people.get_person(reading, file.person_id), rows)


def _fields(file: CaseFile, ask: LinkedAsk) -> tuple[str, ...]:
    """What the function asked may see; photographs come later."""
    course = file.course
    function = function_of(course, ask.rule, course.tasks.get((ask.rule.code, ask.n)))
    return tuple(name for name in course.procedure.kinds[function].fields if name in CLASSES)


def _facts(reading: Reading, opened: _Opened, ask: LinkedAsk) -> OpenedFacts:
    fields = _fields(opened.file, ask)
    legs = _legs(reading, opened) if {"travel", "escort", "arrival_day"} & set(fields) else ()
    no_escort = "escort" not in fields
    shown = tuple(_without_escort(leg) if no_escort else leg for leg in legs)
    return OpenedFacts(
        fields=fields,
        person={name: value for name, value in _person(opened.person).items() if name in fields},
        receiver=_receiver(opened) if {"receiver", "family_contact"} & set(fields) else None,
        legs=shown if {"travel", "escort"} & set(fields) else (),
        needs=_needs(opened.file) if "needs" in fields else (),
        fitness=_fitness(opened.file) if "fitness" in fields else None,
        arrival=_without_escort(legs[-1]) if legs and "arrival_day" in fields else None,
    )


def _person(details: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: details.get(name) for name in _OF_PERSON - {"document_number"}}
    return known | {
        "birth_date": (details.get("birth_date"), details.get("birth_date_quality")),
        "document_number": [(entry["kind"], entry["number"]) for entry in details.get("documents") or ()],
    }


def _without_escort(leg: LegShown) -> LegShown:
    return LegShown(leg.origin, leg.target, leg.departs_at, leg.arrives_at, leg.hands_to, leg.carrier)


def _receiver(opened: _Opened) -> tuple[str, str, str] | None:
    for row in reversed(opened.rows):
        if row.kind is Kind.RECEIVER_NAMED:
            return row.codes["relation"], str(row.sealed.get("name", "")), str(row.sealed.get("phone", ""))
    return None


def _legs(reading: Reading, opened: _Opened) -> tuple[LegShown, ...]:
    words: dict[tuple[int, int], dict[str, Any]] = {}
    for row in opened.rows:
        if row.kind is Kind.LEGS_PLANNED:
            words |= {(row.n, entry["n"]): entry for entry in row.sealed.get("legs", ())}
    found = []
    for leg in opened.file.course.legs:
        entry = words.get((leg.planned_in_row, leg.n), {})
        found.append(
            LegShown(
                str(entry.get("from", "")),
                str(entry.get("to", "")),
                leg.departs_at,
                leg.arrives_at,
                leg.hands_to,
                str(entry.get("carrier", "")),
                _escort(reading, leg.escort_account, str(entry.get("escort", ""))),
            )
        )
    return tuple(found)


def _escort(reading: Reading, account: str | None, typed: str) -> str:
    """The escort's name: of the account when one was meant, else as the coordinator wrote it."""
    if account is None:
        return typed
    try:
        return accounts.get_actor(reading, account).name
    except NotFound:
        return ""


def _needs(file: CaseFile) -> tuple[Titles, ...]:
    course = file.course
    restricted = course.procedure.restricted_flags
    return tuple(
        course.procedure.flags[code].titles
        for code in NEEDS
        if code in course.procedure.flags and code not in restricted and course.flags.get(code) == YES
    )


def _fitness(file: CaseFile) -> tuple[str, str] | None:
    """The newest passing word on whether the person may travel; restricted tasks are not read."""
    course = file.course
    known = [
        task
        for task in course.tasks.values()
        if task.answer and task.answered_at and not course.rule(task.code).restricted
        if course.rule(task.code).answers.code == "kesehatan"
        if class_of(course.rule(task.code), task.answer) is AnswerClass.PASSES
    ]
    newest = max(known, key=lambda task: task.answer_row, default=None)
    return (newest.code, newest.answer) if newest is not None and newest.answer else None
