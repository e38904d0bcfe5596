"""`pulang up --demo` on real processes: it comes, keeps its parts, goes, and comes again."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.house import (
    PARTS,
    ROOT,
    STOPPED_WITHIN_S,
    House,
    environment_of,
    eventually,
    free_ports,
    is_there,
    launch,
    start_house,
)


def readyz(house: House) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(house.environment["PULANG_HTTP_PORT"]), timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    finally:
        connection.close()


def test_ready_is_the_last_line_and_before_it_stand_place_logins_and_how_to_stop(house: House) -> None:
    ready = next(number for number, line in enumerate(house.lines) if line.startswith("READY"))
    said = "\n".join(house.lines[:ready])

    assert house.lines[ready] == f"READY {house.base_url}"
    assert f"{house.base_url}/kotak-surel" in said
    assert "Berhenti / stop" in said
    assert all(account["login"] in said and account["password"] in said for account in house.accounts)
    logins = [
        line.split()[-2] for line in house.lines[:ready] if line.split()[-1:] and line.split()[-1] in passwords(house)
    ]
    assert logins[2:5] == ["peksos1", "peksos2", "peksos3"]
    assert "pekerja sosial" in said
    assert readyz(house) == 200


def passwords(house: House) -> set[str]:
    return {account["password"] for account in house.accounts}


def test_the_accounts_of_the_demonstration_stand_in_the_order_of_the_contract(house: House) -> None:
    roles = [account["role"] for account in house.accounts]

    assert roles == [
        *["koordinator"] * 2,
        *["pekerja_sosial"] * 2,
        "kepala_sentra",
        *["pemeriksa"] * 2,
        *["penyetuju"] * 2,
        *["pimpinan", "pendamping", "operator", "auditor", "ppdp"],
        *["administrator"] * 2,
        "pekerja_sosial",
    ]
    assert house.accounts[8]["roles"] == ["penyetuju", "pemeriksa"]
    assert {account["agency"] for account in house.accounts[2:5]} == {"RPTC-TPI"}
    assert house.accounts[-1]["agency"] == "RPTC-BAP"


def test_what_is_kept_is_for_its_owner_alone(house: House) -> None:
    readable = [
        str(path.relative_to(house.home))
        for path in [house.home, *house.home.rglob("*")]
        if path.exists() and path.stat().st_mode & 0o077
    ]
    assert readable == []


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_killed_is_back_within_moments_and_this_is_said(house: House, part: str) -> None:
    before = len(house.lines)
    killed = house.kill(part)

    eventually(lambda: house.pid(part) not in (None, killed), within_s=3, what=f"{part} again")

    eventually(
        lambda: any(line.startswith(f"{part} ") and "SIGKILL" in line for line in house.lines[before:]),
        within_s=2,
        what="a line about it",
    )
    eventually(lambda: _is_ready(house), within_s=15, what="ready again")


def _is_ready(house: House) -> bool:
    try:
        return readyz(house) == 200
    except OSError:
        return False


def test_a_held_part_stays_down_until_it_is_released(house: House) -> None:
    house.hold("worker")
    time.sleep(1.0)
    assert house.pid("worker") is None

    house.release("worker")

    assert is_there(house.pid("worker") or 0)


def test_a_second_start_on_the_same_home_is_refused_and_disturbs_nothing(house: House) -> None:
    environment = environment_of(house.home)
    refused = run_to_end(environment)

    assert refused.returncode == 78
    assert "PULANG_HOME" in refused.stderr
    assert len(refused.stderr.splitlines()) == 2
    assert readyz(house) == 200


def run_to_end(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "pulang", *(arguments or ("up", "--demo"))],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("port", ["http_port", "temporal_port", "postbox_port"])
def test_a_taken_port_is_refused_by_number_and_setting(tmp_path: Path, port: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        taken = other.getsockname()[1]
        refused = run_to_end(environment_of(tmp_path / "var", **{port: taken}))

    assert refused.returncode == 78
    assert str(taken) in refused.stderr
    assert f"PULANG_{port.upper()}" in refused.stderr
    assert len(refused.stderr.splitlines()) == 2
    assert _left_running(tmp_path / "var") == []


def _left_running(home: Path) -> list[str]:
    """Command lines of processes that still name this home."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            told = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if str(home).encode() in told and int(entry.name) != os.getpid() and is_there(int(entry.name)):
            found.append(entry.name)
    return found


def test_wrong_use_is_told_from_wrong_configuration(tmp_path: Path) -> None:
    environment = environment_of(tmp_path / "var")
    assert run_to_end(environment, "up", "--dmeo").returncode == 2
    assert run_to_end(environment | {"PULANG_HTTP_PROT": "1"}, "up").returncode == 78
    assert run_to_end(environment, "--help").returncode == 0


@pytest.mark.proves("B50")
def test_a_house_ends_wholly_goes_on_later_and_refuses_a_wrong_key_or_a_newer_schema(tmp_path: Path) -> None:
    """One house through its whole life, so that it is started as seldom as possible."""
    first = start_house(tmp_path)
    accounts = (first.home / "demo-accounts.json").read_bytes()
    pids = [first.pid(part) for part in PARTS]
    begun = time.monotonic()
    assert first.stop(signal.SIGINT) == 0
    assert time.monotonic() - begun < STOPPED_WITHIN_S
    assert [pid for pid in pids if pid and is_there(pid)] == []
    assert list((first.home / "run").glob("*.pid")) == []

    second = start_house(tmp_path, environment=first.environment)
    assert (second.home / "demo-accounts.json").read_bytes() == accounts
    pids = [second.pid(part) for part in PARTS]
    second.process.kill()  # the supervisor itself, as by the kernel when memory is short
    second.process.wait()
    eventually(lambda: not [pid for pid in pids if pid and is_there(pid)], within_s=5, what="the parts gone with it")

    third = start_house(tmp_path, environment=first.environment)
    assert third.stop(signal.SIGTERM) == 0

    refuses_a_wrong_key(first)
    refuses_another_schema(first)
    assert _left_running(first.home) == []


def refuses_a_wrong_key(house: House) -> None:
    key = next((house.home / "keys").glob("fields-*.key"))
    right = key.read_text()
    for wrong, code in (("0f" * 32, "KEY"), ("0f" * 5, "KEY")):
        key.write_text(wrong + "\n")
        refused = run_to_end(house.environment)
        assert (refused.returncode, code in refused.stderr.upper()) == (78, True)
        assert wrong not in refused.stderr
        assert len(refused.stderr.splitlines()) == 2
    key.unlink()
    assert run_to_end(house.environment).returncode == 78
    key.write_text(right)
    key.chmod(0o600)


def refuses_another_schema(house: House) -> None:
    import sqlite3

    with sqlite3.connect(house.home / "pulang.db") as database:
        [(right,)] = database.execute("SELECT version_num FROM alembic_version").fetchall()
        for revision, word in (("9999_from_the_future", "newer"), ("0001_first", "pulang migrate")):
            database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
            database.commit()
            refused = run_to_end(house.environment)
            assert refused.returncode == 78
            assert word in refused.stderr
        database.execute("UPDATE alembic_version SET version_num = ?", (right,))
    database.close()


def test_parts_are_ended_when_the_start_is_broken_off(tmp_path: Path) -> None:
    house = launch(tmp_path / "var")
    eventually(lambda: house.pid("temporal"), what="Temporal started")
    assert house.stop(signal.SIGINT) == 0
    assert _left_running(house.home) == []


def test_the_free_ports_of_two_houses_differ() -> None:
    assert len(set(free_ports(8))) == 8


def test_demo_accounts_hold_what_the_contract_lists(house: House) -> None:
    assert all(
        set(account) == {"name", "roles", "role", "agency", "phone", "login", "password", "token"}
        for account in json.loads((house.home / "demo-accounts.json").read_text())
    )
