"""Whatever one room offers another says what it is, in which units, and what it raises (CONVENTIONS 1)."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("domain", "workflows", "activities", "store", "api", "templates", "pulang")
FOREIGN = {
    # overrides: what they do is said where they are declared
    "api/protocol.py": "StrictHttp",
    "store/columns.py": "UtcDateTime Json",
}


def is_open_class(node: ast.stmt) -> TypeGuard[ast.ClassDef]:
    return isinstance(node, ast.ClassDef) and not node.name.startswith("_")


def silent(path: Path) -> Iterator[str]:
    """Public functions, classes and methods without a docstring; properties may speak by their names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    file = path.relative_to(ROOT).as_posix()
    if not ast.get_docstring(tree):
        yield file
    skipped = FOREIGN.get(file, "").split()
    for node, owner in [
        *((node, "") for node in tree.body),
        *((node, each.name) for each in tree.body if is_open_class(each) for node in each.body),
    ]:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        is_property = any(ast.unparse(each).endswith("property") for each in node.decorator_list)
        if not (ast.get_docstring(node) or is_property or owner in skipped):
            yield f"{file} {owner + '.' if owner else ''}{node.name}"


@pytest.mark.parametrize("room", ROOMS)
def test_everything_public_says_what_it_is(room: str) -> None:
    files = [path for path in (ROOT / room).rglob("*.py") if path.parent.name != "versions"]

    assert [line for path in sorted(files) for line in silent(path)] == []
