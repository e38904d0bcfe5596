"""One line of a sheet that a person mends: its values as they stand, those given anew, and what is still in doubt."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from domain.errors import Invalid
from domain.sheets.alike import Named, compare
from domain.sheets.judge import CODES, REFUSING, judge
from domain.sheets.records import Record, Row, Sheet, Status

REGENCY: Final = "regency_code"
COLUMNS: Final = (
    "no", "nama", "nik", "jenis_kelamin", "tempat_lahir", "tanggal_lahir", "alamat", "kabupaten_kota", "provinsi",
    "kategori", "jenis_dokumen", "no_paspor_splp", "negara_penempatan", "kebutuhan_khusus", "catatan",
)  # fmt: skip
MENDABLE: Final = (*COLUMNS[1:], REGENCY)
LONGEST_VALUE: Final = 2_000
DUPLICATE_OPEN: Final = "DUPLICATE_OPEN"  # perhaps somebody with a running case
DUPLICATE_KNOWN: Final = "DUPLICATE_KNOWN"  # the same NIK or document as somebody whose cases have ended
KNOWN: Final = (DUPLICATE_OPEN, DUPLICATE_KNOWN)
_LIKENESS: Final = ("DUPLICATE_IN_FILE", "NIK_SHARED_IN_FILE", "POSSIBLE_DUPLICATE", *KNOWN)
_PLACES: Final = ("kabupaten_kota", "provinsi")
_ABOUT: Final[Mapping[str, tuple[str, ...]]] = {
    "NAME": ("nama",),
    "FORMULA_IN_NAME": ("nama",),
    "NIK_DATE_MISMATCH": ("nik", "tanggal_lahir"),
    "NIK_SEX_MISMATCH": ("nik", "jenis_kelamin"),
    "NIK": ("nik",),
    "SEX": ("jenis_kelamin",),
    "DATE": ("tanggal_lahir",),
    "AGE": ("tanggal_lahir",),
    "REGION": _PLACES,
    "CATEGORY": ("kategori",),
}


def about(code: str) -> tuple[str, ...]:
    """The columns that a code speaks of; none for what concerns the whole line."""
    return next((columns for start, columns in _ABOUT.items() if code.startswith(start)), ())


def checked_values(values: Mapping[str, str | None]) -> dict[str, str]:
    """Values to put in the place of what was read, by column; `regency_code` is a way to say the regency.

    None and "" both mean: not known. Raises Invalid: FIELD_UNKNOWN for a column that is none (never repeated, since it
    was typed), FIELD_LENGTH naming the column.
    """
    mended: dict[str, str] = {}
    for column, value in values.items():
        if column not in MENDABLE:
            raise Invalid("FIELD_UNKNOWN", field="values")
        text = (value or "").strip()
        if len(text) > LONGEST_VALUE:
            raise Invalid("FIELD_LENGTH", field=column)
        mended["kabupaten_kota" if column == REGENCY else column] = text
    return mended


def mend(row: Row, mended: Mapping[str, str], arrival: date, *, demonstration: bool) -> Row:
    """The line judged again, alone: what stands, with *mended* (from `checked_values`) in its place.

    Raises Invalid as `judge` does, for a control character in a value.
    """
    cells = {column: row.values.get(column) or "" for column in COLUMNS} | {"no": row.no or ""}
    cells["kabupaten_kota"] = row.values.get(REGENCY) or ""
    if not cells["kabupaten_kota"]:
        cells["provinsi"] = row.values.get("province_code") or ""
    cells |= mended
    if not cells["nama"]:
        return replace(row, status=Status.REFUSED, codes=("NAME_MISSING",))
    if "kabupaten_kota" in mended and "provinsi" not in mended:
        cells["provinsi"] = ""
    sheet = Sheet((Record(1, COLUMNS), Record(row.line, tuple(cells[column] for column in COLUMNS), row.line_end)))
    return judge(sheet, arrival, demonstration=demonstration).rows[1]


def likeness(row: Row, others: Iterable[Row]) -> tuple[tuple[str, ...], int | None]:
    """What the line shares with other lines of its sheet that are taken: codes, and the line it is like."""
    people = [_named(each) for each in others if each.line != row.line and each.values.get("nama")]
    found = compare([*people, _named(row)]).get(row.line, ())
    told = [each for each in found if each.code in _LIKENESS]
    return tuple(each.code for each in told), told[0].line if told else None


def _named(row: Row) -> Named:
    born = row.values.get("tanggal_lahir")
    return Named(
        line=row.line,
        name=row.values.get("nama") or "",
        sex=row.values.get("jenis_kelamin"),
        born=date.fromisoformat(born) if born else None,
        nik=row.values.get("nik"),
        document=row.values.get("no_paspor_splp"),
    )


def still_open(before: Row, after: Row, mended: Collection[str], alike: Iterable[str]) -> tuple[str, ...]:
    """Codes that a person who takes the line has not answered by doing so.

    Of a line that was only doubtful, these are codes about what was mended, and likenesses nobody was told of. What
    refuses a line hides its other doubts, so of a refused one all others are open. alike: from
    `likeness`.
    """
    new = {code for code in (*after.codes, *alike) if code not in REFUSING or code == "DUPLICATE_IN_FILE"}
    if before.status is Status.REFUSED:
        left = new - set(before.codes)
    else:
        left = {
            code for code in new
            if (code not in before.codes if code in _LIKENESS else not set(about(code)).isdisjoint(mended))
        }  # fmt: skip
    return ordered(left)


def ordered(codes: Collection[str]) -> tuple[str, ...]:
    """Codes in the one order in which they are told."""
    return tuple(code for code in (*CODES, *KNOWN) if code in codes)


def with_known(row: Row, code: str) -> Row:
    """The line as one that a person must look at because of somebody who is known already."""
    return replace(row, status=Status.WARNED, codes=ordered({*row.codes, code}))
