"""Crash points: where a process of the demonstration ends as by `kill -9`, for fault tests (RELIABILITY section 5).

`PULANG_CRASH_AT` names them. Each one strikes once in a home: the process leaves `run/<point>.crashed` and is gone;
started again it passes by. Taking that file away arms the point anew.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Final

POINTS: Final = (
    "answer.before_commit",  # API: the answer is written, its transaction is not committed (F01)
    "answer.after_commit",  # API: committed, the officer has not heard of it (F02)
    "relay.after_signal",  # relay: the conductor was told, nothing is noted of that (F03)
    "mail.before_connect",  # worker: the mail is taken for a try, no line is open (F04)
    "mail.after_reply",  # worker: the mail server said 250, nothing is noted of that (F05)
    "advance.before_commit",  # worker: in the middle of a workflow task, its acts are not committed (F07)
    "advance.after_commit",  # worker: they are, and Temporal has not heard of it (F07)
)


def crash_point(named: tuple[str, ...], home: Path) -> Callable[[str], None]:
    """What the processes call at each of the POINTS: it does nothing except at those *named*."""

    def pass_by(point: str) -> None:
        if point not in named or not _is_first(crash_mark(home, point)):
            return
        os.kill(os.getpid(), signal.SIGKILL)

    return pass_by


def crash_mark(home: Path, point: str) -> Path:
    """The file that says that this point has struck in this home."""
    return home / "run" / f"{point}.crashed"


def _is_first(mark: Path) -> bool:
    """Whether nobody was here before; whoever is told so is the only one."""
    try:
        os.close(os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
    return True
