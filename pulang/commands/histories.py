"""`pulang histories`: plays small stories on a real Temporal server and keeps their histories for the replay tests.

Ids are made up, activities are scripted, payloads are in clear. A history that is there already is never made anew: it
stands for workflows that were started under the code of its day. Stack traces are left out; they name this machine.
"""

import asyncio
import json
import logging
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from domain.journal import Outcome
from pulang import devserver
from pulang.processes.worker import make_worker
from workflows import versions
from workflows.messages import AGENCY_DESK, EVENT_LIMIT, REPATRIATION, TOLD, WOKEN, Delivery, Handed, Start
from workflows.steps import ADVANCE, ADVANCE_AGAIN, DELIVER_MAIL

FOLDERS: Final = {REPATRIATION: "repatriation", AGENCY_DESK: "agency_desk"}
_PLAYED_WITHIN_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Says:
    """What one advance says. next_in_s: seconds from that moment to the next; error: a code instead of an outcome."""

    row: int = 0
    next_in_s: float | None = None
    offset_s: float = 0.0
    deliver: tuple[str, ...] = ()
    is_over: bool = False
    error: str = ""
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Hears:
    """A signal that is sent once *after* advances were asked for."""

    after: int
    signal: str
    news: float


@dataclass(frozen=True, slots=True)
class Story:
    """One conductor: what its advances say in turn (the last repeats) and what it hears meanwhile."""

    workflow: str
    name: str
    says: tuple[Says, ...]
    hears: tuple[Hears, ...] = ()
    event_limit: int = EVENT_LIMIT

    @property
    def file(self) -> Path:
        """Below the folder of histories."""
        return Path(FOLDERS[self.workflow]) / f"{versions.CURRENT}-{self.name}.json"


_AWAY: Final = Says(error="STORE_UNAVAILABLE")
_SIX: Final = ("M-1", "M-2", "M-3", "M-4", "M-5", "M-6")
_UNKNOWN: Final = Says(error="NO_SUCH_CASE", is_final=True)

STORIES: Final = (
    Story(
        REPATRIATION,
        "one-answer-to-the-end",
        (Says(0, next_in_s=3600), Says(1, is_over=True)),
        (Hears(1, TOLD, 1),),
    ),
    Story(
        REPATRIATION,
        "timers-and-a-moved-clock",
        (
            Says(0, next_in_s=0.5),
            Says(0, next_in_s=3600),
            Says(1, next_in_s=1800),
            Says(1, next_in_s=9000),
            Says(1, next_in_s=90_000, offset_s=86_400),
            Says(2, is_over=True),
        ),
        (Hears(2, TOLD, 1), Hears(3, WOKEN, 0.0), Hears(4, WOKEN, 86_400.0), Hears(5, TOLD, 1), Hears(5, TOLD, 2)),
    ),
    Story(
        REPATRIATION,
        "an-outage-of-the-database",
        (Says(0), _AWAY, _AWAY, _AWAY, _AWAY, Says(1), Says(2, is_over=True)),
        (Hears(1, TOLD, 1), Hears(6, TOLD, 2)),
    ),
    Story(REPATRIATION, "refused-by-the-database", (_UNKNOWN, _UNKNOWN)),
    Story(
        REPATRIATION,
        "continued-as-new",
        (Says(0, next_in_s=3600), Says(1, next_in_s=3600), Says(2, next_in_s=3600)),
        (Hears(1, TOLD, 1), Hears(2, TOLD, 2)),
        event_limit=12,
    ),
    Story(
        AGENCY_DESK,
        "two-mails",
        (Says(2, next_in_s=3600, deliver=("M-1", "M-2")), Says(4, next_in_s=3600)),
        (Hears(2, TOLD, 4),),
    ),
    Story(
        AGENCY_DESK,
        "six-mails-and-news-meanwhile",
        (Says(6, deliver=_SIX), Says(7, deliver=_SIX)),
        (Hears(1, TOLD, 7),),
    ),
)


@dataclass(slots=True)
class _Stage:
    """The scripted world of one story."""

    story: Story
    asked: int = 0
    handed: list[str] = field(default_factory=list)

    def activities(self) -> list[Callable[..., Any]]:
        @activity.defn(name=ADVANCE.name)
        async def advance(subject: str) -> Outcome:
            return self._say()

        @activity.defn(name=ADVANCE_AGAIN.name)
        async def advance_again(subject: str) -> Outcome:
            return self._say()

        @activity.defn(name=DELIVER_MAIL.name)
        async def deliver_mail(mail_id: str) -> Delivery:
            self.handed.append(mail_id)
            return Delivery(mail_id, Handed.ACCEPTED)

        return [advance, advance_again, deliver_mail]

    def _say(self) -> Outcome:
        says = self.story.says[min(self.asked, len(self.story.says) - 1)]
        self.asked += 1
        if says.error:
            raise ApplicationError(says.error, type=says.error, non_retryable=says.is_final)
        next_at = None
        if says.next_in_s is not None:
            now = datetime.now(UTC) + timedelta(seconds=says.offset_s)
            next_at = (now + timedelta(seconds=says.next_in_s)).isoformat()
        return Outcome(
            row=says.row,
            next_at=next_at,
            offset_s=says.offset_s,
            phase="PENANGANAN",
            open_asks=1,
            is_over=says.is_over,
            status="SELESAI" if says.is_over else "PENANGANAN",
            deliver=[mail for mail in says.deliver if mail not in self.handed],
        )

    def is_told(self) -> bool:
        """Whether the script is through: every advance asked for and every mail handed over."""
        mails = {mail for says in self.story.says for mail in says.deliver}
        return self.asked >= len(self.story.says) and mails <= set(self.handed)


def record(target: str | Path) -> int:
    """Plays every story whose history is not in *target* yet. Returns the exit code 0."""
    missing = [story for story in STORIES if not (Path(target) / story.file).exists()]
    if missing:
        logging.getLogger("temporalio").setLevel(logging.ERROR)  # some of the failures are part of the stories
        asyncio.run(_record(Path(target), missing))
    for story in STORIES:
        said = "direkam / recorded" if story in missing else "sudah ada / there already"
        sys.stdout.write(f"{story.file}: {said}\n")
    return 0


async def _record(target: Path, stories: Sequence[Story]) -> None:
    async with _server() as client:
        for story in stories:
            text = await _played(client, story)
            file = target / story.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")


async def _played(client: Client, story: Story) -> str:
    """The history of the story's first run, as JSON."""
    stage = _Stage(story)
    subject = f"{'desk' if story.workflow == AGENCY_DESK else 'case'}-{story.name}"
    name = f"{subject}.g1"
    async with make_worker(client, stage.activities(), name), asyncio.timeout(_PLAYED_WITHIN_S):
        handle = await client.start_workflow(
            story.workflow, Start(subject, story.event_limit), id=name, task_queue=name
        )
        for hears in story.hears:
            await _until(lambda after=hears.after: stage.asked >= after)  # type: ignore[misc]
            await _settled(handle)
            await client.get_workflow_handle(name).signal(hears.signal, hears.news)
        await _until(stage.is_told)
        await _settled(client.get_workflow_handle(name))
        first = client.get_workflow_handle(name, run_id=handle.first_execution_run_id)
        history = json.loads((await first.fetch_history()).to_json())
        current = client.get_workflow_handle(name)
        if (await current.describe()).close_time is None:
            await current.terminate()
    return json.dumps(_without_traces(history), indent=1, sort_keys=True) + "\n"


def _without_traces(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_traces(inner) for key, inner in value.items() if key != "stackTrace"}
    return [_without_traces(inner) for inner in value] if isinstance(value, list) else value


async def _settled(handle: WorkflowHandle[Any, Any]) -> None:
    """Until neither a workflow task nor an activity is under way: the history then ends where the workflow waits."""

    async def is_quiet() -> bool:
        description = (await handle.describe()).raw_description
        return not description.HasField("pending_workflow_task") and not description.pending_activities

    while not await is_quiet():  # noqa: ASYNC110 - what is waited for happens in the server
        await asyncio.sleep(0.02)


async def _until(what: Callable[[], bool]) -> None:
    while not what():  # noqa: ASYNC110 - what is waited for happens in a worker
        await asyncio.sleep(0.02)


@asynccontextmanager
async def _server() -> AsyncIterator[Client]:
    """A server of its own, gone afterwards with all that it stored."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory(prefix="pulang-histories-") as folder:
        process = await asyncio.create_subprocess_exec(
            str(devserver.program()),
            *("server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", str(port)),
            *("--db-filename", str(Path(folder) / "temporal.db"), "--log-level", "error"),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            yield await _connected(f"127.0.0.1:{port}")
        finally:
            process.terminate()
            await process.wait()


async def _connected(address: str) -> Client:
    async with asyncio.timeout(_PLAYED_WITHIN_S):
        while True:
            try:
                return await Client.connect(address, identity="pulang-histories")
            except (RuntimeError, RPCError):
                await asyncio.sleep(0.05)
