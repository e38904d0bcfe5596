from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import WorkingTime
from domain.deadlines import parse_limit
from domain.digest import Pending, Windows, next_mail_at, take
from tests.domain.moments import WIT, an_office, at
from tests.domain.test_calendar import moments, offices


def windows(digest_s: float | None = None) -> Windows:
    return Windows(digest_s, parse_limit("30wm"), parse_limit("2wh"), parse_limit("1cm"), parse_limit("4wh"))


def ask(name: str, local: str, rush: bool = False, zone: str = "Asia/Jakarta") -> Pending:
    return Pending(name, at(local, zone), rush)


def test_a_desk_without_asks_sends_nothing() -> None:
    assert next_mail_at([], None, an_office(), windows()) is None
    assert take([], at("2026-11-09 09:00"), an_office()) == []


def test_a_desk_gathers_half_an_hour_after_its_first_ask_however_many_follow() -> None:
    pending = [ask("b", "2026-11-09 09:25"), ask("a", "2026-11-09 09:00")]
    assert next_mail_at(pending, None, an_office(), windows()) == at("2026-11-09 09:30")
    assert take(pending, at("2026-11-09 09:30"), an_office()) == ["a", "b"]


def test_an_ask_of_friday_evening_goes_on_monday_morning() -> None:
    pending = [ask("a", "2026-11-06 18:00")]
    assert next_mail_at(pending, None, an_office(), windows()) == at("2026-11-09 08:00")


def test_a_window_that_closes_with_the_office_goes_the_next_morning() -> None:
    pending = [ask("a", "2026-11-09 15:30")]
    assert next_mail_at(pending, None, an_office(), windows()) == at("2026-11-10 07:30")


def test_a_desk_is_left_two_working_hours_after_its_last_mail() -> None:
    pending = [ask("a", "2026-11-09 09:00")]
    assert next_mail_at(pending, at("2026-11-09 08:45"), an_office(), windows()) == at("2026-11-09 10:45")
    assert next_mail_at(pending, at("2026-11-06 16:00"), an_office(), windows()) == at("2026-11-09 09:30")


def test_an_urgent_ask_goes_after_one_minute_on_sunday_night_without_the_ordinary_ones() -> None:
    pending = [ask("slow", "2026-11-06 18:00"), ask("fast", "2026-11-08 03:00", rush=True)]
    due = next_mail_at(pending, at("2026-11-08 02:59"), an_office(), windows())
    assert due == at("2026-11-08 03:01")
    assert take(pending, due, an_office()) == ["fast"]


def test_an_urgent_mail_in_office_hours_takes_along_everything_that_may_go() -> None:
    pending = [ask("slow", "2026-11-09 09:00"), ask("fast", "2026-11-09 09:01", rush=True)]
    due = next_mail_at(pending, at("2026-11-09 08:59"), an_office(), windows())
    assert due == at("2026-11-09 09:02")
    assert take(pending, due, an_office()) == ["slow", "fast"]


def test_a_hundred_urgent_asks_in_one_minute_make_one_mail() -> None:
    pending = [Pending(f"a{n:03}", at("2026-11-08 03:00") + timedelta(seconds=n / 2), rush=True) for n in range(100)]
    due = next_mail_at(pending, None, an_office(), windows())
    assert due == at("2026-11-08 03:01")
    assert len(take(pending, due, an_office())) == 100


def test_the_shelter_mails_day_and_night() -> None:
    pending = [ask("a", "2026-11-08 03:00")]
    assert next_mail_at(pending, None, an_office("LAYANAN_24"), windows()) == at("2026-11-08 03:30")


def test_a_shortened_window_replaces_window_and_gap_but_not_working_hours() -> None:
    office, last = an_office(zone=WIT), at("2026-11-09 08:59", WIT)
    by_day, by_night = ask("a", "2026-11-09 09:00", zone=WIT), ask("b", "2026-11-09 20:00", zone=WIT)
    urgent = ask("c", "2026-11-09 20:00", rush=True, zone=WIT)
    assert next_mail_at([by_day], last, office, windows(5)) == by_day.opened_at + timedelta(seconds=5)
    assert next_mail_at([by_night], last, office, windows(5)) == at("2026-11-10 07:30", WIT)
    assert next_mail_at([urgent], last, office, windows(5)) == urgent.opened_at + timedelta(seconds=5)


def test_a_desk_woken_too_late_for_its_moment_mails_when_the_office_opens_again() -> None:
    pending = [ask("a", "2026-11-09 15:20")]
    missed = at("2026-11-09 16:10")
    assert next_mail_at(pending, None, an_office(), windows()) == at("2026-11-09 15:50")
    assert take(pending, missed, an_office()) == []
    assert next_mail_at(pending, None, an_office(), windows(), now=missed) == at("2026-11-10 07:30")


def test_an_ask_of_the_future_is_not_taken_along() -> None:
    pending = [ask("a", "2026-11-09 09:00"), ask("later", "2026-11-09 11:00")]
    assert take(pending, at("2026-11-09 09:30"), an_office()) == ["a"]


queues = st.lists(
    st.builds(Pending, st.sampled_from([f"a{n}" for n in range(9)]), moments, st.booleans()), min_size=1, max_size=6
)


@settings(deadline=None, max_examples=200)
@given(
    pending=queues,
    office=offices,
    last=st.none() | moments,
    digest_s=st.sampled_from([None, 0.0, 5.0, 3600.0]),
    now=st.none() | moments,
)
def test_the_moment_of_the_next_mail_always_has_something_to_send(
    pending: list[Pending], office: WorkingTime, last: datetime | None, digest_s: float | None, now: datetime | None
) -> None:
    due = next_mail_at(pending, last, office, windows(digest_s), now)
    assert due is not None
    assert take(pending, due, office)
    assert due >= min(ask.opened_at for ask in pending)


@settings(deadline=None, max_examples=150)
@given(pending=queues, office=offices, last=st.none() | moments)
def test_ordinary_asks_leave_only_in_working_hours(
    pending: list[Pending], office: WorkingTime, last: datetime | None
) -> None:
    due = next_mail_at(pending, last, office, windows())
    assert due is not None
    rush = {ask.ask for ask in pending if ask.rush}
    if not office.is_open(due):
        assert set(take(pending, due, office)) <= rush


@pytest.mark.parametrize("digest_s", [None, 5])
def test_sending_again_and_again_empties_the_queue(digest_s: float | None) -> None:
    pending = [ask("a", "2026-11-06 16:20"), ask("b", "2026-11-07 03:00", rush=True), ask("c", "2026-11-09 07:40")]
    last: datetime | None = None
    sent: list[str] = []
    while (due := next_mail_at(pending, last, an_office(), windows(digest_s))) is not None:
        sent += take(pending, due, an_office())
        pending = [waiting for waiting in pending if waiting.ask not in sent]
        last = due
    assert sent == (["b", "a", "c"] if digest_s is None else ["a", "b", "c"])
