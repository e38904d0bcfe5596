"""The real Temporal server in its development form, on a free port, with its store in a file. About 0.3 s to start."""

import asyncio
import socket
import sys
from pathlib import Path
from types import TracebackType

from temporalio.client import Client
from temporalio.service import RPCError

from tests.support.until import until

BINARY = Path(sys.executable).parent / "temporal"


class DevServer:
    """`async with DevServer(path)`; `kill` and `start` again keep the store."""

    def __init__(self, database: Path) -> None:
        self.database = database
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def __aenter__(self) -> "DevServer":
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.kill()

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            str(BINARY), "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", str(self.port),
            "--db-filename", str(self.database), "--sqlite-pragma", "journal_mode=wal", "--log-level", "error",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        await until(self._is_ready, 15)

    async def kill(self) -> None:
        """kill -9, as a power cut would."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def stored_bytes(self) -> bytes:
        """Everything that lies in its store now, log included."""
        return b"".join(file.read_bytes() for file in self.database.parent.glob(f"{self.database.name}*"))

    async def _is_ready(self) -> bool:
        try:
            client = await Client.connect(self.address)
            return await client.service_client.check_health()
        except (RuntimeError, OSError, RPCError):
            return False
