"""The Temporal worker: conducts the workflows and runs their activities, and stops without cutting a mail in two."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

import structlog
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowRunner

from domain.errors import Unavailable
from workflows.agency_desk import AgencyDesk
from workflows.conductor import Conductor
from workflows.repatriation import Repatriation

WORKFLOWS: Final = (Repatriation, AgencyDesk)

GRACE: Final = timedelta(seconds=8)
"""After SIGTERM a mail under way may end; the default of 0 sends it twice (RELIABILITY fact 1)."""

_STICKY: Final = timedelta(seconds=1)
"""How long a workflow task waits for the worker that holds its state before any other takes it."""

_RECONNECT_S: Final = 0.25
_LONGEST_RECONNECT_S: Final = 5.0

log = structlog.get_logger()


def make_worker(
    client: Client, activities: Sequence[Callable[..., Any]], task_queue: str, runner: WorkflowRunner | None = None
) -> Worker:
    """The worker as it runs everywhere. Default limits: none of those tried helped beyond noise.

    runner: how workflow code runs. Without a sandbox when left out, since ours is the same code that the tests run in
    one (decision 0009).
    """
    return Worker(
        client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=activities,
        workflow_runner=runner or UnsandboxedWorkflowRunner(),
        graceful_shutdown_timeout=GRACE,
        sticky_queue_schedule_to_start_timeout=_STICKY,
    )


async def run_worker(
    conductor: Conductor, activities: Sequence[Callable[..., Any]], stop: asyncio.Event, *, task_queue: str = ""
) -> None:
    """Works until *stop* is set, then ends what is under way and returns.

    Waits for a server that is away. Raises what makes the worker unable to go on; its supervisor starts it again.
    task_queue: the conductor's own when left out.
    """
    client = await _connected(conductor, stop)
    if client is None:
        return
    worker = make_worker(client, activities, task_queue or conductor.task_queue)
    log.info("worker_started", queue=worker.task_queue)
    async with worker:
        await stop.wait()
    log.info("worker_stopped")


async def _connected(conductor: Conductor, stop: asyncio.Event) -> Client | None:
    """None when told to stop first."""
    wait_s, said = _RECONNECT_S, False
    while not stop.is_set():
        try:
            return await conductor.connected()
        except Unavailable:
            if not said:
                log.warning("temporal_away", part="worker")
                said = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait_s)
        wait_s = min(wait_s * 2, _LONGEST_RECONNECT_S)
    return None
