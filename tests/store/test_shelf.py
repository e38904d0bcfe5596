"""What a process keeps of cases between its units: a help that never says anything but the journal."""

from copy import deepcopy

import pytest
from sqlalchemy import text

from domain.folding import fold
from domain.journal import Kind
from domain.roles import SYSTEM
from store import journal
from store.case_acts import set_flags
from store.case_view import view_case
from store.casefile import FOLDED_SEALS, open_case_file
from store.shelf import Kept, Shelf
from store.unit import Unit, Units
from tests.support.cases import Ministry


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
    rows = ministry.read(lambda r: journal.rows_of(r, ministry.file(number).subject, open_kinds=FOLDED_SEALS))
    assert kept.course.tasks["akses.identitas", 1].answer is not None
    assert kept.course == fold(kept.course.procedure, rows)
    assert [row.hash for row in kept.rows] == [row.hash for row in rows]


def test_nobodys_own_words_are_kept_and_flags_are(ministry: Ministry, number: str) -> None:
    secret = min(ministry.course(number).procedure.restricted_flags)
    ministry.act("p1", lambda unit: set_flags(unit, number, {secret: "ya"}, "kata petugas"))

    kept = kept_of(ministry, number)
    assert kept is not None
    assert {name for row in kept.rows for name in row.sealed} <= {"flags"}
    assert kept.course == ministry.course(number)


def test_what_is_shown_is_nobody_elses_to_change(ministry: Ministry, number: str) -> None:
    shown = ministry.act("k1", lambda unit: view_case(unit, number, "api"))
    before = deepcopy(shown.course)

    ministry.answer(number, "akses.identitas")
    ministry.run()

    assert shown.course == before


def test_a_file_that_missed_a_row_of_its_own_unit_is_not_kept(ministry: Ministry, number: str) -> None:
    def twice(unit: Unit) -> None:
        first, second = open_case_file(unit, number), open_case_file(unit, number)
        first.write(unit, Kind.STATUS, {"to": "PENANGANAN", "cause": "test"})
        second.write(unit, Kind.STATUS, {"to": "PENANGANAN", "cause": "test"})

    ministry.act("k1", twice)

    assert kept_of(ministry, number) is None


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
