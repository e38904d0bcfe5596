"""Who may act on which case: of the shelter, one of those who acted before, an office of the right kind."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, false, or_, select, true

from domain.agencies import Register
from domain.course import DEPARTURE, TaskFacts
from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.planning import function_of, office_of
from domain.roles import Actor
from store.casefile import CaseFile, open_case_file
from store.tables_account import accounts
from store.tables_case import asks, cases, legs
from store.unit import Unit

_OF_OWN_CASES = ("pekerja_sosial", "kepala_sentra", "pendamping")


def must_be_of_shelter(unit: Unit, file: CaseFile) -> None:
    """Social workers and heads work on cases housed with them, escorts on own journeys (PROCESS 1.2).

    Raises NotFound("NO_SUCH_CASE"): who may not see a case does not learn that it is there.
    """
    by = unit.by
    if by.kind != "account" or by.sees_all_cases or not by.has(*_OF_OWN_CASES):
        return
    places = {file.course.shelter, *(leg.hands_to for leg in file.course.legs)}
    if by.has("pekerja_sosial", "kepala_sentra") and by.agency in places:
        return
    if not (by.has("pendamping") and is_escort(unit, file)):
        raise NotFound("NO_SUCH_CASE")


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """The same rule for lists: which rows of `cases` this account sees."""
    if actor.sees_all_cases:
        return true()
    mine: list[ColumnElement[bool]] = [false()]
    if actor.has("pekerja_sosial", "kepala_sentra") and actor.agency:
        stays = select(legs.c.case_id).where(legs.c.hands_to == actor.agency)
        mine += [cases.c.shelter == actor.agency, cases.c.id.in_(stays)]
    if actor.has("pendamping"):
        mine.append(cases.c.id.in_(select(legs.c.case_id).where(legs.c.escort_account == actor.id)))
    return or_(*mine)


def asks_told_to(actor: Actor) -> ColumnElement[bool]:
    """Which rows of `asks` this account sees among those of its cases: an escort those of the departure only."""
    return asks.c.task == DEPARTURE if actor.sees_short_card else true()


def is_escort(unit: Unit, file: CaseFile) -> bool:
    """Whether the actor is named escort of one of the legs: an escort acts on own journeys only."""
    return any(leg.escort_account == unit.by.id for leg in file.course.legs)


def is_one_of(unit: Unit, refs: Collection[str]) -> bool:
    """Whether the actor is one of *refs*. One person may have two accounts: the staff number says who it is (T13)."""
    if unit.by.ref in refs:
        return True
    ids = [ref.removeprefix("account:") for ref in refs if ref.startswith("account:")]
    found = unit.rows(select(accounts.c.staff_number).where(accounts.c.id.in_(ids))) if ids else ()
    return unit.by.staff_number in {row.staff_number for row in found if row.staff_number}


def must_answer_own(unit: Unit, file: CaseFile, task: TaskFacts) -> None:
    """`kemensos_dit` by koordinator; `kemensos_sentra` by that centre's staff; a signed task by its signer only."""
    rule = file.course.rule(task.code)
    function = function_of(file.course, rule, task)
    if not file.course.procedure.kinds[function].is_staff:
        raise NotAllowed("ROLE_LACKS_ACTION", action="answer", task=task.code)
    if function == "kemensos_dit":
        allowed = unit.by.has("koordinator")
    elif task.code == DEPARTURE and unit.by.has("pendamping"):
        leg = file.course.leg(task.n)
        allowed = leg is not None and leg.escort_account == unit.by.id
    else:
        office = (
            file.world.register.find(task.agency) if task.agency else office_of(file.course, rule, task.n, file.world)
        )
        allowed = (
            unit.by.has("pekerja_sosial", "kepala_sentra") and office is not None and unit.by.agency == office.code
        )
    if rule.signer:
        allowed = allowed and unit.by.has(rule.signer)
    if not allowed:
        raise NotAllowed("ROLE_LACKS_ACTION", action="answer", task=task.code)


def must_have_function(register: Register, function: str, code: str, field_name: str) -> None:
    """Raises Invalid("NO_OFFICE") when the register has no office *code* with that function."""
    office = register.find(code)
    if office is None or function not in office.functions:
        raise Invalid("NO_OFFICE", field=field_name)


def open_running(unit: Unit, number: str) -> CaseFile:
    """The case, for an act that needs it to run.

    Raises NotFound("NO_SUCH_CASE"), also for one of another shelter, and Conflict("STATE_FORBIDS") when it has ended.
    """
    file = open_case_file(unit, number)
    must_be_of_shelter(unit, file)
    if file.course.is_over:
        raise Conflict("STATE_FORBIDS", state=file.course.status.value)
    return file
