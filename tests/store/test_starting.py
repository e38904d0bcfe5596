"""The start of a case: what is taken, what is refused, and people who look alike."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.errors import Conflict, Invalid
from store import journal
from store.starting import decide_duplicate, find_matches
from store.tables_case import cases
from tests.store.scenes import refused
from tests.support.cases import STAFF, Ministry, a_person

NIK = "5313045405000001"


def count(ministry: Ministry) -> tuple[int, int]:
    def look(reading: Any) -> tuple[int, int]:
        rows = reading.scalar(select(func.count()).select_from(journal.journal))
        return rows, reading.scalar(select(func.count()).select_from(cases))

    return ministry.read(look)


# --- the start


def test_a_start_is_a_case_with_a_number_and_an_answered_intake(ministry: Ministry) -> None:
    opened = ministry.opened()

    assert opened.number.startswith("PLG-2026-000001-")
    assert (opened.status, opened.matches, opened.known) == ("PENANGANAN", (), False)
    assert ministry.status(opened.number, "akses.penerimaan") == "LULUS"
    assert ministry.column(opened.number, "initials") == "Y. I. C."


@pytest.mark.parametrize("login", sorted(set(STAFF) - {"k1", "k2", "k1b", "kb"}))
def test_only_a_coordinator_starts_a_case(ministry: Ministry, login: str) -> None:
    before = count(ministry)

    assert refused(lambda: ministry.opened(login)) == "ROLE_LACKS_ACTION"
    assert count(ministry) == before


def test_numbers_follow_each_other_without_gaps_also_after_a_refusal(ministry: Ministry) -> None:
    ministry.start()
    refused(lambda: ministry.opened(shelter="NOWHERE"))

    assert ministry.start(person=a_person("Lain Orang", birth_date=None)).startswith("PLG-2026-000002-")


@pytest.mark.proves("I19")
@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"shelter": "NOWHERE"}, "NO_OFFICE", "shelter"),
        ({"shelter": "DINSOS-53"}, "NO_OFFICE", "shelter"),
        ({"destination": "9999"}, "REGION_UNKNOWN", "destination"),
        ({"destination": "53"}, "REGION_UNKNOWN", "destination"),
        ({"mission": "DINSOS-53"}, "NO_OFFICE", "mission"),
        ({"debarkation": "NOWHERE"}, "FIELD_INVALID", "debarkation"),
        ({"entry_route": "JALAN_LAIN"}, "FIELD_INVALID", "entry_route"),
        ({"flags": {"substitute": "ya"}}, "FIELD_UNKNOWN", "flags.substitute"),
        ({"flags": {"child": "yes"}}, "FIELD_INVALID", "flags.child"),
        ({"offices": {"dinsos_prov": "RPTC-TPI"}}, "NO_OFFICE", "offices.dinsos_prov"),
        ({"offices": {"nobody": "RPTC-TPI"}}, "FIELD_UNKNOWN", "offices.nobody"),
        ({"person": a_person(" ")}, "NAME_INVALID", "name"),
        ({"person": a_person(sex="X")}, "FIELD_INVALID", "sex"),
        ({"person": a_person(birth_date=date(2027, 1, 1))}, "DATE_INVALID", "birth_date"),
        ({"person": a_person(birth_date=date(1900, 1, 1))}, "DATE_INVALID", "birth_date"),
    ],
)
def test_a_start_with_a_fault_names_the_field_and_stores_nothing(
    ministry: Ministry, facts: dict[str, Any], code: str, field: str
) -> None:
    before = count(ministry)
    with pytest.raises(Invalid) as caught:
        ministry.opened(**facts)

    assert (caught.value.code, caught.value.facts["field"]) == (code, field)
    assert count(ministry) == before


@pytest.mark.proves("B15")
def test_a_person_with_one_name_of_one_letter_is_taken(ministry: Ministry) -> None:
    assert ministry.opened(person=a_person("Y")).status == "PENANGANAN"


def test_the_birth_date_says_who_is_a_child_when_it_is_certain(ministry: Ministry) -> None:
    certain = ministry.start(person=a_person(birth_date=date(2010, 1, 1)))
    guessed = ministry.start(person=a_person("Lain", birth_date=date(2010, 7, 1), birth_date_quality="perkiraan"))

    assert ministry.course(certain).flags["child"] == "ya"
    assert ministry.course(guessed).flags["child"] == "belum_diketahui"


def test_remains_start_on_their_own_track(ministry: Ministry) -> None:
    assert ministry.opened(entry_route="JENAZAH").status == "MENINGGAL"


@pytest.mark.proves("I13")
def test_a_case_keeps_the_version_it_was_started_with(ministry: Ministry) -> None:
    number = ministry.start()

    assert ministry.column(number, "procedure_version") == "2026.1"
    assert ministry.file(number).rows[0].codes["procedure"] == ["pemulangan", "2026.1"]


@pytest.mark.proves("I08")
def test_restricted_flags_of_the_start_are_sealed(ministry: Ministry) -> None:
    number = ministry.start(flags={"tppo": "ya", "pmi": "ya"})
    opened = ministry.file(number).rows[0]

    assert "tppo" not in opened.codes["flags"]
    assert opened.codes["flags"]["pmi"] == "ya"
    assert ministry.course(number).flags["tppo"] == "ya"


# --- people that look alike


@pytest.mark.proves("E07", "I15")
def test_the_same_nik_stops_the_start_until_somebody_decides(ministry: Ministry) -> None:
    known = ministry.start(person=a_person(nik=NIK))
    before = count(ministry)
    with pytest.raises(Conflict) as caught:
        ministry.opened(person=a_person("Johana", nik=NIK))

    assert caught.value.code == "DUPLICATE_FOUND"
    assert [(m["number"], m["strength"]) for m in caught.value.facts["matches"]][:1] == [(known, "strong")]
    assert count(ministry) == before


def test_different_starts_another_case(ministry: Ministry) -> None:
    known = ministry.start(person=a_person(nik=NIK))
    opened = ministry.opened(person=a_person("Johana", nik=NIK), decisions=((known, "different"),))

    assert (opened.status, opened.number != known) == ("PENANGANAN", True)


def test_same_makes_no_case_and_gives_the_known_one(ministry: Ministry) -> None:
    known = ministry.start(person=a_person(nik=NIK))
    opened = ministry.opened(person=a_person("Johana", nik=NIK), decisions=((known, "same"),))

    assert (opened.number, opened.known) == (known, True)
    assert count(ministry)[1] == 1


def test_later_makes_a_draft_that_asks_nobody(ministry: Ministry) -> None:
    known = ministry.start(person=a_person(nik=NIK))
    draft = ministry.opened(person=a_person("Johana", nik=NIK), decisions=((known, "later"),))
    ministry.run()

    assert draft.status == "DRAF"
    assert ministry.course(draft.number).asks == {}
    assert ministry.column(draft.number, "is_open") is False


@pytest.mark.parametrize(("decision", "status"), [("different", "PENANGANAN"), ("same", "DIBATALKAN")])
def test_a_decision_ends_the_draft(ministry: Ministry, decision: str, status: str) -> None:
    known = ministry.start(person=a_person(nik=NIK))
    draft = ministry.opened(person=a_person("Johana", nik=NIK), decisions=((known, "later"),)).number

    assert ministry.act("k1", lambda unit: decide_duplicate(unit, draft, known, decision)) == status
    ministry.run()
    assert bool(ministry.course(draft).asks) is (decision == "different")
    again = refused(lambda: ministry.act("k1", lambda unit: decide_duplicate(unit, draft, known, "different")))
    assert again == "STATE_FORBIDS"


def test_a_weak_likeness_is_only_a_note(ministry: Ministry) -> None:
    known = ministry.start()
    matches = ministry.opened(person=a_person("Johana Ina Contoh")).matches

    assert {(m["number"], m["strength"]) for m in matches} == {(known, "weak")}


def test_searching_before_starting_changes_nothing(ministry: Ministry) -> None:
    ministry.start(person=a_person(nik=NIK))
    before = count(ministry)

    found = ministry.read(lambda reading: find_matches(reading, a_person("X Y", nik=NIK, birth_date=None), None))

    assert [match["why"] for match in found] == ["nik"]
    assert count(ministry) == before
