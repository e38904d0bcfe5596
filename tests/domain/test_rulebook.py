"""What the rules know of an office's own time."""

from datetime import date

from domain.agencies import expand_seed
from domain.calendar import HolidayRow
from domain.rulebook import Rulebook, default_rulebook


def test_a_day_off_of_one_office_is_its_own_and_no_neighbours() -> None:
    given = default_rulebook()
    offices = [each for each in expand_seed() if each.calendar == "ASN"]
    closed, neighbour = offices[0], next(each for each in offices[1:] if each.zone == offices[0].zone)
    monday = date(2026, 11, 9)
    days = given.calendar_days.changed([HolidayRow(monday, "add", scope=closed.code)])
    current = (given.current.code, given.current.version)
    rules = Rulebook(given.all_procedures(), current, days)

    assert given.working(closed).is_working_day(monday)
    assert not rules.working(closed).is_working_day(monday)
    assert rules.working(neighbour).is_working_day(monday)
