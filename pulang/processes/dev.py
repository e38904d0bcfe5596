"""`pulang up`: the whole house under one supervisor: Temporal server, postbox, API, worker, relay.

Order of a start: settings and ports are checked, the Temporal server is started, and while it boots the database is
prepared in a process of its own and the program is loaded here once; then the other parts are forked. READY is said
when /readyz says that every part is reached. A part that ends is started again, except while `run/<part>.down` exists.
"""

import contextlib
import http.client
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pulang import __version__, devserver
from pulang.processes import ground
from pulang.processes.parts import Part, bear
from pulang.refusals import WRONG_CONFIGURATION, Refused
from pulang.settings import Settings

_READY_WITHIN_S: Final = 60.0
_LOOK_EVERY_S: Final = 0.1
_GRACE_S: Final = 9.0  # api, worker and relay finish what they hold; the worker's own grace is 5 s
_LAST_GRACE_S: Final = 3.0  # then Temporal and the postbox, which the others needed until now
_NEEDED_BY_OTHERS: Final = ("temporal", "postbox")
# Loaded once before the parts are forked. Nothing here may start a thread, open a connection or read the clock.
_LOADED: Final = ("pulang.processes.api", "pulang.processes.serve", "pulang.processes.postbox", "api.app", "activities")


class _Stopped(Exception):
    """SIGINT or SIGTERM came."""


def up(settings: Settings) -> int:
    """Run the house until SIGINT or SIGTERM. Returns the exit code; raises Refused before anything is left running."""
    begun = time.monotonic()
    ground.make_home(settings.home)
    lock = ground.lock_home(settings.home)
    settings = ground.choose_ports(settings)
    os.environ.update(settings.told())
    house = _House(settings, lock)
    try:
        house.start()
        say("", *greeting(settings, time.monotonic() - begun))
        house.keep()
    except _Stopped:
        say("Pulang berhenti ... / Pulang stops ...")
    finally:
        house.stop()
    return 0


def say(*lines: str) -> None:
    """Prints lines at once: others wait for them."""
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


class _House:
    """The parts, the signals that wake their supervisor, and the order in which they come and go."""

    def __init__(self, settings: Settings, lock: int) -> None:
        self._settings = settings
        self._is_told_to_stop = False
        self._since = time.time()
        self._bell_in, self._bell_out = socket.socketpair()
        for end in (self._bell_in, self._bell_out):
            end.setblocking(False)
        self._inherited = (lock, self._bell_in.fileno(), self._bell_out.fileno())
        self._parts: dict[str, Part] = {}
        signal.set_wakeup_fd(self._bell_in.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._told_to_stop)

    def _told_to_stop(self, *_: Any) -> None:
        self._is_told_to_stop = True

    def _sleep(self, longest_s: float) -> None:
        """Until a signal or *longest_s*. Raises _Stopped when told to stop."""
        if not self._is_told_to_stop and select.select([self._bell_out], [], [], longest_s)[0]:
            with contextlib.suppress(BlockingIOError):
                self._bell_out.recv(4096)
        if self._is_told_to_stop:
            raise _Stopped

    def _add(self, name: str, body: Callable[[], int]) -> None:
        part = Part(name, body, self._settings.home, close_in_child=self._inherited)
        self._parts[name] = part
        if part.down_file.exists():
            part.is_held, part.due = True, time.monotonic()
            say(f"  {name}: ditahan oleh run/{name}.down / held by run/{name}.down")
        else:
            part.start()

    def start(self) -> None:
        settings = self._settings
        say(f"Pulang {__version__} mulai / starts: {settings.home}")
        if settings.has_embedded_temporal:
            devserver.program()
            self._add("temporal", lambda: devserver.become_server(settings))
            say("  server Temporal / Temporal server ...")
        preparing = self._prepare()
        for module in _LOADED:
            importlib.import_module(module)
        self._wait_for(preparing)
        for name, body in bodies(settings).items():
            self._add(name, body)
        say("  API, pekerja, penerus / API, worker, relay ...")
        self._wait_until_ready()

    def _prepare(self) -> int:
        """Keys, schema, register and, at the first start of a demonstration, accounts and cases."""
        from pulang.processes.prepare import prepare

        say("  kunci dan basis data / keys and database ...")
        log = self._settings.home / "logs" / "prepare.log"
        return bear("prepare", lambda: prepare(self._settings), log, self._inherited)

    def _wait_for(self, pid: int) -> None:
        """Until the preparation is done. Raises Refused with what it said."""
        while True:
            gone, status = os.waitpid(pid, os.WNOHANG)
            if gone:
                break
            try:
                self._sleep(_LOOK_EVERY_S)
            except _Stopped:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                raise
        if os.waitstatus_to_exitcode(status) != 0:
            raise refusal_in(self._settings.home)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN_S
        waiting: list[str] = []
        while time.monotonic() < deadline:
            for part, how in self._ended():
                if how == str(WRONG_CONFIGURATION):
                    raise Refused("PART_REFUSES", part=part.name, log=str(part.log_file))
            self._bear_again()
            told = readiness(self._settings.http_port)
            waiting = [name for name in missing(told, self._settings.home, self._since) if name not in self._held()]
            if not waiting:
                return
            self._sleep(0.05)
        raise Refused(
            "NOT_READY",
            seconds=int(_READY_WITHIN_S),
            waiting=", ".join(waiting),
            log=str(self._settings.home / "logs"),
        )

    def keep(self) -> None:
        """Watch the parts until told to stop."""
        while True:
            for part, how in self._ended():
                if part.down_file.exists():
                    say(
                        f"{part.name} berhenti ({how}) dan ditahan oleh run/{part.name}.down"
                        f" / {part.name} ended ({how}), held by run/{part.name}.down"
                    )
                else:
                    say(f"{part.name} berhenti ({how}), dijalankan lagi / {part.name} ended ({how}), is started again")
            self._bear_again()
            self._sleep(_LOOK_EVERY_S)

    def _ended(self) -> Iterator[tuple[Part, str]]:
        for part in self._parts.values():
            how = part.ended()
            if how is not None:
                yield part, how

    def _bear_again(self) -> None:
        for part in self._parts.values():
            was_held = part.is_held
            if part.is_due():
                part.start()
                if was_held:
                    say(f"{part.name} dijalankan lagi / {part.name} is started again")

    def _held(self) -> set[str]:
        held = {part.name for part in self._parts.values() if part.is_held}
        return held | {"worker"} if "temporal" in held else held

    def stop(self) -> None:
        """End the parts: first those that work, then those that they need. Nothing is left after 12 s."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        self._end([part for part in self._parts.values() if part.name not in _NEEDED_BY_OTHERS], _GRACE_S)
        self._end([part for part in self._parts.values() if part.name in _NEEDED_BY_OTHERS], _LAST_GRACE_S)

    def _end(self, parts: list[Part], grace_s: float) -> None:
        for part in parts:
            part.tell(signal.SIGTERM)
        deadline = time.monotonic() + grace_s
        while any(part.pid is not None for part in parts):
            for part in parts:
                part.ended()
            if time.monotonic() > deadline:
                for part in parts:
                    part.tell(signal.SIGKILL)
            time.sleep(0.02)


def bodies(settings: Settings) -> dict[str, Callable[[], int]]:
    """What each Python part runs."""
    from pulang.processes.api import run_api
    from pulang.processes.postbox import run_postbox
    from pulang.processes.serve import run_relay_process, run_worker_process

    parts: dict[str, Callable[[], int]] = {}
    if settings.has_postbox:
        parts["postbox"] = lambda: run_postbox(settings)
    parts["api"] = lambda: run_api(settings)
    parts["worker"] = lambda: run_worker_process(settings)
    parts["relay"] = lambda: run_relay_process(settings)
    return parts


def readiness(port: int) -> dict[str, Any]:
    """What /readyz of the API says, or {} while it does not answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        told = json.loads(connection.getresponse().read())
        return told if isinstance(told, dict) else {}
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    finally:
        connection.close()


def missing(told: dict[str, Any], home: Path, since_s: float) -> list[str]:
    """Names of the parts that are not reached yet. told: what /readyz said; since_s: Unix time of this start."""
    if not told:
        return ["api"]
    relay_seen = str((told.get("relay") or {}).get("seen_at") or "")
    reached = {
        "database": bool((told.get("database") or {}).get("ok")),
        "temporal": bool((told.get("temporal") or {}).get("reachable")),
        "worker": ground.ready_mark(home, "worker").exists(),
        "relay": bool(relay_seen) and datetime.fromisoformat(relay_seen).timestamp() >= since_s,
    }
    return [name for name, is_reached in reached.items() if not is_reached]


def refusal_in(home: Path) -> Refused:
    """Why the preparation ended: the refusal that it left behind, else that it failed."""
    left = home / "run" / "refusal.json"
    try:
        told = json.loads(left.read_text(encoding="utf-8"))
        left.unlink()
        return Refused(told["code"], **told["facts"])
    except (OSError, ValueError, KeyError, TypeError):
        return Refused("PART_REFUSES", part="prepare", log=str(home / "logs" / "prepare.log"))


def greeting(settings: Settings, seconds: float) -> list[str]:
    """Where to look, how to sign in, how to stop, in both languages; READY is the last line."""
    pages = f"http://127.0.0.1:{settings.http_port}"
    took = f"{seconds:.1f}"
    lines = [f"Pulang siap dalam {took} detik / is ready after {took} s", f"  Buka / open          {pages}/"]
    if settings.demo and settings.has_postbox:
        lines.append(f"  Kotak surel / mails  {pages}/kotak-surel")
    if settings.temporal_ui_port and settings.has_embedded_temporal:
        lines.append(f"  Temporal             http://127.0.0.1:{settings.temporal_ui_port}/")
    accounts = settings.home / "demo-accounts.json"
    if settings.demo and accounts.exists():
        lines.append("  Masuk sebagai / sign in as:")
        lines += _players(json.loads(accounts.read_text(encoding="utf-8")))
        lines.append(f"  (juga di / also in {accounts})")
    lines += ["  Berhenti / stop      Ctrl-C", f"READY {pages}"]
    return lines


def _players(listed: list[dict[str, Any]]) -> list[str]:
    """One line for each account: role in words and as code, login, password; by role, then by login."""
    from templates.words import name_of

    order = list(dict.fromkeys(account["role"] for account in listed))
    listed = sorted(listed, key=lambda account: (order.index(account["role"]), account["login"]))
    lines = []
    for account in listed:
        word = name_of(account["role"], "id", "role")
        lines.append(f"    {word:<33} {account['role']:<15} {account['login']:<13} {account['password']}")
    return lines
