"""The worker and the relay as processes: what they need is built, then they run until they are told to stop."""

import asyncio
import contextlib
from pathlib import Path

from domain.errors import Unavailable
from pulang.crashing import crash_point
from pulang.processes import run_until_told
from pulang.processes.ground import ready_mark
from pulang.processes.relay import Relay
from pulang.processes.worker import run_worker
from pulang.settings import Settings
from pulang.wiring import build_activities, build_checked_units, build_conductor
from workflows.conductor import Conductor

_LOOK_EVERY_S = 0.05


async def _mark_when_reached(conductor: Conductor, mark: Path) -> None:
    """Once the server answers."""
    while True:
        with contextlib.suppress(Unavailable):
            if await conductor.health():
                await asyncio.to_thread(mark.touch, 0o600)
                return
        await asyncio.sleep(_LOOK_EVERY_S)


def run_worker_process(settings: Settings) -> int:
    """Conduct until SIGINT or SIGTERM; mails under way are finished first."""
    units = build_checked_units(settings)
    activities = build_activities(settings, units)

    async def main(stop: asyncio.Event) -> int:
        conductor = build_conductor(settings, units.vault, "worker")
        looking = build_conductor(settings, units.vault, "worker")  # a worker's own connection may not be a lazy one
        marking = asyncio.create_task(_mark_when_reached(looking, ready_mark(settings.home, "worker")))
        try:
            await run_worker(conductor, activities, stop)
        finally:
            marking.cancel()
        return 0

    return run_until_told(main)


def run_relay_process(settings: Settings) -> int:
    """Tell the conductors until SIGINT or SIGTERM."""
    units = build_checked_units(settings)

    async def main(stop: asyncio.Event) -> int:
        conductor = build_conductor(settings, units.vault, "relay")
        strike = crash_point(settings.crash_points, settings.home)
        await Relay(units, conductor, settings.demo, strike).run(stop)
        return 0

    return run_until_told(main)
