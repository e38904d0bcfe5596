"""Times with their zone, numbers, initials and telephones as LOOK section 3 wants them."""

from datetime import UTC, date, datetime

import pytest

from templates import filters

AT = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
WITA = "Asia/Makassar"


def test_a_time_in_a_sentence_names_the_weekday_and_the_zone() -> None:
    assert filters.moment(AT, WITA) == "Senin, 30\u00a0November 2026, 16.00\u00a0WITA"
    assert filters.moment(AT, WITA, "en") == "Monday 30\u00a0November 2026, 16:00\u00a0WITA"


@pytest.mark.parametrize(("zone", "shown"), [("Asia/Jakarta", "15.00"), (WITA, "16.00"), ("Asia/Jayapura", "17.00")])
def test_the_hour_is_that_of_the_place_that_must_act(zone: str, shown: str) -> None:
    assert filters.clock(AT, zone).startswith(shown)


def test_a_time_abroad_names_its_distance_and_never_three_letters() -> None:
    assert filters.clock(AT, "Asia/Riyadh") == "11.00\u00a0UTC+3"


def test_a_time_in_a_table_is_short() -> None:
    assert filters.short(AT, WITA) == "30\u00a0Nov, 16.00\u00a0WITA"
    assert filters.short_day(date(2026, 8, 17)) == "17\u00a0Agu"


def test_a_mail_subject_has_plain_spaces_and_no_commas() -> None:
    assert filters.subject_moment(AT, WITA) == "Senin 30 Nov 2026 16.00 WITA"


def test_a_day_at_the_edge_is_the_day_over_there() -> None:
    late = datetime(2026, 11, 30, 16, 30, tzinfo=UTC)

    assert filters.day(late, "Asia/Jayapura") == "Selasa, 1\u00a0Desember 2026"
    assert filters.day(late, "Asia/Jakarta") == "Senin, 30\u00a0November 2026"


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        filters.moment(datetime(2026, 11, 30), WITA)  # noqa: DTZ001


def test_numbers_follow_the_language() -> None:
    assert filters.number(1004) == "1.004"
    assert filters.number(9.5, decimals=1) == "9,5"
    assert filters.number(1004, "en") == "1,004"
    assert filters.in_words(9) == "sembilan"
    assert filters.in_words(14) == "14"
    assert filters.table_number(0) == "–"


@pytest.mark.parametrize(
    ("name", "shown"), [("Yohana Ina Tokan", "Y. I. T."), ("Sari", "S."), ("  d'Arc  élan ", "D. É."), ("", "")]
)
def test_initials_never_add_a_name(name: str, shown: str) -> None:
    assert filters.initials(name) == shown


def test_a_telephone_can_be_pressed() -> None:
    assert filters.tel("(021) 555-0170") == "tel:+62215550170"
    assert filters.tel("+60 88 555 019") == "tel:+6088555019"
    assert filters.phone("(021) 555-0170") == "(021)\u00a0555-0170"


def test_lists_read_like_a_sentence() -> None:
    assert filters.join_words(["a", "b", "c"]) == "a, b, dan c"
    assert filters.join_words(["a", "b"], "en") == "a and b"


def test_a_label_inside_a_sentence_keeps_its_capitals_where_it_is_an_abbreviation() -> None:
    assert filters.lower_first("Siap menjemput") == "siap menjemput"
    assert filters.lower_first("NIK sesuai") == "NIK sesuai"
