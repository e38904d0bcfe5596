"""Who looked at whose data: one access row for each view, on a chain of its own beside the case's (I18)."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from domain.journal import Kind, canonical
from store import journal
from store.casefile import CaseFile
from store.unit import Reading, Unit

QUIET = timedelta(seconds=60)  # the same reader of the same state within a minute is one view


def record_view(
    unit: Unit, file: CaseFile, what: str, fields: tuple[str, ...], *, mail: str | None = None, why: str = ""
) -> None:
    """Adds an access row: who, which case, which classes of fields, on which snapshot of the gate."""
    codes: dict[str, Any] = {"what": what, "fields": sorted(fields), "snapshot": file.course.snapshot}
    if mail:
        codes["mail"] = mail
    if why:
        codes["why"] = why
    _record(unit, file.id, codes)


def record_reading(unit: Unit, manifest_id: str, what: str, fields: tuple[str, ...]) -> None:
    """Adds an access row for a sheet of people: who, and which classes of fields."""
    _record(unit, manifest_id, {"what": what, "fields": sorted(fields)})


def _record(unit: Unit, read: str, codes: dict[str, Any]) -> None:
    subject = f"reads-{read}"
    journal.ensure_subject(unit, subject, "reads")
    if _is_repeat(unit, subject, codes):
        unit.without_journal("the same view a moment ago")
        return
    unit.append(subject, Kind.VIEWED, codes)


def _is_repeat(unit: Unit, subject: str, codes: dict[str, Any]) -> bool:
    table = journal.journal
    found = unit.row(
        select(table.c.n)
        .where(
            table.c.subject == subject,
            table.c.actor == unit.by.ref,
            table.c.codes == canonical(codes),
            table.c.learned_at > unit.now - QUIET,
        )
        .limit(1)
    )
    return found is not None


def has_seen(reading: Reading, case_id: str, account: str, snapshot: str) -> bool:
    """Whether this account opened the case's items since this snapshot was frozen."""
    table = journal.journal
    rows = reading.rows(
        select(table.c.codes).where(table.c.subject == f"reads-{case_id}", table.c.actor == account).order_by(table.c.n)
    )
    return any(f'"snapshot":"{snapshot}"' in row.codes for row in rows)
