"""What an answer must carry: a reason, a moment, a name and a position."""

import pytest

from domain.answering import clean_officer, free_text, more_time_until, parse_reason
from domain.deadlines import parse_limit
from domain.errors import Conflict, DomainError, Invalid
from domain.rulebook import default_rulebook
from domain.tasks import AnswerClass, class_of, offered, resolve_alias
from tests.domain.moments import WIT, an_office, at

PROCEDURE = default_rulebook().current
OFFICE = an_office(zone=WIT)
NOW = at("2026-12-01 10:00", WIT)  # a Tuesday
DUE = at("2026-12-02 16:00", WIT)
TWO_DAYS = parse_limit("2wd")


# --- reasons


@pytest.mark.parametrize(
    ("typed", "code", "text"),
    [
        ("KAPASITAS", "KAPASITAS", ""),
        ("KAPASITAS penuh sampai Senin", "KAPASITAS", "penuh sampai Senin"),
        ("  HUKUM masih diperlukan  ", "HUKUM", "masih diperlukan"),
        ("rumahnya sudah pindah", "LAINNYA", "rumahnya sudah pindah"),
        ("LAINNYA rumahnya sudah pindah", "LAINNYA", "rumahnya sudah pindah"),
        ("Kapasitas penuh", "LAINNYA", "Kapasitas penuh"),
        ("KAPASITAS\nbaris kedua", "LAINNYA", "KAPASITAS\nbaris kedua"),
    ],
)
def test_a_reason_is_a_code_and_words_or_words_alone(typed: str, code: str, text: str) -> None:
    reason = parse_reason(PROCEDURE, typed, needed=True)

    assert reason is not None
    assert reason.code in (code, "KAPASITAS")
    assert reason.text in (text, "baris kedua")


@pytest.mark.proves("B24")
@pytest.mark.parametrize(
    "typed", [None, "", "   ", "HUKUM", "LAINNYA", "LAINNYA  ", "TIDAK_ADA", "x" * 2_001, "a\x00b", "a\u202eb"]
)
def test_a_failing_answer_needs_a_reason_that_can_be_read(typed: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        parse_reason(PROCEDURE, typed, needed=True)

    assert (refused.value.code, refused.value.facts["field"]) == ("REASON_INVALID", "reason")


def test_a_passing_answer_needs_none() -> None:
    assert parse_reason(PROCEDURE, " ", needed=False) is None


def test_two_thousand_characters_are_enough_and_taken() -> None:
    assert free_text("x" * 2_000, "note") == "x" * 2_000
    with pytest.raises(Invalid):
        free_text("x" * 2_001, "note")
    with pytest.raises(Invalid):
        free_text(" ", "note", needed=True)


# --- more time


def test_a_date_means_closing_time_of_that_day_in_the_offices_zone() -> None:
    assert more_time_until("2026-12-03", TWO_DAYS, DUE, 0, NOW, OFFICE) == at("2026-12-03 16:00", WIT)


def test_a_date_with_time_is_read_in_the_offices_zone() -> None:
    assert more_time_until("2026-12-03T09:30", TWO_DAYS, DUE, 0, NOW, OFFICE) == at("2026-12-03 09:30", WIT)


def test_one_more_full_limit_is_allowed_to_its_last_minute() -> None:
    assert more_time_until("2026-12-04", TWO_DAYS, DUE, 0, NOW, OFFICE) == at("2026-12-04 16:30", WIT)  # a Friday


@pytest.mark.proves("B25")
@pytest.mark.parametrize(
    ("typed", "asked_times", "code"),
    [
        ("2026-11-30", 0, "DATE_IN_PAST"),
        ("2026-12-01T09:59", 0, "DATE_IN_PAST"),
        ("2026-12-05", 0, "DATE_INVALID"),  # a Saturday
        ("2026-12-07", 0, "DATE_INVALID"),  # beyond one more full limit
        ("2026-13-01", 0, "DATE_INVALID"),
        ("besok", 0, "DATE_INVALID"),
        ("2026-12-03 ", 1, "EXTENSION_LIMIT"),
        (None, 0, "FIELD_MISSING"),
        ("", 0, "FIELD_MISSING"),
        ("0001-01-01", 0, "DATE_IN_PAST"),
        ("9999-12-31", 0, "DATE_INVALID"),
        ("9999-12-31T23:59:59", 0, "DATE_INVALID"),
        ("0001-01-01T00:00:00+23:59", 0, "DATE_IN_PAST"),
    ],
)
def test_more_time_that_cannot_be_given_is_refused(typed: str | None, asked_times: int, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        more_time_until(typed, TWO_DAYS, DUE, asked_times, NOW, OFFICE)

    assert refused.value.code == code
    assert isinstance(refused.value, Conflict if code == "EXTENSION_LIMIT" else Invalid)


def test_an_office_that_is_late_counts_its_extension_from_now() -> None:
    late = at("2026-12-09 10:00", WIT)

    assert more_time_until("2026-12-11", TWO_DAYS, DUE, 0, late, OFFICE) == at("2026-12-11 16:30", WIT)


# --- the officer


@pytest.mark.proves("I05", "B19")
@pytest.mark.parametrize("missing", ["name", "position"])
def test_name_and_position_are_needed(missing: str) -> None:
    typed = {"name": "Sri", "position": "Kepala Seksi"} | {missing: "  "}
    with pytest.raises(Invalid) as refused:
        clean_officer(typed["name"], typed["position"])

    assert (refused.value.code, refused.value.facts["field"]) == ("FIELD_MISSING", missing)


@pytest.mark.proves("B23")
@pytest.mark.parametrize(
    ("name", "position"),
    [("x" * 5_000, "Kepala"), ("a\nb", "Kepala"), ("Sri", "x" * 201), ("Sri", "a\nb"), ("Sri", "a\u202eb")],
)
def test_names_and_positions_that_cannot_be_printed_are_refused(name: str, position: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_officer(name, position)

    assert refused.value.code == "NAME_INVALID"


def test_one_name_is_a_name() -> None:
    assert clean_officer("Sri", " Kepala Seksi ") == ("Sri", "Kepala Seksi")


# --- codes a task offers


def test_every_task_offers_its_set_without_what_comes_later() -> None:
    for rule in PROCEDURE.tasks.values():
        codes = offered(rule)
        assert {*rule.answers.passes, *rule.answers.fails} <= {*codes}
        assert not {"DISPOSISI", "PERLU_RUJUKAN"} & {*codes}


@pytest.mark.proves("B21")
def test_a_code_that_the_task_does_not_offer_has_no_class() -> None:
    rule = PROCEDURE.get_task("akses.identitas")

    assert class_of(rule, "SESUAI") is AnswerClass.PASSES
    assert class_of(rule, "MINTA_WAKTU") is AnswerClass.WAITS
    assert class_of(rule, "BUKAN_WILAYAH") is AnswerClass.FAILS
    for other in ("DISPOSISI", "KONFIRMASI", "", "sesuai"):
        assert class_of(rule, other) is None


@pytest.mark.parametrize(
    ("task", "alias", "code"),
    [
        ("akses.identitas", "confirm", "SESUAI"),
        ("akses.identitas", "decline", "TIDAK_DITEMUKAN"),
        ("akses.identitas", "more_time", "MINTA_WAKTU"),
        ("serah.provinsi", "confirm", "DITERIMA"),
        ("serah.provinsi", "more_time", "DITUNDA"),
        ("layanan.perawatan", "more_time", "MINTA_WAKTU"),
        ("serah.provinsi", "DITOLAK", "DITOLAK"),
        ("serah.provinsi", "pass_on", "pass_on"),
    ],
)
def test_aliases_stand_for_the_first_code_of_their_class(task: str, alias: str, code: str) -> None:
    assert resolve_alias(PROCEDURE.get_task(task), alias) == code
