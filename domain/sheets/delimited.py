"""CSV, from bytes to records: letters, separator and line ends found out, every physical line accounted for."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from domain.errors import Invalid
from domain.sheets.columns import known_headings
from domain.sheets.records import LONGEST_CELL, MOST_COLUMNS, MOST_PEOPLE, MOST_RECORDS, Record, Sheet

SEPARATORS = {",": None, ";": "DELIMITER_SEMICOLON", "\t": "DELIMITER_TAB"}
_LOOKED_AT = 50  # lines in which the headings are sought
_WIDE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MANY_BYTES = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# No letters of names and no signs of text in Windows-1252: they are the debris of another encoding.
_NO_TEXT = re.compile(rb"[\x81\x8d\x8f\x90\x9d\xd0\xd7\xde\xf0\xf7\xfe\xff]|[\xc2\xc3](?![A-Za-z])")


def read_delimited(content: bytes) -> Sheet:
    """The records of a CSV file, with the codes ENCODING_…, DELIMITER_… and LINE_END_CRLF.

    Raises Invalid: FILE_EMPTY, ENCODING_BAD (`offset` of the first bad byte, from 0), CSV_SHAPE (`row`: the line where
    a quote is left open, a cell is too long or cells are too many), ROWS_TOO_MANY.
    """
    text, encoding = _decode(content)
    if not text.strip():
        raise Invalid("FILE_EMPTY")
    separator, usual = _separator(text)
    codes = [encoding, SEPARATORS[separator], "LINE_END_CRLF" if "\r\n" in text[: text.find("\n") + 1] else None]
    return Sheet(tuple(_records(text, separator, usual)), tuple(code for code in codes if code))


def _decode(content: bytes) -> tuple[str, str | None]:
    if content.startswith(_WIDE) or _is_wide(content[:1000]):
        raise Invalid("ENCODING_BAD", offset=max(content[:1000].find(0), 0) * (not content.startswith(_WIDE)))
    has_mark = content.startswith(codecs.BOM_UTF8)
    try:
        return content.decode("utf-8-sig"), "ENCODING_BOM" if has_mark else None
    except UnicodeDecodeError as fault:
        offset = fault.start + (len(codecs.BOM_UTF8) if has_mark else 0)
        if has_mark or not _is_cp1252(content):
            raise Invalid("ENCODING_BAD", offset=offset) from None
    return content.decode("cp1252"), "ENCODING_CP1252"


def _is_wide(start: bytes) -> bool:
    """Every second byte of Latin letters in UTF-16 is NUL."""
    return len(start) > 1 and start.count(0) * 4 > len(start)


def _is_cp1252(content: bytes) -> bool:
    if _NO_TEXT.search(content):
        return False
    high = sum(byte > 0x7F for byte in content)
    return 2 * sum(len(found[0]) for found in _MANY_BYTES.finditer(content)) <= high


def _separator(text: str) -> tuple[str, int]:
    """The separator under which the headings are known best, and how often it stands in their line."""
    best, score = (",", 0), 0
    for line in islice(io.StringIO(text, newline=""), _LOOKED_AT):
        for separator in SEPARATORS:
            if line.count(separator) >= MOST_COLUMNS:
                continue
            try:
                cells = next(csv.reader([line], delimiter=separator), [])
            except csv.Error:
                continue
            if (known := known_headings(cells)) > score:
                best, score = (separator, len(cells) - 1), known
    return best


def _records(text: str, separator: str, usual: int) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    for count in range(MOST_RECORDS + 1):
        try:
            cells = next(reader, None)
        except csv.Error:  # an open quote, or a cell longer than the reader takes
            raise Invalid("CSV_SHAPE", row=line) from None
        if cells is None:
            return
        if count == MOST_RECORDS:
            break
        is_odd = any(len(cell) > LONGEST_CELL or _swallows(cell, separator, usual) for cell in cells)
        if is_odd or len(cells) > MOST_COLUMNS:
            raise Invalid("CSV_SHAPE", row=line)
        yield Record(line, tuple(cells), reader.line_num if reader.line_num > line else None)
        line = reader.line_num + 1
    raise Invalid("ROWS_TOO_MANY", limit=MOST_PEOPLE)


def _swallows(cell: str, separator: str, usual: int) -> bool:
    """Whether whole lines of the sheet lie inside a cell, as after a quote that was closed too late."""
    return usual > 1 and "\n" in cell and any(2 * line.count(separator) > usual for line in cell.split("\n")[1:])
