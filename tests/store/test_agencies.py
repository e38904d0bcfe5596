"""The register is seeded once, read by page, and read anew when it changed."""

import pytest
from sqlalchemy import text

from domain.agencies import expand_seed
from domain.errors import NotFound
from domain.journal import Kind
from domain.roles import SYSTEM
from store import agencies, journal
from store.unit import Unit, Units


@pytest.fixture
def seeded(units: Units) -> Units:
    units.write_sync(SYSTEM, agencies.load_seed)
    return units


async def test_the_seed_is_loaded_once_whole_and_recorded(any_units: Units) -> None:
    counted = [await any_units.write(SYSTEM, agencies.load_seed) for _ in range(2)]

    rows = await any_units.read(lambda reading: journal.rows_of(reading, "house"))
    register = await any_units.read(agencies.register)
    assert counted == [len(expand_seed())] * 2
    assert [(row.kind, row.codes["agencies"]) for row in rows] == [(Kind.REGISTER_LOADED, counted[0])]
    assert tuple(register) == expand_seed()


def test_the_register_is_read_once_until_it_changes(seeded: Units) -> None:
    first = seeded.read_sync(agencies.register)
    assert seeded.read_sync(agencies.register) is first

    def rename(unit: Unit) -> None:
        unit.without_journal("a test")
        unit.execute(text("UPDATE agencies SET name = 'Dinas Contoh' WHERE code = 'DINSOS-53'"))
        agencies.touch_register(unit)

    seeded.write_sync(SYSTEM, rename)

    assert seeded.read_sync(agencies.register).get("DINSOS-53").name == "Dinas Contoh"


def test_every_agency_stands_on_exactly_one_page(seeded: Units) -> None:
    codes: list[str] = []
    cursor: str | None = None
    while True:
        page, cursor = seeded.read_sync(
            lambda reading, cursor=cursor: agencies.list_agencies(reading, cursor, limit=100)
        )
        codes += [listed.agency.code for listed in page]
        if cursor is None:
            break

    assert codes == [agency.code for agency in expand_seed()]


def found(units: Units, q: str | None = None, function: str | None = None) -> list[str]:
    page, _ = units.read_sync(lambda reading: agencies.list_agencies(reading, None, q, function))
    return [listed.agency.code for listed in page]


def test_agencies_are_found_by_part_of_name_or_code_and_by_function(seeded: Units) -> None:
    assert found(seeded, "dinsos-5313") == ["DINSOS-5313"]
    assert "LPSK" in found(seeded, "perlindungan saksi")
    assert found(seeded, function="kemensos_dit") == ["KEMENSOS-RSKBK"]
    assert found(seeded, "RPTC-TPI", "kemensos_sentra") == ["RPTC-TPI"]
    assert found(seeded, "RPTC-TPI", "dukcapil") == []


@pytest.mark.proves("T25")
@pytest.mark.parametrize("q", ["%", "_", "' OR 1=1 --", '"', "\\"])
def test_signs_of_the_query_language_are_only_text(seeded: Units, q: str) -> None:
    assert found(seeded, q) == []
    assert found(seeded, function=q) == []


def test_holding_and_releasing_is_recorded(seeded: Units) -> None:
    seeded.write_sync(SYSTEM, lambda unit: agencies.set_sending_held(unit, "DINSOS-53", True))
    seeded.write_sync(SYSTEM, lambda unit: agencies.set_sending_held(unit, None, True))
    assert seeded.read_sync(agencies.all_sending_held)
    seeded.write_sync(SYSTEM, lambda unit: agencies.set_sending_held(unit, None, False))

    rows = seeded.read_sync(lambda reading: journal.rows_of(reading, "house"))[1:]
    assert [(row.kind, row.codes["agency"]) for row in rows] == [
        (Kind.SENDING_HELD, "DINSOS-53"),
        (Kind.SENDING_HELD, None),
        (Kind.SENDING_RELEASED, None),
    ]
    assert seeded.read_sync(lambda reading: agencies.desk_state(reading, "DINSOS-53")).sending_held
    assert not seeded.read_sync(lambda reading: agencies.desk_state(reading, "LPSK")).sending_held


def test_a_mailbox_that_takes_no_mail_is_marked(seeded: Units) -> None:
    def mark(unit: Unit) -> None:
        unit.without_journal("a test")
        agencies.set_mailbox_ok(unit, "LPSK", False)

    seeded.write_sync(SYSTEM, mark)

    assert not seeded.read_sync(lambda reading: agencies.desk_state(reading, "LPSK")).mailbox_ok


def test_an_unknown_agency_is_not_found(seeded: Units) -> None:
    for act in (
        lambda unit: agencies.set_sending_held(unit, "NONE", True),
        lambda unit: agencies.set_mailbox_ok(unit, "NONE", True),
        lambda unit: agencies.desk_state(unit, "NONE"),
    ):
        with pytest.raises(NotFound):
            seeded.write_sync(SYSTEM, act)
