"""The main job as a real installation runs it: every part a process of its own, started by its own command.

PostgreSQL, a Temporal server that is reached by its address alone, a mail server named by its URL; no supervisor.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

from pulang import devserver
from pulang.settings import Settings
from tests.support.database import PostgresServer
from tests.support.house import CLOCK_START, ROOT, House, environment_of, eventually, free_ports
from tests.support.invariants import assert_invariants
from tests.support.outsider import Outsider

PARTS = ("api", "worker", "relay")
GONE_WITHIN_S = 15.0


@dataclass
class Apart:
    """Processes that nobody supervises. `parts`: what runs, by command."""

    home: Path
    environment: dict[str, str]
    parts: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)

    def run(self, *arguments: str, but: str = "") -> "subprocess.CompletedProcess[str]":
        """One command that ends by itself. *but*: a setting that it is not told."""
        environment = {name: value for name, value in self.environment.items() if name != but}
        command = [sys.executable, "-m", "pulang", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
        )

    def start(self, part: str) -> None:
        with (self.home.parent / f"{part}.log").open("ab") as log:
            self.parts[part] = subprocess.Popen(
                [sys.executable, "-m", "pulang", part], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    def end(self, part: str, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal (SIGTERM when left out) and return how the part left."""
        process = self.parts.pop(part)
        process.send_signal(number)
        return process.wait(GONE_WITHIN_S)

    def house(self) -> House:
        """As the outsider sees it."""
        return House(self.home, self.environment, self.parts["api"])  # type: ignore[arg-type]  # only its address is used


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    """A program of others, until the end of a block."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(GONE_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def apart(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    """A migrated installation with its neighbours up and its own parts running."""
    folder = Path(tmp_path_factory.mktemp("apart"))
    home = folder / "var"
    temporal_port, mail_port = free_ports(2)
    environment = environment_of(
        home,
        demo=1,
        clock_start=CLOCK_START,
        database_url=postgres_server.empty(),
        temporal_address=f"127.0.0.1:{temporal_port}",
        smtp_url=f"smtp://127.0.0.1:{mail_port}",
    )
    del environment["PULANG_TEMPORAL_PORT"], environment["PULANG_POSTBOX_PORT"]
    neighbours = {name: value for name, value in environment.items() if not name.startswith("PULANG_")}
    postbox = neighbours | {"PULANG_HOME": str(home), "PULANG_POSTBOX_PORT": str(mail_port)}
    temporal = devserver.command(Settings(home=folder, temporal_port=temporal_port))
    installation = Apart(home, environment)
    with ExitStack() as stack:
        # Without a mail server the mails of the made-up past lie in the postbox, where the invariants look for them.
        migrated = installation.run("migrate", but="PULANG_SMTP_URL")
        assert migrated.returncode == 0, migrated.stdout + migrated.stderr
        stack.enter_context(running(temporal, neighbours, folder / "temporal.log"))
        stack.enter_context(running([sys.executable, "-m", "pulang", "postbox"], postbox, folder / "postbox.log"))
        eventually(lambda: devserver.listens(f"127.0.0.1:{temporal_port}", 1.0), 20, "Temporal")
        for part in PARTS:
            installation.start(part)
        try:
            yield installation
        finally:
            for part in list(installation.parts):
                installation.end(part, signal.SIGKILL)


@pytest.mark.proves("I01", "I03")
def test_one_return_goes_to_its_end_through_parts_that_run_as_processes_of_their_own(apart: Apart) -> None:
    with Outsider(apart.house()) as player:
        ready = eventually(lambda: seen_ready(player), 30, "/readyz")
        assert ready["database"]["ok"] is True
        case = player.start("Contoh Terpisah")

        player.play(case)

        view = player.case(case)
        assert view["status"] == "SELESAI"
        assert [handover["result"] for handover in view["handovers"]] == ["DITERIMA"] * 3
        player.settle()
    assert not (apart.home / "pulang.db").exists()
    assert_invariants(apart.house())
    for looks in (("doctor",), ("audit", "verify")):
        said = apart.run(*looks)
        assert said.returncode == 0, said.stdout + said.stderr
    assert image_health(apart) == 0
    assert {part: apart.end(part) for part in PARTS} == dict.fromkeys(PARTS, 0)


def image_health(apart: Apart) -> int:
    """What the image's own look at the web side finds: 0 when it is well."""
    recipe = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    look: list[str] = json.loads(recipe.split("HEALTHCHECK")[1].split("CMD ")[1].splitlines()[0])
    return subprocess.run([sys.executable, *look[1:]], env=apart.environment, check=False, timeout=10).returncode


def seen_ready(player: Outsider) -> dict[str, dict[str, object]] | None:
    """What /readyz says once every part has been seen."""
    try:
        answer = player.http.get(f"{player.house.base_url}/readyz")
    except httpx2.TransportError:
        return None
    said: dict[str, dict[str, object]] = answer.json()
    is_whole = answer.status_code == 200 and said["temporal"]["reachable"] and said["relay"]["seen_at"]
    return said if is_whole else None
