"""The relay over a real database and a conductor that only notes: what is told, when, and how often."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from domain.errors import Unavailable
from domain.journal import Kind
from domain.roles import SYSTEM, Actor
from domain.rulebook import default_rulebook
from pulang.processes import relay as relay_module
from pulang.processes.relay import Relay
from store import agencies, house, journal
from store.case_acts import lift_hold
from store.casefile import open_case_file
from store.journal import Subject
from store.starting import OpenOrder, PersonEntry, open_case
from store.unit import Unit, Units
from tests.support.database import MORNING, RealClock
from tests.support.until import until
from workflows.conductor import Conductor, Told

CASE, OTHER, DESK = "case-1", "case-2", "desk-A"
TINY = timedelta(milliseconds=150)


class NotingConductor:
    """Notes what it is told. It can be away, slow, or say that a workflow is closed."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, float]] = []
        self.is_away = False
        self.fault: Exception | None = None
        self.answer = Told.SIGNALLED
        self.gate = asyncio.Event()
        self.gate.set()
        self.in_flight = 0
        self.most_in_flight = 0

    async def tell(self, subject: str, kind: str, generation: int, started: int, row: int) -> Told:
        return await self._call("told", subject, row, started < generation)

    async def wake(self, subject: str, kind: str, generation: int, started: int, offset_s: float) -> Told:
        return await self._call("woken", subject, offset_s, False)

    async def health(self) -> bool:
        return not self.is_away

    async def _call(self, how: str, subject: str, news: float, starts: bool) -> Told:
        if self.is_away:
            raise Unavailable("TEMPORAL_AWAY")
        self.calls.append((how, subject, news))
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        await self.gate.wait()
        self.in_flight -= 1
        return Told.STARTED if starts and self.answer is Told.SIGNALLED else self.answer


@asynccontextmanager
async def relaying(units: Units, conductor: NotingConductor, demo: bool = False) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = asyncio.create_task(Relay(units, cast(Conductor, conductor), demo).run(stop))
    try:
        yield
    finally:
        conductor.gate.set()
        stop.set()
        await running


async def add_rows(units: Units, subject: str, count: int = 1) -> None:
    def add(unit: Unit) -> None:
        journal.ensure_subject(unit, subject)
        for _ in range(count):
            unit.append(subject, Kind.STATUS, {"to": "PENANGANAN", "cause": "test"})

    await units.write(SYSTEM, add)


async def add_quiet_row(units: Units, subject: str) -> None:
    """One of which the rules want nothing, as `CaseFile.finish` notes it."""

    def add(unit: Unit) -> None:
        journal.note_quiet(unit, subject, unit.append(subject, Kind.STATUS, {"to": "PENANGANAN", "cause": "test"}))

    await units.write(SYSTEM, add)


async def is_applied(units: Units, subject: str, next_due_at: datetime | None = None, to: int | None = None) -> None:
    def note(unit: Unit) -> None:
        unit.without_journal("a test")
        head = journal.lock_subject(unit, subject).head
        journal.set_advanced(unit, subject, applied=to or head, next_due_at=next_due_at, phase="x", over=False)
        journal.set_started(unit, subject, 1)

    await units.write(SYSTEM, note)


async def standing(units: Units, subject: str) -> Subject:
    found = await units.read(lambda reading: journal.find_subject(reading, subject))
    assert found is not None
    return found


@pytest.fixture
def units(units: Units) -> Units:
    """With the rules, so that a case can be opened."""
    return replace(units, rules=default_rulebook())


@pytest.fixture
def conductor() -> NotingConductor:
    return NotingConductor()


async def test_news_is_told_within_a_moment_and_the_start_is_noted(units: Units, conductor: NotingConductor) -> None:
    async with relaying(units, conductor):
        await add_rows(units, CASE, 3)
        await until(lambda: conductor.calls == [("told", CASE, 3)])
        await until(lambda: _is_started(units))

    assert conductor.calls == [("told", CASE, 3)]


async def _is_started(units: Units) -> bool:
    return (await standing(units, CASE)).started == 1


@pytest.mark.proves("I03")
async def test_what_comes_before_a_told_conductor_has_looked_goes_into_one_more_call(
    units: Units, conductor: NotingConductor
) -> None:
    conductor.gate.clear()
    async with relaying(units, conductor):
        await add_rows(units, CASE)
        await until(lambda: len(conductor.calls) == 1)
        for _ in range(5):
            await add_rows(units, CASE)
        conductor.gate.set()
        await asyncio.sleep(0.3)
        assert len(conductor.calls) == 1, "it will look, and then sees all six"
        await is_applied(units, CASE, to=1)
        await until(lambda: conductor.calls[-1] == ("told", CASE, 6))

    assert conductor.most_in_flight == 1
    assert len(conductor.calls) == 2


@pytest.mark.proves("F03")
async def test_a_conductor_that_had_to_be_told_twice_is_told_of_every_row_at_once(
    units: Units, conductor: NotingConductor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "AGAIN_S", 0.1)
    async with relaying(units, conductor):
        await add_rows(units, CASE)
        await until(lambda: len(conductor.calls) == 4)
        await add_rows(units, CASE)
        await until(lambda: conductor.calls[-1] == ("told", CASE, 2))

    assert len(conductor.calls) == 5


async def test_a_call_that_failed_in_an_unknown_way_was_not_heard(units: Units, conductor: NotingConductor) -> None:
    conductor.fault = ValueError("never seen before")
    async with relaying(units, conductor):
        await add_rows(units, CASE)
        await until(lambda: len(conductor.calls) == 1)
        await add_rows(units, CASE)
        await until(lambda: conductor.calls[-1] == ("told", CASE, 2))


async def test_what_hurries_goes_before_quiet_news_of_the_same_look(units: Units, conductor: NotingConductor) -> None:
    for subject in (CASE, OTHER):
        await add_rows(units, subject)
        await is_applied(units, subject)
    await add_quiet_row(units, OTHER)
    await add_rows(units, CASE)
    async with relaying(units, conductor):
        await until(lambda: len(conductor.calls) == 2)

    assert conductor.calls == [("told", CASE, 2), ("told", OTHER, 2)]


async def test_quiet_news_waits_for_a_moment_of_rest_and_is_then_told_at_once(
    units: Units, conductor: NotingConductor
) -> None:
    for subject in (CASE, OTHER):
        await add_rows(units, subject)
        await is_applied(units, subject)
    conductor.gate.clear()
    async with relaying(units, conductor):
        await add_rows(units, CASE)
        await until(lambda: len(conductor.calls) == 1)
        await add_quiet_row(units, OTHER)
        await add_quiet_row(units, OTHER)
        await asyncio.sleep(0.3)
        assert len(conductor.calls) == 1, "a call is under way"
        conductor.gate.set()
        await is_applied(units, CASE)
        await until(lambda: len(conductor.calls) == 2)

    assert conductor.calls[-1] == ("told", OTHER, 3)


@pytest.mark.proves("I02")
async def test_quiet_news_never_waits_longer_than_its_time(
    units: Units, conductor: NotingConductor, real_clock: RealClock
) -> None:
    for subject in (CASE, OTHER):
        await add_rows(units, subject)
        await is_applied(units, subject)
    conductor.gate.clear()
    async with relaying(units, conductor):
        await add_rows(units, CASE)
        await until(lambda: len(conductor.calls) == 1)
        await add_quiet_row(units, OTHER)
        real_clock.passes(seconds=2.1)
        await until(lambda: conductor.calls[-1] == ("told", OTHER, 2))


@pytest.mark.proves("F03")
async def test_news_that_is_not_taken_in_is_told_again_with_growing_waits(
    units: Units, conductor: NotingConductor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "AGAIN_S", 0.1)
    async with relaying(units, conductor):
        await add_rows(units, CASE)
        await until(lambda: len(conductor.calls) == 3)
        await is_applied(units, CASE)
        told = len(conductor.calls)
        await asyncio.sleep(0.6)

    assert len(conductor.calls) == told
    assert set(conductor.calls) == {("told", CASE, 1)}


@pytest.mark.proves("F03")
async def test_a_new_relay_tells_again_what_the_old_one_did_not_see_applied(
    units: Units, conductor: NotingConductor
) -> None:
    await add_rows(units, CASE)
    async with relaying(units, conductor):
        await until(lambda: len(conductor.calls) == 1)
    async with relaying(units, conductor):
        await until(lambda: len(conductor.calls) == 2)


async def test_a_case_s_own_timer_comes_first_and_the_relay_five_seconds_later(
    units: Units, conductor: NotingConductor, real_clock: RealClock
) -> None:
    await add_rows(units, CASE)
    await is_applied(units, CASE, MORNING + timedelta(seconds=1))
    async with relaying(units, conductor):
        real_clock.passes(seconds=5)
        await asyncio.sleep(TINY.total_seconds())
        assert conductor.calls == []
        real_clock.passes(seconds=2)
        await until(lambda: conductor.calls == [("woken", CASE, 0.0)])


async def test_a_desk_is_woken_at_its_moment(units: Units, conductor: NotingConductor, real_clock: RealClock) -> None:
    await add_rows(units, DESK)
    await is_applied(units, DESK, MORNING + timedelta(seconds=1))
    async with relaying(units, conductor):
        real_clock.passes(seconds=1)
        await until(lambda: conductor.calls == [("woken", DESK, 0.0)])


async def test_in_a_demonstration_a_moved_clock_wakes_at_once(units: Units, conductor: NotingConductor) -> None:
    await add_rows(units, CASE)
    await is_applied(units, CASE, MORNING + timedelta(days=2))
    async with relaying(units, conductor, demo=True):
        await asyncio.sleep(TINY.total_seconds())
        assert conductor.calls == []
        await units.write(SYSTEM, lambda unit: _move(unit, 2 * 86_400.0))
        await until(lambda: conductor.calls == [("woken", CASE, 2 * 86_400.0)], longest_s=0.5)


def _move(unit: Unit, offset_s: float) -> None:
    journal.ensure_subject(unit, journal.HOUSE)
    house.move_clock(unit, offset_s)


@pytest.mark.proves("F08")
async def test_while_temporal_is_away_it_keeps_trying_says_so_once_and_loses_nothing(
    units: Units, conductor: NotingConductor
) -> None:
    conductor.is_away = True
    with capture_logs() as lines:
        async with relaying(units, conductor, demo=True):
            await add_rows(units, CASE, 2)
            await add_rows(units, DESK)
            await asyncio.sleep(0.7)
            assert conductor.calls == []
            conductor.is_away = False
            await until(lambda: sorted(conductor.calls) == [("told", CASE, 2), ("told", DESK, 1)])

    assert [line["event"] for line in lines].count("temporal_away") == 1
    assert [line["event"] for line in lines].count("temporal_back") == 1


async def test_a_workflow_that_ended_while_its_rows_are_open_raises_an_alarm_and_is_left_alone(
    units: Units, conductor: NotingConductor
) -> None:
    conductor.answer = Told.CLOSED
    with capture_logs() as lines:
        async with relaying(units, conductor):
            await add_rows(units, DESK)
            await until(lambda: any(line["event"] == "workflow_lost" for line in lines))
            await asyncio.sleep(TINY.total_seconds())

    assert len(conductor.calls) == 1


@pytest.mark.proves("I20")
async def test_a_case_whose_workflow_ended_is_held_by_the_system_once(units: Units, conductor: NotingConductor) -> None:
    number = await a_case(units)
    conductor.answer = Told.CLOSED
    async with relaying(units, conductor):
        await until(lambda: _is_held(units, number))
        await asyncio.sleep(TINY.total_seconds())

    assert len(conductor.calls) == 1
    file = await units.read(lambda reading: open_case_file(reading, number))
    assert [hold.kind for hold in file.course.holds.values()] == ["REKONSILIASI"]

    # an operator has looked: another workflow, of the next generation, goes on from the rows
    before = await units.read(lambda reading: journal.find_subject(reading, file.subject))
    operator = Actor("account", "o1", roles=("operator",))
    (hold,) = file.course.holds
    await units.write(operator, lambda unit: lift_hold(unit, number, hold, "Contoh: sudah diperiksa."))
    after = await units.read(lambda reading: journal.find_subject(reading, file.subject))
    assert before is not None
    assert after is not None
    assert (after.generation, after.over) == (before.generation + 1, False)
    conductor.answer = Told.STARTED
    async with relaying(units, conductor):
        await until(lambda: len(conductor.calls) == 2)


async def a_case(units: Units) -> str:
    """Opens one case by a coordinator and returns its number."""
    coordinator = Actor("account", "k1", roles=("koordinator",), agency="KEMENSOS-RSKBK")
    person = PersonEntry("Contoh Orang", "P", date(1990, 1, 1), nik="5313004101900001")
    await units.write(SYSTEM, agencies.load_seed)
    order = OpenOrder(person, "LUAR_NEGERI", "RPTC-BAP", "5313")
    opened = await units.write(coordinator, lambda unit: open_case(unit, order))
    return str(opened.number)


async def _is_held(units: Units, number: str) -> bool:
    file = await units.read(lambda reading: open_case_file(reading, number))
    return bool(file.course.holds)


async def test_it_notes_that_it_is_alive(units: Units, conductor: NotingConductor) -> None:
    async with relaying(units, conductor):
        await until(lambda: _has_been_seen(units))


async def _has_been_seen(units: Units) -> bool:
    seen: Any = await units.read(lambda reading: house.find_value(reading, "relay_seen"))
    return bool(seen == MORNING.isoformat())
