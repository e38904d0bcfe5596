"""Log lines hold ids and codes only, whatever the caller gave."""

import ast
import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest
import structlog

from pulang import telemetry

ROOT = Path(__file__).parents[2]
NAME, NIK, PHONE = "Maria Goreti Lelo", "5306094107990002", "081234567890"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Any:
    import sys

    out = io.StringIO()
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(logging, "raiseExceptions", True)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    telemetry.set_up("test", out)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_ids_codes_and_numbers_are_written(lines: Any) -> None:
    subject = "case-3f2b8c1e-1111-4222-8333-123456789012"
    structlog.get_logger().info("mail_tried", subject=subject, agency="DINSOS-NTT", tries=2, wait_s=1.5)

    [line] = lines()

    assert (
        line.items()
        >= {
            "event": "mail_tried",
            "level": "info",
            "process": "test",
            "subject": subject,
            "agency": "DINSOS-NTT",
            "tries": 2,
            "wait_s": 1.5,
        }.items()
    )
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("secret", [NAME, NIK, PHONE, "maria@mail.example", f"Kasus {NIK}", "/t/abc?x=1 y"])
@pytest.mark.parametrize("field", ["name", "note", "subject", "agency", "event", "where"])
def test_personal_content_does_not_reach_the_log(lines: Any, field: str, secret: str) -> None:
    if field == "event":
        structlog.get_logger().info(secret)
    else:
        structlog.get_logger().info("case_opened", **{field: secret})

    assert secret not in json.dumps(lines())


def test_numbers_as_long_as_a_nik_do_not_reach_the_log(lines: Any) -> None:
    structlog.get_logger().info("case_opened", case=int(NIK), asks=[int(NIK), NIK], row={"nik": NIK})
    assert NIK not in json.dumps(lines())


def test_an_exception_is_told_by_type_and_place_without_its_text(lines: Any) -> None:
    try:
        raise ValueError(NAME)
    except ValueError:
        structlog.get_logger().exception("advance_failed", subject="desk-A")

    [line] = lines()

    assert line["error"] == "ValueError"
    assert "test_telemetry.py" in line["where"][0]
    assert NAME not in json.dumps(line)


def test_the_words_of_libraries_are_not_written(lines: Any) -> None:
    logging.getLogger("sqlalchemy.engine").warning("INSERT %s", NAME)
    logging.getLogger("uvicorn.error").error(f"GET /t/{NIK}")  # noqa: G004 - a library that formats by itself

    said = lines()

    assert [line["logger"] for line in said] == ["sqlalchemy.engine", "uvicorn.error"]
    assert NAME not in json.dumps(said)
    assert NIK not in json.dumps(said)


def test_a_value_cannot_forge_a_second_line(lines: Any) -> None:
    structlog.get_logger().info("case_opened", case='x\n{"event":"forged"}')
    assert len(lines()) == 1


def test_our_own_log_calls_use_only_fields_that_are_written() -> None:
    unknown = {
        f"{path.relative_to(ROOT)}:{call.lineno} {keyword.arg}"
        for package in ("pulang", "api", "activities", "store", "workflows")
        for path in (ROOT / package).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "log"
        for keyword in call.keywords
        if keyword.arg and keyword.arg != "exc_info" and not telemetry.allowed([keyword.arg])
    }
    assert unknown == set()
