"""A sheet of people in the store: whole or not at all, once, sealed, and every line decided by a coordinator."""

import asyncio
import hashlib
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.sheetfile import read_sheet
from domain import data
from domain.errors import DomainError
from domain.journal import Kind
from domain.roles import SYSTEM, Actor
from domain.sheets.judge import judge
from domain.sheets.records import Status
from store import agencies, journal, manifests
from store.manifests import Decision, Line, Manifest, SheetOrder
from store.starting import PersonEntry
from store.unit import Unit, Units
from tests.store.scenes import refused
from tests.support.cases import Ministry

ARRIVAL = date(2026, 12, 14)
ORDER = SheetOrder("Contoh Rombongan Nunukan", ARRIVAL, "RPTC-TPI", file="daftar.csv")
HEADINGS = "no;nama;nik;jenis kelamin;tanggal lahir;kab/kota;provinsi;kategori;no paspor\n"
PERSON = "1;Maria Seran;5321005708959007;P;17/08/1995;Kab. Malaka;NTT;PMIB;X1234567\n"
DOUBTFUL = "2;Dwi Lestari;123;P;03/01/1988;Kab. Malang;Jawa Timur;PMIB;\n"
NAMELESS = "3;;;L;03/01/1988;Kab. Malang;Jawa Timur;PMIB;\n"
TWICE = "4;Maria Seran;5321005708959007;P;17/08/1995;Kab. Malaka;NTT;PMIB;X1234567\n"


def demo(name: str) -> bytes:
    return (Path(data.__file__).parent / "demo" / name).read_bytes()


def take(ministry: Ministry, content: bytes | str, login: str = "k1", order: SheetOrder = ORDER) -> tuple[str, bool]:
    raw = content.encode() if isinstance(content, str) else content
    sheet = read_sheet(raw)
    judged = judge(sheet, order.arrival, demonstration=True)
    digest = hashlib.sha256(raw).hexdigest()
    return ministry.act(login, lambda unit: manifests.take_sheet(unit, order, digest, sheet, judged))


def look(ministry: Ministry, manifest: str, login: str = "k1") -> Manifest:
    return ministry.act(login, lambda unit: manifests.view_manifest(unit, manifest, "page"))


def decide(
    ministry: Ministry,
    manifest: str,
    line: int,
    decision: str = "accept",
    values: Mapping[str, str | None] | None = None,
    case: str | None = None,
    login: str = "k1",
) -> Line:
    said = Decision(decision, values or {}, case)
    return ministry.act(login, lambda unit: manifests.decide_row(unit, manifest, line, said))


def at(manifest: Manifest, line: int) -> Line:
    return next(each for each in manifest.lines if each.row.line == line)


@pytest.fixture
def small(ministry: Ministry) -> str:
    return take(ministry, HEADINGS + PERSON + DOUBTFUL + NAMELESS + TWICE)[0]


@pytest.mark.proves("B06", "B10")
def test_a_sheet_is_taken_whole_and_its_counts_add_up_to_its_records(ministry: Ministry) -> None:
    manifest, is_new = take(ministry, demo("manifest_dirty.csv"))
    seen = look(ministry, manifest)

    assert is_new
    assert {status.value: number for status, number in seen.counts.items()} == {
        "accepted": 15, "warned": 28, "refused": 4, "skipped": 10,
    }  # fmt: skip
    assert seen.records == len(seen.lines) == 57
    assert seen.state == "open"
    assert (seen.title, seen.file, seen.arrival) == (ORDER.title, "daftar.csv", ARRIVAL)
    written = [text for line in seen.lines for text in line.cells.values()]
    assert "@SUM(1+1)*2" in written
    assert "5,2E+15" in written


@pytest.mark.proves("B16")
def test_the_same_bytes_again_are_the_first_import(ministry: Ministry) -> None:
    first, _ = take(ministry, HEADINGS + PERSON)
    rows = ministry.read(lambda reading: len(journal.rows_of(reading, f"manifest-{first}")))

    assert take(ministry, HEADINGS + PERSON, login="k2") == (first, False)
    assert ministry.read(lambda reading: len(journal.rows_of(reading, f"manifest-{first}"))) == rows == 1
    assert take(ministry, HEADINGS + PERSON + "\n")[0] != first


def test_six_hundred_people_are_taken_in_well_under_two_seconds(ministry: Ministry) -> None:
    raw = demo("manifest_600.csv")
    sheet = read_sheet(raw)
    judged = judge(sheet, ARRIVAL, demonstration=True)
    started = time.process_time()
    ministry.act("k1", lambda unit: manifests.take_sheet(unit, ORDER, "d", sheet, judged))

    assert time.process_time() - started < 1.5


@pytest.mark.proves("I19", "I08")
def test_what_stands_in_a_sheet_is_sealed_and_no_row_of_the_journal_names_anybody(
    ministry: Ministry, small: str
) -> None:
    decide(ministry, small, 3, values={"nama": "Dwi Contoh Rahasia", "nik": ""})

    def everything(unit: Unit) -> str:
        unit.without_journal("a test")
        tables = ("manifests", "manifest_lines", "journal", "subjects")
        return repr([unit.connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in tables])  # noqa: S608

    stored = ministry.act("k1", everything)
    for text in ("Seran", "Rahasia", "5321005708959007", "X1234567", "Nunukan", "daftar.csv", "17/08/1995"):
        assert text not in stored
    rows = ministry.read(lambda reading: journal.rows_of(reading, f"manifest-{small}", open_kinds="all"))
    assert [row.kind for row in rows] == [Kind.MANIFEST_READ, Kind.ROW_DECIDED]
    assert rows[1].sealed["values"]["nama"] == "Dwi Contoh Rahasia"
    assert ministry.read(journal.verify_chain) == []


def test_a_line_of_one_sheet_cannot_be_put_into_another(ministry: Ministry, small: str) -> None:
    def swap(unit: Unit) -> None:
        unit.without_journal("a test")
        unit.connection.exec_driver_sql(
            "UPDATE manifest_lines SET content = (SELECT content FROM manifest_lines WHERE line = 2) WHERE line = 3"
        )

    ministry.act("k1", swap)
    with pytest.raises(DomainError) as caught:
        look(ministry, small)
    assert caught.value.code == "KEY_WRONG"


@pytest.mark.proves("B16")
async def test_both_databases_take_in_tell_and_decide_alike(any_units: Units) -> None:
    coordinator = Actor("account", "k", roles=("koordinator",))
    sheet = read_sheet(demo("manifest_dirty.csv"))
    judged = judge(sheet, ARRIVAL, demonstration=True)
    await any_units.write(SYSTEM, agencies.load_seed)

    def take_in(unit: Unit) -> tuple[str, bool]:
        return manifests.take_sheet(unit, ORDER, "d", sheet, judged)

    (first, is_new), (again, is_new_again) = await asyncio.gather(
        any_units.write(coordinator, take_in), any_units.write(coordinator, take_in)
    )
    assert (first, {is_new, is_new_again}) == (again, {True, False})
    said = Decision("accept", {"nik": None})
    await any_units.write(coordinator, lambda unit: manifests.decide_row(unit, first, 6, said))
    seen = await any_units.write(coordinator, lambda unit: manifests.view_manifest(unit, first, "api"))
    assert (seen.records, seen.counts[Status.ACCEPTED], seen.counts[Status.WARNED]) == (57, 16, 27)


# --- who may


@pytest.mark.proves("S50")
@pytest.mark.parametrize("login", ["p1", "h1", "a1", "b1"])
def test_nobody_but_a_coordinator_takes_in_or_decides(ministry: Ministry, small: str, login: str) -> None:
    assert refused(lambda: take(ministry, HEADINGS + DOUBTFUL, login=login)) == "ROLE_LACKS_ACTION"
    assert refused(lambda: decide(ministry, small, 3, login=login)) == "ROLE_LACKS_ACTION"


def test_who_sees_all_cases_reads_a_sheet_and_a_shelter_does_not(ministry: Ministry, small: str) -> None:
    assert look(ministry, small, "a1").records == 5
    assert refused(lambda: look(ministry, small, "p1")) == "ROLE_LACKS_ACTION"
    assert refused(lambda: look(ministry, "x")) == "NOT_FOUND"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "FIELD_MISSING"),
        ({"title": "x" * 201}, "FIELD_LENGTH"),
        ({"shelter": "DINSOS-5313"}, "NO_OFFICE"),
        ({"mission": "RPTC-TPI"}, "NO_OFFICE"),
        ({"debarkation": "X"}, "FIELD_INVALID"),
    ],
)
def test_what_is_said_of_a_sheet_is_checked(ministry: Ministry, change: dict[str, str], code: str) -> None:
    facts: dict[str, Any] = {"title": "Contoh", "arrival": ARRIVAL, "shelter": "RPTC-TPI"} | change
    assert refused(lambda: take(ministry, HEADINGS + PERSON, order=SheetOrder(**facts))) == code


# --- deciding


def test_a_doubtful_line_is_taken_as_it_was_read(ministry: Ministry, small: str) -> None:
    line = decide(ministry, small, 3)

    assert (line.row.status, line.decision, line.row.codes) == (Status.ACCEPTED, "accept", ("NIK_LENGTH",))
    assert not line.is_open
    assert look(ministry, small).state == "ready"
    assert line.cells["nik"] == "123"


def test_a_mended_line_is_judged_again_and_asked_about_while_what_was_mended_is_doubtful(
    ministry: Ministry, small: str
) -> None:
    again = decide(ministry, small, 3, values={"nik": "1234"})
    assert (again.row.status, again.decision, again.row.codes) == (Status.WARNED, None, ("NIK_LENGTH",))

    mended = decide(ministry, small, 3, values={"nik": "3507004301880001", "regency_code": "3573"})
    assert (mended.row.status, mended.decision) == (Status.ACCEPTED, "accept")
    assert mended.row.values["nik"] == "3507004301880001"
    assert mended.row.values["regency_code"] == "3573"
    assert mended.row.values["tanggal_lahir"] == "1988-01-03"


def test_a_refused_line_is_taken_only_when_it_was_mended(ministry: Ministry, small: str) -> None:
    before = look(ministry, small)
    assert refused(lambda: decide(ministry, small, 4)) == "ROW_REFUSED"
    assert refused(lambda: decide(ministry, small, 4, values={"nama": "\u202e"})) == "ROW_REFUSED"
    assert look(ministry, small).lines == before.lines

    assert decide(ministry, small, 4, values={"nama": "Heru"}).row.status is Status.ACCEPTED


@pytest.mark.proves("B08")
def test_the_same_person_twice_is_taken_apart_only_when_a_person_says_so(ministry: Ministry, small: str) -> None:
    assert at(look(ministry, small), 5).row.codes == ("DUPLICATE_IN_FILE",)
    assert decide(ministry, small, 5).row.status is Status.ACCEPTED
    assert decide(ministry, small, 5, "refuse").row.status is Status.REFUSED


@pytest.mark.proves("B08")
def test_a_value_that_makes_two_lines_one_person_is_asked_about(ministry: Ministry, small: str) -> None:
    same = {"nama": "Maria Seran", "nik": "5321005708959007", "tanggal_lahir": "1995-08-17"}
    line = decide(ministry, small, 3, values=same)

    assert line.row.status is Status.WARNED
    assert "DUPLICATE_IN_FILE" in line.row.codes
    assert line.row.duplicate_of_line == 2


@pytest.mark.proves("B08")
@pytest.mark.parametrize("known", [{"nik": "5321005708959007"}, {"documents": (("paspor", "X 1234567"),)}, {}])
def test_who_has_a_running_case_is_a_doubtful_line_until_joined_to_it(
    ministry: Ministry, known: dict[str, Any]
) -> None:
    person = PersonEntry("Maria Contoh Seran", "P", date(1995, 8, 16 if known else 17), **known)
    number = ministry.start(person=person)
    manifest, _ = take(ministry, HEADINGS + PERSON)
    line = at(look(ministry, manifest), 2)

    assert (line.row.status, line.row.codes) == (Status.WARNED, ("DUPLICATE_OPEN",))
    assert {each["number"] for each in line.matches} == {number}
    assert refused(lambda: decide(ministry, manifest, 2, "merge")) == "FIELD_MISSING"
    assert refused(lambda: decide(ministry, manifest, 2, "merge", case="PLG-2026-999999-2")) == "NO_SUCH_CASE"
    assert refused(lambda: decide(ministry, manifest, 2, "merge", case="Maria")) == "NO_SUCH_CASE"
    joined = decide(ministry, manifest, 2, "merge", case=number)
    assert (joined.row.status, joined.case, joined.decision) == (Status.ACCEPTED, number, "merge")
    apart = decide(ministry, manifest, 2)
    assert (apart.row.status, apart.case, apart.decision) == (Status.ACCEPTED, None, "accept")


@pytest.mark.parametrize(
    ("line", "decision", "values", "code"),
    [
        (1, "accept", {}, "STATE_FORBIDS"),  # the headings
        (99, "accept", {}, "NOT_FOUND"),
        (3, "perhaps", {}, "FIELD_INVALID"),
        (3, "accept", {"Maria": "x"}, "FIELD_UNKNOWN"),
        (3, "accept", {"alamat": "x" * 2001}, "FIELD_LENGTH"),
        (3, "accept", {"alamat": "a\x07b"}, "CELL_CONTROL_CHAR"),
    ],
)
def test_what_cannot_be_decided_is_refused_and_changes_nothing(
    ministry: Ministry, small: str, line: int, decision: str, values: dict[str, str], code: str
) -> None:
    before = look(ministry, small)
    assert refused(lambda: decide(ministry, small, line, decision, values)) == code
    assert look(ministry, small) == before


def test_every_decision_keeps_the_sum(ministry: Ministry) -> None:
    manifest, _ = take(ministry, demo("manifest_dirty.csv"))
    for number, line in enumerate(each for each in look(ministry, manifest).lines if each.is_open):
        decide(ministry, manifest, line.row.line, "accept" if number % 3 else "refuse")
        assert look(ministry, manifest).records == 57
    seen = look(ministry, manifest)

    assert seen.state == "ready"
    assert seen.counts[Status.ACCEPTED] + seen.counts[Status.REFUSED] == 47
