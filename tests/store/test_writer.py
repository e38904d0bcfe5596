"""Units that wait are written together, and each still stands or falls for itself (decision 0011)."""

import asyncio
import sqlite3
import threading

import pytest
from sqlalchemy import event, text

from domain.errors import Conflict, Unavailable
from domain.roles import SYSTEM
from store import house
from store.unit import Unit, Units


class Kept:
    """A unit that keeps one value, and says how often it ran."""

    def __init__(self, name: str, fault: Exception | None = None) -> None:
        self.name, self.fault, self.runs = name, fault, 0

    def __call__(self, unit: Unit) -> str:
        self.runs += 1
        unit.without_journal("a test")
        house.put(unit, self.name, True)
        if self.fault is not None:
            raise self.fault
        return self.name


async def together(units: Units, *works: Kept) -> list[object]:
    """What each ended with, when all of them waited while another unit was written."""
    begun, go_on = threading.Event(), threading.Event()

    def holds(unit: Unit) -> None:
        unit.without_journal("a test")
        begun.set()
        go_on.wait(5)

    first = asyncio.ensure_future(units.write(SYSTEM, holds))
    await asyncio.to_thread(begun.wait, 5)
    waiting = [asyncio.ensure_future(units.write(SYSTEM, work)) for work in works]
    await asyncio.sleep(0.05)
    go_on.set()
    await first
    return list(await asyncio.gather(*waiting, return_exceptions=True))


async def kept(units: Units) -> set[str]:
    return {row[0] for row in await units.read(lambda reading: reading.rows(text("SELECT key FROM house")))}


async def test_units_that_wait_share_one_commit(units: Units) -> None:
    seen: list[int] = []
    assert units.database._engine is not None
    event.listen(units.database._engine, "commit", lambda _connection: seen.append(1))

    ended = await together(units, *(Kept(f"k{n}") for n in range(5)))

    assert ended == [f"k{n}" for n in range(5)]
    assert len(seen) == 2
    assert await kept(units) >= {f"k{n}" for n in range(5)}


@pytest.mark.proves("I19")
async def test_a_refused_unit_undoes_itself_alone(units: Units) -> None:
    works = [Kept("a"), Kept("b", Conflict("STATE_FORBIDS")), Kept("c")]

    ended = await together(units, *works)

    assert (ended[0], ended[2]) == ("a", "c")
    assert isinstance(ended[1], Conflict)
    assert {"a", "c"} <= await kept(units)
    assert "b" not in await kept(units)
    assert [work.runs for work in works] == [1, 1, 1]


@pytest.mark.proves("F16")
@pytest.mark.parametrize("fault", [RuntimeError("a mistake of ours"), sqlite3.OperationalError("disk I/O error")])
async def test_any_other_fault_reaches_no_neighbour(units: Units, fault: Exception) -> None:
    works = [Kept("a"), Kept("b", fault), Kept("c")]

    ended = await together(units, *works)

    assert (ended[0], ended[2]) == ("a", "c")
    assert isinstance(ended[1], Exception)
    assert {"a", "c"} <= await kept(units)
    assert "b" not in await kept(units)


async def test_a_change_without_a_row_is_still_noticed_among_others(units: Units) -> None:
    def silent(unit: Unit) -> None:
        house.put(unit, "silent", True)

    ended = await together(units, Kept("a"), silent, Kept("c"))  # type: ignore[arg-type]

    assert isinstance(ended[1], RuntimeError)
    assert "silent" not in await kept(units)
    assert {"a", "c"} <= await kept(units)


@pytest.mark.proves("F18")
async def test_a_file_that_stays_locked_is_waited_for_once_and_not_once_for_each_unit(
    units: Units, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []

    def never(self: object, raw: object) -> None:
        begun.append(1)
        raise sqlite3.OperationalError("database is locked")

    works = [Kept(f"k{n}") for n in range(6)]
    waiting = asyncio.ensure_future(together(units, *works))
    await asyncio.sleep(0.02)
    monkeypatch.setattr("store.engine._Turn.begin", never)
    ended = await waiting

    assert [type(fault) for fault in ended] == [Unavailable] * 6
    assert (len(begun), [work.runs for work in works]) == (1, [0] * 6)


async def test_more_than_eight_are_written_in_turns_and_none_is_forgotten(units: Units) -> None:
    ended = await together(units, *(Kept(f"k{n}") for n in range(30)))

    assert ended == [f"k{n}" for n in range(30)]


async def test_a_unit_given_up_while_it_waits_is_not_written(units: Units) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def holds(unit: Unit) -> None:
        unit.without_journal("a test")
        begun.set()
        go_on.wait(5)

    first = asyncio.ensure_future(units.write(SYSTEM, holds))
    await asyncio.to_thread(begun.wait, 5)
    given_up, stays = Kept("gone"), Kept("stays")
    one, two = (asyncio.ensure_future(units.write(SYSTEM, work)) for work in (given_up, stays))
    await asyncio.sleep(0.05)
    one.cancel()
    await asyncio.sleep(0.05)
    go_on.set()
    await asyncio.gather(first, two)

    assert given_up.runs == 0
    assert "gone" not in await kept(units)


async def test_a_unit_that_would_end_its_thread_ends_only_itself(units: Units) -> None:
    class NotOfUs(BaseException):
        pass

    def leaves(unit: Unit) -> None:
        raise NotOfUs

    ended = await together(units, Kept("a"), leaves, Kept("c"))  # type: ignore[arg-type]

    assert isinstance(ended[1], NotOfUs)
    assert {"a", "c"} <= await kept(units)
    assert await units.write(SYSTEM, Kept("later")) == "later"


async def test_a_unit_that_comes_after_the_closing_is_refused_and_does_not_wait(units: Units) -> None:
    await units.write(SYSTEM, Kept("a"))
    await units.database.close()

    with pytest.raises(Unavailable):
        await units.write(SYSTEM, Kept("b"))


async def test_a_glance_may_not_write(units: Units) -> None:
    with pytest.raises(RuntimeError, match="tried to write"):
        await units.glance(lambda reading: reading.execute(text("DELETE FROM house")))
