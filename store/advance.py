"""One transaction per wake: fold, do what is due until nothing is left, write how far we got and the next moment.

Called by the local activity of a workflow; never remembers anything. Run twice it does nothing the second time.
"""

from datetime import datetime

from domain.course import Course
from domain.journal import Outcome
from store import journal
from store.casefile import CaseFile, open_case_file_by_id
from store.desks import Composer, advance_desk, mail_moment
from store.unit import Unit


def advance(unit: Unit, subject: str, composer: Composer) -> Outcome:
    """Advances a case or a desk to the head of its journal. Raises NotFound for a subject that is neither."""
    if subject.startswith("desk-"):
        return advance_desk(unit, subject, composer)
    return advance_case(unit, subject.removeprefix("case-"))


def advance_case(unit: Unit, case_id: str) -> Outcome:
    """Opens asks, judges the gate, moves the status; wakes the desks it queued asks for."""
    file = open_case_file_by_id(unit, case_id)
    unit.without_journal("a case was advanced")
    known = set(file.course.asks)
    next_at = file.settle(unit)
    file.save_advanced(unit, next_at)
    _wake_desks(unit, file, known)
    course = file.course
    journal.set_advanced(
        unit,
        file.subject,
        applied=course.head,
        next_due_at=None if course.is_over else next_at,
        phase=course.status.value,
        over=course.is_over,
    )
    return Outcome(
        row=course.head,
        next_at=_iso(None if course.is_over else next_at),
        offset_s=unit.offset_s,
        phase=course.status.value,
        open_asks=_open(course),
        is_over=course.is_over,
        status=course.status.value,
    )


def _open(course: Course) -> int:
    return len(course.open_asks)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _wake_desks(unit: Unit, file: CaseFile, known: set[str]) -> None:
    """A desk looks when the earliest of its new asks may go; the relay tells it (decision 0003)."""
    earliest: dict[str, datetime] = {}
    for ask in file.course.open_asks:
        if ask.id in known:
            continue
        moment = mail_moment(unit, ask.agency, ask.opened_at, ask.rush) or unit.now
        earliest[ask.agency] = min(moment, earliest.get(ask.agency, moment))
    for agency in sorted(earliest):
        journal.wake_at(unit, f"desk-{agency}", earliest[agency])
