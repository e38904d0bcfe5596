"""Every mark of a proving test names a row that exists, and the rows this release owes are proved."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
REFERENCES = (ROOT / "docs/reference/reliability.md", ROOT / "docs/reference/process.md")
JOURNEYS = ROOT / "docs/reference/journeys.md"
OWED = {
    *(f"I{n:02d}" for n in (1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19)),
    *(f"B{n:02d}" for n in (*range(1, 25), *range(27, 36))),
}


def known_ids() -> set[str]:
    """Ids that start a row of a table in the references, and the journeys."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in REFERENCES)
    rows = re.findall(r"^\| `?([IFBTSPRE]\d{1,2}|[UKJ]\d{2})`? \|", text, re.MULTILINE)
    return {*rows, *re.findall(r"^## (J\d{1,2}) ", JOURNEYS.read_text(encoding="utf-8"), re.MULTILINE)}


def proved_ids() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "proves":
                for argument in node.args:
                    assert isinstance(argument, ast.Constant), path
                    found.setdefault(str(argument.value), []).append(path.name)
    return found


def test_every_mark_names_a_row_that_exists() -> None:
    unknown = {row: files for row, files in proved_ids().items() if row not in known_ids()}

    assert unknown == {}


def test_the_rows_this_release_owes_are_each_proved_by_a_test() -> None:
    missing = sorted(OWED - proved_ids().keys())

    assert missing == []
