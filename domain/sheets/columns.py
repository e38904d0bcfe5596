"""Which line holds the headings, and which column is which: free order, headings by the words people use."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from domain.errors import Invalid
from domain.sheets.cells import as_text, is_blank
from domain.sheets.records import Cell, Record

NEEDED = ("nama", "nik", "jenis_kelamin", "tanggal_lahir", "kabupaten_kota", "provinsi", "kategori")
_LOOKED_AT = 50  # records in which the headings are sought
_LONGEST = 100  # letters of a heading that are looked at
_FEWEST = 3  # known headings that make a line the headings
_HEADINGS: Mapping[str, str] = MappingProxyType({
    "no": "no nomor nourut nomorurut",
    "nama": "nama namalengkap namapmi namawni namakorban namaorang name fullname",
    "nik": "nik nonik nomornik noktp nomorktp nikktp nomorindukkependudukan",
    "jenis_kelamin": "jeniskelamin jk lp jklp kelamin jnskelamin jenkel sex gender",
    "tempat_lahir": "tempatlahir tmplahir tmptlahir kotalahir placeofbirth",
    "tanggal_lahir": "tanggallahir tgllahir tgllhr tanggalkelahiran dateofbirth dob birthdate",
    "alamat": "alamat alamatasal alamatlengkap alamatktp alamatdiindonesia address",
    "kabupaten_kota": "kabupatenkota kabkota kotakabupaten kotakab kabupaten kab kota kabkotaasal kabupatenkotaasal"
    " kabupatenasal regency",
    "provinsi": "provinsi propinsi prov provinsiasal propinsiasal province",
    "kategori": "kategori kategorikasus jeniskasus category",
    "jenis_dokumen": "jenisdokumen jenisdok jnsdokumen dokumenperjalanan documenttype",
    "no_paspor_splp": "nopasporsplp nomorpasporsplp pasporsplp nopaspor nomorpaspor paspor nosplp nomorsplp splp"
    " nodokumen nomordokumen passportno passport",
    "negara_penempatan": "negarapenempatan negara country",
    "kebutuhan_khusus": "kebutuhankhusus ketkhusus keterangankhusus kondisikhusus specialneeds",
    "catatan": "catatan keterangan ket remark remarks note notes",
})  # fmt: skip
_COLUMN_OF = {key: column for column, keys in _HEADINGS.items() for key in keys.split()}


@dataclass(frozen=True, slots=True)
class Header:
    """at: index of the record with the headings. columns: name of ours to position from 0. width: cells in the line."""

    at: int
    columns: Mapping[str, int]
    width: int

    def cell(self, record: Record, column: str) -> Cell:
        """What the record holds in that column, "" where the sheet has no such column or the line ends before it."""
        position = self.columns.get(column)
        return record.cells[position] if position is not None and position < len(record.cells) else ""


def column_of(cell: Cell) -> str | None:
    """Our name of the column that a heading means, or None."""
    text = as_text(cell)[:_LONGEST].casefold()
    bare = re.sub(r"\(.*?\)", "", text)
    return _COLUMN_OF.get(_key(text)) or _COLUMN_OF.get(_key(bare))


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text)


def known_headings(cells: Sequence[Cell]) -> int:
    """How many different headings of ours stand in a line, 0 when it is no line of headings."""
    found = {name for name in map(column_of, cells) if name}
    filled = sum(not is_blank(as_text(cell)) for cell in cells)
    return len(found) if len(found) >= _FEWEST and 2 * len(found) >= filled else 0


def find_header(records: Sequence[Record]) -> Header:
    """The headings of a sheet.

    Raises Invalid("HEADER_BAD") with `column`: our name of one that is missing or written twice, or the position (from
    1) of one that is not known to us, and `problem`: missing, repeated or unknown.
    """
    for at, record in enumerate(records[:_LOOKED_AT]):
        if known_headings(record.cells):
            return Header(at, _columns(record), len(record.cells))
    raise Invalid("HEADER_BAD", column=NEEDED[0], problem="missing")


def check_nameless(header: Header, people: Iterable[Record]) -> None:
    """Raises Invalid("HEADER_BAD", problem="unknown") where a person has something in a column without a heading."""
    nameless = set(range(header.width)) - set(header.columns.values())
    for record in people:
        for position in sorted(nameless):
            if position < len(record.cells) <= header.width and not is_blank(as_text(record.cells[position])):
                raise Invalid("HEADER_BAD", column=position + 1, problem="unknown")


def _columns(record: Record) -> Mapping[str, int]:
    columns: dict[str, int] = {}
    for position, cell in enumerate(record.cells):
        name = column_of(cell)
        if name is None and not is_blank(as_text(cell)):
            raise Invalid("HEADER_BAD", column=position + 1, problem="unknown")
        if name in columns:
            raise Invalid("HEADER_BAD", column=name, problem="repeated")
        if name is not None:
            columns[name] = position
    missing = next((name for name in NEEDED if name not in columns), None)
    if missing is not None:
        raise Invalid("HEADER_BAD", column=missing, problem="missing")
    return MappingProxyType(columns)
