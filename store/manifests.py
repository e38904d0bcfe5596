"""Sheets of people: taken in whole, told line by line, and decided line by line by a coordinator (J6, B01-B16).

Nothing is asked of anybody before a group is released. Every record keeps its cells as they were written. Times are
aware UTC application time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Row as DbRow
from sqlalchemy import func, insert, select, update

from domain.data import debarkations
from domain.errors import Conflict, Invalid, NotFound
from domain.ids import is_number
from domain.journal import Kind
from domain.people import PersonFacts, initials
from domain.roles import Action, Actor
from domain.sheets import mending
from domain.sheets.cells import as_text
from domain.sheets.columns import find_header
from domain.sheets.records import Judgement, Row, Sheet, Status
from store import agencies, house, journal, people
from store.access import must_have_function, open_running
from store.manifest_table import manifest_lines, manifests
from store.reads import record_reading
from store.tables_account import accounts
from store.tables_case import cases
from store.unit import Reading, Unit

MOST_TITLE: Final = 200
DECISIONS: Final = ("accept", "refuse", "merge")
_m, _l = manifests.c, manifest_lines.c


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """What is said of a sheet when it is handed in. file: its name there."""

    title: str
    arrival: date
    shelter: str
    mission: str | None = None
    debarkation: str | None = None
    urgent: bool = False
    file: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One record as it stands. cells: as written, by our names of the columns, and under "" what stood in no column.

    matches: [{number, why, strength}] of cases it may be. case: the one it was joined to. who: name, initials where
    names are masked (then `row.values` and `cells` are empty).
    """

    row: Row
    cells: Mapping[str, str]
    who: str
    matches: Sequence[Mapping[str, str]] = ()
    decision: str | None = None
    case: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether a person has to decide it still."""
        return self.row.status is Status.WARNED


@dataclass(frozen=True, slots=True)
class Manifest:
    """One sheet. counts: records by status, which add up to all of them. title "" where names are masked."""

    id: str
    title: str
    file: str
    at: datetime
    by: str
    arrival: date
    shelter: str
    mission: str | None
    debarkation: str | None
    urgent: bool
    file_codes: Sequence[str]
    counts: Mapping[Status, int]
    lines: Sequence[Line] = ()

    @property
    def state(self) -> str:
        """ "open" while a line waits for a decision, then "ready"."""
        return _state(self.counts)

    @property
    def records(self) -> int:
        """How many records the sheet has, people or not."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Decision:
    """What a coordinator says of one line. values: in the place of what was read, by column. case: to be joined to."""

    decision: str
    values: Mapping[str, str | None]
    case: str | None = None


# --- taking in


def take_sheet(unit: Unit, order: SheetOrder, content: str, sheet: Sheet, judgement: Judgement) -> tuple[str, bool]:
    """Takes in a judged sheet, all of it at once. content: SHA-256 of its bytes, hex.

    Returns its id and whether it is new: the same bytes again are the first import (B16). Raises
    NotAllowed("ROLE_LACKS_ACTION") and Invalid naming the field.
    """
    unit.by.must(Action.MANIFEST)
    _check_order(unit, order)
    digest = unit.vault.blind("manifest", content)
    house.take_turn(unit, "manifests")  # the same sheet twice at once: the second sees the first
    known = unit.scalar(select(_m.id).where(_m.digest == digest))
    if known is not None:
        unit.without_journal("the sheet is known")
        return str(known), False
    manifest_id = unit.new_id()
    rows, matches = _with_known(unit, judgement.rows)
    columns = dict(find_header(sheet.records).columns)
    details = {"title": order.title.strip(), "file": order.file[:MOST_TITLE]}
    told = {
        "arrival": order.arrival.isoformat(),
        "shelter": order.shelter,
        "mission": order.mission,
        "debarkation": order.debarkation,
        "urgent": order.urgent,
        "file_codes": list(judgement.file_codes),
    }
    unit.execute(
        insert(manifests),
        {
            "id": manifest_id,
            "digest": digest,
            "at": unit.now,
            "account": unit.by.id,
            "columns": columns,
            "details": unit.vault.seal_json("manifests", "details", manifest_id, details),
            **told,
        },
    )
    cells = {record.line: list(map(as_text, record.cells)) for record in sheet.records}
    unit.execute(
        insert(manifest_lines),
        [_stored(unit, manifest_id, row, cells[row.line], matches.get(row.line, [])) for row in rows],
    )
    counts = {status.value: sum(row.status is status for row in rows) for status in Status}
    journal.ensure_subject(unit, f"manifest-{manifest_id}", "manifest")
    unit.append(f"manifest-{manifest_id}", Kind.MANIFEST_READ, {**told, "counts": counts}, details)
    return manifest_id, True


def _check_order(unit: Unit, order: SheetOrder) -> None:
    if not order.title.strip():
        raise Invalid("FIELD_MISSING", field="title")
    if len(order.title) > MOST_TITLE:
        raise Invalid("FIELD_LENGTH", field="title")
    register = agencies.register(unit)
    must_have_function(register, "kemensos_sentra", order.shelter, "shelter")
    if order.mission is not None:
        must_have_function(register, "perwakilan_ri", order.mission, "mission")
    if order.debarkation is not None and order.debarkation not in debarkations():
        raise Invalid("FIELD_INVALID", field="debarkation")


def _stored(unit: Unit, manifest_id: str, row: Row, cells: list[str], matches: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "manifest_id": manifest_id,
        "line": row.line,
        "line_end": row.line_end,
        "status": row.status.value,
        "codes": list(row.codes),
        "notes": list(row.notes),
        "matches": matches,
        "content": _sealed(unit, manifest_id, row, cells),
    }


def _sealed(unit: Unit, manifest_id: str, row: Row, cells: list[str]) -> bytes:
    content = {
        "cells": cells,
        "no": row.no,
        "values": dict(row.values),
        "offers": dict(row.offers),
        "candidates": list(row.candidates),
        "duplicate_of_line": row.duplicate_of_line,
        "similar_to_line": row.similar_to_line,
    }
    return unit.vault.seal_json("manifest_lines", "content", f"{manifest_id}/{row.line}", content)


def _with_known(reading: Reading, rows: Iterable[Row]) -> tuple[list[Row], dict[int, list[dict[str, str]]]]:
    """The rows, those that may be somebody known marked as doubtful, and by line whom they may be."""
    judged = list(rows)
    taken = [row for row in judged if row.status in (Status.ACCEPTED, Status.WARNED) and row.values.get("nama")]
    found = people.find_similar_to_each(reading, [_facts(row) for row in taken])
    numbers = sorted({number for similar in found for one in similar for number in one.case_numbers})
    running = _running(reading, numbers)
    matches: dict[int, list[dict[str, str]]] = {}
    marked: dict[int, Row] = {}
    for row, similar in zip(taken, found, strict=True):
        told = [
            {"number": number, "why": match.why, "strength": match.strength}
            for one in similar for number in one.case_numbers for match in one.matches
            if match.strength == "strong" or (match.why == "name_birth" and number in running)
        ]  # fmt: skip
        if told:
            matches[row.line] = told
            is_running = any(each["number"] in running for each in told)
            marked[row.line] = mending.with_known(
                row, mending.DUPLICATE_OPEN if is_running else mending.DUPLICATE_KNOWN
            )
    return [marked.get(row.line, row) for row in judged], matches


def _running(reading: Reading, numbers: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(numbers), 500):
        wanted = select(cases.c.number).where(cases.c.number.in_(numbers[start : start + 500]), cases.c.is_open)
        found |= {row.number for row in reading.rows(wanted)}
    return found


def _facts(row: Row) -> PersonFacts:
    values = row.values
    born, document = values.get("tanggal_lahir"), values.get("no_paspor_splp")
    return PersonFacts(
        name=values["nama"] or "",
        sex=values.get("jenis_kelamin") or "",
        birth_date=date.fromisoformat(born) if born else None,
        nik=values.get("nik"),
        documents=(document,) if document else (),
        home=values.get(mending.REGENCY),
    )


# --- looking


def view_manifest(unit: Unit, manifest_id: str, what: str) -> Manifest:
    """The sheet with all its lines, for a reader who may see it; leaves the access row. what: "page", "api" or "file".

    Raises NotAllowed("ROLE_LACKS_ACTION") and NotFound("NOT_FOUND"). An auditor sees initials and codes only.
    """
    unit.by.must(Action.READ_MANIFEST)
    found = _open(unit, manifest_id)
    masked = unit.by.sees_masked
    record_reading(unit, manifest_id, what, () if masked else ("sheet",))
    return replace(
        _manifest(unit, found, masked, _counts(unit, [manifest_id])),
        lines=tuple(_line(unit, found, row, masked) for row in _lines(unit, manifest_id)),
    )


def get_line(reading: Reading, manifest_id: str, line: int) -> Line:
    """One line for whoever is about to decide it. Raises NotFound("NOT_FOUND")."""
    return _line(reading, _open(reading, manifest_id), _found_line(reading, manifest_id, line))


def _found_line(reading: Reading, manifest_id: str, line: int) -> DbRow[Any]:
    statement = select(manifest_lines).where(_l.manifest_id == manifest_id, _l.line == line)
    found: DbRow[Any] | None = reading.row(statement)
    if found is None:
        raise NotFound("NOT_FOUND")
    return found


def list_manifests(reading: Reading, by: Actor, limit: int = 50) -> list[Manifest]:
    """The newest sheets without their lines. Raises NotAllowed("ROLE_LACKS_ACTION")."""
    by.must(Action.READ_MANIFEST)
    found = reading.rows(_with_account().order_by(_m.at.desc(), _m.id).limit(limit))
    counts = _counts(reading, [row.id for row in found])
    return [_manifest(reading, row, by.sees_masked, counts) for row in found]


def state_of(reading: Reading, manifest_id: str) -> str:
    """State of a sheet, as `Manifest.state`."""
    return _state(_counts(reading, [manifest_id])[manifest_id])


def _state(counts: Mapping[Status, int]) -> str:
    return "open" if counts[Status.WARNED] else "ready"


def _with_account() -> Any:
    joined = manifests.outerjoin(accounts, accounts.c.id == _m.account)
    return select(manifests, accounts.c.name.label("by_name")).select_from(joined)


def _open(reading: Reading, manifest_id: str) -> DbRow[Any]:
    found: DbRow[Any] | None = reading.row(_with_account().where(_m.id == manifest_id))
    if found is None:
        raise NotFound("NOT_FOUND")
    return found


def _counts(reading: Reading, ids: Sequence[str]) -> dict[str, dict[Status, int]]:
    statement = select(_l.manifest_id, _l.status, func.count().label("number")).where(_l.manifest_id.in_(ids))
    counts: dict[str, dict[Status, int]] = {each: dict.fromkeys(Status, 0) for each in ids}
    for row in reading.rows(statement.group_by(_l.manifest_id, _l.status)):
        counts[row.manifest_id][Status(row.status)] = row.number
    return counts


def _lines(reading: Reading, manifest_id: str) -> Sequence[DbRow[Any]]:
    rows: Sequence[DbRow[Any]] = reading.rows(
        select(manifest_lines).where(_l.manifest_id == manifest_id).order_by(_l.line)
    )
    return rows


def _manifest(
    reading: Reading, found: DbRow[Any], masked: bool, counts: Mapping[str, Mapping[Status, int]]
) -> Manifest:
    details: dict[str, str] = (
        {"title": "", "file": ""}
        if masked
        else reading.vault.open_json("manifests", "details", found.id, found.details)
    )
    return Manifest(
        id=found.id,
        title=details["title"],
        file=details["file"],
        at=found.at,
        by=found.by_name or "",
        arrival=date.fromisoformat(found.arrival),
        shelter=found.shelter,
        mission=found.mission,
        debarkation=found.debarkation,
        urgent=found.urgent,
        file_codes=tuple(found.file_codes),
        counts=counts[found.id],
    )


def _content(reading: Reading, found: DbRow[Any]) -> dict[str, Any]:
    content: dict[str, Any] = reading.vault.open_json(
        "manifest_lines", "content", f"{found.manifest_id}/{found.line}", found.content
    )
    return content


def _row(found: DbRow[Any], content: Mapping[str, Any]) -> Row:
    return Row(
        line=found.line,
        line_end=found.line_end,
        status=Status(found.status),
        codes=tuple(found.codes),
        notes=tuple(found.notes),
        no=content["no"],
        values=content["values"],
        offers=content["offers"],
        candidates=tuple(content["candidates"]),
        duplicate_of_line=content["duplicate_of_line"],
        similar_to_line=content["similar_to_line"],
    )


def _line(reading: Reading, manifest: DbRow[Any], found: DbRow[Any], masked: bool = False) -> Line:
    content = _content(reading, found)
    row = _row(found, content)
    written: list[str] = content["cells"]
    at = {position: column for column, position in manifest.columns.items()}
    cells = {at[position]: text for position, text in enumerate(written) if position in at}
    rest = " | ".join(text for position, text in enumerate(written) if position not in at and text.strip())
    who = row.values.get("nama") or cells.get("nama", "").strip() if row.status is not Status.SKIPPED else ""
    if masked:
        row, cells, rest = replace(row, values={}, offers={}, no=None), {}, ""
        who = initials(who)
    return Line(
        row=row,
        cells={**cells, **({"": rest} if rest else {})},
        who=who,
        matches=found.matches,
        decision=found.decision,
        case=found.case_number,
    )


# --- deciding


def decide_row(unit: Unit, manifest_id: str, line: int, decision: Decision) -> Line:
    """Takes, refuses or joins one line, and returns it as it then stands.

    A line taken with mended values is judged again; what is doubtful in these is asked before it is taken (the line
    comes back with status warned). Raises NotAllowed("ROLE_LACKS_ACTION"), NotFound("NOT_FOUND", "NO_SUCH_CASE"),
    Conflict("STATE_FORBIDS") for a line without a person or a case that has ended, and Invalid: ROW_REFUSED (`codes`),
    FIELD_UNKNOWN, FIELD_MISSING, FIELD_INVALID, FIELD_LENGTH, CELL_CONTROL_CHAR.
    """
    unit.by.must(Action.MANIFEST)
    journal.lock_subject(unit, f"manifest-{manifest_id}")
    manifest = _open(unit, manifest_id)
    found = _found_line(unit, manifest_id, line)
    content = _content(unit, found)
    before = _row(found, content)
    if before.status is Status.SKIPPED:
        raise Conflict("STATE_FORBIDS", state=before.status.value)
    mended = mending.checked_values(decision.values)
    matches, joined = found.matches, None
    if decision.decision not in DECISIONS:
        raise Invalid("FIELD_INVALID", field="decision")
    if decision.decision == "accept":
        after, matches = _accepted(unit, manifest, before, mended, matches)
    elif decision.decision == "refuse":
        after = replace(before, status=Status.REFUSED)
    else:
        joined = _joined(unit, decision.case)
        after = replace(before, status=Status.ACCEPTED)
    changed = {
        "status": after.status.value,
        "codes": list(after.codes),
        "notes": list(after.notes),
        "matches": matches,
        "content": _sealed(unit, manifest_id, after, content["cells"]),
        "decision": None if after.status is Status.WARNED else decision.decision,
        "case_number": joined,
        "decided_by": unit.by.ref,
        "decided_at": unit.now,
    }
    unit.execute(update(manifest_lines).where(_l.manifest_id == manifest_id, _l.line == line).values(**changed))
    told = {
        "line": line,
        "decision": decision.decision,
        "case": joined,
        "status": after.status.value,
        "codes": list(after.codes),
        "mended": sorted(mended),
    }
    unit.append(f"manifest-{manifest_id}", Kind.ROW_DECIDED, told, {"values": mended} if mended else None)
    return _line(unit, manifest, _found_line(unit, manifest_id, line))


def _joined(unit: Unit, number: str | None) -> str:
    """The running case that a line is joined to."""
    if not number:
        raise Invalid("FIELD_MISSING", field="case")
    if not is_number(number):
        raise NotFound("NO_SUCH_CASE")
    return open_running(unit, number).number


def _accepted(
    unit: Unit, manifest: DbRow[Any], before: Row, mended: Mapping[str, str], matches: list[dict[str, str]]
) -> tuple[Row, list[dict[str, str]]]:
    """The line as taken, or as doubtful still. Raises Invalid("ROW_REFUSED")."""
    if before.status is not Status.REFUSED and not mended:
        return replace(before, status=Status.ACCEPTED), matches
    arrival = date.fromisoformat(manifest.arrival)
    after = mending.mend(before, mended, arrival, demonstration=unit.config.demo)
    if after.status not in (Status.ACCEPTED, Status.WARNED):
        raise Invalid("ROW_REFUSED", codes=list(after.codes))
    (known,), found = _with_known(unit, [after])
    others = [_row(row, _content(unit, row)) for row in _lines(unit, manifest.id)]
    alike, other = mending.likeness(after, [row for row in others if row.status in (Status.ACCEPTED, Status.WARNED)])
    left = mending.still_open(before, known, mended, alike)
    taken = replace(
        known,
        no=before.no,
        status=Status.WARNED if left else Status.ACCEPTED,
        codes=left or before.codes,
        candidates=after.candidates or before.candidates,
        duplicate_of_line=other if "DUPLICATE_IN_FILE" in alike else None,
        similar_to_line=other if other is not None and "DUPLICATE_IN_FILE" not in alike else None,
    )
    return taken, found.get(after.line, matches)
