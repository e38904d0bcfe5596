"""Processes, files, commands and the first minute of a house as CONTRACT tells them; a house of its own."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.house import (
    CLOCK_START,
    PARTS,
    ROOT,
    House,
    environment_of,
    eventually,
    is_there,
    launch,
    start_house,
)
from tests.support.outsider import Outsider
from tests.support.probe import is_text, shaped

ACCOUNTS = [
    *[("koordinator", ["koordinator"], None)] * 2,
    *[("pekerja_sosial", ["pekerja_sosial"], "RPTC-TPI")] * 2,
    ("kepala_sentra", ["kepala_sentra"], "RPTC-TPI"),
    *[("pemeriksa", ["pemeriksa"], None)] * 2,
    ("penyetuju", ["penyetuju"], None),
    ("penyetuju", ["penyetuju", "pemeriksa"], None),
    *[(role, [role], None) for role in ("pimpinan", "pendamping", "operator", "auditor", "ppdp")],
    *[("administrator", ["administrator"], None)] * 2,
    ("pekerja_sosial", ["pekerja_sosial"], "RPTC-BAP"),
]
COMMANDS = ("up", "api", "worker", "relay", "doctor", "migrate", "accounts", "audit verify", "histories")


@pytest.fixture(scope="module")
def own_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with start_house(tmp_path_factory.mktemp("contract"), clock_start=CLOCK_START) as house:
        yield house


@pytest.fixture(scope="module")
def stranger(own_house: House) -> Iterator[Outsider]:
    with Outsider(own_house) as player:
        yield player


def pulang(*arguments: str, home: Path, environment: dict[str, str] | None = None) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "pulang", *arguments],
        cwd=ROOT,
        env=environment or environment_of(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_start_on_monday_mails_the_registry_and_the_shelter_within_a_minute(stranger: Outsider) -> None:
    stranger.settle()
    clock = stranger.clock()["now"]
    assert clock.startswith("2026-11-30T09:0")
    before = len(stranger.letters())
    begun = time.monotonic()
    stranger.start("Contoh Senin Pagi")
    eventually(lambda: len(stranger.letters()) >= before + 2, within_s=60, what="two mails")
    assert time.monotonic() - begun < 60
    stranger.advance(advance="PT5M")
    fresh = stranger.letters()[before:]
    assert len(fresh) == 2
    link = next(letter for letter in fresh if letter.header("X-Pulang-Ask"))
    notice = next(letter for letter in fresh if letter.header("X-Pulang-Notice"))
    assert link.to == "kemendagri-dukcapil@example.invalid"
    assert notice.to == "rptc-tpi@example.invalid"
    whole = notice.message.as_string() + notice.text
    assert "/t/" not in whole
    assert "Kode:" not in whole
    assert "Contoh Senin Pagi" not in whole
    assert notice.header("Auto-Submitted") == "auto-generated"


def test_the_last_line_is_ready_and_before_it_stands_what_one_needs(own_house: House) -> None:
    assert own_house.lines[-1] == f"READY {own_house.base_url}"
    said = "\n".join(own_house.lines[:-1])
    assert own_house.base_url in said
    assert all(account["login"] in said and account["password"] in said for account in own_house.accounts)
    assert re.search(r"Berhenti\b.*\bstop\b", said)
    assert "Ctrl-C" in said


def test_files_of_the_data_directory_are_where_they_should_be_and_closed_to_others(own_house: House) -> None:
    home = own_house.home
    assert mode(home) == 0o700
    for name in ("pulang.db", "temporal.db", "demo-accounts.json"):
        assert (home / name).is_file()
    for name in ("files", "keys", "logs", "postbox", "run"):
        assert (home / name).is_dir()
    keys = list((home / "keys").iterdir())
    assert keys
    assert {mode(key) for key in keys} == {0o600}
    assert list((home / "postbox").glob("*.eml"))
    for file in home.rglob("*"):
        assert mode(file) & 0o077 == 0, file


def test_the_accounts_of_the_demonstration_stand_in_their_order(own_house: House) -> None:
    accounts = json.loads((own_house.home / "demo-accounts.json").read_text(encoding="utf-8"))
    for account in accounts:
        shaped(
            account,
            name=is_text,
            roles=lambda value: isinstance(value, list) and all(map(is_text, value)),
            role=is_text,
            agency=is_text,
            phone=is_text,
            login=is_text,
            password=is_text,
            token=is_text,
        )
        assert account["role"] == account["roles"][0]
    told = [(account["role"], account["roles"]) for account in accounts]
    assert told == [(role, roles) for role, roles, _ in ACCOUNTS]
    for account, (_, _, agency) in zip(accounts, ACCOUNTS, strict=True):
        assert agency is None or account["agency"] == agency
    assert len({account["login"] for account in accounts}) == len({a["token"] for a in accounts}) == len(accounts)


def test_health_is_told_to_whoever_asks(own_house: House, stranger: Outsider) -> None:
    health = stranger.http.get(f"{own_house.base_url}/healthz")
    ready = stranger.http.get(f"{own_house.base_url}/readyz")
    metrics = stranger.http.get(f"{own_house.base_url}/metrics")
    assert (health.status_code, ready.status_code, metrics.status_code) == (200, 200, 200)
    assert {"database", "temporal", "relay", "mail"} <= set(ready.json())
    assert "PLG-" not in metrics.text
    assert all(answer.headers["x-request-id"] for answer in (health, ready, metrics))


def test_a_part_that_ends_is_started_again_unless_it_is_to_stay_down(own_house: House) -> None:
    pids = {part: own_house.pid(part) for part in ("temporal", "api", "worker", "relay", "postbox")}
    assert all(pid is not None and is_there(pid) for pid in pids.values())
    before = own_house.kill("relay")
    eventually(lambda: own_house.pid("relay") not in (None, before), 20, "another relay")

    own_house.hold("worker")
    time.sleep(2)
    assert own_house.pid("worker") is None
    with httpx2.Client() as http:
        assert http.get(f"{own_house.base_url}/healthz").status_code == 200
    own_house.release("worker")
    assert own_house.pid("worker") is not None


def test_every_command_explains_itself_and_ends_with_the_promised_code(own_house: House, tmp_path: Path) -> None:
    bare = environment_of(tmp_path / "var")
    calls: dict[str, tuple[Any, int]] = {}
    for command in COMMANDS:
        calls[f"{command} --help"] = (pulang(*command.split(), "--help", home=tmp_path), 0)
    calls["--help"] = (pulang("--help", home=tmp_path), 0)
    calls["no such command"] = (pulang("tidak-ada", home=tmp_path), 2)
    calls["no such option"] = (pulang("doctor", "--tidak-ada", home=tmp_path), 2)
    for setting in (
        {"PULANG_HTTP_PORT": "banyak"},
        {"PULANG_TIDAK_ADA": "1"},
        {"PULANG_DATABASE_URL": "mysql://x/y"},
        {"PULANG_DIGEST_WINDOW": "-3"},
    ):
        calls[str(setting)] = (pulang("doctor", home=tmp_path, environment=bare | setting), 78)
        calls[f"up with {setting}"] = (pulang("up", "--demo", home=tmp_path, environment=bare | setting), 78)
    calls["doctor"] = (pulang("doctor", home=own_house.home, environment=own_house.environment), 0)
    calls["audit verify"] = (pulang("audit", "verify", home=own_house.home, environment=own_house.environment), 0)
    for name, (process, code) in calls.items():
        said, faults = process.communicate(timeout=60)
        assert process.returncode == code, (name, process.returncode, said, faults)
        if name.endswith("--help"):
            assert "Usage" in said
        if code == 78:
            assert "Traceback" not in said + faults
    assert not (tmp_path / "var" / "pulang.db").exists()


def test_a_taken_port_is_said_in_one_sentence(own_house: House, tmp_path: Path) -> None:
    environment = environment_of(tmp_path / "var", http_port=own_house.environment["PULANG_HTTP_PORT"])
    process = pulang("up", "--demo", home=tmp_path, environment=environment)
    said, faults = process.communicate(timeout=60)
    assert process.returncode == 78, (said, faults)
    assert own_house.environment["PULANG_HTTP_PORT"] in said + faults
    assert "Traceback" not in said + faults


def test_a_house_stops_within_its_time_and_goes_on_where_it_was(tmp_path: Path) -> None:
    house = start_house(tmp_path, clock_start=CLOCK_START, digest_window=1)
    player = Outsider(house)
    case = player.start("Contoh Lanjut")
    player.settle()
    pids = [house.pid(part) for part in PARTS]
    assert house.stop(signal.SIGINT) == 0
    assert not [pid for pid in pids if pid is not None and is_there(pid)]
    logins = (house.home / "demo-accounts.json").read_bytes()

    house.start_again()
    try:
        assert (house.home / "demo-accounts.json").read_bytes() == logins
        player.settle()
        assert player.case(case)["status"] == "PENANGANAN"
        player.play(case, until="PENANGANAN")
        player.advance(advance="PT1M")
        assert [ask for ask in player.all_asks("sent") if ask["case"] == case and ask["task"] == "akses.identitas"]
        assert [letter for letter in player.letters() if case in letter.text]
    finally:
        player.http.close()
        assert house.stop() == 0


def test_without_the_demonstration_there_is_no_clock_to_move(tmp_path: Path) -> None:
    environment = environment_of(tmp_path / "var")
    house = launch(tmp_path / "var", "up", environment=environment)
    try:
        eventually(lambda: bool(house.lines) and house.lines[-1].startswith("READY "), 60, "READY")
        assert not (house.home / "demo-accounts.json").exists()
        with httpx2.Client() as http:
            for method in ("GET", "POST"):
                answer = http.request(
                    method, f"{house.base_url}/api/v1/demo/clock", json={} if method == "POST" else None
                )
                assert answer.status_code == 404, (method, answer.text)
            for page in ("/kotak-surel", "/coba"):
                assert http.get(f"{house.base_url}{page}").status_code in (303, 404)
    finally:
        house.stop()
    assert os.path.exists(house.home / "pulang.db")
