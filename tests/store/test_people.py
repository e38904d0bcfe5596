"""People are found by NIK, document and sound of the name, and nothing of them stands in the file in clear."""

from pathlib import Path
from typing import Any

import pytest

from domain.errors import NotFound
from domain.people import PersonFacts
from domain.roles import SYSTEM
from store import people
from store.unit import Unit, Units
from tests.store.test_journal import a_case

NIK = "5313006501900001"


def details(name: str = "Maria Contoh", **more: Any) -> dict[str, Any]:
    return {"name": name, "sex": "P", "birth_date": "1990-01-25", "birth_date_quality": "pasti", **more}


def add(units: Units, case_id: str, known: dict[str, Any]) -> str:
    def write(unit: Unit) -> str:
        person = people.add_person(unit, known)
        a_case(unit, case_id, person=person)
        return person

    return units.write_sync(SYSTEM, write)


def similar(units: Units, wanted: dict[str, Any] | PersonFacts) -> list[people.Similar]:
    return units.read_sync(lambda reading: people.find_similar(reading, wanted))


def whys(units: Units, wanted: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(one.case_numbers[0], [match.why for match in one.matches]) for one in similar(units, wanted)]


def test_what_is_known_comes_back_whole(units: Units) -> None:
    known = details(nik=NIK, documents=[{"kind": "paspor", "number": "C 1234567"}], phone="0812")
    person = add(units, "1", known)

    assert units.read_sync(lambda reading: people.get_person(reading, person)) == known
    assert units.read_sync(lambda reading: people.get_people(reading, [person, "none"])) == {person: known}


@pytest.mark.proves("I08")
def test_neither_name_nor_nik_nor_document_stands_in_the_file(units: Units) -> None:
    add(units, "1", details("Zebedeus Contohsari", nik=NIK, documents=[{"kind": "paspor", "number": "C1234567"}]))
    path = units.database.url.removeprefix("sqlite:///")

    content = b"".join(Path(name).read_bytes() for name in (path, f"{path}-wal"))
    for secret in ("Zebedeus", "Contohsari", NIK, "C1234567", "1990-01-25"):
        assert secret.encode() not in content


def test_the_same_nik_or_document_is_a_strong_match_however_it_is_typed(units: Units) -> None:
    add(units, "1", details(nik=NIK))
    add(units, "2", details("Lain Sekali", birth_date=None, documents=[{"kind": "paspor", "number": "C1234567"}]))

    by_nik = details("Orang Lain", birth_date=None, nik="53.1300 650190-0001")
    by_document = details("Orang Lain", birth_date=None, documents=[{"kind": "paspor", "number": "c 123-4567"}])

    assert whys(units, by_nik) == [("PLG-1", ["nik"])]
    assert whys(units, by_document) == [("PLG-2", ["document"])]


@pytest.mark.parametrize("born", ["1990-01-24", "1990-01-25", "1990-01-26"])
def test_a_name_that_sounds_alike_and_a_birth_date_a_day_off_is_a_weak_match(units: Units, born: str) -> None:
    add(units, "1", details("Moch. Contoh", sex="L"))

    found = similar(units, details("Muhammad Contoh", sex="L", birth_date=born))

    assert [(match.why, match.strength) for match in found[0].matches] == [("name_birth", "weak")]


@pytest.mark.parametrize(
    "wanted",
    [
        details("Maria Contoh", birth_date="1990-01-28"),
        details("Maria Contoh", sex="L"),
        details("Yosefa Lain"),
    ],
)
def test_a_likeness_in_one_thing_only_is_no_match(units: Units, wanted: dict[str, Any]) -> None:
    add(units, "1", details())

    assert similar(units, wanted) == []


def test_the_same_name_and_home_is_a_weak_match(units: Units) -> None:
    add(units, "1", details(birth_date=None, home="5313"))

    assert whys(units, details(birth_date=None, home="5313")) == [("PLG-1", ["name_home"])]
    assert whys(units, details(birth_date=None, home="5312")) == []


def test_strong_matches_come_first_and_bring_every_case_of_the_person(units: Units) -> None:
    add(units, "1", details())
    person = add(units, "2", details(nik=NIK))

    def again(unit: Unit) -> None:
        unit.connection.exec_driver_sql("UPDATE cases SET is_open = 0 WHERE id = '2'")
        a_case(unit, "3", person=person)

    units.write_sync(SYSTEM, again)

    found = similar(units, details(nik=NIK))
    assert [one.case_numbers for one in found] == [("PLG-3", "PLG-2"), ("PLG-1",)]
    assert found[0].person_id == person


def test_nobody_unknown_can_be_read(units: Units) -> None:
    with pytest.raises(NotFound):
        units.read_sync(lambda reading: people.get_person(reading, "none"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (NIK, ["1"]),
        ("5313 0065 0190 0001", ["1"]),
        ("c1234567", ["2"]),
        ("maria", ["2", "1"]),
        ("contoh maria", ["2", "1"]),
        ("maria lain", []),
        ("", []),
        ("'; DROP TABLE people; --", []),
    ],
)
def test_cases_are_searched_by_nik_document_and_sound(units: Units, text: str, found: list[str]) -> None:
    add(units, "1", details(nik=NIK))
    add(units, "2", details("Mariya Contoh", documents=[{"kind": "paspor", "number": "C1234567"}]))

    assert sorted(units.read_sync(lambda reading: people.search(reading, text))) == sorted(found)


async def test_people_are_found_on_either_database(any_units: Units) -> None:
    def write(unit: Unit) -> None:
        a_case(unit, "1", person=people.add_person(unit, details(nik=NIK)))

    await any_units.write(SYSTEM, write)

    assert await any_units.read(lambda reading: people.search(reading, "Maria")) == ["1"]
    found = await any_units.read(lambda reading: people.find_similar(reading, details(nik=NIK)))
    assert [match.why for match in found[0].matches] == ["nik", "name_birth"]
