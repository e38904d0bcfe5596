"""What every process of the house does alike: how it begins, how it is told to stop, how it leaves."""

import asyncio
import logging
import os
import resource
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final, NoReturn

PARTS: Final = ("temporal", "postbox", "api", "worker", "relay")
"""The parts of a house, in the order in which they are started."""


def begin() -> None:
    """No core dumps (they would hold personal data), files for us alone."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)


def leave(code: int) -> NoReturn:
    """The one way out: everything written is flushed, then the process ends at once.

    A process that used the Temporal SDK can abort at interpreter exit (code 134) after its work is done.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue  # the reader has gone; there is nobody left to tell
    logging.shutdown()
    os._exit(code)


def run_until_told(main: Callable[[asyncio.Event], Coroutine[Any, Any, int]]) -> int:
    """Run *main* on uvloop with an event that SIGINT or SIGTERM sets. Returns its exit code."""
    import uvloop

    async def until_told() -> int:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        return await main(stop)

    return uvloop.run(until_told())
