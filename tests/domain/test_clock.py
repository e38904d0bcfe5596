from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings

from domain.clock import demo_start, iso, parse_duration, parse_moment
from domain.errors import Invalid
from tests.domain.moments import WIB, WITA, an_office, at
from tests.domain.test_calendar import moments


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("P2D", timedelta(days=2)),
        ("PT4H", timedelta(hours=4)),
        ("P1DT30M", timedelta(days=1, minutes=30)),
        ("P2W", timedelta(weeks=2)),
        ("PT90S", timedelta(seconds=90)),
        ("P1W2DT3H4M5S", timedelta(weeks=1, days=2, hours=3, minutes=4, seconds=5)),
        ("PT0S", timedelta(0)),
    ],
)
def test_a_duration_is_read(text: str, span: timedelta) -> None:
    assert parse_duration(text) == span


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1DT", "2D", "P-2D", "-P2D", "P1M", "P1Y", "P1.5D", "PT1H30", "p2d", "P2D ", "P٢D", "P999999D"],
)
def test_a_duration_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_duration(text)
    assert refused.value.code == "DURATION_INVALID"
    assert refused.value.facts == {"field": "advance"}


def test_a_moment_is_read_with_its_zone() -> None:
    assert parse_moment("2026-12-01T08:00:00+07:00", "to") == datetime(2026, 12, 1, 1, tzinfo=UTC)
    assert parse_moment("2026-12-01T01:00Z", "to") == datetime(2026, 12, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-12-01",
        "2026-12-01T08:00:00",
        "2026-02-30T08:00:00Z",
        "2026-12-01T25:00:00Z",
        "1765000000",
        "0001-01-01T00:00:00+07:00",
        "9999-12-31T23:59:59-07:00",
        "2026-12-01T08:00:00+99:00",
        "1066-10-14T09:00:00Z",
    ],
)
def test_a_moment_without_a_zone_or_outside_our_time_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_moment(text, "legs.departs_at")
    assert refused.value.code == "TIME_INVALID"
    assert refused.value.facts == {"field": "legs.departs_at"}


def test_a_moment_is_written_in_the_zone_of_its_place() -> None:
    assert iso(at("2026-12-01 08:00", WIB), WITA) == "2026-12-01T09:00:00+08:00"


@settings(deadline=None)
@given(moment=moments)
def test_a_moment_that_was_written_is_read_back_exactly(moment: datetime) -> None:
    assert parse_moment(iso(moment, WITA), "to") == moment


@pytest.mark.parametrize(
    ("now", "start"),
    [
        ("2026-11-09 10:15", "2026-11-09 10:15"),
        ("2026-11-09 06:00", "2026-11-09 09:00"),
        ("2026-11-09 12:30", "2026-11-10 09:00"),
        ("2026-11-09 20:00", "2026-11-10 09:00"),
        ("2026-11-06 17:00", "2026-11-09 09:00"),
        ("2026-11-07 03:00", "2026-11-09 09:00"),
        ("2026-12-23 20:00", "2026-12-28 09:00"),
    ],
)
def test_a_demonstration_begins_now_or_on_the_next_working_morning(now: str, start: str) -> None:
    assert demo_start(at(now), an_office()) == at(start)


@settings(deadline=None)
@given(moment=moments)
def test_a_demonstration_always_begins_in_office_hours_and_never_in_the_past(moment: datetime) -> None:
    start = demo_start(moment, an_office())
    assert start >= moment
    assert an_office().is_open(start)
