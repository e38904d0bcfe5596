"""The guide for those who install: what it tells them to type is there, works, and is the same in both languages."""

import re
import shlex
from pathlib import Path
from typing import Any, cast

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from pulang.__main__ import app
from pulang.commands.database import migrate
from pulang.settings import Settings

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
INDONESIAN, ENGLISH = GUIDE.split("\n# In English\n")


def lines_of(text: str) -> list[str]:
    """Every line of its code blocks."""
    blocks = re.findall(r"^ *```\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines()]


LINES = lines_of(ENGLISH)
SPOKEN = re.findall(r"`pulang ((?:[a-z]+ ?)+[^`]*)`", GUIDE)
COMMANDS = [match.group(1) for line in LINES if (match := re.search(r"(?:^|exec api |bin/)pulang (.*)$", line))]


def test_both_languages_say_the_same_commands() -> None:
    assert lines_of(INDONESIAN) == LINES
    assert len(LINES) > 25


@pytest.mark.parametrize("command", sorted({*COMMANDS, *SPOKEN}))
def test_every_command_of_pulang_is_one_with_the_options_it_is_given(command: str) -> None:
    words = shlex.split(command)
    found = cast(Any, get_command(app))
    while hasattr(found, "commands"):
        found = found.commands[words.pop(0)]
    found.make_context("pulang", words)


def test_the_first_accounts_are_made_as_the_guide_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "var"
    assert migrate(Settings(home=home)) == 0
    monkeypatch.setenv("PULANG_HOME", str(home))

    said = [CliRunner().invoke(app, shlex.split(line)) for line in COMMANDS if line.startswith("accounts ")]

    assert [result.exit_code for result in said] == [0] * 5, [result.output for result in said]
    assert {"admin1", "operator1", "koordinator1", "peksos1"} <= set(said[-1].output.split())


def test_every_file_and_unit_that_the_guide_names_is_there() -> None:
    named = set(re.findall(r"(?<![\w/])(?:deploy|\.ci)/[\w./-]*\w", GUIDE)) - {"deploy/.env", "deploy/pulang.env"}
    assert len(named) > 4
    assert [name for name in named if not (ROOT / name).exists()] == []
    units = set(re.findall(r"pulang[a-z-]*\.(?:service|target)", GUIDE))
    assert units <= {file.name for file in (ROOT / "deploy" / "systemd").iterdir()}


def test_both_kinds_of_installation_are_told_of_every_setting_they_must_fill_in() -> None:
    example = (ROOT / "deploy" / "pulang.env.example").read_text(encoding="utf-8")
    needed = re.findall(r"^(PULANG_[A-Z_]+)=", example, re.MULTILINE)
    for text in (INDONESIAN, ENGLISH):
        assert [name for name in needed if f"`{name}`" not in text] == []


def test_the_readme_shows_the_way_to_the_guide_in_both_languages() -> None:
    assert (ROOT / "README.md").read_text(encoding="utf-8").count("(docs/install.md)") == 2
