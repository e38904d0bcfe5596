"""The compose file as docker compose itself reads it, without an engine: who is reached, who waits, what runs."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pulang import __version__
from pulang.settings import names, read_settings
from tests.support.tools import tool

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OURS = ("migrate", "api", "worker", "relay")
VALUES = {
    "SITE_HOST": "pulang.example.invalid",
    "POSTGRES_PASSWORD": "a1",
    "DB_PASSWORD": "b2",
    "TEMPORAL_PASSWORD": "c3",
}
PINNED = re.compile(r"[a-z/-]+:\d+\.\d+(\.\d+)?(-[a-z]+)*")


def compose(folder: Path, values: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """`docker compose config` in a copy of deploy/, told the values; no daemon is asked."""
    copy = folder / "deploy"
    shutil.copytree(DEPLOY, copy)
    shutil.copy(copy / "pulang.env.example", copy / "pulang.env")
    (copy / ".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()), encoding="ascii")
    environment = {"PATH": os.defpath, "HOME": str(folder), "DOCKER_HOST": f"unix://{folder}/nowhere.sock"}
    return subprocess.run(
        [tool("docker-compose"), "-f", "compose.yaml", "config", "--format", "json"],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every service as compose understands it."""
    said = compose(tmp_path_factory.mktemp("compose"), VALUES)
    assert said.returncode == 0, said.stderr
    found: dict[str, Any] = json.loads(said.stdout)["services"]
    return found


def test_the_house_has_its_eight_services(services: dict[str, Any]) -> None:
    assert set(services) == {"postgres", "temporal", "proxy", *OURS}


def test_a_missing_value_is_named_instead_of_taken_as_empty(tmp_path: Path) -> None:
    said = compose(tmp_path, VALUES | {"DB_PASSWORD": ""})

    assert said.returncode != 0
    assert "DB_PASSWORD" in said.stderr


def test_every_value_that_compose_wants_stands_in_its_example_and_has_none_there() -> None:
    lines = (DEPLOY / "compose.env.example").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert given == dict.fromkeys(VALUES, "")
    assert set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text(encoding="utf-8"))) == set(VALUES)


def test_only_the_proxy_can_be_reached_from_outside(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if service.get("ports")] == ["proxy"]
    assert [port["published"] for port in services["proxy"]["ports"]] == ["80", "443"]
    assert not any(service.get("network_mode") == "host" or service.get("privileged") for service in services.values())


def test_every_image_is_pinned_to_a_version(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert PINNED.fullmatch(service["image"]), name
    assert {services[name]["image"] for name in OURS} == {f"pulang:{__version__}"}


def test_our_containers_have_no_privilege_and_write_into_their_volumes_alone(services: dict[str, Any]) -> None:
    for name in OURS:
        service = services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "user" not in service  # that of the image stays
        read_only = {volume["target"]: volume.get("read_only", False) for volume in service["volumes"]}
        assert read_only == {"/var/lib/pulang": False, "/var/lib/pulang/keys": name != "migrate"}


def test_each_part_runs_its_own_command_after_the_migration(services: dict[str, Any]) -> None:
    for name in OURS:
        assert services[name]["command"] == [name]
    assert services["migrate"]["restart"] == "no"
    for name in ("api", "worker", "relay"):
        waits_for = services[name]["depends_on"]
        assert waits_for["migrate"]["condition"] == "service_completed_successfully"
        assert services[name]["restart"] == "unless-stopped"
    # Links are answered while Temporal is away, so the web side does not wait for it.
    assert "temporal" not in services["api"]["depends_on"]
    assert services["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_the_web_side_shares_the_proxys_network_since_it_listens_on_loopback_alone(services: dict[str, Any]) -> None:
    assert services["api"]["network_mode"] == "service:proxy"
    assert services["api"]["environment"]["PULANG_TRUSTED_PROXIES"] == "127.0.0.1"
    assert services["api"]["environment"]["PULANG_BASE_URL"] == "https://pulang.example.invalid"


def test_our_parts_get_settings_that_exist_and_no_others_secrets(services: dict[str, Any]) -> None:
    for name in OURS:
        assert set(services[name]["environment"]) <= set(names().values())
        assert services[name]["environment"]["PULANG_DATABASE_URL"].endswith(":b2@postgres:5432/pulang")


def test_pulang_reads_what_compose_gives_it(
    services: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in services["worker"]["environment"].items():
        monkeypatch.setenv(name, value)

    settings = read_settings()

    assert settings.temporal == "temporal:7233"
    assert settings.pages == "https://pulang.example.invalid"
    assert not settings.demo
    assert not settings.has_embedded_temporal


def test_a_stop_waits_longer_than_the_parts_need_to_end(services: dict[str, Any]) -> None:
    assert {services[name]["stop_grace_period"] for name in OURS} == {"20s"}
