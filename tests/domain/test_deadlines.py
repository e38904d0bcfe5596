from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import data
from domain.calendar import WorkingTime
from domain.deadlines import (
    Anchor,
    Limit,
    day_moment,
    due_at,
    extension_limit,
    months_after,
    parse_anchor,
    parse_limit,
    resolve,
    valid_until,
)
from domain.errors import Invalid
from tests.domain.moments import WIB, WIT, WITA, a_holiday, an_office, at, day
from tests.domain.test_calendar import moments, offices

UNITS = ["wd", "wh", "wm", "ch", "cm", "cd"]


@pytest.mark.parametrize("text", ["2wd", "8wh", "30wm", "4ch", "1cm", "14cd"])
def test_a_limit_reads_and_writes_the_same(text: str) -> None:
    assert str(parse_limit(text)) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [("0wd", "LIMIT_TOO_SHORT"), ("00ch", "LIMIT_TOO_SHORT"), ("-1wd", "LIMIT_INVALID"), ("2", "LIMIT_INVALID")]
    + [(text, "LIMIT_INVALID") for text in ("", "wd", "2 wd", "2days", "1.5wd", "2wdx", "٢wd", "2wd\n")],
)
def test_a_limit_below_one_or_of_another_spelling_is_refused(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_limit(text)
    assert refused.value.code == code


def test_an_ask_sent_after_closing_before_a_holiday_weekend_starts_counting_on_tuesday() -> None:
    due = due_at(parse_limit("2wd"), at("2026-08-14 16:30", WIT), an_office(zone=WIT))
    assert due == at("2026-08-20 16:00", WIT)


@pytest.mark.proves("E28")
def test_an_ask_on_friday_afternoon_is_due_on_monday_or_tuesday_when_monday_is_joint_leave() -> None:
    asked, limit = at("2026-11-06 15:50", WIT), parse_limit("1wd")
    leave = data.holidays().changed([a_holiday("2026-11-09", kind="cuti_bersama")])
    assert due_at(limit, asked, an_office(zone=WIT)) == at("2026-11-09 16:00", WIT)
    assert due_at(limit, asked, an_office(zone=WIT, holidays=leave)) == at("2026-11-10 16:00", WIT)


@pytest.mark.parametrize("local", ["2026-11-09 05:00", "2026-11-09 09:00", "2026-11-09 12:30", "2026-11-09 15:59"])
def test_the_day_on_which_an_ask_arrives_does_not_count_whatever_the_hour(local: str) -> None:
    assert due_at(parse_limit("1wd"), at(local), an_office()) == at("2026-11-10 16:00")


def test_a_limit_that_ends_on_friday_ends_when_friday_closes() -> None:
    assert due_at(parse_limit("1wd"), at("2026-11-05 09:00"), an_office()) == at("2026-11-06 16:30")


def test_limits_count_in_the_zone_of_the_office() -> None:
    asked = at("2026-11-09 15:30", WIB)  # 17.30 in Jayapura, closed
    assert due_at(parse_limit("1wd"), asked, an_office(zone=WIT)) == at("2026-11-11 16:00", WIT)
    assert due_at(parse_limit("1wd"), asked, an_office(zone=WIB)) == at("2026-11-10 16:00", WIB)


@pytest.mark.parametrize(
    ("limit", "local", "due"),
    [
        ("8wh", "2026-11-09 09:00", "2026-11-10 09:30"),
        ("4wh", "2026-11-06 16:30", "2026-11-09 11:30"),
        ("30wm", "2026-11-09 05:00", "2026-11-09 08:00"),
        ("4ch", "2026-11-07 22:00", "2026-11-08 02:00"),
        ("1cm", "2026-11-07 22:00", "2026-11-07 22:01"),
        ("14cd", "2026-11-07 22:00", "2026-11-21 23:59"),
    ],
)
def test_each_unit_counts_as_the_process_says(limit: str, local: str, due: str) -> None:
    assert due_at(parse_limit(limit), at(local), an_office()) == at(due)


def test_a_working_day_of_a_shelter_ends_at_midnight_and_sunday_counts() -> None:
    due = due_at(parse_limit("1wd"), at("2026-11-07 22:00"), an_office("LAYANAN_24"))
    assert due == at("2026-11-09 00:00")


@pytest.mark.parametrize(
    ("limit", "due", "latest"),
    [
        ("1wd", "2026-11-05 16:00", "2026-11-06 16:30"),
        ("1wd", "2026-11-06 16:30", "2026-11-09 16:00"),
        ("2wd", "2026-11-06 16:30", "2026-11-10 16:00"),
        ("8wh", "2026-11-09 16:00", "2026-11-11 08:00"),
        ("4ch", "2026-11-09 16:00", "2026-11-09 20:00"),
        ("14cd", "2026-11-09 23:59", "2026-11-23 23:59"),
    ],
)
def test_more_time_is_at_most_one_more_full_limit_after_the_present_due_moment(
    limit: str, due: str, latest: str
) -> None:
    assert extension_limit(parse_limit(limit), at(due), an_office()) == at(latest)


def test_one_more_working_day_of_a_shelter_is_one_day_and_not_two() -> None:
    shelter = an_office("LAYANAN_24")
    assert extension_limit(parse_limit("1wd"), at("2026-11-09 00:00"), shelter) == at("2026-11-10 00:00")


@settings(deadline=None, max_examples=150)
@given(
    office=offices, moment=moments, amount=st.integers(1, 20), unit=st.sampled_from(UNITS), later=st.integers(0, 9000)
)
def test_an_ask_is_due_after_it_was_sent_and_a_later_ask_never_earlier(
    office: WorkingTime, moment: datetime, amount: int, unit: str, later: int
) -> None:
    limit = Limit(amount, unit)
    due = due_at(limit, moment, office)
    assert due > moment
    assert due_at(Limit(amount + 1, unit), moment, office) > due
    assert due_at(limit, moment + timedelta(minutes=later), office) >= due
    assert extension_limit(limit, due, office) > due


@settings(deadline=None, max_examples=150)
@given(office=offices, moment=moments, amount=st.integers(1, 15))
def test_a_limit_in_working_days_ends_at_closing_time_of_a_working_day(
    office: WorkingTime, moment: datetime, amount: int
) -> None:
    due = due_at(Limit(amount, "wd"), moment, office)
    last = office.local_day(due - timedelta(seconds=1))
    assert due == office.closing_time_on(last)
    arrived = office.local_day(office.next_open(moment))
    between = [arrived + timedelta(days=n) for n in range(1, (last - arrived).days + 1)]
    assert sum(map(office.is_working_day, between)) == amount


def test_anchors_name_a_planned_moment_and_an_offset() -> None:
    assert parse_anchor("leg.departs_at-12ch") == Anchor("leg.departs_at", Limit(12, "ch"), -1)
    assert parse_anchor("visit.due_on+1wd") == Anchor("visit.due_on", Limit(1, "wd"), 1)
    assert parse_anchor("last_leg.arrives_at") == Anchor("last_leg.arrives_at")


@pytest.mark.parametrize("text", ["", "leg", "leg.departs_at-", "leg.departs_at-12", "leg.departs_at 12ch", "a.b-1xx"])
def test_an_anchor_of_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_anchor(text)


@pytest.mark.parametrize(
    ("anchor", "base", "moment"),
    [
        ("leg.departs_at", "2026-11-09 06:00", "2026-11-09 06:00"),
        ("leg.departs_at-12ch", "2026-11-09 06:00", "2026-11-08 18:00"),
        ("first_leg.departs_at-5cd", "2026-11-09 06:00", "2026-11-04 06:00"),
        ("visit.due_on-14cd", "2026-11-23 07:30", "2026-11-09 07:30"),
        ("leg.departs_at-1wd", "2026-11-09 06:00", "2026-11-06 06:00"),
        ("leg.departs_at+2wd", "2026-11-06 06:00", "2026-11-10 06:00"),
        ("leg.departs_at+4wh", "2026-11-06 16:30", "2026-11-09 11:30"),
    ],
)
def test_an_anchor_is_counted_from_the_planned_moment(anchor: str, base: str, moment: str) -> None:
    assert resolve(parse_anchor(anchor), at(base), an_office()) == at(moment)


def test_working_hours_cannot_be_counted_backwards() -> None:
    with pytest.raises(Invalid, match="ANCHOR_INVALID"):
        resolve(parse_anchor("leg.departs_at-4wh"), at("2026-11-09 06:00"), an_office())


def test_an_answer_counts_through_the_last_day_in_the_owners_zone() -> None:
    answered = at("2026-11-09 23:30", WIT)  # still the 9th in Jakarta
    assert valid_until(7, answered, WIT) == at("2026-11-16 23:59:59", WIT)
    assert valid_until(7, at("2026-11-10 00:30", WIT), WIB) == at("2026-11-16 23:59:59", WIB)
    with pytest.raises(Invalid, match="LIMIT_TOO_SHORT"):
        valid_until(0, answered, WIT)


@pytest.mark.parametrize(
    ("handed_over", "months", "visit"),
    [
        ("2026-11-09 10:00", 1, "2026-12-09"),
        ("2026-08-31 10:00", 6, "2027-03-01"),  # 28 February is a Sunday
        ("2026-10-17 10:00", 1, "2026-11-17"),
        ("2026-11-25 10:00", 1, "2026-12-28"),  # Christmas, then a weekend
        ("2026-12-10 10:00", 12, "2027-12-10"),
        ("2026-11-30 10:00", 1, "2026-12-30"),
    ],
)
def test_a_visit_falls_on_the_same_day_of_a_later_month_or_the_next_working_day(
    handed_over: str, months: int, visit: str
) -> None:
    assert months_after(at(handed_over, WITA), months, an_office(zone=WITA)) == day(visit)


def test_a_visits_day_begins_when_the_office_opens() -> None:
    assert day_moment(day("2026-11-09"), an_office(zone=WITA)) == at("2026-11-09 07:30", WITA)
    assert day_moment(day("2026-11-07"), an_office(zone=WITA)) == at("2026-11-09 07:30", WITA)
