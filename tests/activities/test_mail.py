"""`deliver_mail`, one try at a time: once, twice, after a crash, with each class of failure."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.mail import RETRY_MINUTES, MailActivities, next_try
from activities.smtp import MailServer, Smtp
from domain.journal import Kind
from domain.roles import SYSTEM
from store import agencies, journal, outbox
from store.outbox import Mail
from store.unit import Unit, Units
from tests.support.database import MORNING, RealClock
from tests.support.smtp_stub import SmtpStub
from tests.support.until import until
from workflows.messages import Delivery, Handed

MAIL, MESSAGE_ID = "M-1", "<m-1@pulang.invalid>"
BODY = f"Message-ID: {MESSAGE_ID}\r\nSubject: x\r\n\r\nKode: 2345-6789\r\n".encode()


class Crashed(BaseException):
    """Stands for kill -9: nothing after it runs."""


@pytest.fixture
async def desk(units: Units) -> str:
    """An office of the register with one mail composed; returns its code."""

    def compose(unit: Unit) -> str:
        agencies.load_seed(unit)
        office = agencies.list_agencies(unit, limit=1)[0][0].agency
        subject = f"desk-{office.code}"
        journal.ensure_subject(unit, subject)
        outbox.put_mail(
            unit,
            mail=MAIL,
            agency=office.code,
            subject_id=subject,
            kind="ask",
            effect_key=f"{subject}/mail/1",
            message_id=MESSAGE_ID,
            envelope_to=office.mailbox,
            subject="x",
            body=BODY,
            asks_count=1,
            due_at=None,
        )
        unit.append(subject, Kind.MAIL_COMPOSED, {"mail": MAIL, "kind": "ask", "asks": 1, "due_at": None})
        return office.code

    return await units.write(SYSTEM, compose)


def a_try(
    units: Units, stub: SmtpStub, *, attempt: int = 1, crash_at: str = "", session_s: float = 2.0
) -> Coroutine[Any, Any, Delivery]:
    """One run of the activity. attempt: Temporal's number of it."""

    def crash_point(point: str) -> None:
        if point == crash_at:
            raise Crashed

    environment = ActivityEnvironment()
    environment.info = environment.default_info()
    environment.info = type(environment.info)(**{**vars(environment.info), "attempt": attempt})
    mail = MailActivities(units, Smtp(MailServer("127.0.0.1", stub.port, session_s=session_s)), crash_point)
    run: Callable[..., Coroutine[Any, Any, Delivery]] = environment.run
    return run(mail.deliver_mail, MAIL)


async def the_mail(units: Units) -> Mail:
    return await units.read(lambda reading: outbox.get_mail(reading, MAIL))


async def tried(units: Units, desk: str) -> list[str]:
    """Results of the desk's MAIL_TRIED rows."""
    rows = await units.read(lambda reading: journal.rows_of(reading, f"desk-{desk}"))
    return [row.codes["result"] for row in rows if row.kind is Kind.MAIL_TRIED]


@pytest.mark.proves("I07")
async def test_a_mail_is_handed_over_once_to_the_registered_mailbox_however_often_it_is_asked(
    units: Units, desk: str
) -> None:
    async with SmtpStub(["250"]) as stub:
        first, second = await a_try(units, stub), await a_try(units, stub)

    assert (first.result, second.result) == (Handed.ACCEPTED, Handed.NOT_TAKEN)
    mail = await the_mail(units)
    assert mail.state == outbox.ACCEPTED
    assert [taken.recipients for taken in stub.taken] == [[mail.envelope_to]]
    assert await tried(units, desk) == ["ACCEPTED"]


@pytest.mark.proves("F10")
@pytest.mark.parametrize("word", ["421", "450", "451-data"])
async def test_a_delay_is_tried_again_with_the_same_message_id(
    units: Units, desk: str, real_clock: RealClock, word: str
) -> None:
    async with SmtpStub([word, word, "250"]) as stub:
        assert (await a_try(units, stub)).result is Handed.LATER
        assert (await the_mail(units)).next_try_at == MORNING + timedelta(minutes=1)
        assert (await a_try(units, stub)).result is Handed.NOT_TAKEN  # not before its time
        real_clock.passes(minutes=1)
        assert (await a_try(units, stub)).result is Handed.LATER
        assert (await the_mail(units)).next_try_at == real_clock.now + timedelta(minutes=5)
        real_clock.passes(minutes=5)
        assert (await a_try(units, stub)).result is Handed.ACCEPTED

    assert {taken.message_id for taken in stub.taken} == {MESSAGE_ID}
    assert await tried(units, desk) == ["LATER", "LATER", "ACCEPTED"]


def test_the_time_between_tries_grows_to_an_hour_and_stays() -> None:
    waits = [(next_try(MORNING, tries) - MORNING).total_seconds() / 60 for tries in range(1, 9)]

    assert waits == [*RETRY_MINUTES, 60, 60, 60]


@pytest.mark.proves("F11")
async def test_an_unknown_user_is_not_tried_again_and_marks_the_address(units: Units, desk: str) -> None:
    async with SmtpStub(["550"]) as stub:
        assert (await a_try(units, stub)).result is Handed.REFUSED
        assert (await a_try(units, stub)).result is Handed.NOT_TAKEN

    mail = await the_mail(units)
    assert (mail.state, stub.connections) == (outbox.REFUSED, 1)
    assert "user unknown" in mail.words
    assert mail.envelope_to not in mail.words
    state = await units.read(lambda reading: agencies.desk_state(reading, desk))
    assert not state.mailbox_ok


@pytest.mark.proves("F12")
async def test_a_line_lost_after_the_final_dot_is_uncertain_and_tried_again_with_the_same_bytes(
    units: Units, desk: str, real_clock: RealClock
) -> None:
    async with SmtpStub(["drop-after-dot", "250"]) as stub:
        assert (await a_try(units, stub)).result is Handed.UNCERTAIN
        assert (await the_mail(units)).state == outbox.UNCERTAIN
        real_clock.passes(minutes=1)
        assert (await a_try(units, stub)).result is Handed.ACCEPTED

    first, second = stub.taken
    assert first.content == second.content == BODY


@pytest.mark.proves("F13")
async def test_a_server_that_hangs_is_left_and_the_mail_waits_for_its_next_try(units: Units, desk: str) -> None:
    async with SmtpStub(["slow"]) as stub:
        assert (await a_try(units, stub, session_s=0.2)).result is Handed.LATER

    assert (await the_mail(units)).next_try_at == MORNING + timedelta(minutes=1)


@pytest.mark.proves("F04")
async def test_a_worker_killed_before_it_connects_leaves_one_mail(units: Units, desk: str) -> None:
    async with SmtpStub(["250"]) as stub:
        with pytest.raises(Crashed):
            await a_try(units, stub, crash_at="mail.before_connect")
        assert (await a_try(units, stub)).result is Handed.NOT_TAKEN  # another's lease is respected
        assert (await a_try(units, stub, attempt=2)).result is Handed.ACCEPTED

    assert len(stub.taken) == 1


@pytest.mark.proves("F05")
async def test_a_worker_killed_after_the_server_said_yes_sends_at_most_one_more_identical_copy(
    units: Units, desk: str
) -> None:
    async with SmtpStub(["250"]) as stub:
        with pytest.raises(Crashed):
            await a_try(units, stub, crash_at="mail.after_reply")
        assert (await a_try(units, stub, attempt=2)).result is Handed.ACCEPTED
        assert (await a_try(units, stub, attempt=3)).result is Handed.NOT_TAKEN

    first, second = stub.taken
    assert (first.message_id, first.content) == (second.message_id, second.content)


async def test_a_try_that_is_cut_off_says_how_far_it_came(units: Units, desk: str) -> None:
    environment = ActivityEnvironment()
    async with SmtpStub(["slow"]) as stub:
        mail = MailActivities(units, Smtp(MailServer("127.0.0.1", stub.port)))
        trying = asyncio.ensure_future(environment.run(mail.deliver_mail, MAIL))
        await until(lambda: stub.connections == 1)
        environment.cancel()
        with pytest.raises(asyncio.CancelledError):
            await trying

    assert (await the_mail(units)).words == "STOPPED"
    assert await tried(units, desk) == ["LATER"]


async def test_while_sending_is_held_nothing_leaves(units: Units, desk: str) -> None:
    await units.write(SYSTEM, lambda unit: agencies.set_sending_held(unit, desk, True))
    async with SmtpStub(["250"]) as stub:
        assert (await a_try(units, stub)).result is Handed.NOT_TAKEN
        assert stub.connections == 0
        await units.write(SYSTEM, lambda unit: agencies.set_sending_held(unit, desk, False))
        assert (await a_try(units, stub)).result is Handed.ACCEPTED


async def test_a_mail_that_nobody_composed_is_a_final_failure(units: Units) -> None:
    async with SmtpStub(["250"]) as stub:
        with pytest.raises(ApplicationError) as failed:
            await a_try(units, stub)

    assert (failed.value.type, failed.value.non_retryable) == ("NO_SUCH_MAIL", True)
