"""Workbooks (.xlsx), from bytes to records: first every part is looked through, then openpyxl reads the one sheet.

Looking through unpacks in small pieces, keeps no tree and stops at the first thing that is not taken, so that a hostile
file costs neither memory nor time.
"""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from openpyxl import load_workbook

from domain.errors import Invalid, Unsupported
from domain.sheets.records import LONGEST_CELL, MOST_COLUMNS, MOST_PEOPLE, MOST_RECORDS, Cell, Record, Sheet

MOST_ENTRIES: Final = 200
MOST_RATIO: Final = 100
MOST_UNPACKED: Final = 32 * 1024 * 1024
MOST_ELEMENTS: Final = 400_000  # of the sheet, and of its texts
MOST_OTHER_ELEMENTS: Final = 20_000  # of styles and everything else
PIECE: Final = 64 * 1024
MOST_SILENT: Final = 4  # pieces in a row without an element or a text, as within one endless tag

_DANGEROUS = re.compile(r"externallinks/|embeddings/|activex/|connections\.xml$|querytables/", re.IGNORECASE)
_BEFORE_XML = b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n"
_LARGE_PARTS = ("xl/worksheets/", "xl/sharedStrings")
_SHEETS = "spreadsheetml"  # in both name spaces of workbooks


def read_workbook(content: bytes) -> Sheet:
    """The records of the one sheet of a workbook, blank lines included; every record is as wide as the sheet.

    Raises Invalid: FILE_UNSAFE, SHEET_SHAPE (`problem`: sheets, hidden, merged, formula or columns), ROWS_TOO_MANY,
    FILE_EMPTY; Unsupported("TYPE_UNSUPPORTED") for macros, encryption, other kinds of workbook and damaged ones.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_container(archive.infolist())
            watch = _look_through(archive)
    except DefusedXmlException:
        raise Invalid("FILE_UNSAFE") from None
    # NotImplementedError is how zipfile says that a part is packed in a way it cannot unpack.
    except (zipfile.BadZipFile, ParseError, EOFError, NotImplementedError, ValueError, zlib.error):
        raise _unsupported() from None
    watch.check_shape()
    return Sheet(tuple(_records(content, watch)))


def _unsupported() -> Unsupported:
    return Unsupported("TYPE_UNSUPPORTED", field="sheet")


def _check_container(parts: list[zipfile.ZipInfo]) -> None:
    """What the list of parts alone tells; nothing is unpacked yet."""
    names = [part.filename for part in parts]
    if len(parts) > MOST_ENTRIES or len(set(names)) < len(names):
        raise Invalid("FILE_UNSAFE")
    if any(part.flag_bits & 1 for part in parts) or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _unsupported()
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/worksheets/") for name in names):
        raise _unsupported()
    if sum(part.file_size for part in parts) > MOST_UNPACKED or any(map(_DANGEROUS.search, names)):
        raise Invalid("FILE_UNSAFE")
    for part in parts:
        is_plain = part.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if not is_plain or part.file_size > MOST_RATIO * part.compress_size:
            raise Invalid("FILE_UNSAFE")


class _Watch:
    """Sees every element of every part and keeps only what decides: target of the parser."""

    def __init__(self) -> None:
        self.sheets = self.last_row = self.last_column = 0
        self.problem: str | None = None
        self._row = self._column = self._elements = self._letters = 0
        self._most = self._silent = 0

    def enter(self, part: str) -> None:
        self._elements = self._letters = self._row = self._column = self._silent = 0
        self._most = MOST_ELEMENTS if part.startswith(_LARGE_PARTS) else MOST_OTHER_ELEMENTS

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        self._letters = self._silent = 0
        if self._elements > self._most:
            raise Invalid("FILE_UNSAFE")
        space, _, name = tag.rpartition("}")
        if name == "Relationship" and attributes.get("TargetMode") == "External":
            if not attributes.get("Type", "").endswith("/hyperlink"):
                raise Invalid("FILE_UNSAFE")
        elif "macroEnabled" in attributes.get("ContentType", ""):
            raise _unsupported()
        elif _SHEETS in space:
            self._in_sheet(name, attributes)

    def data(self, text: str) -> None:
        self._letters += len(text)
        self._silent = 0
        if self._letters > LONGEST_CELL * 2:  # escaped signs count too
            raise Invalid("FILE_UNSAFE")

    def piece_is_read(self) -> None:
        self._silent += 1
        if self._silent > MOST_SILENT:
            raise Invalid("FILE_UNSAFE")

    def close(self) -> None:
        """The parser asks for it; there is no tree to hand over."""

    def _in_sheet(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "row":
                self._row, self._column = int(attributes.get("r", self._row + 1)), 0
            case "c":
                self._column = _column_number(attributes["r"]) if "r" in attributes else self._column + 1
            case "v" | "is":
                self.last_row, self.last_column = max(self.last_row, self._row), max(self.last_column, self._column)
            case "sheet":
                self.sheets += 1
                if attributes.get("state", "visible") != "visible":
                    self.problem = "hidden"
            case "f":
                self.problem = self.problem or "formula"
            case "mergeCell":
                self.problem = self.problem or "merged"

    def check_shape(self) -> None:
        if not self.sheets:
            raise _unsupported()
        if self.sheets > 1:
            raise Invalid("SHEET_SHAPE", problem="hidden" if self.problem == "hidden" else "sheets")
        if self.problem is not None or self.last_column > MOST_COLUMNS:
            raise Invalid("SHEET_SHAPE", problem=self.problem or "columns")
        if self.last_row > MOST_RECORDS:
            raise Invalid("ROWS_TOO_MANY", limit=MOST_PEOPLE)
        if self.last_row == 0:
            raise Invalid("FILE_EMPTY")


def _column_number(reference: str) -> int:
    """ "A1" is 1, "AB7" is 28. Raises ValueError for anything else."""
    found = re.fullmatch(r"([A-Z]{1,3})[0-9]{1,7}", reference)
    if found is None:
        raise ValueError
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _look_through(archive: zipfile.ZipFile) -> _Watch:
    """Every part that is XML by its content, whatever its name, once and in pieces."""
    watch = _Watch()
    for part in archive.infolist():
        with archive.open(part) as source:
            piece = source.read(PIECE)
            if not piece.lstrip(_BEFORE_XML).startswith(b"<"):
                continue
            watch.enter(part.filename)
            parser = DefusedXMLParser(target=watch, forbid_dtd=True)
            try:
                while piece:
                    parser.feed(piece)
                    watch.piece_is_read()
                    piece = source.read(PIECE)
                parser.close()
            except ParseError:
                if not part.filename.endswith(".vml"):  # drawings of old make are often not well formed
                    raise
    return watch


def _records(content: bytes, watch: _Watch) -> Iterator[Record]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about features of the workbook that nobody asked for
            book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
            rows = book.worksheets[0].iter_rows(max_row=watch.last_row, max_col=watch.last_column, values_only=True)
            for line, row in enumerate(rows, start=1):
                yield Record(line, tuple(map(_cell, row)))
            book.close()
    except Exception:  # openpyxl lets out whatever it stumbles over
        raise _unsupported() from None


def _cell(value: Any) -> Cell:
    if isinstance(value, datetime):
        return value.date() if value.time() == datetime.min.time() else value.isoformat(" ")
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value)
    return value if isinstance(value, str | int | float | date) else str(value)
