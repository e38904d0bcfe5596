"""The judgement of a sheet: every record gets one status, and a person who is doubtful is shown, never dropped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from domain.errors import DomainError, Invalid
from domain.people import clean_name, is_child
from domain.sheets import birth, identity, places
from domain.sheets.alike import Alike, Named, compare
from domain.sheets.cells import Tidy, as_text, has_control, is_blank, tidy
from domain.sheets.columns import Header, check_nameless, find_header
from domain.sheets.lines import PERSON, tell_apart, total_of
from domain.sheets.records import MOST_PEOPLE, Finding, Judgement, Record, Row, Sheet, Status

REFUSING = ("COLUMN_COUNT", "NAME_MISSING", "NAME_INVALID", "FORMULA_IN_NAME", "DUPLICATE_IN_FILE", "NIK_DEMO")
CODES = (
    *REFUSING,
    "NIK_SCIENTIFIC_NOTATION", "NIK_ROUNDED", "NIK_LENGTH", "NIK_DATE", "NIK_SHARED_IN_FILE", "NIK_DATE_MISMATCH",
    "NIK_SEX_MISMATCH", "SEX_UNKNOWN", "DATE_EMPTY", "DATE_INVALID", "DATE_IN_FUTURE", "DATE_TWO_DIGIT_YEAR",
    "DATE_EXCEL_SERIAL", "AGE_ONLY", "REGION_MISSING", "REGION_ALIAS", "REGION_FUZZY", "REGION_AMBIGUOUS",
    "REGION_PROVINCE_MISMATCH", "REGION_UNKNOWN", "CATEGORY_AMBIGUOUS", "POSSIBLE_DUPLICATE", "FORMULA_CELL",
    "TEXT_MOJIBAKE",
)  # fmt: skip
NOTES = (
    "NIK_EMPTY", "NIK_NORMALISED", "NAME_CASE", "SEX_NORMALISED", "DATE_MONTH_NAME", "CATEGORY_NORMALISED",
    "NIK_REGION_RETIRED", "NIK_REGION_UNKNOWN", "NIK_REGION_DIFFERS", "DOCUMENT_SHARED_IN_FILE", "TEXT_NORMALISED",
    "COLUMNS_PADDED", "MULTILINE_CELL", "MINOR",
)  # fmt: skip
_AS_WRITTEN = (
    "tempat_lahir", "alamat", "jenis_dokumen", "no_paspor_splp", "negara_penempatan", "kebutuhan_khusus", "catatan",
)  # fmt: skip


@dataclass
class _Draft:
    """One person while being judged."""

    record: Record
    no: str
    found: set[str] = field(default_factory=set)
    values: dict[str, str | None] = field(default_factory=dict)
    offers: dict[str, str] = field(default_factory=dict)
    candidates: tuple[str, ...] = ()
    duplicate_of: int | None = None
    similar_to: int | None = None

    def take(self, column: str, finding: Finding) -> str | None:
        self.values[column] = finding.value
        self.found |= {*finding.codes, *finding.notes}
        if finding.offer is not None:
            self.offers[column] = finding.offer
        return finding.value

    @property
    def is_refused(self) -> bool:
        return not self.found.isdisjoint(REFUSING)

    @property
    def born(self) -> date | None:
        text = self.values.get("tanggal_lahir")
        return date.fromisoformat(text) if text else None


def judge(sheet: Sheet, arrival: date, *, demonstration: bool = False) -> Judgement:
    """Judge every record of *sheet* for people who arrive on that day.

    demonstration: invented people, whose NIK was never issued, are taken; elsewhere they are refused with NIK_DEMO.
    Raises Invalid: CELL_CONTROL_CHAR (`row`, `column` from 1), HEADER_BAD (as `find_header`), FILE_EMPTY (nothing under
    the headings), ROWS_TOO_MANY.
    """
    _look_for_control_signs(sheet.records)
    if all(is_blank(as_text(cell)) for record in sheet.records for cell in record.cells):
        raise Invalid("FILE_EMPTY")
    header = find_header(sheet.records)
    kinds = tell_apart(sheet.records, header, arrival)
    people = [record for record, kind in zip(sheet.records, kinds, strict=True) if kind == PERSON]
    check_nameless(header, people)
    if len(people) > MOST_PEOPLE:
        raise Invalid("ROWS_TOO_MANY", limit=MOST_PEOPLE)
    if set(kinds[header.at + 1 :]) <= {"BLANK_ROW"}:
        raise Invalid("FILE_EMPTY")
    is_rounded = identity.is_rounded_column([header.cell(record, "nik") for record in people])
    drafts = _drafts(people, header, arrival, is_rounded=is_rounded, demonstration=demonstration)
    judged = {draft.record.line: _row(draft) for draft in drafts}
    rows = [
        judged[record.line] if kind == PERSON else Row(record.line, Status.SKIPPED, (kind,), line_end=record.line_end)
        for record, kind in zip(sheet.records, kinds, strict=True)
    ]
    codes = list(sheet.codes)
    if not _totals_agree(sheet.records, kinds):
        codes.append("TOTAL_MISMATCH")
    if is_rounded:
        codes.append("NIK_COLUMN_ROUNDED")
    return Judgement(tuple(rows), tuple(codes))


def _look_for_control_signs(records: Iterable[Record]) -> None:
    for record in records:
        for position, cell in enumerate(record.cells, start=1):
            if has_control(cell):
                raise Invalid("CELL_CONTROL_CHAR", row=record.line, column=position)


def _totals_agree(records: Iterable[Record], kinds: Iterable[str]) -> bool:
    """Whether each line of totals counts the people before it: all of them, or those since the last such line."""
    people = since = 0
    for record, kind in zip(records, kinds, strict=True):
        if kind == PERSON:
            people, since = people + 1, since + 1
        elif kind == "TOTAL_ROW":
            if total_of(record) not in (None, people, since):
                return False
            since = 0
    return True


def _drafts(
    people: Iterable[Record], header: Header, arrival: date, *, is_rounded: bool, demonstration: bool
) -> list[_Draft]:
    drafts: list[_Draft] = []
    above: str | None = None
    for record in people:
        draft = _Draft(record, as_text(header.cell(record, "no")).strip())
        drafts.append(draft)
        if len(record.cells) > header.width:
            draft.found.add("COLUMN_COUNT")
            above = None
            continue
        if len(record.cells) < header.width:
            draft.found.add("COLUMNS_PADDED")
        _read(draft, header, arrival, above, is_rounded=is_rounded, demonstration=demonstration)
        above = draft.values["regency_code"] or (above if "REGION_MISSING" in draft.found else None)
    named = {draft.record.line: draft for draft in drafts if not draft.is_refused}
    for line, findings in compare([_named(draft) for draft in named.values()]).items():
        _take_likeness(named[line], findings)
    return drafts


def _read(
    draft: _Draft, header: Header, arrival: date, above: str | None, *, is_rounded: bool, demonstration: bool
) -> None:
    record = draft.record
    texts = {column: tidy(header.cell(record, column), is_name=column == "nama") for column in header.columns}
    _read_name(draft, texts["nama"])
    nik = draft.take("nik", identity.read_nik(header.cell(record, "nik"), is_rounded=is_rounded))
    sex = draft.take("jenis_kelamin", identity.read_sex(texts["jenis_kelamin"].text, nik))
    draft.take("tanggal_lahir", birth.read_birth(header.cell(record, "tanggal_lahir"), arrival, nik))
    draft.take("kategori", identity.read_category(texts["kategori"].text))
    place = places.read_place(texts["kabupaten_kota"].text, texts["provinsi"].text, above)
    draft.values |= {"regency_code": place.regency, "province_code": place.province}
    draft.found |= set(place.codes)
    draft.candidates = place.candidates
    if nik is not None:
        said = identity.judge_nik(nik, draft.born, sex, place.regency, demonstration=demonstration)
        draft.take("nik", said)
    if draft.born is not None and is_child(draft.born, arrival):
        draft.found.add("MINOR")
    for column in _AS_WRITTEN:
        if column in texts:
            draft.values[column] = texts[column].text or None
    _read_oddities(draft, texts)


def _read_name(draft: _Draft, name: Tidy) -> None:
    draft.values["nama"] = None
    if not name.text:
        draft.found.add("NAME_MISSING")
    elif name.is_formula:
        draft.found.add("FORMULA_IN_NAME")
    else:
        written = next((good for text in (name.text, name.mended) if text and (good := _good_name(text))), None)
        draft.values["nama"] = written
        if written is None:
            draft.found.add("NAME_INVALID")
        elif len(written) > 1 and (written.isupper() or written.islower()):
            draft.found.add("NAME_CASE")


def _good_name(text: str) -> str | None:
    try:
        return clean_name(text, "nama")
    except DomainError:
        return None


def _read_oddities(draft: _Draft, texts: Mapping[str, Tidy]) -> None:
    for column, text in texts.items():
        if column not in ("nik", "tanggal_lahir") and text.is_tidied:
            draft.found.add("TEXT_NORMALISED")
        if text.is_multiline:
            draft.found.add("MULTILINE_CELL")
        if text.is_formula and not (column == "nik" and draft.values["nik"]):
            draft.found.add("FORMULA_CELL")
        if text.is_garbled:
            draft.found.add("TEXT_MOJIBAKE")
            if text.mended:
                draft.offers[column] = text.mended


def _named(draft: _Draft) -> Named:
    values = draft.values
    return Named(
        line=draft.record.line,
        name=values["nama"] or "",
        sex=values["jenis_kelamin"],
        born=draft.born,
        nik=values["nik"],
        document=values.get("no_paspor_splp"),
    )


def _take_likeness(draft: _Draft, findings: Iterable[Alike]) -> None:
    for finding in findings:
        draft.found.add(finding.code)
        if finding.code == "DUPLICATE_IN_FILE":
            draft.duplicate_of = finding.line
        elif draft.similar_to is None:
            draft.similar_to = finding.line


def _row(draft: _Draft) -> Row:
    """What refuses a record is all that is said of it: the rest is looked at when it comes again."""
    refused = draft.is_refused
    codes = tuple(code for code in CODES if code in draft.found and (not refused or code in REFUSING))
    return Row(
        line=draft.record.line,
        line_end=draft.record.line_end,
        status=Status.REFUSED if refused else Status.WARNED if codes else Status.ACCEPTED,
        codes=codes,
        notes=() if refused else tuple(note for note in NOTES if note in draft.found),
        no=draft.no,
        values=draft.values,
        offers=draft.offers,
        candidates=draft.candidates,
        duplicate_of_line=draft.duplicate_of,
        similar_to_line=draft.similar_to,
    )
