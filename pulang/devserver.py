"""The embedded Temporal server: where its program is, how it is called, whether it answers."""

import contextlib
import os
import socket
import sqlite3
import sys
from pathlib import Path
from urllib.parse import quote

from pulang.refusals import Refused
from pulang.settings import Settings


def program() -> Path:
    """The server's program beside this Python. Raises Refused("TEMPORAL_MISSING")."""
    found = Path(sys.executable).parent / "temporal"
    if not os.access(found, os.X_OK):
        raise Refused("TEMPORAL_MISSING")
    return found


def command(settings: Settings) -> list[str]:
    """How the server is started: loopback only, its own SQLite file in WAL mode, its pages off unless a port is set.

    SQLite's default rollback journal makes the server 2.3 times slower (PERFORMANCE, Measured).
    """
    port = settings.temporal_ui_port
    pages = ["--ui-port", str(port), "--ui-disable-news-fetch"] if port else ["--headless"]
    return [
        str(program()),
        *("server", "start-dev"),
        *("--db-filename", str(database(settings))),
        *("--ip", "127.0.0.1", "--port", str(settings.temporal_port)),
        *("--sqlite-pragma", "journal_mode=wal"),
        *("--log-level", "error"),
        *pages,
    ]


def database(settings: Settings) -> Path:
    """File of the embedded server's own database."""
    return settings.home / "temporal.db"


def tidy_database(settings: Settings) -> None:
    """Before the server starts: its file is for us alone, and one that a kill left half made is made anew.

    The server makes its tables only when the file does not exist; a file without any namespace holds no workflow and
    would keep it from ever starting again.
    """
    file = database(settings)
    if not file.exists():
        return  # made by the server under our umask of 077
    file.chmod(0o600)
    if not _has_namespace(file):
        for leftover in file.parent.glob(f"{file.name}*"):
            leftover.unlink(missing_ok=True)


def _has_namespace(file: Path) -> bool:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{quote(str(file))}", uri=True, timeout=1)) as opened:
            return opened.execute("SELECT 1 FROM namespaces LIMIT 1").fetchone() is not None
    except sqlite3.OperationalError as fault:
        return "no such table" not in str(fault)  # busy or unreadable: nothing that we may throw away


def become_server(settings: Settings) -> int:
    """Put the server in the place of this process. It looks for no newer version of itself."""
    tidy_database(settings)
    arguments = command(settings)
    environment = os.environ | {"TEMPORAL_VERSION_CHECK_DISABLED": "1"}
    os.execve(arguments[0], arguments, environment)  # noqa: S606 - a shell is what we do not want


def listens(address: str, timeout_s: float = 0.3) -> bool:
    """Whether something takes connections at host:port. A first look only; the SDK's health check has the last word."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=timeout_s):
            return True
    except OSError:
        return False
