"""Named values of the house, the application clock and the counters behind case, hand-over and group numbers."""

import json
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from domain.journal import Kind, canonical
from store.house_table import SENDING_HELD, clock, counters, house
from store.journal import HOUSE
from store.unit import Reading, Unit
from store.vault import Vault, VaultError

__all__ = ["SENDING_HELD"]

KEY_CHECKS = "key_checks"
_VALUE = select(house.c.value).where(house.c.key == bindparam("name"))
_COUNT = select(counters.c.value).where(counters.c.name == bindparam("counter"))
_COUNT_ON = update(counters).where(counters.c.name == bindparam("counter")).values(value=counters.c.value + 1)


def find_value(reading: Reading, key: str) -> Any:
    """The value kept under *key*, or None."""
    found = reading.scalar(_VALUE, {"name": key})
    return None if found is None else json.loads(found)


def put(unit: Unit, key: str, value: Any) -> None:
    """Keeps *value* (JSON) under *key*. Reported by the caller's row."""
    text = canonical(value)
    unit.upsert(house, {"key": key, "value": text}, ["key"], {"value": text})


def drop(unit: Unit, key: str) -> None:
    """Forgets a named value of the house; nothing happens when there is none."""
    unit.execute(delete(house).where(house.c.key == key))


def step_clock(unit: Unit, offset_s: float) -> None:
    """Sets how many seconds the application clock is ahead of real UTC; a move of many steps has one row of its own."""
    unit.execute(update(clock).where(clock.c.id == 1).values(offset_s=offset_s))


def move_clock(unit: Unit, offset_s: float) -> None:
    """Sets the clock in one step and reports it; whether it may move is the caller's to judge."""
    step_clock(unit, offset_s)
    unit.append(HOUSE, Kind.CLOCK_MOVED, {"offset_s": offset_s})


def next_count(unit: Unit, name: str) -> int:
    """The next number under *name*, from 1, without gaps among committed units."""
    if not unit.execute(_COUNT_ON, {"counter": name}).rowcount:
        unit.upsert(counters, {"name": name, "value": 1}, ["name"], {"value": counters.c.value + 1})
    return int(unit.scalar(_COUNT, {"counter": name}))


def take_turn(unit: Unit, name: str) -> None:
    """Lets units that take the same turn run one after another; to the end of this one (PostgreSQL; SQLite has one)."""
    unit.upsert(counters, {"name": f"turn-{name}", "value": 1}, ["name"], {"value": counters.c.value})


def check_keys(reading: Reading) -> bool:
    """Compares the keys in hand with those this database was written with; False when none is noted for one of them.

    Raises VaultError KEY_WRONG (another key under the same id) or KEY_MISSING, naming the key id only.
    """
    noted: dict[str, str] = find_value(reading, KEY_CHECKS) or {}
    present = reading.vault.fingerprints()
    for key_id, check in sorted(noted.items()):
        if key_id not in present:
            raise VaultError("KEY_MISSING", key=key_id)
        if present[key_id] != check:
            raise VaultError("KEY_WRONG", key=key_id)
    return set(present) <= set(noted)


def note_keys(unit: Unit) -> None:
    """Notes check values of new keys beside the data, after checking the known ones (raises as `check_keys`)."""
    if not check_keys(unit):
        unit.without_journal("check values of keys")
        put(unit, KEY_CHECKS, {**(find_value(unit, KEY_CHECKS) or {}), **unit.vault.fingerprints()})


def key_ids(vault: Vault) -> list[str]:
    """Ids of all keys in hand, for doctor."""
    return sorted(vault.fingerprints())
