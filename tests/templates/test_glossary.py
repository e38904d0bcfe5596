"""docs/glossary.md: three cells a row, and every code in capitals is one that pages can show."""

import re
from pathlib import Path

from templates.words import FAMILIES

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"


def rows() -> list[list[str]]:
    lines = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


def test_every_row_has_indonesian_english_and_code() -> None:
    assert [row for row in rows() if len(row) != 3 or not all(row)] == []
    names = [row[0] for row in rows()]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_every_code_of_the_glossary_has_a_name_on_the_screen() -> None:
    shown = {code for family in FAMILIES.values() for code in family}
    codes = {code for row in rows() for code in re.findall(r"`([A-Z]{3,}[A-Z_]*)`", row[2])}

    assert sorted(codes - shown) == []
