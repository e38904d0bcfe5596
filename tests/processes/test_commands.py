"""What an operator types: migrate, accounts, audit verify, --help."""

import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pulang.__main__ import app
from pulang.refusals import Refused


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULANG_HOME", str(tmp_path / "var"))
    return tmp_path / "var"


def pulang(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.mark.parametrize(
    "command",
    [
        "",
        "up",
        "api",
        "worker",
        "relay",
        "postbox",
        "doctor",
        "migrate",
        "accounts",
        "audit",
        "audit verify",
        "sheet",
        "sheet check",
        "histories",
    ],
)
def test_every_command_explains_itself(command: str) -> None:
    result = pulang(*command.split(), "--help")
    assert result.exit_code == 0
    assert "--help" in result.output


def test_wrong_use_ends_with_two() -> None:
    assert pulang("accounts", "add").exit_code == 2
    assert pulang("nonsense").exit_code == 2


def test_migrate_prepares_a_home_for_its_owner_alone_and_may_be_repeated(home: Path) -> None:
    assert pulang("migrate").exit_code == 0
    assert "up to date" in pulang("migrate").output
    assert [path.name for path in home.rglob("*") if path.stat().st_mode & 0o077] == []
    assert {path.name for path in (home / "keys").iterdir()} == {"fields-1.key", "codec-1.key", "pepper.key"}


def test_nothing_is_prepared_by_commands_that_only_look(home: Path) -> None:
    with pytest.raises(Refused):
        pulang_raising("audit", "verify")
    assert not (home / "pulang.db").exists()


def pulang_raising(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


def test_an_account_is_made_with_a_secret_that_is_shown_once(home: Path) -> None:
    pulang("migrate")
    who = ("--name", "Contoh Operator", "--role", "operator", "--staff-number", "CONTOH-1")

    made = pulang("accounts", "add", "Operator9", *who)

    assert made.exit_code == 0
    login, password = made.stdout.splitlines()[:2]
    assert login == "operator9"
    assert len(password) == 19
    listed = pulang("accounts", "list").stdout
    assert "operator9" in listed
    assert password not in listed
    assert password.encode() not in (home / "pulang.db").read_bytes()

    again = pulang("accounts", "add", "operator9", *who)
    assert again.exit_code == 1
    assert "taken" in again.stderr

    token = pulang("accounts", "token", "operator9").stdout.strip()
    assert pulang("accounts", "token", "operator9", "--scope", "read").stdout.startswith("plg_")
    assert pulang("accounts", "token", "operator9", "--scope", "all").exit_code == 2
    assert token.startswith("plg_")


@pytest.mark.proves("S48")
def test_an_account_is_closed_opened_again_and_its_tokens_are_revoked(home: Path) -> None:
    pulang("migrate")
    pulang("accounts", "add", "operator9", "--name", "Contoh", "--role", "operator", "--staff-number", "CONTOH-1")
    pulang("accounts", "token", "operator9")

    assert "1 token" in pulang("accounts", "revoke", "operator9").stdout
    assert pulang("accounts", "close", "operator9").exit_code == 0
    assert pulang("accounts", "list").stdout == ""
    assert pulang("accounts", "reopen", "operator9").exit_code == 0
    assert "operator9" in pulang("accounts", "list").stdout

    for act in ("close", "reopen", "revoke", "token"):
        refused = pulang("accounts", act, "nobody")
        assert (refused.exit_code, "no such account" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--role", "raja", "--staff-number", "1"), "role"),
        (("--role", "operator", "--staff-number", "1", "--agency", "X"), "X"),
    ],
)
def test_an_account_with_an_unknown_role_or_agency_is_not_made(home: Path, options: tuple[str, ...], word: str) -> None:
    pulang("migrate")
    refused = pulang("accounts", "add", "someone", "--name", "Contoh", *options)
    assert refused.exit_code == 1
    assert pulang("accounts", "list").stdout == ""


@pytest.mark.proves("I11")
def test_a_changed_row_is_found_and_named(home: Path) -> None:
    pulang("migrate")
    whole = pulang("audit", "verify")
    assert (whole.exit_code, "whole" in whole.output) == (0, True)

    with sqlite3.connect(home / "pulang.db") as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (trigger,) in triggers:
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("UPDATE journal SET actor = 'someone' WHERE subject = 'house' AND n = 1")
    database.close()

    broken = pulang("audit", "verify")
    assert broken.exit_code == 1
    assert "house" in broken.output
    assert "1" in broken.output
