"""A file that somebody hands in as a sheet of people: its kind is told by its bytes, never by its name."""

from api.workbook import read_workbook
from domain.errors import Invalid, TooLarge, Unsupported
from domain.sheets.delimited import read_delimited
from domain.sheets.records import MOST_BYTES, Sheet

_WORKBOOK = b"PK\x03\x04"
_OTHERS = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # old workbooks, and encrypted ones
    *(b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08"),  # still older ones
    *(
        b"PK\x05\x06",
        b"PK\x07\x08",
        b"%PDF",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"GIF8",
        b"{\\rtf",
        b"\x1f\x8b",
        b"7z\xbc\xaf",
    ),
)


def read_sheet(content: bytes) -> Sheet:
    """The records of a CSV file or a workbook (.xlsx).

    Raises TooLarge("FILE_TOO_LARGE"), Unsupported("TYPE_UNSUPPORTED", field="sheet"), and the refusals of
    `read_delimited` and `read_workbook`.
    """
    if len(content) > MOST_BYTES:
        raise TooLarge("FILE_TOO_LARGE", limit=MOST_BYTES)
    if not content:
        raise Invalid("FILE_EMPTY")
    if content.startswith(_WORKBOOK):
        return read_workbook(content)
    if content.startswith(_OTHERS) or content[:100].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise Unsupported("TYPE_UNSUPPORTED", field="sheet")
    return read_delimited(content)
