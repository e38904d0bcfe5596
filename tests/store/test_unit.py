"""One transaction writes change, journal row and outbox together or not at all."""

import asyncio
import os
import sqlite3
import stat
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from domain.errors import Conflict, Unavailable
from domain.journal import Kind
from domain.roles import SYSTEM
from store import engine, house, journal
from store.engine import open_engine
from store.house_table import counters
from store.unit import Reading, Unit, Units
from tests.support.database import MORNING, RealClock


def add_counter(unit: Unit) -> None:
    unit.execute(insert(counters), {"name": "x", "value": 1})


async def test_a_change_without_a_journal_row_is_refused_and_undone(any_units: Units) -> None:
    with pytest.raises(RuntimeError, match="journal row"):
        await any_units.write(SYSTEM, add_counter)

    assert await any_units.read(lambda reading: reading.rows(select(counters))) == []


@pytest.mark.proves("I11")
async def test_a_change_with_its_journal_row_is_kept(any_units: Units) -> None:
    def change(unit: Unit) -> None:
        add_counter(unit)
        unit.append("house", Kind.CLOCK_MOVED, {"offset_s": 0})

    await any_units.write(SYSTEM, change)

    rows = await any_units.read(lambda reading: journal.rows_of(reading, "house"))
    assert [row.kind for row in rows] == [Kind.CLOCK_MOVED]


async def test_a_unit_that_says_why_may_write_without_a_journal_row(any_units: Units) -> None:
    def change(unit: Unit) -> int:
        unit.without_journal("a test")
        return house.next_count(unit, "case-2026")

    assert [await any_units.write(SYSTEM, change) for _ in range(3)] == [1, 2, 3]


@pytest.mark.proves("I19")
async def test_a_refused_act_leaves_nothing_behind(any_units: Units) -> None:
    def change(unit: Unit) -> None:
        add_counter(unit)
        unit.append("house", Kind.CLOCK_MOVED, {"offset_s": 0})
        raise Conflict("GATE_SHUT")

    with pytest.raises(Conflict):
        await any_units.write(SYSTEM, change)

    assert await any_units.read(lambda reading: reading.rows(select(counters))) == []
    assert await any_units.read(lambda reading: journal.rows_of(reading, "house")) == []


async def test_a_reading_cannot_write(any_units: Units) -> None:
    with pytest.raises(RuntimeError, match="reading"):
        await any_units.read(lambda reading: reading.execute(insert(counters), {"name": "x", "value": 1}))


async def test_application_time_is_real_time_plus_the_offset_row(any_units: Units) -> None:
    await any_units.write(SYSTEM, lambda unit: house.move_clock(unit, 3600.0))

    now, real_now, offset_s = await any_units.read(lambda r: (r.now, r.real_now, r.offset_s))

    assert (now, real_now, offset_s) == (MORNING + timedelta(hours=1), MORNING, 3600.0)


def test_seeding_happens_at_the_moment_it_is_told(units: Units) -> None:
    past = MORNING - timedelta(days=9)

    def change(unit: Unit) -> None:
        unit.append("house", Kind.CLOCK_MOVED, {"offset_s": 0})

    units.at(past).write_sync(SYSTEM, change)

    (row,) = units.read_sync(lambda reading: journal.rows_of(reading, "house"))
    assert (row.at, row.learned_at) == (past, past)


async def test_fifty_writers_at_once_number_their_rows_without_a_gap(any_units: Units) -> None:
    def change(unit: Unit) -> int:
        house.next_count(unit, "n")
        return unit.append("house", Kind.CLOCK_MOVED, {"offset_s": 0})

    numbers = await asyncio.gather(*(any_units.write(SYSTEM, change) for _ in range(50)))

    assert sorted(numbers) == list(range(1, 51))
    assert await any_units.read(journal.verify_chain) == []


def test_threads_without_an_event_loop_queue_for_the_pen(units: Units) -> None:
    def work() -> None:
        units.write_sync(SYSTEM, lambda unit: unit.append("house", Kind.CLOCK_MOVED, {"offset_s": 0}))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(units.read_sync(lambda reading: journal.rows_of(reading, "house"))) == 8


@pytest.mark.proves("F18")
def test_a_database_locked_by_another_program_is_said_to_be_unavailable(
    units: Units, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = units.database.url.removeprefix("sqlite:///")
    monkeypatch.setattr(engine, "PRAGMAS", ("PRAGMA busy_timeout=50", *engine.PRAGMAS[1:]))
    monkeypatch.setattr(engine, "BUSY_MS", 50)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Unavailable) as refused:
        units.write_sync(SYSTEM, lambda unit: house.move_clock(unit, 1.0))

    other.execute("ROLLBACK")
    other.close()
    assert refused.value.code == "STORE_UNAVAILABLE"
    units.write_sync(SYSTEM, lambda unit: house.move_clock(unit, 1.0))


@pytest.mark.proves("F16")
def test_a_full_disk_is_said_to_be_unavailable_and_nothing_is_half_written(units: Units) -> None:
    def fill(unit: Unit) -> None:
        unit.connection.exec_driver_sql("PRAGMA max_page_count=1")
        house.put(unit, "big", "x" * 2_000_000)
        unit.append("house", Kind.CLOCK_MOVED, {"offset_s": 0})

    with pytest.raises(Unavailable):
        units.write_sync(SYSTEM, fill)

    assert units.read_sync(lambda reading: house.find_value(reading, "big")) is None


def test_an_unreachable_server_is_said_to_be_unavailable(tmp_path: Path) -> None:
    away = Units(open_engine(f"postgresql+asyncpg://postgres@/x?host={tmp_path}"), vault=None)  # type: ignore[arg-type]

    with pytest.raises(Unavailable):
        away.read_sync(lambda reading: reading.now)


def test_a_new_database_file_is_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        open_engine(f"sqlite:///{tmp_path / 'new.db'}").close_sync()
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "new.db").stat().st_mode) == 0o600


def test_sqlite_runs_with_the_pragmas_that_durability_and_secrecy_ask_for(units: Units) -> None:
    def pragmas(reading: Reading) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete", "temp_store")
        return [reading.scalar(text(f"PRAGMA {name}")) for name in names]

    assert units.read_sync(pragmas) == ["wal", 2, 1, 5000, 1, 2]


def test_a_wall_clock_is_looked_at_once_per_transaction(units: Units, real_clock: RealClock) -> None:
    def look(reading: Reading) -> bool:
        first = reading.now
        real_clock.passes(seconds=5)
        return first == reading.now

    assert units.read_sync(look)


def test_two_processes_on_one_file_take_turns_and_none_waits_for_all_of_the_other(units: Units) -> None:
    """Left to itself SQLite lets the busier one write again and again while the other sleeps."""
    other = replace(units, database=engine.open_engine(units.database.url))
    turns: list[str] = []

    def write_often(name: str, by: Units) -> None:
        def note(unit: Unit) -> None:
            unit.without_journal("nothing is written")
            time.sleep(0.004)
            turns.append(name)

        for _ in range(15):
            by.write_sync(SYSTEM, note)

    threads = [threading.Thread(target=write_often, args=pair) for pair in (("a", units), ("b", other))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.database.close_sync()

    first_half = turns[:15]
    assert min(first_half.count("a"), first_half.count("b")) >= 4
