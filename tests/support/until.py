"""Waiting for what happens in another process or task, never for a length of time."""

import asyncio
from collections.abc import Awaitable, Callable


async def until(what: Callable[[], bool | Awaitable[bool]], longest_s: float = 10) -> None:
    """Waits until *what* holds; fails after *longest_s* seconds."""
    async with asyncio.timeout(longest_s):
        while True:
            found = what()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.01)
