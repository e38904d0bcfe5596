"""The worker as it runs, on the real server: it stops without cutting a mail in two, and waits for a server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity

from activities.mail import MailActivities
from activities.smtp import MailServer, Smtp
from domain.journal import Outcome
from domain.roles import SYSTEM
from pulang.processes.worker import run_worker
from store import journal, outbox
from store.unit import Unit, Units
from tests.support.dev_server import DevServer
from tests.support.smtp_stub import SmtpStub
from tests.support.until import until
from tests.workflows.story import KEYS
from workflows.conductor import Conductor
from workflows.steps import ADVANCE

DESK, MAIL = "desk-A", "M-1"
BODY = b"Message-ID: <m-1@pulang.invalid>\r\n\r\nx\r\n"


@asynccontextmanager
async def working(conductor: Conductor, activities: list[Callable[..., Any]]) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    running = asyncio.create_task(run_worker(conductor, activities, stop))
    try:
        yield stop
    finally:
        stop.set()
        await running


def desk_of(units: Units, smtp: SmtpStub) -> list[Callable[..., Any]]:
    """A desk with one mail to hand over as long as it is not accepted."""

    @activity.defn(name=ADVANCE.name)
    async def advance(subject: str) -> Outcome:
        mails = await units.read(lambda reading: outbox.due_mails(reading, None, reading.real_now))
        return Outcome(1, None, 0.0, "desk", 0, False, "desk", mails)

    return [advance, MailActivities(units, Smtp(MailServer("127.0.0.1", smtp.port))).deliver_mail]


async def a_mail(units: Units) -> None:
    def put(unit: Unit) -> None:
        journal.ensure_subject(unit, DESK)
        unit.without_journal("a test")
        outbox.put_mail(
            unit,
            mail=MAIL,
            agency=None,
            subject_id=DESK,
            kind="ask",
            effect_key="desk-A/mail/1",
            message_id="<m-1@pulang.invalid>",
            envelope_to="kantor@dinas.invalid",
            subject="x",
            body=BODY,
            asks_count=1,
            due_at=None,
        )

    await units.write(SYSTEM, put)


async def state_of(units: Units) -> str:
    return (await units.read(lambda reading: outbox.get_mail(reading, MAIL))).state


@pytest.mark.proves("F06")
async def test_a_mail_under_way_ends_before_the_worker_does_and_is_not_sent_again(units: Units, tmp_path: Path) -> None:
    await a_mail(units)
    async with DevServer(tmp_path / "temporal.db") as server, SmtpStub(["250-late"]) as smtp:
        conductor = Conductor(server.address, KEYS, "t1")
        async with working(conductor, desk_of(units, smtp)) as stop:
            await conductor.tell(DESK, "desk", 1, 0, 1)
            await until(lambda: len(smtp.taken) == 1)
            assert await state_of(units) == outbox.SENDING
            stop.set()
        assert await state_of(units) == outbox.ACCEPTED

        async with working(conductor, desk_of(units, smtp)):
            await conductor.tell(DESK, "desk", 1, 1, 2)
            await until(lambda: _has_waited(conductor))

        assert len(smtp.taken) == 1


async def _has_waited(conductor: Conductor) -> bool:
    seen = await conductor.describe(DESK, 1)
    return seen is not None and seen.pending == 0 and seen.events > 10


async def test_a_worker_waits_for_its_server_and_stops_when_told_meanwhile() -> None:
    async with working(Conductor("127.0.0.1:1", KEYS, "t1"), []) as stop:
        await asyncio.sleep(0.1)
        stop.set()
