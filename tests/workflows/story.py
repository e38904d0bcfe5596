"""One subject, its conductor on the time-skipping server, and a fake database that says what an advance says.

The fake activities are made from `workflows.steps`, so a step that is renamed or retyped breaks here too.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from domain.journal import Outcome
from pulang.processes.worker import make_worker
from tests.support.sandbox import sandbox
from tests.support.until import until
from workflows.codec import data_converter
from workflows.messages import AGENCY_DESK, REPATRIATION, Delivery, Handed, Start
from workflows.steps import ADVANCE, ADVANCE_AGAIN, DELIVER_MAIL

KEYS = {"t1": bytes(range(32))}
CONVERTER = data_converter(KEYS, "t1")


class Rows:
    """The fake database. A test sets what stands in it and reads what was asked of it."""

    def __init__(self) -> None:
        self.head = 0
        self.next_at: datetime | None = None
        self.offset = timedelta(0)
        self.is_over = False
        self.deliver: list[str] = []
        self.failures: list[Exception] = []
        self.advances: list[Outcome] = []
        self.asked: Counter[str] = Counter()
        self.after_advance: Callable[[], Any] | None = None

    async def advance(self, step: str) -> Outcome:
        self.asked[step] += 1
        if self.failures:
            raise self.failures.pop(0)
        done = Outcome(
            row=self.head,
            next_at=self.next_at.isoformat() if self.next_at else None,
            offset_s=self.offset.total_seconds(),
            phase="PENANGANAN",
            open_asks=2,
            is_over=self.is_over,
            status="SELESAI" if self.is_over else "PENANGANAN",
            deliver=list(self.deliver),
        )
        self.advances.append(done)
        if self.after_advance is not None:
            await self.after_advance()
        return done


class Mails:
    """The fake mail server: keeps who is at the door, and lets a mail hang until it is let in."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.at_the_door: list[str] = []
        self.most_at_once = 0
        self.tries: Counter[str] = Counter()
        self.results: dict[str, Handed] = {}
        self.hanging: dict[str, asyncio.Event] = {}
        self.settles = False

    def hangs(self, mail_id: str) -> asyncio.Event:
        return self.hanging.setdefault(mail_id, asyncio.Event())

    async def deliver(self, mail_id: str) -> Delivery:
        self.tries[mail_id] += 1
        assert mail_id not in self.at_the_door
        self.at_the_door.append(mail_id)
        self.most_at_once = max(self.most_at_once, len(self.at_the_door))
        if mail_id in self.hanging:
            await self.hanging[mail_id].wait()
        self.at_the_door.remove(mail_id)
        result = self.results.get(mail_id, Handed.ACCEPTED)
        if result is Handed.ACCEPTED and mail_id in self._rows.deliver:
            self._rows.deliver.remove(mail_id)
            self._rows.head += 1
        return Delivery(mail_id, result, settled=self.settles and not self._rows.deliver)


class Story:
    """Starts one conductor with a worker of its own and waits for what it does, never for a length of time."""

    def __init__(self, server: WorkflowEnvironment, name: str) -> None:
        self.server = server
        self.rows = Rows()
        self.mails = Mails(self.rows)
        self.name = re.sub(r"[^a-z0-9]+", "-", name)[:80]
        self.handle: WorkflowHandle[Any, Any] | None = None
        self._worker: Worker | None = None

    async def __aenter__(self) -> "Story":
        self._worker = make_worker(self.server.client, self.activities(), self.name, sandbox())
        await self._worker.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for hanging in self.mails.hanging.values():
            hanging.set()
        if self.handle is not None:
            # Ended in the middle of an activity, a workflow leaves the test server's clock locked for all that follow.
            await self.sees(lambda: self.mails.at_the_door == [])
            await self.is_quiet()
            if (await self.told_handle.describe()).close_time is None:
                await self.told_handle.terminate()
        assert self._worker is not None
        await self._worker.__aexit__(kind, error, trace)

    def activities(self) -> list[Callable[..., Any]]:
        @activity.defn(name=ADVANCE.name)
        async def advance(subject: str) -> Outcome:
            return await self.rows.advance(ADVANCE.name)

        @activity.defn(name=ADVANCE_AGAIN.name)
        async def advance_again(subject: str) -> Outcome:
            return await self.rows.advance(ADVANCE_AGAIN.name)

        @activity.defn(name=DELIVER_MAIL.name)
        async def deliver_mail(mail_id: str) -> Delivery:
            return await self.mails.deliver(mail_id)

        return [advance, advance_again, deliver_mail]

    async def begins(self, kind: str = REPATRIATION, event_limit: int = 2_000) -> None:
        self.handle = await self.server.client.start_workflow(
            kind,
            Start(f"subject-{self.name}", event_limit),
            id=self.name,
            task_queue=self.name,
        )

    async def begins_at_a_desk(self, event_limit: int = 2_000) -> None:
        await self.begins(AGENCY_DESK, event_limit)

    async def is_told(self, row: int) -> None:
        await self.told_handle.signal("told", row)

    async def is_woken(self, offset: timedelta) -> None:
        await self.told_handle.signal("woken", offset.total_seconds())

    async def lets_pass(self, span: timedelta) -> None:
        await self.server.sleep(span)

    async def now(self) -> datetime:
        return await self.server.get_current_time()

    async def sees(self, what: Callable[[], bool]) -> None:
        """Waits until *what* holds; fails after 10 s."""
        await until(what)

    async def sees_taken_in(self, row: int) -> None:
        """Waits until the newest advance has reached *row*."""
        await self.sees(lambda: self.rows.advances[-1:] != [] and self.rows.advances[-1].row == row)

    async def sees_advances(self, count: int) -> None:
        await self.sees(lambda: len(self.rows.advances) >= count)
        await self.is_quiet()
        assert len(self.rows.advances) == count

    async def is_quiet(self) -> None:
        """Waits until the conductor has nothing to do but wait: its last task is done and none is scheduled."""
        await until(self._is_idle)

    async def _is_idle(self) -> bool:
        newest = [event.event_type async for event in self.told_handle.fetch_history_events()]
        waiting = (
            EventType.EVENT_TYPE_TIMER_STARTED,
            EventType.EVENT_TYPE_TIMER_CANCELED,
            EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
            EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
            EventType.EVENT_TYPE_MARKER_RECORDED,
            EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
            EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
        )
        return newest[-1] in waiting

    async def events(self, kind: "EventType.ValueType | None" = None, run_id: str | None = None) -> int:
        """How many events the history holds, of one kind or at all."""
        handle = self.server.client.get_workflow_handle(self.name, run_id=run_id) if run_id else self.told_handle
        return len([e async for e in handle.fetch_history_events() if kind is None or e.event_type == kind])

    @property
    def told_handle(self) -> WorkflowHandle[Any, Any]:
        assert self.handle is not None
        return self.server.client.get_workflow_handle(self.handle.id)


def an_outage() -> Exception:
    return ApplicationError("STORE_UNAVAILABLE", type="STORE_UNAVAILABLE")


def a_refusal() -> Exception:
    return ApplicationError("NO_SUCH_SUBJECT", type="NO_SUCH_SUBJECT", non_retryable=True)
