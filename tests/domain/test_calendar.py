from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import data
from domain.calendar import PROFILES, HolidayRow, Holidays, WorkingTime
from domain.errors import Invalid
from tests.domain.moments import WIB, WIT, WITA, a_holiday, an_office, at, day

FRIDAY, SATURDAY, MONDAY = day("2026-11-06"), day("2026-11-07"), day("2026-11-09")


def hours(office: WorkingTime, text: str) -> list[str]:
    return [
        f"{start.astimezone(office.zone):%H.%M}-{end.astimezone(office.zone):%H.%M}"
        for start, end in office.intervals_on(day(text))
    ]


def test_office_hours_follow_the_regulation_with_a_longer_friday_break() -> None:
    office = an_office()
    assert hours(office, "2026-11-09") == ["07.30-12.00", "13.00-16.00"]
    assert hours(office, "2026-11-06") == ["07.30-11.30", "13.00-16.30"]
    assert hours(office, "2026-11-07") == []


def test_aceh_rests_longer_on_friday_and_is_otherwise_an_ordinary_office() -> None:
    assert hours(an_office("ACEH"), "2026-11-06") == ["07.30-11.30", "13.30-17.00"]
    assert hours(an_office("ACEH"), "2026-11-09") == hours(an_office(), "2026-11-09")


def test_an_office_with_six_days_works_on_saturday() -> None:
    assert hours(an_office("ENAM_HARI"), "2026-11-07") == ["07.30-12.00", "13.00-14.30"]
    assert not an_office("ENAM_HARI").is_working_day(day("2026-11-08"))


@pytest.mark.parametrize("profile", ["ASN", "ACEH", "ENAM_HARI"])
def test_a_week_of_office_hours_has_the_hours_of_the_regulation(profile: str) -> None:
    def total(week: tuple[tuple[tuple[int, int], ...], ...]) -> float:
        return sum(end - start for intervals in week for start, end in intervals) / 60

    assert total(PROFILES[profile].week) == 37.5
    assert total(PROFILES[profile].ramadan) == 32.5


def test_ramadan_hours_apply_only_inside_the_range_that_was_entered() -> None:
    fasting = data.holidays().changed([], ramadan=[(day("2026-02-18"), day("2026-03-19"))])
    assert hours(an_office(), "2026-02-18") == ["07.30-12.00", "13.00-16.00"]
    assert hours(an_office(holidays=fasting), "2026-02-18") == ["08.00-12.00", "12.30-15.00"]
    assert hours(an_office(holidays=fasting), "2026-02-20") == ["08.00-11.30", "12.30-15.30"]
    assert hours(an_office(holidays=fasting), "2026-02-13") == ["07.30-11.30", "13.00-16.30"]


def test_a_shelter_is_open_at_night_on_sunday_and_on_independence_day() -> None:
    shelter = an_office("LAYANAN_24")
    for local in ("2026-08-17 03:00", "2026-11-08 23:59", "2026-12-25 12:00"):
        assert shelter.is_open(at(local))
        assert shelter.next_open(at(local)) == at(local)
    assert shelter.next_working_day(day("2026-08-16")) == day("2026-08-17")
    assert shelter.closing_time_on(day("2026-08-17")) == at("2026-08-18 00:00")
    assert shelter.knows_year(2040)


def test_a_mission_keeps_national_holidays_but_neither_joint_leave_nor_a_lunch_break() -> None:
    mission = an_office("PERWAKILAN", zone="Asia/Kuala_Lumpur")
    assert hours(mission, "2026-11-06") == ["09.00-17.00"]
    assert not mission.is_working_day(day("2026-08-17"))
    assert mission.is_working_day(day("2026-12-24"))  # joint leave at home
    assert not an_office().is_working_day(day("2026-12-24"))


def test_a_mission_opens_by_its_own_clock_also_after_the_clocks_changed() -> None:
    beirut = an_office("PERWAKILAN", zone="Asia/Beirut")
    assert beirut.opening_time_on(day("2026-02-02")) == datetime(2026, 2, 2, 7, tzinfo=UTC)
    assert beirut.opening_time_on(day("2026-06-02")) == datetime(2026, 6, 2, 6, tzinfo=UTC)


@pytest.mark.proves("E28")
def test_holidays_and_joint_leave_are_no_working_days() -> None:
    office = an_office()
    assert not office.is_working_day(day("2026-03-19"))
    assert not office.is_working_day(day("2026-03-20"))
    assert office.next_working_day(day("2026-03-17")) == day("2026-03-25")
    row = office.holiday_on(day("2026-08-17"))
    assert row is not None
    assert row.name_id == "Hari Kemerdekaan Republik Indonesia"


def test_the_most_specific_line_of_the_calendar_wins() -> None:
    calendar = data.holidays().changed(
        [
            a_holiday("2026-11-09", scope="53"),
            a_holiday("2026-11-09", scope="5313", op="remove"),
            a_holiday("2026-11-09", scope="DINSOS-5313"),
        ]
    )

    def works(region: str | None, agency: str | None = None) -> bool:
        return an_office(zone=WITA, region=region, holidays=calendar, agency=agency).is_working_day(MONDAY)

    assert works("52")
    assert works(None)
    assert not works("53")
    assert not works("5301")
    assert works("5313")
    assert not works("5313", "DINSOS-5313")


def test_a_holiday_taken_back_is_worked_and_a_sunday_stays_a_sunday() -> None:
    calendar = data.holidays().changed(
        [a_holiday("2026-12-24", op="remove"), a_holiday("2026-05-31", op="remove"), a_holiday("2026-11-09")]
    )
    office = an_office(holidays=calendar)
    assert office.is_working_day(day("2026-12-24"))
    assert not office.is_working_day(day("2026-05-31"))
    assert not office.is_working_day(MONDAY)
    assert not an_office().is_working_day(day("2026-12-24")), "the calendar before the change is untouched"


def test_a_calendar_with_an_unknown_word_is_refused_as_a_whole() -> None:
    with pytest.raises(Invalid) as refused:
        Holidays.of([HolidayRow(MONDAY, "tambah")])
    assert refused.value.code == "REGISTER_BAD"


def test_a_year_without_a_holiday_list_is_known_to_be_missing() -> None:
    office = an_office()
    assert office.knows_year(2026)
    assert office.knows_year(2027)
    assert not office.knows_year(2028)
    assert not an_office(holidays=Holidays.of(())).knows_year(2026)


@pytest.mark.parametrize(
    ("local", "opens"),
    [
        ("2026-11-06 08:00", "2026-11-06 08:00"),
        ("2026-11-06 05:00", "2026-11-06 07:30"),
        ("2026-11-06 11:30", "2026-11-06 13:00"),
        ("2026-11-06 16:30", "2026-11-09 07:30"),
        ("2026-11-07 12:00", "2026-11-09 07:30"),
        ("2026-08-14 18:00", "2026-08-18 07:30"),
    ],
)
def test_an_office_opens_again_at_its_next_interval(local: str, opens: str) -> None:
    assert an_office(zone=WIT).next_open(at(local, WIT)) == at(opens, WIT)


@pytest.mark.parametrize(
    ("local", "minutes", "ends"),
    [
        ("2026-11-09 08:00", 30, "2026-11-09 08:30"),
        ("2026-11-09 11:45", 30, "2026-11-09 13:15"),
        ("2026-11-09 15:30", 30, "2026-11-09 16:00"),
        ("2026-11-06 16:15", 30, "2026-11-09 07:45"),
        ("2026-11-07 10:00", 60, "2026-11-09 08:30"),
        ("2026-11-09 07:30", 450, "2026-11-09 16:00"),
        ("2026-11-09 07:30", 451, "2026-11-10 07:31"),
        ("2026-11-07 10:00", 0, "2026-11-09 07:30"),
    ],
)
def test_working_minutes_skip_breaks_nights_and_weekends(local: str, minutes: int, ends: str) -> None:
    assert an_office().add_working_minutes(at(local), minutes) == at(ends)


def test_working_minutes_of_a_shelter_are_minutes_of_the_clock() -> None:
    assert an_office("LAYANAN_24").add_working_minutes(at("2026-12-24 23:50"), 30) == at("2026-12-25 00:20")


def test_a_calendar_that_never_works_again_is_reported_instead_of_searched_forever() -> None:
    first = day("2026-01-01")
    closed = Holidays.of(HolidayRow(first + timedelta(days=n), "add") for n in range(2000))
    with pytest.raises(Invalid, match="REGISTER_BAD"):
        an_office(holidays=closed).next_open(at("2026-01-01 08:00"))


moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
offices = st.builds(
    an_office,
    profile=st.sampled_from(sorted(PROFILES)),
    zone=st.sampled_from([WIB, WITA, WIT, "Asia/Riyadh", "Asia/Beirut", "Asia/Yangon"]),
    region=st.sampled_from([None, "11", "5313"]),
)


@settings(deadline=None, max_examples=150)
@given(office=offices, moment=moments)
def test_the_next_open_moment_is_open_and_nothing_open_lies_before_it(office: WorkingTime, moment: datetime) -> None:
    opens = office.next_open(moment)
    assert opens >= moment
    assert office.is_open(opens)
    assert opens == moment or not office.is_open(opens - timedelta(seconds=1))
    assert opens == moment or not office.is_open(moment)


@settings(deadline=None, max_examples=150)
@given(office=offices, moment=moments, first=st.integers(0, 3000), second=st.integers(0, 3000))
def test_minutes_added_in_two_steps_are_the_minutes_added_at_once(
    office: WorkingTime, moment: datetime, first: int, second: int
) -> None:
    twice = office.add_working_minutes(office.add_working_minutes(moment, first), second)
    once = office.add_working_minutes(moment, first + second)
    assert office.next_open(twice) == office.next_open(once)
    assert once >= moment + timedelta(minutes=first + second)


@settings(deadline=None, max_examples=100)
@given(office=offices, moment=moments, minutes=st.integers(1, 2000), later=st.integers(0, 5000))
def test_who_starts_later_never_ends_earlier(office: WorkingTime, moment: datetime, minutes: int, later: int) -> None:
    other = moment + timedelta(minutes=later)
    assert office.add_working_minutes(other, minutes) >= office.add_working_minutes(moment, minutes)
