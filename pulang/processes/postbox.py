"""The built-in postbox as a process of its own."""

import asyncio
from pathlib import Path

import structlog

from pulang import mailcatcher
from pulang.processes import run_until_told
from pulang.refusals import Refused
from pulang.settings import Settings

log = structlog.get_logger()


def folder(settings: Settings) -> Path:
    """Where the mails are kept."""
    return settings.home / "postbox"


def run_postbox(settings: Settings) -> int:
    """Take mail until SIGINT or SIGTERM. Raises Refused("PORT_TAKEN")."""

    async def main(stop: asyncio.Event) -> int:
        log.info("postbox_started", port=settings.mail_port)
        try:
            await mailcatcher.serve(folder(settings), settings.mail_port, stop)
        except OSError:
            raise Refused("PORT_TAKEN", port=settings.mail_port, key="PULANG_POSTBOX_PORT") from None
        log.info("postbox_stopped")
        return 0

    return run_until_told(main)
