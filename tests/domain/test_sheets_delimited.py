"""CSV from bytes to records: letters, separators, quotes and line numbers."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import DomainError, Invalid
from domain.sheets.delimited import SEPARATORS, read_delimited
from domain.sheets.records import LONGEST_CELL, MOST_RECORDS, Record

HEAD = "no;nama;nik;alamat\n"


def refused(content: bytes) -> Invalid:
    with pytest.raises(Invalid) as fault:
        read_delimited(content)
    return fault.value


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_code(content: bytes) -> None:
    try:
        sheet = read_delimited(content)
    except DomainError:
        return
    lines = [record.line for record in sheet.records]
    assert lines == sorted(set(lines))


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(*[st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=12)] * 4), max_size=9
    ),
    st.sampled_from(list(SEPARATORS)),
    st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_a_spreadsheet_writes_is_read_back(rows: list[tuple[str, ...]], separator: str, end: str) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=separator, lineterminator=end).writerows([HEAD.strip().split(";"), *rows])

    records = read_delimited(written.getvalue().encode()).records

    assert [each.cells for each in records[1:]] == rows
    assert [each.line for each in records] == list(range(1, len(rows) + 2))


@pytest.mark.proves("B01")
@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n \r\n"])
def test_a_file_without_a_sign_is_empty(content: bytes) -> None:
    assert refused(content).code == "FILE_EMPTY"


@pytest.mark.proves("B02")
def test_a_flood_of_lines_is_not_read_to_its_end() -> None:
    assert refused((HEAD + "\n" * MOST_RECORDS).encode()).code == "ROWS_TOO_MANY"


@pytest.mark.proves("B04")
@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (HEAD.encode(), ("DELIMITER_SEMICOLON",)),
        (HEAD.encode("utf-8-sig"), ("ENCODING_BOM", "DELIMITER_SEMICOLON")),
        ((HEAD + "1;José;;\n").encode("cp1252"), ("ENCODING_CP1252", "DELIMITER_SEMICOLON")),
        (HEAD.replace("\n", "\r\n").encode(), ("DELIMITER_SEMICOLON", "LINE_END_CRLF")),
        (HEAD.replace(";", "\t").encode(), ("DELIMITER_TAB",)),
        (HEAD.replace(";", ",").encode(), ()),
    ],
)
def test_letters_separator_and_line_ends_are_found_out(content: bytes, codes: tuple[str, ...]) -> None:
    sheet = read_delimited(content)

    assert sheet.codes == codes
    assert sheet.records[0].cells == ("no", "nama", "nik", "alamat")


@pytest.mark.proves("B04")
@pytest.mark.parametrize(
    ("content", "offset"),
    [
        (HEAD.encode("utf-16"), 0),
        (HEAD.encode("utf-16-le"), 1),
        (HEAD.encode("utf-32"), 0),
        (HEAD.encode("utf-8-sig") + b"1;Jos\xe9;;\n", 27),
        (HEAD.encode() + b"1;Jos\xff;;\n", 24),
        (HEAD.encode() + b"1;Jos\xc3(;;\n", 24),
        (HEAD.encode() + "1;José André Inês;;\n".encode() + b"2;Jos\xe9;;\n", 47),
    ],
)
def test_letters_that_are_not_known_are_refused_with_their_place(content: bytes, offset: int) -> None:
    fault = refused(content)

    assert (fault.code, fault.facts) == ("ENCODING_BAD", {"offset": offset})


def test_the_separator_is_the_one_under_which_the_headings_are_known() -> None:
    text = "Daftar, contoh, bukan orang, sungguhan\n" + HEAD + "1;Ina;;a, b, c, d, e\n"

    assert read_delimited(text.encode()).records[2].cells == ("1", "Ina", "", "a, b, c, d, e")


@pytest.mark.proves("B14")
def test_a_line_break_in_quotes_keeps_the_line_numbers_right() -> None:
    records = read_delimited((HEAD + '1;Ina;;"a\nb\n\nc"\n\n2;Ari;;d').encode()).records

    assert [(each.line, each.line_end) for each in records] == [(1, None), (2, 5), (6, None), (7, None)]
    assert records[1].cells[3] == "a\nb\n\nc"
    assert records[2] == Record(6, ())


@pytest.mark.proves("B14")
@pytest.mark.parametrize(
    "rows",
    [
        '1;Ina;;"a\n2;Ari;;b\n3;Ita;;c\n',  # never closed
        '1;Ina;;"a\n2;Ari;;b"\n3;Ita;;c\n',  # closed too late: a person lies in the cell
        '1;Ina;;"a" b\n',
        f"1;Ina;;{'x' * (LONGEST_CELL + 1)}\n",
        f"1;Ina;;{'x' * 1024 * 1024}\n",
        ";" * 100 + "\n",
    ],
)
def test_a_quote_left_open_or_a_huge_cell_is_refused_with_its_line(rows: str) -> None:
    fault = refused((HEAD + "0;Eko;;z\n" + rows).encode())

    assert (fault.code, fault.facts) == ("CSV_SHAPE", {"row": 3})


def test_rows_of_uneven_length_are_left_to_the_judgement() -> None:
    records = read_delimited((HEAD + "1;Ina\n2;Ari;;b;c;d\n").encode()).records

    assert [len(each.cells) for each in records] == [4, 2, 6]
