"""The one loop of every conductor: news, advance, carry out, wait, continue as new.

It remembers nothing that matters. What is true stands in the rows; the loop knows its subject, the highest row it was
told of, and the one moment it waits for. Signals only note; `conduct` decides. A signal that is repeated, merged or
late is harmless.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final, NoReturn

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

from workflows import steps

with workflow.unsafe.imports_passed_through():
    from domain.journal import Outcome
    from workflows.messages import End, Handed, Start

LONGEST_WAIT: Final = timedelta(days=30)
"""Every wait has an end: without any moment of its own a subject is looked at again after this."""

STUCK_WAIT: Final = timedelta(minutes=10)
"""After an advance refused for good (the database does not know the subject); a repair or news may change that."""

SAME_MOMENT_WAIT: Final = timedelta(seconds=1)
LONGEST_SAME_MOMENT_WAIT: Final = timedelta(seconds=64)
"""When an advance says the same past moment again (the database's clock is behind Temporal's, or the act is held), the
next look comes after 1 s, then after twice as long each time."""

SLOT_REST: Final = timedelta(seconds=30)
"""How long a mail that could not be tried at all keeps its slot, so that a disagreement never becomes a busy loop."""

DELIVERIES_AT_ONCE: Final = 4


class Alarm:
    """One kept timer. It is replaced only when the moment gets earlier; when it rings too early it is set again."""

    def __init__(self) -> None:
        self._due: datetime | None = None
        self._ringing: asyncio.Task[None] | None = None
        self.rang = False

    def set(self, due: datetime) -> None:
        """Rings at *due* (real UTC) at the latest."""
        if self._ringing is not None and self._due is not None:
            if self._due <= due:
                return
            self._ringing.cancel()
        self._due = due
        self._ringing = asyncio.create_task(self._ring(due))

    async def _ring(self, due: datetime) -> None:
        await workflow.sleep(max(due - workflow.now(), timedelta(0)))
        self._due = self._ringing = None
        self.rang = True


class Conducting:
    """Base of `Repatriation` and `AgencyDesk`: their signals and the loop."""

    def __init__(self) -> None:
        self._told_row = 0
        self._done_row = 0
        self._offset = timedelta(0)
        self._woken = False
        self._alarm = Alarm()
        self._deliveries: dict[str, asyncio.Task[None]] = {}
        self._delivered = False

    @workflow.signal
    def told(self, row: int) -> None:
        """The journal of this subject has reached *row*."""
        self._told_row = max(self._told_row, row)

    @workflow.signal
    def woken(self, offset_s: float) -> None:
        """A moment of this subject is past on the application clock, which runs *offset_s* ahead of real time."""
        self._offset = timedelta(seconds=offset_s)
        self._woken = True

    async def conduct(self, start: Start) -> End:
        """Until the subject is over."""
        last: Outcome | None = None
        repeats = 0
        while True:
            heard, busy = self._told_row, set(self._deliveries)
            self._woken = self._delivered = False
            now = await self._advance(start.subject)
            # A row we were told of but that this database does not have must not keep us turning.
            self._done_row = max(self._done_row, heard, now.row if now else 0)
            if now is None:
                await self._wait(workflow.now() + STUCK_WAIT)
                if self._is_long(start) and not self._deliveries:
                    await self._continue(start)
                continue
            self._offset = timedelta(seconds=now.offset_s)
            workflow.set_current_details(f"{now.phase}: {now.open_asks} open, next {now.next_at or 'on news'}")
            if now.is_over:
                await self._settle()
                return End(start.subject, now.status)
            if last is None or not self._is_long(start):
                self._carry_out(now, busy)
            elif not self._deliveries:
                await self._continue(start)
            repeats = repeats + 1 if now == last else 0
            last = now
            await self._wait(self._moment(now, repeats))

    async def _advance(self, subject: str) -> Outcome | None:
        """None when the advance was refused for good; an outage is waited out."""
        try:
            return await steps.advance(subject)
        except FailureError as failed:
            if is_cancelled_exception(failed):
                raise
        try:
            return await steps.advance_again(subject)
        except FailureError as failed:
            if is_cancelled_exception(failed):
                raise
            workflow.set_current_details("refused: the database does not take this subject")
            return None

    def _moment(self, now: Outcome, repeats: int) -> datetime:
        """Real time of the next look at the latest, from the application time of the next moment."""
        real = workflow.now()
        last = real + LONGEST_WAIT
        if now.next_at is None:
            return last
        due = min(datetime.fromisoformat(now.next_at) - self._offset, last)
        if repeats and due <= real:
            return real + min(SAME_MOMENT_WAIT * (1 << min(repeats - 1, 10)), LONGEST_SAME_MOMENT_WAIT)
        return due

    async def _wait(self, until: datetime) -> None:
        """Returns on news or when *until* (real UTC) has passed. A timer kept from an earlier moment may ring early."""
        while not self._has_news() and workflow.now() < until:
            self._alarm.set(until)
            await workflow.wait_condition(lambda: self._has_news() or self._alarm.rang)
            self._alarm.rang = False

    def _has_news(self) -> bool:
        return self._woken or self._delivered or self._told_row > self._done_row

    def _carry_out(self, now: Outcome, busy: set[str]) -> None:
        """Starts the deliveries that have a free slot. *busy*: mails under way when the advance began; its answer about
        them may be older than their end, and their end is news of its own."""
        for mail_id in now.deliver:
            if len(self._deliveries) >= DELIVERIES_AT_ONCE:
                return
            if mail_id not in busy and mail_id not in self._deliveries:
                self._deliveries[mail_id] = asyncio.create_task(self._deliver(mail_id))

    async def _deliver(self, mail_id: str) -> None:
        try:
            done = await steps.deliver_mail(mail_id)
            tried, settled = done.result is not Handed.NOT_TAKEN, done.settled
        except FailureError as failed:
            if is_cancelled_exception(failed):
                raise
            tried = settled = False
        if not tried:
            await workflow.sleep(SLOT_REST)
        del self._deliveries[mail_id]
        self._delivered = self._delivered or not settled

    def _is_long(self, start: Start) -> bool:
        info = workflow.info()
        return info.is_continue_as_new_suggested() or info.get_current_history_length() >= start.event_limit

    async def _continue(self, start: Start) -> NoReturn:
        """A fresh history. What a signal says exactly now is not carried: the new run finds it in the rows (F28).

        Before that no new delivery starts and those under way end, while news is still taken.
        """
        await self._settle()
        workflow.continue_as_new(start)

    async def _settle(self) -> None:
        await workflow.wait_condition(lambda: not self._deliveries and workflow.all_handlers_finished())
