"""What nobody uses is not there: unused code is a lie about what is needed (CONVENTIONS 11)."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("domain", "workflows", "activities", "store", "api", "templates", "pulang")
CALLED_FROM_OUTSIDE = {
    # overrides and hooks of libraries
    *(
        "send_400_response",
        "load_dialect_impl",
        "handle_DATA",
        "capture_signals",
        "emit",
        "_fit_together",
        "spool_max_size",
    ),
    "STEPS",  # what the contract test compares with the registered activities
    "body_of",  # a mail as it left, for the tests that read it
}


def files(*endings: str) -> Iterator[Path]:
    for room in ROOMS:
        yield from (path for path in (ROOT / room).rglob("*") if path.suffix in endings)


def defined(node: ast.Module | ast.ClassDef) -> Iterator[str]:
    """Names of functions, classes, methods, constants and fields; routes and commands are called by their address."""
    for each in node.body:
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            decorators = " ".join(ast.unparse(one) for one in each.decorator_list)
            if "router." not in decorators and "command" not in decorators:
                yield each.name
            if isinstance(each, ast.ClassDef):
                yield from defined(each)
        elif isinstance(each, ast.Assign):
            yield from (target.id for target in each.targets if isinstance(target, ast.Name))
        elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            yield each.target.id


def test_every_name_of_the_product_is_used_by_the_product() -> None:
    words = Counter(
        re.findall(r"\w+", "\n".join(path.read_text("utf-8") for path in files(".py", ".html", ".txt", ".mjml")))
    )
    found = {
        f"{path.relative_to(ROOT)} {name}"
        for path in files(".py")
        if path.parent.name != "versions"
        for name in defined(ast.parse(path.read_text("utf-8")))
        if words[name] == 1 and name not in CALLED_FROM_OUTSIDE and not name.startswith("__")
    }

    assert found == set()
