"""One try to hand one mail over: lease, send, record. The bytes were fixed when the mail was composed.

A refusal, a delay or a lost line is a *result* with a row, never a failed activity: what happens next, and when, is
said by the desk's rows. Fails only when the database does not answer; Temporal then tries again.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Final, Literal

import structlog
from temporalio import activity

from activities.advance import pass_by
from activities.failures import translated
from activities.smtp import Progress, Reply, Smtp
from domain.roles import SYSTEM
from store import desks, outbox
from store.unit import Unit, Units
from workflows.messages import Delivery, Handed

RETRY_MINUTES: Final = (1, 5, 15, 30, 60)
"""Real minutes until the next try after the first, second … one; the last repeats without end (F10)."""

HEARTBEAT_S: Final = 2.0

_RESULTS: Final[dict[Handed, Literal["accepted", "refused", "uncertain", "later"]]] = {
    Handed.ACCEPTED: "accepted",
    Handed.REFUSED: "refused",
    Handed.UNCERTAIN: "uncertain",
    Handed.LATER: "later",
}

log = structlog.get_logger()


def next_try(real_now: datetime, tries: int) -> datetime:
    """When to try again after *tries* tries. real_now: aware UTC wall clock. Returns aware UTC wall clock."""
    step = min(max(tries, 1), len(RETRY_MINUTES)) - 1
    return real_now + timedelta(minutes=RETRY_MINUTES[step])


class MailActivities:
    """Hands mails to the mail server and records what it said."""

    def __init__(self, units: Units, smtp: Smtp, crash_point: Callable[[str], None] = pass_by) -> None:
        self._units, self._smtp, self._crash_point = units, smtp, crash_point

    @activity.defn
    @translated
    async def deliver_mail(self, mail_id: str) -> Delivery:
        """Tries one mail once, the same bytes each time; what was not certain is never tried again by itself."""
        again = activity.info().attempt > 1
        mail = await self._units.write(SYSTEM, lambda unit: outbox.claim(unit, mail_id, again=again))
        if mail is None:
            return Delivery(mail_id, Handed.NOT_TAKEN)
        self._crash_point("mail.before_connect")
        progress = Progress()
        try:
            async with _heartbeat():
                reply = await self._smtp.deliver(mail.envelope_from, mail.envelope_to, mail.content, progress)
        except asyncio.CancelledError:
            # The worker is going down and its grace is over: say how far we came, so that nobody has to guess.
            await asyncio.shield(self._record(mail_id, mail.tries, Reply(progress.cut_off, 0, "STOPPED")))
            raise
        self._crash_point("mail.after_reply")
        settled = await self._record(mail_id, mail.tries, reply)
        return Delivery(mail_id, reply.result, settled)

    async def _record(self, mail_id: str, tries: int, reply: Reply) -> bool:
        """Whether the desk needs no look of its own after this."""
        final = reply.result in (Handed.ACCEPTED, Handed.REFUSED)

        def record(unit: Unit) -> bool:
            after = None if final else next_try(unit.real_now, tries)
            desks.record_delivery(unit, mail_id, _RESULTS[reply.result], reply.words, after, reply.code or None)
            return final and desks.settle_delivery(unit, mail_id)

        settled = await self._units.write(SYSTEM, record)
        report = log.info if reply.result is Handed.ACCEPTED else log.warning
        report("mail_tried", mail=mail_id, result=reply.result.value, smtp_code=reply.code, tries=tries)
        return settled


@contextlib.asynccontextmanager
async def _heartbeat() -> AsyncIterator[None]:
    """Tells Temporal that this try is alive: a killed worker is noticed long before the longest session would end."""

    async def beat() -> None:
        while True:  # most tries are over before the first beat
            await asyncio.sleep(HEARTBEAT_S)
            activity.heartbeat()

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
