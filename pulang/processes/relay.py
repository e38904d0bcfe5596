"""The only bridge from the database to Temporal: tells conductors of news and of moments past, at least once.

There is no queue and no cursor: what is to be told stands in the subjects' rows (head past `applied`, not started yet,
moment past), and stops standing there when the conductor's advance has taken it in. A call that was lost is made again.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from activities.advance import pass_by
from domain.errors import Unavailable
from domain.journal import WORKFLOW_LOST, Kind
from domain.moves import Act
from domain.roles import SYSTEM
from store import house, journal
from store.casefile import open_case_file_by_id
from store.journal import Subject
from store.unit import Reading, Unit, Units
from workflows.conductor import Conductor, Told

TICK_S: Final = 0.02
"""How often a change of the database is looked for where that costs nothing (SQLite)."""

POLL_S: Final = 0.05
"""How often the rows are read where only reading them shows a change (PostgreSQL)."""

BUSY_FOR_S: Final = 2.0
"""When nothing has happened for this long, changes are looked for half as often."""

LONGEST_PAUSE_S: Final = 1.0
AGAIN_S: Final = 10.0
"""First wait before the same thing is told again; it doubles up to LONGEST_AGAIN_S."""

LONGEST_AGAIN_S: Final = 600.0
GRACE: Final = timedelta(seconds=5)
"""A case's own timer comes first; this is the net under lost timers and restores. No grace in demonstration, where the
relay moves time, nor for desks, whose moment is set by the advances of cases."""

REST_S: Final = 0.04
"""News of which the rules want nothing is told one at a time, when no call was made for so long: what hurries goes
first, answers that come in meanwhile keep the processor, and more of the same subject goes into one call."""

LONGEST_QUIET_S: Final = 2.0
"""…and then at the latest, in real time since it came."""

SEEN_EVERY_S: Final = 5.0
RECONCILING: Final = "REKONSILIASI"
CALLS_AT_ONCE: Final = 32
SUBJECTS_AT_ONCE: Final = 600

About = tuple[int, int, datetime | None]
"""What a call is about: generation, head, and the moment when only that is past."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Look:
    """What the rows say now. offset_s and now: the application clock of this snapshot; real_now: the wall clock."""

    subjects: tuple[Subject, ...]
    now: datetime
    real_now: datetime
    offset_s: float
    next_due_at: datetime | None


@dataclass(slots=True)
class _Call:
    """The last call for a subject: what it was about, and when (monotonic) the same may be told again."""

    about: About
    again_at: float
    wait_s: float = AGAIN_S
    was_heard: bool = False

    def covers(self, subject: Subject, about: About) -> bool:
        """Whether a new call would say nothing new: the same, or news to a conductor that has not looked since.

        It takes in the whole journal when it looks, also what was written after the call. One that had to be told
        twice is not relied upon.
        """
        generation, head, moment = self.about
        will_look = self.was_heard and self.wait_s == AGAIN_S and generation == subject.generation and moment is None
        return self.about == about or (will_look and subject.applied < head)


class Changes:
    """Whether another connection has written. On SQLite a number in shared memory says so; elsewhere "perhaps"."""

    def __init__(self, url: str) -> None:
        self._connection: sqlite3.Connection | None = None
        self._version = -1
        self.tick_s = POLL_S
        where = make_url(url)
        if where.get_backend_name() == "sqlite" and where.database:
            self._connection = sqlite3.connect(where.database, timeout=0)
            self.tick_s = TICK_S

    def seen(self) -> bool:
        """Whether anybody wrote since the last look; True when that cannot be known."""
        if self._connection is None:
            return True
        before = self._version
        try:
            self._version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error:
            return True
        return self._version != before

    def close(self) -> None:
        """Lets go of the connection."""
        if self._connection is not None:
            self._connection.close()


@dataclass(slots=True)
class _Away:
    """Temporal does not answer: when to try again (monotonic), with back-off."""

    longest_s: float
    wait_s: float = 0.25
    until: float = 0.0
    is_away: bool = field(default=False)

    def note(self) -> None:
        if not self.is_away:
            log.warning("temporal_away", part="relay")
        self.is_away = True
        self.until = time.monotonic() + self.wait_s
        self.wait_s = min(self.wait_s * 2, self.longest_s)

    def note_back(self) -> None:
        if self.is_away:
            log.info("temporal_back", part="relay")
        self.is_away, self.wait_s, self.until = False, 0.25, 0.0


class Relay:
    """One call in flight per subject; whatever happens to that subject meanwhile goes into the next call."""

    def __init__(
        self, units: Units, conductor: Conductor, demo: bool, crash_point: Callable[[str], None] = pass_by
    ) -> None:
        self._units, self._conductor, self._demo = units, conductor, demo
        self._crash_point = crash_point
        self._in_flight: dict[str, asyncio.Task[None]] = {}
        self._called: dict[str, _Call] = {}
        self._started: dict[str, int] = {}
        self._away = _Away(longest_s=2.0 if demo else AGAIN_S)
        self._slots = asyncio.Semaphore(CALLS_AT_ONCE)
        self._look_again = asyncio.Event()
        self._seen_at = self._changed_at = self._called_at = float("-inf")
        self._store_wait_s = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Until *stop* is set. Survives both the database and Temporal being away."""
        changes = Changes(self._units.database.url)
        log.info("relay_started", part="relay")
        try:
            while not stop.is_set():
                self._look_again.clear()
                pause_s = await self._turn()
                await self._pause(pause_s, changes, stop)
        finally:
            changes.close()
            await self._finish()
            log.info("relay_stopped", part="relay")

    async def _turn(self) -> float:
        """One look and the calls that follow from it. Returns the longest pause until the next, in seconds."""
        try:
            await self._write_down()
            look = await self._units.read(self._look)
        except Unavailable:
            if not self._store_wait_s:
                log.warning("store_away", part="relay")
            self._store_wait_s = min(self._store_wait_s * 2 or 0.25, 5.0)
            return self._store_wait_s
        self._store_wait_s = 0.0
        if self._away.is_away and not await self._is_back():
            return max(self._away.until - time.monotonic(), 0.0)
        return self._tell(look)

    def _look(self, reading: Reading) -> Look:
        found = journal.subjects_with_news(reading, reading.now, SUBJECTS_AT_ONCE)
        return Look(tuple(found), reading.now, reading.real_now, reading.offset_s, _next_due(reading))

    def _tell(self, look: Look) -> float:
        ready = time.monotonic()
        wake_at = ready + LONGEST_PAUSE_S
        if look.next_due_at is not None:
            wake_at = min(wake_at, ready + max((look.next_due_at - look.now).total_seconds(), 0.0))
        rests_at = max(ready + REST_S if self._in_flight else ready, self._called_at + REST_S)
        for subject in sorted(look.subjects, key=lambda each: each.is_quiet):
            if subject.id in self._in_flight:
                continue
            quiet_until = min(rests_at, ready + _quiet_left_s(subject, look.real_now))
            if quiet_until > ready:
                wake_at = min(wake_at, quiet_until)
                continue
            grace_s = self._grace_left_s(subject, look.now)
            if grace_s > 0:
                wake_at = min(wake_at, ready + grace_s)
                continue
            about = _about(subject)
            last = self._called.get(subject.id)
            if last is not None and ready < last.again_at and last.covers(subject, about):
                wake_at = min(wake_at, last.again_at)
                continue
            wait_s = min(last.wait_s * 2, LONGEST_AGAIN_S) if last is not None and last.about == about else AGAIN_S
            self._called[subject.id] = _Call(about, ready + wait_s, wait_s)
            self._called_at = ready
            rests_at = ready + REST_S
            self._in_flight[subject.id] = asyncio.create_task(self._call(subject, look.offset_s))
        self._forget(look.subjects)
        return max(wake_at - time.monotonic(), 0.0)

    def _grace_left_s(self, subject: Subject, now: datetime) -> float:
        if self._demo or subject.kind == "desk" or not _is_only_due(subject) or subject.next_due_at is None:
            return 0.0
        return (subject.next_due_at + GRACE - now).total_seconds()

    async def _call(self, subject: Subject, offset_s: float) -> None:
        try:
            async with self._slots:
                if self._away.is_away:
                    raise Unavailable("TEMPORAL_AWAY")
                told = await self._say(subject, offset_s)
            self._crash_point("relay.after_signal")
        except Unavailable:
            self._called.pop(subject.id, None)
            if not self._away.is_away:
                self._away.note()
        except Exception as raised:
            log.error("relay_call_failed", subject=subject.id, error=type(raised).__name__)
        else:
            if subject.id in self._called:
                self._called[subject.id].was_heard = True
            if told is Told.CLOSED:
                await self._report_lost(subject)
            elif subject.started < subject.generation:
                self._started[subject.id] = subject.generation
            elif told is Told.STARTED:
                log.warning("workflow_started_again", subject=subject.id, generation=subject.generation)
        finally:
            del self._in_flight[subject.id]
            self._look_again.set()

    async def _say(self, subject: Subject, offset_s: float) -> Told:
        conductor, s = self._conductor, subject
        if _is_only_due(s):
            return await conductor.wake(s.id, s.kind, s.generation, s.started, offset_s)
        return await conductor.tell(s.id, s.kind, s.generation, s.started, s.head)

    async def _report_lost(self, subject: Subject) -> None:
        """Its rows say open, its workflow has ended: nothing here may decide that; a person must look."""
        log.error("workflow_lost", subject=subject.id, generation=subject.generation)
        call = self._called[subject.id]
        call.again_at, call.wait_s = time.monotonic() + LONGEST_AGAIN_S, LONGEST_AGAIN_S
        if subject.kind == "case":
            case_id = subject.id.removeprefix("case-")
            # The hold is news too; without this the lost workflow would be told of it at once.
            try:
                call.about = await self._units.write(SYSTEM, lambda unit: _hold_for_reconciling(unit, case_id))
            except Unavailable:  # the next turn reports it again
                self._called.pop(subject.id, None)

    async def _is_back(self) -> bool:
        if time.monotonic() < self._away.until:
            return False
        if await self._conductor.health():
            self._away.note_back()
            return True
        self._away.note()
        return False

    async def _write_down(self) -> None:
        """Which conductors were started and, now and then, that the relay is alive. Both help; neither is state."""
        started, self._started = self._started, {}
        beats = time.monotonic() - self._seen_at >= SEEN_EVERY_S
        if not started and not beats:
            return

        def write(unit: Unit) -> None:
            unit.without_journal("the relay's own notes")
            for subject, generation in started.items():
                journal.set_started(unit, subject, generation)
            if beats:
                house.put(unit, "relay_seen", unit.real_now.isoformat())

        try:
            await self._units.write(SYSTEM, write)
        except Unavailable:
            self._started = started | self._started
            raise
        if beats:
            self._seen_at = time.monotonic()

    def _forget(self, subjects: Iterable[Subject]) -> None:
        standing = {subject.id for subject in subjects}
        for gone in [name for name in self._called if name not in standing and name not in self._in_flight]:
            del self._called[gone]

    async def _pause(self, pause_s: float, changes: Changes, stop: asyncio.Event) -> None:
        """Until *pause_s* is over, the database has changed, a call has ended, or it is time to stop."""
        began = time.monotonic()
        while not stop.is_set() and not self._look_again.is_set():
            is_busy = began - self._changed_at < BUSY_FOR_S
            await asyncio.sleep(changes.tick_s if is_busy else changes.tick_s * 2)
            if changes.seen():
                self._changed_at = time.monotonic()
                return
            if time.monotonic() - began >= pause_s:
                return

    async def _finish(self) -> None:
        """Calls under way may end; what they started is written down."""
        if self._in_flight:
            await asyncio.wait(list(self._in_flight.values()), timeout=3.0)
        with contextlib.suppress(Unavailable):
            await self._write_down()


def _hold_for_reconciling(unit: Unit, case_id: str) -> About:
    """Places the system's hold, once. Returns what the subject's news is after that."""
    file = open_case_file_by_id(unit, case_id)
    if any(hold.kind == RECONCILING and hold.active for hold in file.course.holds.values()):
        unit.without_journal("the hold is there already")
    else:
        file.do(unit, Act(Kind.HOLD_SET, {"kind": RECONCILING, "cause": WORKFLOW_LOST}))
        file.finish(unit)
    return _about(journal.lock_subject(unit, file.subject))


def _quiet_left_s(subject: Subject, real_now: datetime) -> float:
    """How long news without hurry may still wait; 0 for any other."""
    if not subject.is_quiet or subject.wakes_since is None:
        return 0.0
    return LONGEST_QUIET_S - (real_now - subject.wakes_since).total_seconds()


def _about(subject: Subject) -> About:
    return (subject.generation, subject.head, subject.next_due_at if _is_only_due(subject) else None)


def _next_due(reading: Reading) -> datetime | None:
    """Earliest moment still to come. Application time."""
    c = journal.subjects.c
    coming: datetime | None = reading.scalar(
        select(func.min(c.next_due_at)).where(c.next_due_at > reading.now, ~c.over)
    )
    return coming


def _is_only_due(subject: Subject) -> bool:
    return subject.head <= subject.applied and subject.started >= subject.generation
