"""The same key at the same moment, on both databases: one act, and every caller gets its answer."""

import asyncio

import pytest

from domain.errors import Conflict
from domain.journal import Kind
from domain.roles import Actor
from store import idempotency
from store.journal import HOUSE
from store.unit import Unit, Units

CALLER = Actor("account", "a-1", roles=("koordinator",))


def act(unit: Unit, body: str) -> str:
    known = idempotency.recall(unit, CALLER.id, "same", body)
    if known is not None:
        return known[1]
    n = unit.append(HOUSE, Kind.TOKEN_MADE, {"account": CALLER.id, "scope": "api"})
    idempotency.remember(unit, CALLER.id, "same", body, 201, f"row {n}")
    return f"row {n}"


@pytest.mark.proves("B35", "S64")
async def test_one_key_sent_many_times_at_once_acts_once_and_all_hear_the_same(any_units: Units) -> None:
    told = await asyncio.gather(*(any_units.write(CALLER, lambda unit: act(unit, "body")) for _ in range(6)))
    assert len(set(told)) == 1


@pytest.mark.proves("B35")
async def test_one_key_with_several_bodies_at_once_does_one_of_them(any_units: Units) -> None:
    writes = [any_units.write(CALLER, lambda unit, n=n: act(unit, f"body {n}")) for n in range(6)]  # type: ignore[misc]
    told = await asyncio.gather(*writes, return_exceptions=True)
    refused = [each for each in told if isinstance(each, BaseException)]
    assert len(told) - len(refused) == 1
    assert all(isinstance(each, Conflict) and each.code == "KEY_REUSED" for each in refused), refused
