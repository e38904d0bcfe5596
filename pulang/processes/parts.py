"""One part of the house as its supervisor sees it: born, watched, born again, ended.

Python parts are forked from the supervisor, which has loaded the program already: they start in a few milliseconds and
share its memory. A part dies with its supervisor, whatever ends that one (PR_SET_PDEATHSIG).
"""

import contextlib
import ctypes
import io
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

from pulang import telemetry
from pulang.processes import leave
from pulang.processes.ground import ready_mark
from pulang.refusals import WRONG_CONFIGURATION, Refused

_PR_SET_PDEATHSIG: Final = 1
_SHORT_LIFE_S: Final = 2.0
_FIRST_PAUSE_S: Final = 0.1
_LONGEST_PAUSE_S: Final = 4.0
_LOG_LIMIT: Final = 20 * 1024 * 1024  # bytes; a longer log is set aside as <part>.log.1 when its part starts


@dataclass
class Part:
    """A process that should be there. Times are seconds of the monotonic clock."""

    name: str
    body: Callable[[], int]
    home: Path
    pid: int | None = None
    born: float = 0.0
    due: float | None = None  # when it should be born again
    pause: float = _FIRST_PAUSE_S
    is_held: bool = False
    close_in_child: tuple[int, ...] = field(default=())

    @property
    def log_file(self) -> Path:
        return self.home / "logs" / f"{self.name}.log"

    @property
    def pid_file(self) -> Path:
        return self.home / "run" / f"{self.name}.pid"

    @property
    def down_file(self) -> Path:
        return self.home / "run" / f"{self.name}.down"

    def start(self) -> None:
        """Bear it and write its pid file."""
        _set_aside(self.log_file)
        ready_mark(self.home, self.name).unlink(missing_ok=True)
        self.pid = bear(self.name, self.body, self.log_file, self.close_in_child)
        self.born, self.due = time.monotonic(), None
        half = self.pid_file.with_suffix(".pid.part")
        half.write_text(f"{self.pid}\n")
        half.rename(self.pid_file)

    def ended(self) -> str | None:
        """How it ended since the last look ("SIGKILL", "78"), or None while it lives or was gone before."""
        if self.pid is None:
            return None
        gone, status = os.waitpid(self.pid, os.WNOHANG)
        if gone == 0:
            return None
        self.pid = None
        self.pid_file.unlink(missing_ok=True)
        lived = time.monotonic() - self.born
        self.pause = _FIRST_PAUSE_S if lived > _SHORT_LIFE_S else min(self.pause * 2, _LONGEST_PAUSE_S)
        self.due = time.monotonic() + self.pause
        code = os.waitstatus_to_exitcode(status)
        return signal.Signals(-code).name if code < 0 else str(code)

    def is_due(self) -> bool:
        """Whether it should be born again now; notes whether `run/<part>.down` holds it."""
        if self.pid is not None or self.due is None:
            return False
        self.is_held = self.down_file.exists()
        return not self.is_held and time.monotonic() >= self.due

    def tell(self, number: signal.Signals) -> None:
        """Sends the part a signal; nothing happens when it has ended."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def bear(name: str, body: Callable[[], int], log_file: Path, close_in_child: tuple[int, ...]) -> int:
    """Fork a process that runs *body*, logs to *log_file* and leaves with its result. Returns the pid."""
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    _live(name, body, log_file, parent, close_in_child)


def _live(name: str, body: Callable[[], int], log_file: Path, parent: int, close: tuple[int, ...]) -> NoReturn:
    code = 1
    try:
        _become_child(parent, log_file, close)
        telemetry.set_up(name)
        code = body()
    except Refused as refused:
        sys.stderr.write(f"{refused}\n")
        code = WRONG_CONFIGURATION
    except BaseException as fault:
        telemetry.crashed(fault)
    leave(code)


def _become_child(parent: int, log_file: Path, close: tuple[int, ...]) -> None:
    """A session of its own (Ctrl-C reaches the supervisor alone), no inherited handlers, output into the log file."""
    os.setsid()
    die_with(parent)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    for descriptor in close:
        with contextlib.suppress(OSError):
            os.close(descriptor)
    log = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    for descriptor in (log, nothing):
        if descriptor > 2:
            os.close(descriptor)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True, errors="backslashreplace")


def die_with(parent: int) -> None:
    """This process is killed when *parent* ends, and ends now when it already has."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0 or os.getppid() != parent:
        os._exit(1)


def _set_aside(log_file: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        if log_file.stat().st_size > _LOG_LIMIT:
            log_file.rename(log_file.with_suffix(".log.1"))
