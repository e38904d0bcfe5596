"""The same unit of work as bare Temporal: one workflow a journey, local activities, rows synced at every commit.

Waits are those of the unit: 12 asks in 3 waves of 4, the legs' plan, gate, 2 approvals, departure, 2 hand-overs. Every
ask is one local activity that renders a small mail and commits an outbox row; every answer is a committed row, then a
signal. No pages, no HTTP, no SMTP, no encryption, no chain, no search, no codec: what a house could at best be.

`python -m bench.bare.journeys <address> <database>` is the worker; `Bare` is the driver's side.
"""

import asyncio
import re
import secrets
import sqlite3
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

T = TypeVar("T")
QUEUE = "bare"
WAVES = tuple(tuple(f"wave{wave}.{place}" for place in range(1, 5)) for wave in range(1, 4))
HANDOVERS = ("handover.1", "handover.2")
APPROVALS = ("approval.1", "approval.2")
PLAN, DEPARTURE = "plan", "departure"
ANSWERS = sum(len(wave) for wave in WAVES) + len(HANDOVERS) + len(APPROVALS)
_LOCAL: dict[str, Any] = {"start_to_close_timeout": timedelta(seconds=20)}
_SCHEMA = """
CREATE TABLE IF NOT EXISTS steps(journey TEXT, step TEXT, PRIMARY KEY(journey, step));
CREATE TABLE IF NOT EXISTS outbox(n INTEGER PRIMARY KEY, journey TEXT, task TEXT, mail TEXT, UNIQUE(journey, task));
CREATE TABLE IF NOT EXISTS answers(journey TEXT, task TEXT, answer TEXT, officer TEXT, PRIMARY KEY(journey, task));
"""
_MAIL = """Kepada: {office}
Perihal: [Pulang] Permintaan konfirmasi - 1 orang

Yth. petugas,

Kami meminta jawaban atas satu permintaan: {task}, untuk {journey}.
Buka tautan ini:

http://127.0.0.1/t/{token}

Kode: {code}
"""
_CODE = re.compile(r"^Kode: (\S+)$", re.MULTILINE)


class Rows:
    """The application's own SQLite file: WAL, FULL, one thread."""

    def __init__(self, file: Path) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._open = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL"):
            self._open.execute(f"PRAGMA {pragma}")
        self._open.executescript(_SCHEMA)

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._open)

    async def write(self, statement: str, *values: str) -> None:
        """One statement, committed and on the disk when this returns."""
        await self.run(lambda open_: open_.execute(statement, values))


class Steps:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    @activity.defn
    async def ask(self, journey: str, task: str) -> None:
        token, code = secrets.token_urlsafe(32), secrets.token_hex(4).upper()
        mail = _MAIL.format(office=f"{task}@example.invalid", task=task, journey=journey, token=token, code=code)
        await self._rows.write(
            "INSERT OR IGNORE INTO outbox(journey, task, mail) VALUES (?, ?, ?)", journey, task, mail
        )

    @activity.defn
    async def record(self, journey: str, step: str) -> None:
        await self._rows.write("INSERT OR IGNORE INTO steps VALUES (?, ?)", journey, step)


@workflow.defn
class BareJourney:
    def __init__(self) -> None:
        self._answered: set[str] = set()

    @workflow.signal
    def told(self, task: str) -> None:
        self._answered.add(task)

    @workflow.run
    async def run(self, journey: str) -> int:
        for wave in WAVES:
            await self._ask(journey, *wave)
        await self._wait(PLAN)
        await self._record(journey, "gate")
        await self._wait(*APPROVALS)
        await self._record(journey, "approved")
        await self._wait(DEPARTURE)
        for handover in HANDOVERS:
            await self._ask(journey, handover)
        await self._record(journey, "done")
        return len(self._answered)

    async def _ask(self, journey: str, *tasks: str) -> None:
        asking = [workflow.execute_local_activity("ask", args=[journey, task], **_LOCAL) for task in tasks]
        await asyncio.gather(*asking)
        await self._wait(*tasks)

    async def _wait(self, *tasks: str) -> None:
        await workflow.wait_condition(lambda: self._answered.issuperset(tasks))

    async def _record(self, journey: str, step: str) -> None:
        await workflow.execute_local_activity("record", args=[journey, step], **_LOCAL)


class Bare:
    """The driver's side: starts journeys, reads the outbox, answers, and sees the end, all by polling rows."""

    def __init__(self, client: Client, rows: Rows) -> None:
        self._client, self._rows = client, rows
        self._seen = 0
        self._steps: dict[str, set[str]] = {}
        self._answering: set[asyncio.Task[None]] = set()
        self.faults: list[str] = []

    async def offices(self, poll_s: float) -> None:
        """Answers every ask of the outbox; notes the steps that journeys took. Until cancelled."""
        while True:
            fresh, steps = await self._rows.run(partial(_look, seen=self._seen))
            for n, journey, task, mail in fresh:
                self._seen = max(self._seen, n)
                code = _CODE.search(mail)
                assert code is not None
                doing = asyncio.create_task(self._answer(journey, task, code[1]))
                self._answering.add(doing)
                doing.add_done_callback(self._answering.discard)
            for journey, step in steps:
                self._steps.setdefault(journey, set()).add(step)
            await asyncio.sleep(poll_s)

    async def _answer(self, journey: str, task: str, officer: str = "") -> None:
        try:
            await self._rows.write("INSERT INTO answers VALUES (?, ?, 'KONFIRMASI', ?)", journey, task, officer)
            await self._client.get_workflow_handle(journey).signal("told", task)
        except Exception as fault:
            self.faults.append(repr(fault)[:500])

    async def one(self, poll_s: float) -> str:
        journey = f"bare-{secrets.token_hex(8)}"
        await self._rows.write("INSERT INTO steps VALUES (?, 'started')", journey)
        await self._client.start_workflow("BareJourney", journey, id=journey, task_queue=QUEUE)
        await self._answer(journey, PLAN)
        await self._reached(journey, "gate", poll_s)
        for approval in APPROVALS:
            await self._answer(journey, approval)
        await self._reached(journey, "approved", poll_s)
        await self._answer(journey, DEPARTURE)
        await self._reached(journey, "done", poll_s)
        return journey

    async def _reached(self, journey: str, step: str, poll_s: float) -> None:
        while step not in self._steps.get(journey, ()):  # noqa: ASYNC110  (rows say it, no event)
            await asyncio.sleep(poll_s)

    async def lost_and_doubled(self, journeys: list[str]) -> tuple[int, int]:
        """Answers that are no row, or that their workflow does not know; an answer twice cannot be a row."""
        wanted = ANSWERS + 2  # the plan and the departure
        lost = doubled = 0
        for journey in journeys:
            rows = await self._rows.run(partial(_count, journey=journey))
            known = int(await self._client.get_workflow_handle(journey).result())
            lost += max(0, wanted - min(rows, known))
            doubled += max(0, rows - wanted)
        return lost, doubled


def _look(open_: sqlite3.Connection, seen: int) -> tuple[list[Any], list[Any]]:
    fresh = open_.execute("SELECT n, journey, task, mail FROM outbox WHERE n > ? ORDER BY n", (seen,)).fetchall()
    steps = open_.execute("SELECT journey, step FROM steps ORDER BY rowid DESC LIMIT 200").fetchall()
    return fresh, steps


def _count(open_: sqlite3.Connection, journey: str) -> int:
    return int(open_.execute("SELECT count(*) FROM answers WHERE journey = ?", (journey,)).fetchone()[0])


async def work(address: str, database: Path) -> None:
    """The worker, until it is killed. Without a sandbox, as Pulang's own (decision 0009)."""
    steps = Steps(Rows(database))
    client = await Client.connect(address)
    await Worker(
        client,
        task_queue=QUEUE,
        workflows=[BareJourney],
        activities=[steps.ask, steps.record],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ).run()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], Path(sys.argv[2])))
