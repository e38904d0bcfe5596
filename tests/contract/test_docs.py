"""What the documents promise exists: settings, commands, pages and calls, each under the name that stands there."""

import re
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi import FastAPI
from starlette.routing import Match
from typer.main import get_command

from api.app import create_app
from api.tools import ApiConfig, Tools
from pulang.__main__ import app as commands
from pulang.crashing import POINTS
from pulang.settings import Settings, names

ROOT = Path(__file__).parents[2]
CONTRACT = (ROOT / "docs/reference/contract.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
READERS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
LATER_COMMANDS = {"simulate", "backup", "restore", "reconcile", "procedure"}
LATER_CALLS = ("/corrections",)


def command_names() -> set[str]:
    found = set()
    for name, command in cast(Any, get_command(commands)).commands.items():
        if not command.hidden:
            inner = getattr(command, "commands", {})
            found |= {f"{name} {each}" for each in inner} | {name}
    return found


def row_of(title: str) -> str:
    found = re.search(rf"^\| {title} \| (.*) \|$", CONTRACT, re.MULTILINE)
    assert found is not None, title
    return found.group(1)


# --- settings and commands


def test_every_setting_of_the_contract_is_one_and_stands_in_the_page_on_settings() -> None:
    promised = set(re.findall(r"PULANG_[A-Z_]+", CONTRACT))
    assert promised <= set(names().values())
    assert {f"`{name}`" for name in names().values()} <= set(re.findall(r"`PULANG_[A-Z_]+`", SETTINGS))


def test_documents_name_no_setting_that_is_none() -> None:
    for file in READERS:
        named = set(re.findall(r"PULANG_[A-Z]+(?:_[A-Z]+)*", file.read_text(encoding="utf-8")))
        assert named <= set(names().values()), file.name


def test_every_crash_point_stands_in_the_page_on_settings() -> None:
    line = next(line for line in SETTINGS.splitlines() if line.startswith("| `PULANG_CRASH_AT`"))
    assert re.findall(r"`([a-z]+\.[a-z_]+)`", line) == list(POINTS)


def test_crash_points_can_be_chosen_by_their_names_only() -> None:
    chosen = Settings(demo=True, crash_at=",".join(POINTS))
    assert chosen.crash_points == POINTS
    with pytest.raises(ValueError, match="not crash points"):
        Settings(demo=True, crash_at="mail.somewhere")
    with pytest.raises(ValueError, match="PULANG_CRASH_AT"):
        Settings(crash_at=POINTS[0])


def test_the_commands_of_the_contract_are_there() -> None:
    now, later = row_of("commands").split("; `--help`")[0].split(", later ")
    promised = {name.strip() for name in now.strip("` ").removeprefix("pulang ").split("·") if "ⁿ" not in name}
    coming = {name.split()[0] for name in later.strip("`").split(" · ")}
    assert coming <= LATER_COMMANDS
    assert promised <= command_names()


def test_documents_name_no_command_that_is_none() -> None:
    first_words = {name.split()[0] for name in command_names()} | {"postbox"}
    for file in READERS:
        shown = re.findall(r"(?:`|\.venv/bin/|jalankan: |run: )pulang ([a-z]+)", file.read_text(encoding="utf-8"))
        assert set(shown) <= first_words | LATER_COMMANDS, file.name


def test_documents_name_no_make_target_that_is_none() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for file in READERS:
        shown = re.findall(r"`make ([a-z-]+)`", file.read_text(encoding="utf-8"))
        assert set(shown) <= targets, file.name


# --- pages and calls


@pytest.fixture(scope="module")
def web() -> FastAPI:
    config = ApiConfig("http://127.0.0.1:8000", True, None, ("127.0.0.1",), b"0" * 32, https=False)
    return create_app(Tools(cast(Any, None), cast(Any, None), config))


def not_answered(web: FastAPI, wanted: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those (method, path) for which no route is there."""

    def is_there(method: str, path: str) -> bool:
        scope = {"type": "http", "method": method, "path": path.replace("{}", "1"), "root_path": "", "headers": []}
        return any(route.matches(scope)[0] is Match.FULL for route in web.router.routes)

    return {(method, path) for method, path in wanted if not is_there(method, path)}


def bare(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path.partition("?")[0])


def promised_calls() -> set[tuple[str, str]]:
    """Calls of the contract's table. `· /offices` names a sibling of the call before it; ⁿ comes later."""
    table = CONTRACT.split("| call | body or answer |")[1].split("\n\n")[0]
    found: set[tuple[str, str]] = set()
    base = ""
    for line in table.splitlines():
        cell = line.partition(" | ")[0].lstrip("| ")
        if cell.startswith("ⁿ"):
            continue
        cell = re.sub(r"\(later[^)]*\)", "", cell)
        method = ""
        for part in (part.strip().replace("`", "") for part in cell.split("·")):
            if not part or part.endswith("ⁿ") or part.startswith("---"):
                continue
            first, _, rest = part.partition(" ")
            if first in ("GET", "POST"):
                method, path = first, bare(rest.strip().rstrip(","))
                base = path.rpartition("/")[0]
            elif first == "…":
                method, path = "POST", f"/cases/{{}}{bare(rest.strip())}"
                base = path.rpartition("/")[0]
            else:
                path = f"{base}{bare(part)}"
            found.add((method, path))
    return {(method, path) for method, path in found if not path.startswith(LATER_CALLS)}


def test_the_contract_is_read_as_it_is_meant() -> None:
    calls = promised_calls()
    assert len(calls) == 26
    assert {
        ("POST", "/cases"),
        ("POST", "/cases/{}/offices"),
        ("POST", "/cases/{}/tasks/{}/decisions"),
        ("POST", "/cases/{}/holds/{}/lift"),
        ("POST", "/cases/{}/legs/{}/events"),
        ("GET", "/answers/{}"),
        ("POST", "/manifests/{}/rows/{}"),
    } <= calls


def test_every_call_of_the_contract_for_this_release_is_answered(web: FastAPI) -> None:
    promised = {(method, f"/api/v1{path}") for method, path in promised_calls()}
    promised |= {("GET", "/api/v1/demo/clock"), ("POST", "/api/v1/demo/clock")}
    assert not_answered(web, promised) == set()


def test_every_page_of_the_contract_for_this_release_is_there(web: FastAPI) -> None:
    text = CONTRACT.split("## Pages")[1].split("## API")[0].split("Pages:")[1]
    pages = {bare(path) for path in re.findall(r"`(/[^`]*)`(?!ⁿ)", text)}
    assert {"/", "/kasus/baru", "/kasus/{}", "/kasus/{}/gerbang", "/tugas"} <= pages
    wanted = {("GET", page) for page in pages}
    wanted |= {("GET", "/t/{}"), ("POST", "/t/{}"), ("POST", "/masuk")}
    wanted |= {("GET", path) for path in ("/healthz", "/readyz", "/metrics")}
    assert not_answered(web, wanted) == set()
    assert not_answered(web, {("GET", "/kasus-lama"), ("POST", "/api/v1/agencies")}) != set()
