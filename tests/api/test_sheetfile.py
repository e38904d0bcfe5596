"""Workbooks and other files handed in as a sheet: taken for what they hold, refused before they cost anything."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from api import workbook
from api.sheetfile import read_sheet
from domain.errors import DomainError, Invalid, TooLarge, Unsupported
from domain.sheets.judge import judge
from domain.sheets.records import MOST_BYTES, MOST_COLUMNS, MOST_RECORDS, Status

HEADINGS = ("no", "nama", "nik", "jenis_kelamin", "tanggal_lahir", "kabupaten_kota", "provinsi", "kategori")
PERSON = (1, "Maria Seran", "5321015708950007", "P", datetime(1995, 8, 17), "Kab. Malaka", "NTT", "PMIB")  # noqa: DTZ001
MEBIBYTE = 1024 * 1024


def a_book(*rows: tuple[Any, ...], change: Callable[[Workbook], object] = lambda book: None) -> bytes:
    """The bytes of a workbook with those rows under the headings."""
    book = Workbook()
    for row in (HEADINGS, *rows):
        book.active.append(row)
    change(book)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def packed(content: bytes, changed: dict[str, bytes | None], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The same archive with parts changed, added, or left out (None)."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", how) as new:
        for name in old.namelist():
            if name not in changed:
                new.writestr(name, old.read(name))
        for name, part in changed.items():
            if part is not None:
                new.writestr(name, part)
    return written.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def refused(content: bytes) -> DomainError:
    with pytest.raises(DomainError) as fault:
        read_sheet(content)
    return fault.value


SHEET = "xl/worksheets/sheet1.xml"
BOOK = a_book(PERSON)


def test_a_workbook_is_judged_like_a_text_file() -> None:
    found = judge(read_sheet(a_book(PERSON, (), (2, "Naomi Leki", *PERSON[2:]))), date(2026, 12, 14))

    assert [(row.line, row.status) for row in found.rows] == [
        (1, Status.SKIPPED),
        (2, Status.WARNED),
        (3, Status.SKIPPED),
        (4, Status.WARNED),
    ]
    assert found.rows[1].codes == ("NIK_SHARED_IN_FILE",)
    assert found.rows[1].values["tanggal_lahir"] == "1995-08-17"


def test_numbers_dates_and_truths_of_a_workbook_reach_the_judgement_as_they_are() -> None:
    moment = datetime(1995, 8, 17, 10, 30)  # noqa: DTZ001
    records = read_sheet(a_book((1, 2.5, True, date(1990, 1, 2), moment, None, 5321015708950007, "x"))).records

    assert records[1].cells == (1, 2.5, "True", date(1990, 1, 2), "1995-08-17 10:30:00", "", 5321015708950007, "x")


def test_a_workbook_with_shared_texts_and_gaps_is_read_as_other_programs_write_it() -> None:
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    texts = b"<sst %b><si><t>nama</t></si><si><r><t>Ina </t></r><r><t>Tokan</t></r></si></sst>" % space
    rows = b'<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="3"><c r="B3" t="s"><v>1</v></c><c r="D3"/></row>'
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    types = part_of(BOOK, "[Content_Types].xml").replace(
        b"</Types>", b'<Override PartName="/xl/sharedStrings.xml" ContentType="%b"/></Types>' % kind
    )
    sheet = b"<worksheet %b><sheetData>%b</sheetData></worksheet>" % (space, rows)

    records = read_sheet(
        packed(BOOK, {"xl/sharedStrings.xml": texts, SHEET: sheet, "[Content_Types].xml": types})
    ).records

    assert [(each.line, each.cells) for each in records] == [(1, ("nama", "")), (2, ("", "")), (3, ("", "Ina Tokan"))]


@pytest.mark.proves("B06")
def test_a_nik_that_went_through_a_number_cell_is_asked_again() -> None:
    row = judge(read_sheet(a_book((*PERSON[:2], 5321015708950000, *PERSON[3:]))), date(2026, 12, 14)).rows[1]

    assert (row.codes, row.values["nik"]) == (("NIK_ROUNDED",), None)


@pytest.mark.proves("B01")
def test_a_file_or_a_workbook_without_content_is_empty() -> None:
    empty = io.BytesIO()
    Workbook().save(empty)

    assert refused(b"").code == "FILE_EMPTY"
    assert refused(empty.getvalue()).code == "FILE_EMPTY"


@pytest.mark.proves("B02")
def test_a_file_or_a_sheet_beyond_the_limits_is_refused() -> None:
    far = part_of(BOOK, SHEET).replace(b'<row r="2"', b'<row r="%d"' % (MOST_RECORDS + 1))

    large = refused(b"a" * (MOST_BYTES + 1))
    assert (type(large), large.code) == (TooLarge, "FILE_TOO_LARGE")
    assert refused(packed(BOOK, {SHEET: far})).code == "ROWS_TOO_MANY"


def dtd(name: str) -> dict[str, bytes | None]:
    declared = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    part = part_of(BOOK, name)
    at = part.find(b"?>") + 2 if part.startswith(b"<?xml") else 0
    return {name: part[:at] + declared + part[at:]}


def link_out() -> dict[str, bytes | None]:
    name = "xl/_rels/workbook.xml.rels"
    link = b'<Relationship Id="x" Type="http://x/externalLinkPath" Target="http://x.invalid/" TargetMode="External"/>'
    return {name: part_of(BOOK, name).replace(b"</Relationships>", link + b"</Relationships>")}


UNSAFE: dict[str, dict[str, bytes | None]] = {
    "a bomb by its ratio": {"xl/media/image1.png": bytes(4 * MEBIBYTE)},
    "too many entries": {f"xl/media/{n}.png": b"x" for n in range(workbook.MOST_ENTRIES)},
    "a linked workbook": {"xl/externalLinks/externalLink1.xml": b"<x/>"},
    "a link out of the relations": link_out(),
    "an embedded object": {"xl/embeddings/oleObject1.bin": b"x"},
    "a query": {"xl/connections.xml": b"<x/>"},
    "declared entities in the sheet": dtd(SHEET),
    "declared entities in the book": dtd("xl/workbook.xml"),
    "declared entities in a relation": dtd("_rels/.rels"),
    "declared entities in another encoding": {"docProps/core.xml": "<!DOCTYPE x><x/>".encode("utf-16")},
    "a flood of styles": {"xl/styles.xml": b"<x>%b</x>" % b"".join(b'<y a="%d"/>' % (n * n) for n in range(20_001))},
    "entities under another name": {"xl/media/image1.png": b"\n<!DOCTYPE x><x/>"},
    "one endless tag": {"docProps/app.xml": b"<x %b/>" % b" ".join(b'a%d="%d"' % (n, n * n) for n in range(30_000))},
    "one endless text": {"docProps/app.xml": b"<x>%b</x>" % b"".join(b"%d " % (n * n) for n in range(20_000))},
}  # fmt: skip


@pytest.mark.proves("B11")
@pytest.mark.parametrize("name", UNSAFE)
def test_a_workbook_with_hostile_parts_is_unsafe(name: str) -> None:
    fault = refused(packed(BOOK, UNSAFE[name]))

    assert (type(fault), fault.code) == (Invalid, "FILE_UNSAFE")


def a_bomb(size: int) -> bytes:
    """A sheet of *size* bytes, ratio aside as small as it can be packed."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != SHEET:
                new.writestr(name, old.read(name))
        with new.open(SHEET, "w") as sheet:
            sheet.write(b"<worksheet>")
            for _ in range(size // MEBIBYTE):
                sheet.write(b"<c/>" * (MEBIBYTE // 4))
            sheet.write(b"</worksheet>")
    return written.getvalue()


@pytest.mark.proves("B11")
def test_a_bomb_is_refused_by_its_list_before_anything_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = a_bomb(200 * MEBIBYTE)
    opened: list[str] = []
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda self, name, *more: opened.append(name))
    tracemalloc.start()

    code = refused(bomb).code
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (code, opened) == ("FILE_UNSAFE", [])
    assert peak < 10 * MEBIBYTE


@pytest.mark.proves("B11")
def test_a_part_with_too_many_elements_is_left_as_soon_as_it_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_RATIO", 10_000)  # as if it were packed less well
    bomb = a_bomb(24 * MEBIBYTE)
    unpacked = 0
    read = zipfile.ZipExtFile.read

    def counted(self: zipfile.ZipExtFile, n: int | None = -1) -> bytes:
        nonlocal unpacked
        piece = read(self, n)
        unpacked += len(piece)
        return piece

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    tracemalloc.start()

    code = refused(bomb).code
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert code == "FILE_UNSAFE"
    assert unpacked < 3 * MEBIBYTE
    assert peak < 20 * MEBIBYTE


@pytest.mark.proves("B11")
def test_a_part_that_is_larger_than_its_list_says_is_never_unpacked_further() -> None:
    sheet = zipfile.ZipFile(io.BytesIO(BOOK)).getinfo(SHEET)
    true_size, said = sheet.file_size.to_bytes(4, "little"), (10).to_bytes(4, "little")

    assert refused(BOOK.replace(true_size, said)).code in ("TYPE_UNSUPPORTED", "FILE_UNSAFE")


MACRO_TYPES = part_of(BOOK, "[Content_Types].xml").replace(b"spreadsheetml.sheet.main", b"x.sheet.macroEnabled.main")
OTHERS: dict[str, bytes] = {
    "a workbook with macros": packed(BOOK, {"xl/vbaProject.bin": b"x"}),
    "a workbook of the kind with macros": packed(BOOK, {"[Content_Types].xml": MACRO_TYPES}),
    "an encrypted or old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "a page renamed": b"\xef\xbb\xbf\n <html><table><tr><td>nama</td></tr></table></html>",
    "a sheet in XML": b'<?xml version="1.0"?><Workbook/>',
    "a paper": b"%PDF-1.7\n",
    "a text document": packed(BOOK, {SHEET: None, "word/document.xml": b"<x/>"}),
    "a damaged workbook": BOOK[: len(BOOK) // 2],
    "a workbook with a broken part": packed(BOOK, {SHEET: b"<worksheet><row"}),
    "a workbook without its book": packed(BOOK, {"xl/workbook.xml": b"<x/>", SHEET: b"<x/>"}),
}


@pytest.mark.proves("B12")
@pytest.mark.parametrize("name", OTHERS)
def test_other_kinds_of_files_are_not_taken(name: str) -> None:
    fault = refused(OTHERS[name])

    assert (type(fault), fault.code) == (Unsupported, "TYPE_UNSUPPORTED")


@pytest.mark.proves("B12")
def test_a_workbook_with_a_locked_part_is_not_taken() -> None:
    locked = bytearray(BOOK)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[BOOK.find(mark) + at] |= 1

    assert refused(bytes(locked)).code == "TYPE_UNSUPPORTED"


def hide(book: Workbook) -> None:
    book.create_sheet("Lain").sheet_state = "hidden"


SHAPES: dict[str, Callable[[Workbook], object]] = {
    "sheets": lambda book: book.create_sheet("Lain"),
    "hidden": hide,
    "merged": lambda book: book.active.merge_cells("A3:B4"),
    "formula": lambda book: book.active.append(["=1+1"]),
    "columns": lambda book: book.active.cell(row=1, column=MOST_COLUMNS + 1, value="x"),
}


@pytest.mark.proves("B13")
@pytest.mark.parametrize("problem", SHAPES)
def test_a_workbook_of_another_shape_is_refused_with_what_is_odd(problem: str) -> None:
    fault = refused(a_book(PERSON, change=SHAPES[problem]))

    assert (type(fault), fault.code, fault.facts) == (Invalid, "SHEET_SHAPE", {"problem": problem})


def test_a_mail_address_that_became_a_link_is_no_danger() -> None:
    def linked(book: Workbook) -> None:
        book.active["B2"].hyperlink = "mailto:contoh@example.invalid"

    assert len(read_sheet(a_book(PERSON, change=linked)).records) == 2


def test_pictures_and_drawings_that_are_not_well_formed_are_no_fault() -> None:
    parts: dict[str, bytes | None] = {
        "xl/drawings/vmlDrawing1.vml": b"<xml><br></xml>",
        "xl/media/image1.png": b"\x89PNG",
    }

    assert len(read_sheet(packed(BOOK, parts)).records) == 2


def test_coloured_lines_without_content_are_not_records() -> None:
    def coloured(book: Workbook) -> None:
        book.active.cell(row=900, column=3).number_format = "@"

    assert len(read_sheet(a_book(PERSON, change=coloured)).records) == 2
