"""`pulang audit verify` on a house that has lived: whole as it is; any row changed or removed is named (I11)."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pulang.__main__ import app
from tests.privacy.conftest import Played

COLUMNS = ("kind", "at", "learned_at", "actor", "grade", "codes", "sealed", "hash")


@dataclass(frozen=True)
class Copy:
    """A copy of the house's database whose triggers are gone, as somebody with the file could make one."""

    home: Path
    kept: Path

    def change(self, statement: str, *values: object) -> None:
        with closing(sqlite3.connect(self.home / "pulang.db")) as database, database:
            assert database.execute(statement, values).rowcount == 1

    def restore(self) -> None:
        shutil.copy(self.kept, self.home / "pulang.db")

    def rows(self, subject: str) -> int:
        with closing(sqlite3.connect(self.kept)) as database:
            return int(database.execute("SELECT count(*) FROM journal WHERE subject = ?", (subject,)).fetchone()[0])

    def subject(self, like: str) -> str:
        """The subject of this kind with the most rows."""
        query = "SELECT subject FROM journal WHERE subject LIKE ? GROUP BY subject ORDER BY count(*) DESC LIMIT 1"
        with closing(sqlite3.connect(self.kept)) as database:
            return str(database.execute(query, (like,)).fetchone()[0])


@pytest.fixture(scope="module")
def copied(played: Played, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("copy")
    home, source = folder / "var", played.player.house.home
    home.mkdir()
    shutil.copytree(source / "keys", home / "keys")
    kept = folder / "kept.db"
    with closing(sqlite3.connect(source / "pulang.db")) as live, closing(sqlite3.connect(kept)) as database:
        live.backup(database)
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("PRAGMA journal_mode=DELETE")
        database.commit()
    return Copy(home, kept)


@pytest.fixture
def copy(copied: Copy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Copy]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULANG_HOME", str(copied.home))
    monkeypatch.setenv("PULANG_DEMO", "1")
    copied.restore()
    yield copied
    for leftover in copied.home.glob("pulang.db*"):
        leftover.unlink()


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["audit", "verify", *arguments])


def names(result: Result, subject: str, row: int) -> bool:
    return f"{subject}: row {row} " in result.output


def test_the_journal_of_a_house_that_has_lived_is_whole(copy: Copy) -> None:
    result = verify()
    assert (result.exit_code, "whole" in result.output) == (0, True), result.output


@pytest.mark.proves("I11")
@pytest.mark.parametrize("like", ["case-%", "desk-%", "reads-%", "house"])
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_row_that_was_removed_is_named(copy: Copy, like: str, place: str) -> None:
    subject = copy.subject(like)
    count = copy.rows(subject)
    n = {"first": 1, "middle": (count + 1) // 2, "last": count}[place]

    copy.change("DELETE FROM journal WHERE subject = ? AND n = ?", subject, n)

    result = verify()
    assert result.exit_code == 1
    assert names(result, subject, n), result.output


@pytest.mark.proves("I11")
@pytest.mark.parametrize("column", COLUMNS)
def test_a_row_of_which_any_column_was_altered_is_named(copy: Copy, column: str) -> None:
    subject = copy.subject("case-%")
    n = copy.rows(subject) // 2
    other = {
        "kind": "'STATUS'",
        "at": "replace(at, 'T', 'T1')",
        "learned_at": "replace(learned_at, '-', '.')",
        "codes": "replace(codes, '{', '{\"x\":1,')",
        "sealed": "x'00'",
    }.get(column, f"{column} || 'x'")

    copy.change(f"UPDATE journal SET {column} = {other} WHERE subject = ? AND n = ?", subject, n)  # noqa: S608

    result = verify("--subject", subject)
    assert result.exit_code == 1
    assert names(result, subject, n), result.output
    assert verify().exit_code == 1


@pytest.mark.proves("I11")
def test_rows_cut_off_with_their_case_or_a_whole_chain_made_anew_are_named_too(copy: Copy) -> None:
    attempts: list[tuple[str, Callable[[str], tuple[str, tuple[object, ...]]]]] = [
        ("tail and head", lambda s: ("UPDATE subjects SET head = head - 1 WHERE id = ?", (s,))),
        ("head's hash", lambda s: ("UPDATE subjects SET head_hash = 'x' WHERE id = ?", (s,))),
        ("subject", lambda s: ("DELETE FROM subjects WHERE id = ?", (s,))),
    ]
    subject = copy.subject("case-%")
    for what, change in attempts:
        copy.restore()
        statement, values = change(subject)
        copy.change(statement, *values)
        result = verify()
        assert result.exit_code == 1, what
        assert subject in result.output, what
