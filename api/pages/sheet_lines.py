"""How one line of a sheet stands on its page: its reasons in words, what was written, the fields to mend it by."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from domain.journal import canonical
from domain.regions import all_regions, find_region
from domain.sheets.mending import COLUMNS, REGENCY, about
from domain.sheets.records import Status
from store.manifests import Line
from templates import filters, words, words_sheets, words_staff
from templates.catalogue import say
from templates.staff_views import LineField, SheetLine

MENDED: Final = "f"  # the family of fields: f[nama]
CHOICE: Final = REGENCY
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_TAGS: Final = {
    Status.ACCEPTED: "ok", Status.WARNED: "wait", Status.REFUSED: "late", Status.SKIPPED: "none",
}  # fmt: skip
_FIELDS: Final = tuple(column for column in COLUMNS if column not in ("no", "provinsi"))
_BRIEF: Final = ("nik", "jenis_kelamin", "tanggal_lahir", "kabupaten_kota", "provinsi", "kategori")
_WHY: Final = {
    "nik": words_staff.WHY_NIK,
    "document": words_staff.WHY_DOCUMENT,
    "name_birth": words_staff.WHY_BIRTH,
    "name_home": words_staff.WHY_HOME,
}


def region_names() -> list[str]:
    """What may be written for a regency or city."""
    return [region.name for region in all_regions().values() if not region.is_province]


def state_of(line: Line) -> str:
    """Tells a page that shows the line as it stands from an older one."""
    content = [line.row.status.value, list(line.row.codes), dict(line.row.values), line.decision, line.case]
    return hashlib.sha256(canonical(content).encode()).hexdigest()[:16]


def shown_values(line: Line) -> dict[str, str]:
    """What the fields of a line hold: what was written where that is in doubt, else what was read."""
    row = line.row
    doubtful = {column for code in row.codes for column in about(code)} if line.decision is None else set()
    shown = {}
    for column in _FIELDS:
        read = row.values.get(column) or ""
        if column == "kabupaten_kota":
            region = find_region(row.values.get(REGENCY) or "")
            read = region.name if region else ""
        written = line.cells.get(column, "").strip()
        shown[column] = (
            read or written if column not in doubtful or column in ("jenis_kelamin", "kategori") else (written or read)
        )
    for column, known in (("jenis_kelamin", ("L", "P")), ("kategori", ("TPPO", "PMIB"))):
        shown[column] = shown[column] if shown[column] in known else ""
    return shown


def block(line: Line, language: str, typed: Mapping[str, str] | None = None) -> SheetLine:
    """The line as its page shows it; typed: what was sent, after a refusal."""
    row, kept = line.row, typed or {}
    own = {column for code in row.codes for column in about(code)}
    offered = [
        words_sheets.offer_sentence(column, value, language) for column, value in row.offers.items()
    ]  # fmt: skip
    made = [_field(line, column, value, kept, language) for column, value in shown_values(line).items()]
    near = [each for each in made if each.column in own or not row.values]
    return SheetLine(
        line=row.line,
        lines=f"{row.line}–{row.line_end}" if row.line_end else str(row.line),
        who=line.who,
        kind=_TAGS[row.status],
        word=words.name_of(row.status.value, language, "sheet_status"),
        reasons=(*_reasons(line, language), *offered),
        notes=tuple(words.name_of(code, language, "sheet_code") for code in row.notes),
        brief=" · ".join(text for column in _BRIEF if (text := line.cells.get(column, "").strip())),
        written=tuple(
            (words.name_of(column, language, "sheet_column") if column else say(words_sheets.OUTSIDE, language), text)
            for column, text in line.cells.items()
            if text.strip()
        ),
        near=tuple(near),
        far=tuple(each for each in made if each not in near),
        choices=tuple((code, region.name) for code in row.candidates if (region := find_region(code))),
        matches=tuple((each["number"], say(_WHY[each["why"]], language)) for each in line.matches),
        state=state_of(line),
        decision=line.decision or "",
        case=line.case or "",
        typed_case=kept.get("case", line.case or (line.matches[0]["number"] if line.matches else "")),
    )


def _reasons(line: Line, language: str) -> list[str]:
    by_person = [say(words_sheets.REFUSED_BY_PERSON, language)] if line.decision == "refuse" else []
    return by_person + words_sheets.reasons_of(line.row, language)


def _field(line: Line, column: str, value: str, typed: Mapping[str, str], language: str) -> LineField:
    options: tuple[tuple[str, str], ...] = ()
    if column == "jenis_kelamin":
        options = tuple((code, words.name_of(code, language, "sex")) for code in ("P", "L"))
    elif column == "kategori":
        options = (("TPPO", "TPPO"), ("PMIB", "PMIB"))
    name = words.name_of(column, language, "sheet_column")
    read = _read_as(line, column, language)
    kept = "" if read == value or not value else say(words_sheets.KEPT, language, value=read)
    return LineField(
        column, name[:1].upper() + name[1:], typed.get(f"{MENDED}[{column}]", value), kept if line.row.values else "",
        options,
    )  # fmt: skip


def _read_as(line: Line, column: str, language: str) -> str:
    """What is stored of a column when nobody changes it."""
    value = line.row.values.get(REGENCY if column == "kabupaten_kota" else column)
    if value is None:
        return say(words_staff.UNKNOWN, language)
    if column == "tanggal_lahir":
        return filters.date_only(date.fromisoformat(value), language=language)
    region = find_region(value) if column == "kabupaten_kota" else None
    return region.name if region else value


def sentences(codes: object, language: str) -> str:
    """Codes of a line as one text."""
    known = codes if isinstance(codes, list | tuple) else ()
    return " ".join(words.name_of(str(code), language, "sheet_code") for code in known)


# --- files


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """A CSV file as spreadsheets here open it: semicolons, a byte order mark, and no cell that they would evaluate."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return "\ufeff" + written.getvalue()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def refused_csv(lines: Sequence[Line], language: str) -> str:
    """Refused lines as they were written, after line number and reasons."""
    columns = [column for column in (*COLUMNS, "") if any(column in line.cells for line in lines)]
    names = [words.name_of(each, language, "sheet_column") if each else say(words_sheets.OUTSIDE, language)
             for each in columns]  # fmt: skip
    heads = [say(words_sheets.HEAD_LINE, language), say(words_sheets.HEAD_REASON, language), *names]
    return csv_text(
        [
            heads,
            *(
                [
                    str(line.row.line),
                    " ".join(_reasons(line, language)),
                    *(line.cells.get(column, "") for column in columns),
                ]
                for line in lines
            ),
        ]
    )
