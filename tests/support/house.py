"""A whole house on real processes for end-to-end tests, journeys and benchmarks: `pulang up --demo` in a folder.

Start it once per run (a session fixture); it chooses free ports, waits for READY and is ended with `stop`.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from typing import Any, Self, TypeVar, cast

ROOT = Path(__file__).parents[2]
READY_WITHIN_S = 90.0
STOPPED_WITHIN_S = 15.0
PARTS = ("temporal", "postbox", "api", "worker", "relay")
CLOCK_START = "2026-11-30T09:00:00+07:00"  # a Monday

T = TypeVar("T")


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody uses now, all different."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def eventually(look: Callable[[], T | None], within_s: float = 10.0, what: str = "") -> T:
    """The first true result of *look*, looked for every 50 ms; fails after *within_s* with *what*."""
    deadline = time.monotonic() + within_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within_s} s: {what or look}")
        time.sleep(0.05)


@dataclass
class House:
    """A running (or ended) house. `lines` grows with what it writes on standard output."""

    home: Path
    environment: dict[str, str]
    process: "subprocess.Popen[str]"
    lines: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    ready_after_s: float = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.environment['PULANG_HTTP_PORT']}"

    @cached_property
    def accounts(self) -> list[dict[str, Any]]:
        """The demonstration's accounts, in the order of the contract."""
        text = (self.home / "demo-accounts.json").read_text(encoding="utf-8")
        return cast(list[dict[str, Any]], json.loads(text))

    def account(self, role: str, number: int = 0) -> dict[str, Any]:
        """The account that is *number* (from 0) among those whose first role is *role*."""
        return [account for account in self.accounts if account["role"] == role][number]

    def mails(self) -> list[EmailMessage]:
        """Everything that the postbox took, in order of arrival."""
        files = sorted((self.home / "postbox").glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    def pid(self, part: str) -> int | None:
        """Process id of a part, None while it is not there."""
        try:
            return int((self.home / "run" / f"{part}.pid").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None

    def kill(self, part: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal to a part (kill -9 when left out) and return the process id that it had."""
        pid = eventually(lambda: self.pid(part), what=f"a pid of {part}")
        os.kill(pid, number)
        return pid

    def hold(self, part: str) -> None:
        """Stop a part and keep it down until `release`."""
        (self.home / "run" / f"{part}.down").touch()
        if self.pid(part) is not None:
            self.kill(part)
            eventually(lambda: self.pid(part) is None, what=f"{part} down")

    def release(self, part: str) -> None:
        """Let a held part be started again, and wait until it is there."""
        (self.home / "run" / f"{part}.down").unlink(missing_ok=True)
        eventually(lambda: self.pid(part), what=f"{part} up")

    @contextmanager
    def without(self, part: str) -> Iterator[None]:
        """For the time of a block the part is down."""
        self.hold(part)
        try:
            yield
        finally:
            self.release(part)

    def arm(self, point: str) -> Path:
        """Let the part that next comes by this crash point die there, once. Returns the file that will say so."""
        struck = self.home / "run" / f"{point}.crashed"
        struck.unlink()
        return struck

    def kill_everything(self) -> None:
        """kill -9 the supervisor and every part at once, as when the power fails."""
        pids = [pid for part in PARTS if (pid := self.pid(part)) is not None]
        for pid in (self.process.pid, *pids):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(STOPPED_WITHIN_S)
        eventually(lambda: not any(is_there(pid) for pid in pids), what="all parts gone")

    def start_again(self) -> None:
        """Start a house that has ended anew, with the same settings on the same home; returns when it is ready."""
        again = start_house(self.home.parent, environment=self.environment)
        self.process, self.lines, self.faults = again.process, again.lines, again.faults

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End the house as an operator would and return its exit code; fails when it takes longer than allowed."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(STOPPED_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"still there after {STOPPED_WITHIN_S} s") from None


def environment_of(home: Path, **settings: object) -> dict[str, str]:
    """The environment of a house in *home*: free ports, and *settings* as PULANG_<NAME>."""
    http_port, temporal_port, postbox_port = free_ports(3)
    chosen: dict[str, object] = {
        "home": home,
        "http_port": http_port,
        "temporal_port": temporal_port,
        "postbox_port": postbox_port,
        **settings,
    }
    bare = {key: value for key, value in os.environ.items() if not key.startswith("PULANG_")}
    return bare | {f"PULANG_{key.upper()}": str(value) for key, value in chosen.items()}


def launch(home: Path, *arguments: str, environment: dict[str, str] | None = None, **settings: object) -> House:
    """Start `pulang up` (with --demo unless *arguments* are given) and return at once."""
    environment = environment or environment_of(home, **settings)
    process = subprocess.Popen(
        [sys.executable, "-m", "pulang", *(arguments or ("up", "--demo"))],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    house = House(home, environment, process)
    for pipe, lines in ((process.stdout, house.lines), (process.stderr, house.faults)):
        threading.Thread(target=_read, args=(pipe, lines), daemon=True).start()
    return house


def disarm(home: Path, points: Iterable[str]) -> None:
    """Let every crash point be passed by until `House.arm` wants one. Before the start of a house."""
    (home / "run").mkdir(mode=0o700, parents=True)
    for point in points:
        (home / "run" / f"{point}.crashed").touch(mode=0o600)


def _read(pipe: Any, lines: list[str]) -> None:
    with pipe:
        for line in pipe:
            lines.append(line.rstrip("\n"))


def start_house(tmp: Path, *, environment: dict[str, str] | None = None, **settings: object) -> House:
    """A house of the demonstration in tmp/var that has said READY. *environment*: that of a house before, to go on."""
    home = Path(environment["PULANG_HOME"]) if environment else tmp / "var"
    begun = time.monotonic()
    house = launch(home, environment=environment, **settings)
    deadline = begun + READY_WITHIN_S
    while not (house.lines and house.lines[-1].startswith("READY ")):
        if house.process.poll() is not None or time.monotonic() > deadline:
            house.process.kill()
            raise AssertionError("no READY:\n" + "\n".join([*house.lines, *house.faults, *_last_words(home)]))
        time.sleep(0.02)
    house.ready_after_s = time.monotonic() - begun
    return house


def _last_words(home: Path) -> list[str]:
    return [
        f"{log.name}: {line}"
        for log in sorted((home / "logs").glob("*.log"))
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
    ]


def is_there(pid: int) -> bool:
    """Whether a process with this id exists and has not ended (a zombie has)."""
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0] != "Z"
        )
    except OSError:
        return False
