"""What a process keeps of cases between its units: a help that never says anything but the journal."""

import pytest
from sqlalchemy import text

from domain.folding import fold
from domain.journal import Kind
from domain.roles import SYSTEM
from store import journal
from store.casefile import FOLDED_SEALS, open_case_file, tables_of
from store.shelf import Kept, Shelf
from store.unit import Unit, Units
from tests.support.cases import Ministry


def folded_anew(ministry: Ministry, number: str) -> object:
    """The tables as a process that keeps nothing makes them."""
    return tables_of(ministry.file(number))


def kept_of(ministry: Ministry, number: str) -> Kept | None:
    return ministry.units.shelf.take(ministry.file(number).id)


@pytest.fixture
def number(ministry: Ministry) -> str:
    number = ministry.start()
    ministry.passes(seconds=10)
    return number


def test_a_case_is_kept_as_its_journal_folds_it(ministry: Ministry, number: str) -> None:
    kept = kept_of(ministry, number)
    assert kept is not None
    rows = ministry.read(lambda r: journal.rows_of(r, ministry.file(number).subject, open_kinds=FOLDED_SEALS))

    assert kept.rows == rows
    assert kept.digest == rows[-1].hash
    assert kept.course == fold(kept.course.procedure, rows)


def test_what_another_process_wrote_meanwhile_is_folded_before_the_next_act(ministry: Ministry, number: str) -> None:
    other = Ministry(Units(**{**vars(ministry.units), "shelf": Shelf()}), ministry.clock)
    other.composer = ministry.composer
    other.answer(number, "akses.identitas")

    ministry.answer(number, "akses.kebutuhan_dasar")

    kept = kept_of(ministry, number)
    assert kept is not None
    tables = folded_anew(ministry, number)
    assert [row.n for row in kept.rows] == list(range(1, kept.head + 1))
    assert kept.course.tasks["akses.identitas", 1].answer is not None
    assert tables == folded_anew(other, number)


def test_an_act_that_was_rolled_back_is_not_kept(ministry: Ministry, number: str) -> None:
    def fails(unit: Unit) -> None:
        file = open_case_file(unit, number)
        file.write(unit, Kind.STATUS, {"to": "DITUTUP", "cause": "test"})
        raise RuntimeError("after the row")

    with pytest.raises(RuntimeError, match="after the row"):
        ministry.act("k1", fails)

    assert kept_of(ministry, number) is None
    ministry.answer(number, "akses.identitas")
    assert ministry.status(number) == "PENANGANAN"


@pytest.mark.proves("I11")
def test_a_case_whose_rows_are_not_those_that_were_kept_is_folded_from_its_first_row(
    ministry: Ministry, number: str
) -> None:
    """As after a restore under a running process."""
    file = ministry.file(number)
    kept = kept_of(ministry, number)
    assert kept is not None
    kept.course.destination = "elsewhere"
    ministry.units.shelf.put(file.id, Kept(kept.course, kept.rows, "0" * 64))

    def look(unit: Unit) -> str | None:
        unit.without_journal("a look")
        return open_case_file(unit, number).course.destination

    assert ministry.units.write_sync(SYSTEM, look) == file.course.destination


def test_only_so_many_are_kept_and_the_one_not_used_for_longest_goes(ministry: Ministry, number: str) -> None:
    kept = kept_of(ministry, number)
    assert kept is not None
    shelf = Shelf(room=2)
    for name in ("a", "b", "a", "c"):
        shelf.put(name, kept)

    assert [shelf.take(name) is not None for name in ("a", "b", "c")] == [True, False, True]
    assert shelf.take("a") is None, "taken is gone"
    assert ministry.read(lambda r: r.scalar(text("SELECT count(*) FROM cases"))) == 1
