"""The systemd units: hardened, patient with what is under way, and sound to systemd where it is installed."""

import os
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from pulang.processes.api import GRACE_S
from pulang.processes.worker import GRACE

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICES = ("api", "worker", "relay", "migrate")
PROGRAM = "/opt/pulang/.venv/bin/pulang"


def unit(name: str) -> ConfigParser:
    """A unit file; keys as written. A key that stands twice is refused."""
    parser = ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((UNITS / name).read_text(encoding="utf-8"))
    return parser


@pytest.mark.parametrize("part", SERVICES)
def test_a_part_runs_its_own_command_as_its_own_user_without_privileges(part: str) -> None:
    service = unit(f"pulang-{part}.service")["Service"]
    assert service["ExecStart"] == f"{PROGRAM} {part}"
    assert (service["User"], service["EnvironmentFile"]) == ("pulang", "/etc/pulang/pulang.env")
    assert (service["StateDirectory"], service["StateDirectoryMode"], service["UMask"]) == ("pulang", "0700", "0077")
    assert (service["ProtectSystem"], service["CapabilityBoundingSet"], service["LimitCORE"]) == ("strict", "", "0")
    for promise in ("NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectHome", "ProtectKernelModules"):
        assert service[promise] == "yes"


@pytest.mark.parametrize("part", ["api", "worker", "relay"])
def test_a_part_is_started_again_for_as_long_as_the_database_is_away(part: str) -> None:
    service = unit(f"pulang-{part}.service")
    assert (service["Service"]["Restart"], service["Unit"]["StartLimitIntervalSec"]) == ("on-failure", "0")
    assert "RestartPreventExitStatus" not in service["Service"]  # a database that is away is refused with 78, too
    assert service["Unit"]["PartOf"] == "pulang.target"


def test_a_stop_waits_longer_than_what_is_under_way_may_take() -> None:
    assert int(unit("pulang-api.service")["Service"]["TimeoutStopSec"]) >= GRACE_S + 5
    assert int(unit("pulang-worker.service")["Service"]["TimeoutStopSec"]) >= GRACE.total_seconds() + 5


def test_the_migration_runs_alone_and_only_when_it_is_called() -> None:
    migrate = unit("pulang-migrate.service")
    parts = {f"pulang-{part}.service" for part in ("api", "worker", "relay")}
    assert set(migrate["Unit"]["Conflicts"].split()) == parts
    assert parts <= set(migrate["Unit"]["After"].split())  # so they are gone before it begins
    assert migrate["Service"]["Type"] == "oneshot"
    assert not migrate.has_section("Install")
    assert set(unit("pulang.target")["Unit"]["Wants"].split()) == parts


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:  # it is part of systemd and comes in no package that could be installed for the test
        pytest.skip("systemd-analyze is not installed here; the other tests of this file have read the units")
    for file in UNITS.iterdir():  # it wants the programs to be there
        text = file.read_text(encoding="utf-8").replace(PROGRAM, "/bin/true")
        (tmp_path / file.name).write_text(text, encoding="utf-8")

    said = subprocess.run(
        [program, "verify", "--man=no", *(str(file) for file in sorted(tmp_path.iterdir()))],
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    ours = [line for line in said.stderr.splitlines() if "pulang" in line]
    assert (said.returncode, ours) == (0, [])
