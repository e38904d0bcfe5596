"""The judgement of a sheet: what each cell may hold, and that nobody vanishes."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.sheets.cells import as_text
from domain.sheets.judge import CODES, NOTES, judge
from domain.sheets.records import MOST_PEOPLE, Cell, Judgement, Record, Row, Sheet, Status

ARRIVAL = date(2026, 12, 14)
GOOD: dict[str, Cell] = {
    "nama": "Maria Seran",
    "nik": "5321015708950007",
    "jenis_kelamin": "P",
    "tanggal_lahir": "17/08/1995",
    "kabupaten_kota": "Kab. Malaka",
    "provinsi": "NTT",
    "kategori": "PMIB",
    "kebutuhan_khusus": "",
}
HEADINGS = tuple(GOOD)
SKIPPED = {"TITLE_ROW", "BLANK_ROW", "HEADER", "HEADER_REPEATED", "TOTAL_ROW", "FOOTER_ROW"}


def a_sheet(*records: tuple[Cell, ...], headings: tuple[Cell, ...] = HEADINGS) -> Sheet:
    return Sheet(tuple(Record(line, cells) for line, cells in enumerate((headings, *records), start=1)))


def person(**changed: Cell) -> tuple[Cell, ...]:
    return tuple((GOOD | changed).values())


def row_of(**changed: Cell) -> Row:
    """The judgement of one person who is in order but for *changed*."""
    return judge(a_sheet(person(**changed)), ARRIVAL).rows[1]


def said(**changed: Cell) -> set[str]:
    row = row_of(**changed)
    return {*row.codes, *row.notes}


def refused(sheet: Sheet) -> Invalid:
    with pytest.raises(Invalid) as fault:
        judge(sheet, ARRIVAL)
    return fault.value


CELLS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30),
    st.sampled_from(
        ["", "-", "JUMLAH", "Mengetahui,", "=1+1", "12", "L", "01/01/1990", "PMIB", "nama", "nik", "NTB", "²"]
    ),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
)


@settings(deadline=None)
@given(st.lists(st.lists(CELLS, max_size=10), max_size=8), st.dates(), st.booleans())
def test_whatever_stands_in_the_cells_every_record_has_one_status_and_the_counts_add_up(
    rows: list[list[Cell]], arrival: date, demonstration: bool
) -> None:
    sheet = a_sheet(person(), *map(tuple, rows))

    found = judge(sheet, arrival, demonstration=demonstration)

    assert [row.line for row in found.rows] == [record.line for record in sheet.records]
    assert sum(found.counts.values()) == len(sheet.records)
    for row in found.rows:
        if row.status is Status.SKIPPED:
            assert len(row.codes) == 1
            assert set(row.codes) <= SKIPPED
            continue
        assert set(row.codes) <= set(CODES)
        assert set(row.notes) <= set(NOTES)
        assert bool(row.codes) == (row.status is not Status.ACCEPTED)
        assert row.status is Status.REFUSED or row.values["nama"]


def test_a_person_in_order_is_accepted_without_a_word() -> None:
    row = row_of()

    assert (row.status, row.codes, row.notes) == (Status.ACCEPTED, (), ())
    assert row.values == {
        "nama": "Maria Seran", "nik": "5321015708950007", "jenis_kelamin": "P", "tanggal_lahir": "1995-08-17",
        "kategori": "PMIB", "regency_code": "5321", "province_code": "53", "kebutuhan_khusus": None,
    }  # fmt: skip


def test_columns_may_stand_in_any_order_under_the_words_that_people_use() -> None:
    headings = ("Propinsi", "Kab/Kota", "Kategori Kasus", "L/P", "Tgl. Lahir", "NO. KTP", "Nama Lengkap ", "Ket.")
    cells = ("NTT", "Malaka", "pmi-b", "Perempuan", "1995-08-17", "5321015708950007", "Maria Seran", "x")

    row = judge(a_sheet(cells, headings=headings), ARRIVAL).rows[1]

    assert row.values["regency_code"] == "5321"
    assert row.values["catatan"] == "x"
    assert row.notes == ("SEX_NORMALISED", "CATEGORY_NORMALISED")


@pytest.mark.proves("B01")
def test_a_sheet_without_a_person_is_empty() -> None:
    assert refused(a_sheet()).code == "FILE_EMPTY"
    assert refused(a_sheet(("", ""), ("",))).code == "FILE_EMPTY"
    assert refused(Sheet((Record(1, ()), Record(2, ("", " "))))).code == "FILE_EMPTY"


@pytest.mark.proves("B02")
def test_one_person_more_than_allowed_is_too_many() -> None:
    people = [person(nama=f"Contoh {chr(97 + n % 26)}", nik="", tanggal_lahir="") for n in range(MOST_PEOPLE)]

    assert sum(judge(a_sheet(*people), ARRIVAL).counts.values()) == MOST_PEOPLE + 1
    assert refused(a_sheet(*people, person())).code == "ROWS_TOO_MANY"


@pytest.mark.proves("B03")
@pytest.mark.parametrize(
    ("headings", "column", "problem"),
    [
        (("nama", "jenis_kelamin", "tanggal_lahir", "kabupaten_kota", "provinsi", "kategori"), "nik", "missing"),
        ((*HEADINGS, "Nama Lengkap"), "nama", "repeated"),
        ((*HEADINGS, "Warna kesukaan"), len(HEADINGS) + 1, "unknown"),
        (("a", "b", "c"), "nama", "missing"),
        (("", *HEADINGS[1:], "Nama"), 1, "unknown"),
    ],
)
def test_a_heading_that_is_missing_repeated_or_unknown_is_named(
    headings: tuple[str, ...], column: str | int, problem: str
) -> None:
    fault = refused(a_sheet(person(), headings=headings))

    assert (fault.code, fault.facts) == ("HEADER_BAD", {"column": column, "problem": problem})


@pytest.mark.proves("B05")
@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\x7f"])
def test_a_control_sign_in_a_cell_is_refused_with_its_place(sign: str) -> None:
    fault = refused(a_sheet(person(), person(nama=f"Mar{sign}ia")))

    assert (fault.code, fault.facts) == ("CELL_CONTROL_CHAR", {"row": 3, "column": 1})


@pytest.mark.proves("B06")
@pytest.mark.parametrize(
    ("nik", "code", "kept"),
    [
        ("", "NIK_EMPTY", False),
        ("1.23E+15", "NIK_SCIENTIFIC_NOTATION", False),
        ("532101570895000", "NIK_LENGTH", False),
        ("53210157089500077", "NIK_LENGTH", False),
        ("0000000000000000", "NIK_DATE", False),
        ("5321017908950007", "NIK_DATE", True),
        ("9921015708950007", "NIK_REGION_UNKNOWN", True),
        ("5321015808950007", "NIK_DATE_MISMATCH", True),
        ("5321011708950007", "NIK_SEX_MISMATCH", True),
        ("53 2101 570895 0007", "NIK_NORMALISED", True),
        ('="5321015708950007"', "NIK_NORMALISED", True),
        (5321015708950007, "", True),
        (5321015708950000, "NIK_ROUNDED", False),
        (5.32e15, "NIK_ROUNDED", False),
    ],
)
def test_a_doubtful_nik_is_a_remark_and_never_a_refusal(nik: Cell, code: str, kept: bool) -> None:
    row = row_of(nik=nik)

    assert {*row.codes, *row.notes} == ({code} if code else set())
    assert row.status is not Status.REFUSED
    assert (row.values["nik"] is not None) is kept


@pytest.mark.proves("B06")
def test_numbers_that_all_end_in_nought_lost_their_last_digit() -> None:
    people = [person(nama=name, nik=f"5321015708950{n}0") for n, name in enumerate(("Ayu", "Budi", "Cita", "Dedi"), 10)]

    few, all_four = (judge(a_sheet(*people[:count]), ARRIVAL) for count in (3, 4))

    assert few.file_codes == ()
    assert all_four.file_codes == ("NIK_COLUMN_ROUNDED",)
    assert all(row.codes == ("NIK_ROUNDED",) for row in all_four.rows[1:])


@pytest.mark.proves("B07")
@pytest.mark.parametrize(
    ("written", "code", "value"),
    [
        ("1995-08-17", "", "1995-08-17"),
        (date(1995, 8, 17), "", "1995-08-17"),
        ("1995-08-17 00:00:00", "", "1995-08-17"),
        ("17.8.1995", "", "1995-08-17"),
        ("17-Agt-1995", "DATE_MONTH_NAME", "1995-08-17"),
        ("31/02/1990", "DATE_INVALID", None),
        ("08/25/1992", "DATE_INVALID", None),
        ("1990/08/17", "DATE_INVALID", None),
        ("17/08-1995", "DATE_INVALID", None),
        ("1990", "DATE_INVALID", None),
        ("01/01/1850", "DATE_INVALID", None),
        ("15/12/2026", "DATE_IN_FUTURE", None),
        (date(2027, 1, 1), "DATE_IN_FUTURE", None),
        ("17/08/95", "DATE_TWO_DIGIT_YEAR", "1995-08-17"),
        ("17/08/19", "DATE_TWO_DIGIT_YEAR", None),
        ("32/01/89", "DATE_INVALID", None),
        (34928, "DATE_EXCEL_SERIAL", "1995-08-17"),
        ("34928.0", "DATE_INVALID", None),
        ("", "DATE_EMPTY", None),
        ("umur 31 tahun", "AGE_ONLY", None),
        ("lk." * 10_000, "DATE_INVALID", None),
    ],
)
def test_only_a_date_that_can_be_one_day_is_read(written: Cell, code: str, value: str | None) -> None:
    row = row_of(tanggal_lahir=written)

    assert {*row.codes, *row.notes} == ({code} if code else set())
    assert row.values["tanggal_lahir"] == value
    assert row.status is not Status.REFUSED


def test_two_digits_of_a_year_are_settled_by_the_nik() -> None:
    assert row_of(nik="5321015708190007", tanggal_lahir="17/08/19").values["tanggal_lahir"] == "2019-08-17"


def pair(one: tuple[Cell, ...], other: tuple[Cell, ...]) -> tuple[Row, Row]:
    found: Judgement = judge(a_sheet(one, other), ARRIVAL)
    return found.rows[1], found.rows[2]


@pytest.mark.proves("B08")
def test_the_same_person_again_is_refused_and_names_the_first_line() -> None:
    first, again = pair(person(), person(nama="MARIA  SERAN"))

    assert (first.status, again.status) == (Status.ACCEPTED, Status.REFUSED)
    assert (again.codes, again.duplicate_of_line) == (("DUPLICATE_IN_FILE",), 2)


@pytest.mark.proves("B08")
@pytest.mark.parametrize("name", ["Maria Seran", "Maria", "Maria Serran", "Maria Seran Ulu"])
def test_people_who_sound_alike_and_were_born_within_a_day_are_shown_to_each_other(name: str) -> None:
    one, other = pair(person(nik=""), person(nik="", nama=name, tanggal_lahir="18/08/1995"))

    assert one.codes == other.codes == ("POSSIBLE_DUPLICATE",)
    assert (one.similar_to_line, other.similar_to_line) == (3, 2)


@pytest.mark.proves("B08")
@pytest.mark.parametrize(
    "changed", [{"nama": "Marta Leki"}, {"tanggal_lahir": "19/08/1995"}, {"jenis_kelamin": "L"}, {"tanggal_lahir": "-"}]
)
def test_people_who_differ_in_name_day_or_sex_are_not_called_alike(changed: dict[str, Cell]) -> None:
    _, other = pair(person(nik=""), person(**{"nik": ""} | changed))

    assert "POSSIBLE_DUPLICATE" not in other.codes


def test_two_people_with_one_nik_are_both_asked_about() -> None:
    one, other = pair(person(), person(nama="Naomi Leki"))

    assert one.codes == other.codes == ("NIK_SHARED_IN_FILE",)
    assert (one.similar_to_line, other.similar_to_line) == (3, 2)


@pytest.mark.proves("B09")
@pytest.mark.parametrize(
    ("regency", "province", "code", "value", "candidates"),
    [
        ("5321", "53", "", "5321", ()),
        ("53.21", "", "", "5321", ()),
        ("9101", "Papua Selatan", "REGION_UNKNOWN", None, ("9301",)),
        ("9999", "NTT", "REGION_UNKNOWN", None, ()),
        ("53", "NTT", "REGION_UNKNOWN", None, ()),
        ("5321", "Aceh", "REGION_PROVINCE_MISMATCH", None, ("5321",)),
        ("Malaka", "", "", "5321", ()),
        ("Malaka", "Nusa Entah", "REGION_FUZZY", "5321", ()),
        ("Kota Malaka", "NTT", "REGION_FUZZY", "5321", ()),
        ("Kab. Malacca", "NTT", "REGION_UNKNOWN", None, ()),
        ("Kabupaten Tengah Entah", "NTT", "REGION_UNKNOWN", None, ()),
        ("Lotim", "Aceh", "REGION_PROVINCE_MISMATCH", None, ("5203",)),
        ("Kota Baru", "Kalsel", "NIK_REGION_DIFFERS", "6302", ()),
        ("Kodya Bandung", "Prov. Jawa Barat", "NIK_REGION_DIFFERS", "3273", ()),
        ("Bandung", "Jabar", "REGION_AMBIGUOUS", None, ("3204", "3273")),
        ("Kota Adm. Jakarta Timur", "DKI", "NIK_REGION_DIFFERS", "3175", ()),
        ("", "NTT", "REGION_MISSING", None, ()),
    ],
)
def test_a_region_that_is_not_certain_is_asked(
    regency: str, province: str, code: str, value: str | None, candidates: tuple[str, ...]
) -> None:
    row = row_of(kabupaten_kota=regency, provinsi=province)

    assert {*row.codes, *row.notes} == ({code} if code else set())
    assert (row.values["regency_code"], row.candidates) == (value, candidates)


@pytest.mark.proves("B10")
@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "@SUM(1)", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "\t=1+1", "\r=1+1"]
)
def test_what_looks_like_a_formula_stays_text_and_is_shown(text: str) -> None:
    row = row_of(kebutuhan_khusus=text)

    assert row.codes == ("FORMULA_CELL",)
    assert row.values["kebutuhan_khusus"] == text.strip()
    assert row_of(nama=text).codes == ("FORMULA_IN_NAME",)


@pytest.mark.parametrize("text", ["- hamil (6 bulan)", "+62 812-000", "-", "–"])
def test_a_dash_or_a_telephone_number_is_no_formula(text: str) -> None:
    assert "FORMULA_CELL" not in said(kebutuhan_khusus=text)


@pytest.mark.proves("B15")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("A", ""),
        ("Partini", ""),
        ("Ma’ruf", "TEXT_NORMALISED"),
        ("x" * 200, "NAME_CASE"),
        ("x" * 201, "NAME_INVALID"),
        ("Maria \u202egnaroes", "NAME_INVALID"),
        ("Maria 😀", "NAME_INVALID"),
        ("12345", "NAME_INVALID"),
        ("   ", "NAME_MISSING"),
        ("\u00a0", "NAME_MISSING"),
    ],
)
def test_a_name_of_one_letter_is_a_name_and_one_that_cannot_be_stored_is_refused(name: str, code: str) -> None:
    row = row_of(nama=name)

    assert {*row.codes, *row.notes} == ({code} if code else set())
    assert (row.status is Status.REFUSED) == (code in ("NAME_INVALID", "NAME_MISSING"))


def test_the_region_of_the_person_above_is_offered_where_the_cell_is_empty() -> None:
    blank: dict[str, Cell] = {"kabupaten_kota": "", "provinsi": "", "nik": ""}
    people = [person(), person(nama="Naomi", **blank), person(nama="Yanti", **blank)]
    elsewhere = person(nama="Ester", **blank | {"provinsi": "Aceh"})

    found = judge(a_sheet(*people, elsewhere, person(nama="Selvi", **blank)), ARRIVAL)

    assert [row.candidates for row in found.rows[2:]] == [("5321",), ("5321",), (), ("5321",)]


def test_letters_broken_by_another_encoding_are_offered_mended() -> None:
    row = row_of(kebutuhan_khusus="perlu obat â€“ rutin")

    assert (row.codes, row.offers["kebutuhan_khusus"]) == (("TEXT_MOJIBAKE",), "perlu obat - rutin")


def codes_of(*records: tuple[Cell, ...]) -> list[tuple[str, ...]]:
    return [row.codes for row in judge(a_sheet(*records), ARRIVAL).rows[1:]]


def test_lines_without_a_person_are_told_apart() -> None:
    assert codes_of(
        (1, 2, 3, 4, 5, 6, 7, 8),
        ("", "A. KELOMPOK PERTAMA"),
        person(),
        ("", ""),
        ("Jumlah : 1 orang",),
        ("Mengetahui,",),
        ("", "", "", "", "Tanjungpinang, 14 Desember 2026"),
    ) == [("HEADER_REPEATED",), ("TITLE_ROW",), (), ("BLANK_ROW",), ("TOTAL_ROW",), ("FOOTER_ROW",), ("FOOTER_ROW",)]


def test_a_name_without_anything_else_is_a_person_and_so_is_one_under_the_total() -> None:
    found = judge(a_sheet(person(), ("Jumlah: 2",), ("Naomi Leki",), person(nama="", nik="5321014101900001")), ARRIVAL)

    assert [row.status for row in found.rows[2:]] == [Status.SKIPPED, Status.WARNED, Status.REFUSED]
    assert found.file_codes == ("TOTAL_MISMATCH",)


def test_a_cell_more_than_the_headings_refuses_the_record_and_a_cell_less_is_filled_up() -> None:
    more, fewer = judge(a_sheet((*person(), ""), person()[:7]), ARRIVAL).rows[1:]

    assert (more.status, more.codes, more.values) == (Status.REFUSED, ("COLUMN_COUNT",), {})
    assert (fewer.status, fewer.notes) == (Status.ACCEPTED, ("COLUMNS_PADDED",))


def test_a_whole_number_is_read_without_decimals() -> None:
    assert as_text(12.0) == "12"
    assert as_text(12.5) == "12.5"
