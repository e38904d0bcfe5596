"""`pulang doctor` names what is wrong and what to do (J10 step 6)."""

import shutil
import socket
import sqlite3
import threading
from collections import namedtuple
from collections.abc import Callable
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from domain.rulebook import default_rulebook
from pulang.commands import doctor
from pulang.commands.database import migrate
from pulang.settings import Settings
from tests.support.house import free_ports

Examine = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for real work with its database."""
    home = tmp_path_factory.mktemp("prepared") / "var"
    assert migrate(Settings(home=home)) == 0
    return home


@pytest.fixture
def examine(prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Examine:
    """Examines a copy of the prepared home; returns exit code and what was said."""
    home = tmp_path / "var"
    shutil.copytree(prepared, home)
    home.chmod(0o700)

    def run(**settings: object) -> tuple[int, str]:
        http_port, temporal_port = free_ports(2)
        chosen: dict[str, Any] = {"home": home, "http_port": http_port, "temporal_port": temporal_port, **settings}
        capsys.readouterr()
        code = doctor.examine(Settings(**chosen))
        return code, capsys.readouterr().out

    run.home = home  # type: ignore[attr-defined]  # the folder, for tests that break it
    return run


def home_of(examine: Examine) -> Path:
    return examine.home  # type: ignore[attr-defined,no-any-return]


def faults(said: str) -> list[str]:
    return [line for line in said.splitlines() if "SALAH" in line]


def test_a_sound_house_has_nothing_to_put_right(examine: Examine) -> None:
    code, said = examine()
    assert (code, faults(said)) == (0, [])
    assert "Nothing is wrong" in said


def test_made_up_telephones_are_noticed_in_real_work(examine: Examine) -> None:
    _, said = examine()
    assert "PULANG_DESK_PHONE" in said
    _, said = examine(desk_phone="(021) 3103591", duty_phone="(021) 3103592")
    assert "PULANG_DESK_PHONE" not in said


def test_a_taken_port_is_named(examine: Examine) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        port = other.getsockname()[1]
        code, said = examine(http_port=port)

    [fault] = faults(said)
    assert code == 1
    assert str(port) in fault
    assert "PULANG_HTTP_PORT" in fault


def test_a_port_that_the_web_side_holds_by_itself_is_no_fault(examine: Examine) -> None:
    class Alive(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"status":"ok"}')

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    with HTTPServer(("127.0.0.1", 0), Alive) as web:
        threading.Thread(target=web.serve_forever, args=(0.05,), daemon=True).start()
        code, said = examine(http_port=web.server_port)
        web.shutdown()

    assert (code, faults(said)) == (0, [])
    assert "the pages of a Pulang answer" in said


def test_a_wrong_key_is_named_without_showing_it(examine: Examine) -> None:
    key = home_of(examine) / "keys" / "fields-1.key"
    key.write_text("ab" * 32)

    code, said = examine()

    [fault] = faults(said)
    assert (code, "keys" in fault, "backup" in fault) == (1, True, True)
    assert "abab" not in said


def test_a_key_that_others_can_read_is_named(examine: Examine) -> None:
    (home_of(examine) / "keys" / "pepper.key").chmod(0o644)

    code, said = examine()

    assert code == 1
    assert "pepper.key" in faults(said)[0]
    assert "chmod" in faults(said)[0]


def test_a_full_disk_is_named(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**10, 10**10 - 10**6, 10**6))

    code, said = examine()

    assert code == 1
    assert "disk" in faults(said)[0]


def test_a_mail_server_that_is_away_is_named_and_its_password_is_not(examine: Examine) -> None:
    [port] = free_ports(1)

    code, said = examine(smtp_url=f"smtp://pulang:s3cr3t@127.0.0.1:{port}")

    [fault] = faults(said)
    assert (code, "PULANG_SMTP_URL" in fault) == (1, True)
    assert "s3cr3t" not in said


def test_a_temporal_cluster_that_is_away_is_named(examine: Examine) -> None:
    [port] = free_ports(1)

    code, said = examine(temporal_address=f"127.0.0.1:{port}")

    assert code == 1
    assert "PULANG_TEMPORAL_ADDRESS" in faults(said)[0]


@pytest.mark.parametrize(("revision", "remedy"), [("0001_first", "pulang migrate"), ("9999_future", "newer")])
def test_an_old_or_newer_schema_is_named_with_its_remedy(examine: Examine, revision: str, remedy: str) -> None:
    with sqlite3.connect(home_of(examine) / "pulang.db") as database:
        database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    database.close()

    code, said = examine()

    assert code == 1
    assert remedy in faults(said)[0]


def test_a_part_that_is_held_is_mentioned(examine: Examine) -> None:
    (home_of(examine) / "run" / "worker.down").touch()
    code, said = examine()
    assert (code, "run/worker.down" in said) == (0, True)


def test_a_home_of_real_work_is_not_taken_for_a_demonstration(examine: Examine) -> None:
    code, said = examine(demo=True)
    assert code == 1
    assert "PULANG_DEMO=1" in faults(said)[0]


def test_a_home_that_is_not_there_is_named(examine: Examine, tmp_path: Path) -> None:
    code, said = examine(home=tmp_path / "nowhere")
    assert code == 1
    assert "pulang migrate" in faults(said)[0]


def test_next_years_holidays_are_asked_for_from_october() -> None:
    rules = default_rulebook()
    last = max(rules.calendar_days.years)
    assert doctor.missing_years(rules, date(last, 9, 30)) == []
    assert doctor.missing_years(rules, date(last, 10, 1)) == [last + 1]
