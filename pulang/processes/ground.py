"""What must be so before anything starts: the home folder is ours alone, nobody else uses it, the ports are free."""

import fcntl
import os
import socket
from pathlib import Path

from pulang.refusals import Refused
from pulang.settings import Settings

FOLDERS = ("files", "keys", "logs", "run")


def make_home(home: Path) -> None:
    """Make PULANG_HOME and its folders, each 0700. Raises Refused("HOME_UNUSABLE")."""
    try:
        for folder in (home, *(home / name for name in FOLDERS)):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        probe = home / "run" / ".probe"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as fault:
        raise Refused("HOME_UNUSABLE", reason=os.strerror(fault.errno or 5)) from None


def lock_home(home: Path) -> int:
    """Hold the home for this supervisor; the lock goes with the process. Raises Refused("HOME_IN_USE")."""
    descriptor = os.open(home / "run" / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Refused("HOME_IN_USE") from None
    return descriptor


def choose_ports(settings: Settings) -> Settings:
    """The settings with the postbox's port decided. Raises Refused for a port that is taken or named twice."""
    wanted = {"PULANG_HTTP_PORT": settings.http_port}
    if settings.has_embedded_temporal:
        wanted["PULANG_TEMPORAL_PORT"] = settings.temporal_port
        if settings.temporal_ui_port:
            wanted["PULANG_TEMPORAL_UI_PORT"] = settings.temporal_ui_port
    if settings.has_postbox and settings.postbox_port:
        wanted["PULANG_POSTBOX_PORT"] = settings.postbox_port
    seen: dict[int, str] = {}
    for key, port in wanted.items():
        if port in seen:
            raise Refused("PORTS_EQUAL", key=key, other=seen[port])
        seen[port] = key
        if not is_free(port):
            raise Refused("PORT_TAKEN", port=port, key=key)
    if settings.has_postbox and not settings.postbox_port:
        port = settings.mail_port
        chosen = port if port not in seen and is_free(port) else _any_free(set(seen))
        settings = settings.model_copy(update={"postbox_port": chosen})
    return settings


def is_free(port: int) -> bool:
    """Whether we could listen on 127.0.0.1:*port* now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
        return True


def _any_free(but: set[int]) -> int:
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in but:
            return port


def unlock_home(descriptor: int) -> None:
    """Give the home free again."""
    os.close(descriptor)


def ready_mark(home: Path, part: str) -> Path:
    """A file that a part leaves when it can work; its supervisor takes it away before it starts the part."""
    return home / "run" / f"{part}.ready"
