"""The six demonstration sheets are judged as their expected files say, record by record."""

import json
from collections import Counter
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from domain.sheets.delimited import read_delimited
from domain.sheets.judge import judge
from domain.sheets.records import Judgement, Row, Status

FOLDER = files("domain.data").joinpath("demo")
ARRIVAL = date(2026, 12, 14)


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FOLDER.joinpath(f"{name}.expected.json").read_text(encoding="utf-8"))
    return found


def judged(name: str, *, demonstration: bool = True) -> Judgement:
    sheet = read_delimited(FOLDER.joinpath(f"{name}.csv").read_bytes())
    return judge(sheet, ARRIVAL, demonstration=demonstration)


def as_expected(row: Row, wanted: dict[str, Any]) -> dict[str, Any]:
    """The row in the words of the expected file, with those values only that the file names."""
    shown: dict[str, Any] = {"line": row.line, "status": row.status.value, "codes": list(row.codes)}
    if row.status is not Status.SKIPPED:
        shown |= {"no": row.no, "notes": list(row.notes)}
    for name in ("line_end", "duplicate_of_line", "similar_to_line"):
        if getattr(row, name) is not None:
            shown[name] = getattr(row, name)
    if row.candidates:
        shown["candidates"] = list(row.candidates)
    if "values" in wanted:
        shown["values"] = {name: row.values[name] for name in wanted["values"]}
    return shown


@pytest.mark.proves("B06", "B07", "B08", "B09", "B10", "B14")
@pytest.mark.parametrize("name", ["manifest_dirty", "manifest_dirty_cp1252", "manifest_rounded_nik"])
def test_an_untidy_sheet_is_judged_record_by_record_as_expected(name: str) -> None:
    wanted = expected(name)

    found = judged(name)

    rows = [{k: v for k, v in row.items() if k != "remark"} for row in wanted["rows"]]
    assert [as_expected(row, want) for row, want in zip(found.rows, rows, strict=True)] == rows
    assert list(found.file_codes) == wanted["file_codes"]
    assert found.counts == wanted["counts"]
    assert len(found.rows) - found.counts[Status.SKIPPED] == wanted["person_rows"]


@pytest.mark.parametrize("name", ["manifest_40", "manifest_150", "manifest_600"])
def test_a_clean_sheet_is_accepted_whole(name: str) -> None:
    wanted = expected(name)

    found = judged(name)

    people = [row for row in found.rows if row.status is not Status.SKIPPED]
    assert found.file_codes == ()
    assert (len(people), found.counts[Status.ACCEPTED]) == (wanted["rows"], wanted["accepted"])
    assert Counter(row.values["kategori"] for row in people) == wanted["by_category"]
    assert Counter(row.values["jenis_kelamin"] for row in people) == wanted["by_sex"]
    assert Counter(row.values["regency_code"] for row in people) == wanted["by_regency_code"]
    assert Counter(row.values["province_code"] for row in people) == wanted["by_province_code"]
    notes = Counter(note for row in people for note in row.notes)
    assert notes == {"NIK_EMPTY": wanted["nik_empty"], "MINOR": wanted["minors_on_arrival"]}
    assert sum(row.values["kebutuhan_khusus"] is not None for row in people) == wanted["with_special_needs"]


def test_what_only_a_person_may_choose_is_offered_beside_the_value() -> None:
    offers = {row.line: dict(row.offers) for row in judged("manifest_dirty").rows if row.offers}

    assert offers == {
        19: {"tanggal_lahir": "1992-08-25"},
        46: {"nama": "José Manek"},
        54: {"jenis_kelamin": "P"},
    }


def test_a_number_that_was_never_issued_is_taken_in_the_demonstration_alone() -> None:
    found = judged("manifest_40", demonstration=False)

    assert found.counts[Status.REFUSED] == 35
    assert found.counts[Status.ACCEPTED] == 5  # those without a NIK
    assert {row.codes for row in found.rows if row.status is Status.REFUSED} == {("NIK_DEMO",)}
