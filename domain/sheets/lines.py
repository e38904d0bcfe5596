"""Which records hold a person, and what the others are: titles, blank lines, headings again, totals, signatures.

In doubt a record is a person: nobody may vanish between the lines.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from domain.sheets.birth import read_birth
from domain.sheets.cells import as_text, is_blank
from domain.sheets.columns import Header, column_of, known_headings
from domain.sheets.identity import digits_of_nik, read_category, read_sex
from domain.sheets.records import Record

PERSON: Final = ""
_TOTAL = re.compile(r"(?:sub\s?|grand\s)?(?:jumlah|total)\b(.*)", re.IGNORECASE | re.DOTALL)
_CLOSING = re.compile(
    r"(mengetahui|menyetujui|disetujui|diperiksa|dibuat|hormat|petugas|kepala|a\.n\.|atase|ttd|nip\b|catatan|keterangan"
    r"|.*\b20\d\d$)",
    re.IGNORECASE,
)


def tell_apart(records: Sequence[Record], header: Header, arrival: date) -> list[str]:
    """For each record PERSON, or the code of what it is: TITLE_ROW, BLANK_ROW, HEADER, HEADER_REPEATED, TOTAL_ROW,
    FOOTER_ROW. A line of words before the last person is a title, after it a footer."""
    kinds = [_kind(record, at, header, arrival) for at, record in enumerate(records)]
    is_over = False
    for at, record in enumerate(records):
        is_over = is_over or kinds[at] == "TOTAL_ROW"
        if is_over and kinds[at] == PERSON and _is_closing_word(record):
            kinds[at] = "TITLE_ROW"
    last = max((at for at, kind in enumerate(kinds) if kind == PERSON), default=header.at)
    return [*kinds[: last + 1], *("FOOTER_ROW" if kind == "TITLE_ROW" else kind for kind in kinds[last + 1 :])]


def total_of(record: Record) -> int | None:
    """The number that a line of totals gives, or None."""
    text = " ".join(filter(None, (as_text(cell).strip() for cell in record.cells)))
    found = re.search(r"\d{1,6}", text, re.ASCII)
    return int(found[0]) if found else None


def _kind(record: Record, at: int, header: Header, arrival: date) -> str:
    filled = [text for cell in record.cells if (text := as_text(cell).strip())]
    if not filled:
        return "BLANK_ROW"
    if at <= header.at:
        return "HEADER" if at == header.at else "TITLE_ROW"
    if known_headings(record.cells) and _same_headings(record, header):
        return "HEADER_REPEATED"
    if all(as_text(cell).strip(" ().") == str(place) for place, cell in enumerate(record.cells, start=1)):
        return "HEADER_REPEATED"  # 1, 2, 3 … under the headings
    if _tells_of_a_person(record, header, arrival):
        return PERSON
    if _TOTAL.match(filled[0]):
        return "TOTAL_ROW"
    if not is_blank(as_text(header.cell(record, "nama"))):
        return PERSON
    number = as_text(header.cell(record, "no")).strip()
    if len(filled) == 1 and number.isdecimal():
        return "BLANK_ROW"  # a numbered line that nobody filled in
    return "TITLE_ROW" if len(filled) <= 2 else PERSON


def _same_headings(record: Record, header: Header) -> bool:
    again = sum(column_of(header.cell(record, name)) == name for name in header.columns)
    return 2 * again >= len(header.columns)


def _tells_of_a_person(record: Record, header: Header, arrival: date) -> bool:
    """Whether NIK, sex, date or category is written as for a person."""
    if digits_of_nik(header.cell(record, "nik")) or read_sex(header.cell(record, "jenis_kelamin"), None).value:
        return True
    if read_category(header.cell(record, "kategori")).value:
        return True
    born = read_birth(header.cell(record, "tanggal_lahir"), arrival)
    return born.value is not None and "DATE_EXCEL_SERIAL" not in born.codes


def _is_closing_word(record: Record) -> bool:
    """One or two cells of words, as stand under a list, and nothing that tells of a person."""
    filled = [text for cell in record.cells if (text := as_text(cell).strip())]
    return len(filled) <= 2 and _CLOSING.match(filled[0]) is not None
