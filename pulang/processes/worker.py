"""The Temporal worker: conducts the workflows and runs their activities, and stops without cutting a mail in two."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

import structlog
from temporalio.client import Client
from temporalio.worker import Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

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


def workflow_runner() -> WorkflowRunner:
    """The sandbox, without loading our own modules again for every workflow: a start then costs a third less.

    They use neither clock, chance nor the world; the import rule and the replay tests watch over that.
    """
    restrictions = SandboxRestrictions.default.with_passthrough_modules("domain", "workflows")
    return SandboxedWorkflowRunner(restrictions=restrictions)


def make_worker(client: Client, activities: Sequence[Callable[..., Any]], task_queue: str) -> Worker:
    """The worker as it runs everywhere, in tests too. Default limits: none of those tried helped beyond noise."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=activities,
        workflow_runner=workflow_runner(),
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
