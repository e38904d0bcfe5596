"""The image's recipe and the proxy's file, checked without building or starting either."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

from pulang.settings import names
from tests.support.tools import tool

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")

SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]


def rooms() -> set[str]:
    """Folders of the product's packages."""
    return {name.partition(".")[0] for name in SETUPTOOLS["packages"]}


def instructions(word: str) -> list[str]:
    """What stands behind each instruction of this kind, in order."""
    return re.findall(rf"^{word} (.*)$", DOCKERFILE, re.MULTILINE)


def test_hadolint_has_nothing_to_say() -> None:
    said = subprocess.run(
        [tool("hadolint"), "--no-color", str(DEPLOY / "Dockerfile")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (said.returncode, said.stdout) == (0, "")


def test_the_image_runs_as_nobody_in_particular_from_pinned_parts() -> None:
    assert all(re.match(r"python:3\.\d+\.\d+-slim-[a-z]+( AS build)?$", base) for base in instructions("FROM"))
    assert len(instructions("FROM")) == 2
    assert instructions("USER") == ["10001:10001"]
    assert "--require-hashes" in DOCKERFILE
    assert "latest" not in DOCKERFILE
    assert "/readyz" in DOCKERFILE.split("HEALTHCHECK")[1]


def test_the_image_holds_no_setting_but_where_things_are_kept() -> None:
    assert set(re.findall(r"PULANG_[A-Z_]+(?==)", DOCKERFILE)) == {"PULANG_HOME"}


def test_the_image_gets_every_package_and_the_builder_gets_nothing_else() -> None:
    sources = {source.split()[0] for source in instructions("COPY")}
    assert {source.rstrip("/") for source in sources if source.endswith("/")} == rooms()
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = {line[1:] for line in ignore if line.startswith("!")}
    assert ignore[1] == "*"
    assert sent == rooms() | {"requirements-run.lock", "pyproject.toml", "README.md", "LICENSE"}


def test_pages_mails_and_tables_of_the_rules_are_installed_with_the_code() -> None:
    [patterns] = SETUPTOOLS["package-data"].values()
    kinds = {pattern.rpartition("*")[2] for pattern in patterns}
    for room in rooms():
        files = (file for file in (ROOT / room).rglob("*") if file.is_file() and "__pycache__" not in file.parts)
        assert {file.suffix for file in files} - {".py"} <= kinds, room


def test_no_file_for_installations_names_a_setting_that_is_none() -> None:
    for file in (path for path in DEPLOY.rglob("*") if path.is_file()):
        named = set(re.findall(r"PULANG_[A-Z]+(?:_[A-Z]+)*", file.read_text(encoding="utf-8")))
        assert named <= set(names().values()), file.name


def test_the_example_of_settings_explains_each_and_holds_no_secret() -> None:
    lines = (DEPLOY / "pulang.env.example").read_text(encoding="utf-8").splitlines()
    values = dict(re.findall(r"^#?(PULANG_[A-Z_]+)=(.*)$", "\n".join(lines), re.MULTILINE))
    assert {name for name in values if name.endswith("_URL") and values[name]} == set()
    for number, line in enumerate(lines):
        if re.match(r"PULANG_", line):
            assert lines[number - 1].startswith(("#", "PULANG_")), line
    demonstration = {"PULANG_DEMO", "PULANG_CLOCK_START", "PULANG_CRASH_AT"}
    laptop = {"PULANG_TEMPORAL_PORT", "PULANG_TEMPORAL_UI_PORT", "PULANG_POSTBOX_PORT"}
    assert set(values) == set(names().values()) - demonstration - laptop


def test_the_proxy_reads_its_file_and_keeps_to_it(tmp_path: Path) -> None:
    environment = {"PATH": os.defpath, "HOME": str(tmp_path), "SITE_HOST": "pulang.example.invalid"}
    said = subprocess.run(
        [tool("caddy"), "adapt", "--validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert said.returncode == 0, said.stderr
    assert '"Strict-Transport-Security":["max-age=31536000"]' in said.stdout
    assert '"max_size":2000000' in said.stdout
    assert '"dial":"127.0.0.1:8000"' in said.stdout
    assert '"path":["/metrics","/readyz","/healthz"]' in said.stdout
    assert '"logs"' not in said.stdout  # an access log would hold the tokens of links
    assert '"trusted_proxies"' not in said.stdout  # so X-Forwarded-For is written anew
