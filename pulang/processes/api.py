"""The web side under uvicorn: httptools, uvloop, one process, no access log of its own (it would print link tokens)."""

import asyncio
import contextlib
from collections.abc import Iterator

import structlog
import uvicorn

from api.protocol import StrictHttp
from pulang.processes import run_until_told
from pulang.refusals import Refused
from pulang.settings import Settings
from pulang.wiring import build_app, build_checked_units

GRACE_S = 5  # seconds that requests under way may take after SIGTERM

log = structlog.get_logger()


class _Server(uvicorn.Server):
    """uvicorn with our signals: it would raise them again when it is done, and the exit code would be lost."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run_api(settings: Settings) -> int:
    """Serve until SIGINT or SIGTERM. Raises Refused for a taken port, wrong key or wrong schema."""
    units = build_checked_units(settings)
    config = uvicorn.Config(
        build_app(settings, units),
        host="127.0.0.1",
        port=settings.http_port,
        http=StrictHttp,
        ws="none",
        loop="uvloop",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=GRACE_S,
        h11_max_incomplete_event_size=16 * 1024,
    )
    return run_until_told(lambda stop: _serve(_Server(config), settings.http_port, stop))


async def _serve(server: _Server, port: int, stop: asyncio.Event) -> int:
    log.info("api_started", port=port)
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        await serving
    except SystemExit:  # uvicorn's way to say that it could not listen
        raise Refused("PORT_TAKEN", port=port, key="PULANG_HTTP_PORT") from None
    finally:
        stopping.cancel()
    log.info("api_stopped", port=port)
    return 0
