"""Every code of a sheet is said in both languages."""

import pytest

from domain.sheets.columns import NEEDED
from domain.sheets.delimited import SEPARATORS
from domain.sheets.judge import CODES, NOTES
from domain.sheets.mending import KNOWN
from domain.sheets.records import Judgement, Row, Status
from templates.words import error_words, name_of
from templates.words_sheets import SHEET_CODE, SHEET_COLUMN, SHEET_STATUS, sheet_report

SKIPPED = {"TITLE_ROW", "BLANK_ROW", "HEADER", "HEADER_REPEATED", "TOTAL_ROW", "FOOTER_ROW"}
OF_FILES = {"ENCODING_BOM", "ENCODING_CP1252", "LINE_END_CRLF", "TOTAL_MISMATCH", "NIK_COLUMN_ROUNDED"}


def test_every_code_status_and_column_has_words_and_no_word_is_left_over() -> None:
    assert set(SHEET_CODE) == {*CODES, *NOTES, *KNOWN, *SKIPPED, *OF_FILES, *filter(None, SEPARATORS.values())}
    assert set(SHEET_STATUS) == set(Status)
    assert set(NEEDED) <= set(SHEET_COLUMN)


@pytest.mark.parametrize("code", SHEET_CODE)
def test_a_code_is_a_sentence_of_its_own_in_each_language(code: str) -> None:
    indonesian, english = (name_of(code, language, "sheet_code") for language in ("id", "en"))

    assert indonesian.endswith(".")
    assert english.endswith(".")
    assert indonesian != english
    assert code not in indonesian + english


def test_a_report_names_the_lines_of_a_long_record() -> None:
    row = Row(4, Status.WARNED, ("SEX_UNKNOWN", "AGE_ONLY"), line_end=6)

    report = list(sheet_report(Judgement((row,)), "en"))

    assert report == [
        "1 lines: 0 accepted, 1 to be answered, 0 refused, 0 not a person.",
        "Line 4–6, to be answered: The sex is not clear. Only an age is given; enter the date of birth if it is known.",
    ]


@pytest.mark.parametrize("problem", ["sheets", "hidden", "merged", "formula", "columns"])
def test_each_odd_shape_of_a_workbook_has_its_own_sentence(problem: str) -> None:
    own, general = error_words("SHEET_SHAPE", {}, "id", problem), error_words("SHEET_SHAPE", {}, "id")

    assert own.body != general.body
