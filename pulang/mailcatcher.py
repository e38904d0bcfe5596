"""The built-in postbox: an SMTP server on loopback that keeps every mail as a file in `postbox/`.

It answers 250 only when the bytes are on the disk under their final name, so that no accepted mail is lost by a kill.
Names sort in order of arrival. Only for the demonstration and for tests: whoever reads the folder holds live links.
"""

import asyncio
import contextlib
import itertools
import os
import threading
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_SIZE_LIMIT = 25 * 1024 * 1024  # bytes of one mail


class Postbox:
    """The folder of kept mails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._newest = 0
        self._lock = threading.Lock()

    def open(self) -> None:
        """Make the folder (0700) and drop halves of mails that were never accepted."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for half in self._folder.glob(".*.part"):
            half.unlink(missing_ok=True)

    def save(self, mail: bytes, to: str) -> str:
        """Keep one mail for the envelope recipient *to*; returns the file's name when it is durable."""
        name = self._next_name()
        part, final = self._folder / f".{name}.part", self._folder / name
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(b"Delivered-To: " + to.encode("utf-8", "replace") + b"\r\n" + mail)
            file.flush()
            os.fsync(file.fileno())
        os.rename(part, final)
        self._sync_folder()
        return name

    def _next_name(self) -> str:
        """Nanoseconds of arrival, never going back within one process, and a running number."""
        with self._lock:
            self._newest = max(time.time_ns(), self._newest + 1)
            return f"{self._newest:020d}-{next(self._numbers):06d}.eml"

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class _Keep:
    """aiosmtpd's handler: one file for each envelope recipient."""

    def __init__(self, postbox: Postbox) -> None:
        self._postbox = postbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        mail = content.encode() if isinstance(content, str) else content or b""
        for to in envelope.rcpt_tos:
            await asyncio.to_thread(self._postbox.save, mail, to)
        return "250 OK: kept"


async def serve(folder: Path, port: int, stop: asyncio.Event) -> None:
    """Take mail on 127.0.0.1:*port* until *stop*. Raises OSError when the port is taken."""
    postbox = Postbox(folder)
    postbox.open()
    keep = _Keep(postbox)

    def connection() -> SMTP:
        return SMTP(keep, hostname="postbox.localhost", ident="Pulang postbox", data_size_limit=_SIZE_LIMIT, timeout=60)

    server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", port)
    try:
        await stop.wait()
    finally:
        server.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await server.wait_closed()
