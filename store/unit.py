"""Unit: one transaction that writes change, journal row and outbox together or not at all; Reading: one snapshot.

Store functions are plain functions of a Unit or a Reading. Async callers hand them to `Units.write` or `Units.read`.
"""

import os
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

from domain.agencies import Register
from domain.journal import Kind
from domain.roles import Actor
from domain.rulebook import Rulebook, default_rulebook
from store import journal
from store.engine import Database, scope_of
from store.shelf import Shelf
from store.vault import Vault

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """The few settings that the store needs. digest_window_s: seconds, instead of the procedure's windows and gap."""

    demo: bool = False
    base_url: str = "http://127.0.0.1:8000"
    digest_window_s: int | None = None
    desk_name: str = "Meja Koordinasi Pulang"
    desk_phone: str = ""
    duty_phone: str = ""
    from_address: str = "pulang@example.invalid"

    @property
    def mail_domain(self) -> str:
        return self.from_address.rpartition("@")[2] or "example.invalid"


class Reading:
    """One snapshot. `now` is application time, `real_now` the wall clock: aware UTC, fixed for its whole life."""

    def __init__(self, connection: Connection, units: "Units") -> None:
        self.connection = connection
        self.vault = units.vault
        self.rules = units.rules
        self.config = units.config
        self.real_now = units.real_clock()
        found = connection.exec_driver_sql("SELECT offset_s FROM clock WHERE id = 1").scalar()
        self.offset_s = float(found or 0.0)
        self.now = units.fixed_now or self.real_now + timedelta(seconds=self.offset_s)
        self.register: Register | None = None  # once read, and not changed here since

    def execute(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        """Runs one statement. A database that is away or busy shows at the frame: Unavailable."""
        return self.connection.execute(statement, values)

    def scalar(self, statement: Executable, values: Any = None) -> Any:
        """The first column of the first row, or None."""
        return self.connection.execute(statement, values).scalar()

    # Any in the next two: what a row holds is known from its statement only.
    def row(self, statement: Executable, values: Any = None) -> Any:
        """The first row, or None."""
        return self.connection.execute(statement, values).first()

    def rows(self, statement: Executable, values: Any = None) -> Sequence[Any]:
        """All rows."""
        return self.connection.execute(statement, values).all()


class Unit(Reading):
    """A writing transaction by one actor."""

    def __init__(self, connection: Connection, units: "Units", by: Actor) -> None:
        super().__init__(connection, units)
        self.by = by
        self.heads: dict[str, tuple[int, str]] = {}  # number and hash of the newest row of subjects locked here
        self.shelf = units.shelf
        self._after_commit: list[Callable[[], None]] = []
        self._random = units.random_bytes
        self._appended = 0
        self._unjournaled = ""

    def append(
        self,
        subject: str,
        kind: Kind,
        codes: Mapping[str, Any],
        sealed: Mapping[str, Any] | None = None,
        at: datetime | None = None,
        grade: str = "",
    ) -> int:
        """Adds the row that reports this change and returns its number. at: when it was true, `now` when left out."""
        return journal.append(self, subject, kind, codes, sealed, at, grade)

    def without_journal(self, reason: str) -> None:
        """Lets this unit commit without a row, for what is no state of a case: sessions, counters, leases, keys."""
        if not reason:
            raise ValueError("a reason is needed")
        self._unjournaled = reason

    def after_commit(self, fn: Callable[[], None]) -> None:
        """Has *fn* called once this unit is committed; never when it is rolled back."""
        self._after_commit.append(fn)

    def run_after_commit(self) -> None:
        """Does what was to be done then; called once, by whoever committed the unit."""
        for fn in self._after_commit:
            fn()

    def note_appended(self) -> None:
        """Notes that a journal row was added; `store.journal.append` calls it."""
        self._appended += 1

    def random_bytes(self, count: int) -> bytes:
        """Random bytes; tests give their own."""
        return self._random(count)

    def new_id(self) -> str:
        """A fresh UUID, version 4."""
        return str(uuid.UUID(bytes=self._random(16), version=4))

    def upsert(
        self,
        table: Table,
        values: Mapping[str, Any],
        keys: Iterable[str],
        changes: Mapping[str, Any] | None,
    ) -> int:
        """Inserts *values*; where *keys* exist, applies *changes* instead (None: nothing). Returns rows touched."""
        make = postgresql.insert if self.connection.dialect.name == "postgresql" else sqlite.insert
        if changes is None:
            return self.execute(_insert_or_leave(make, table, tuple(keys)), dict(values)).rowcount
        statement = make(table).values(**values)
        return self.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=dict(changes))).rowcount

    def check_journaled(self) -> None:
        """Raises RuntimeError when something was written and nothing reports it."""
        if scope_of(self.connection).writes and not self._appended and not self._unjournaled:
            raise RuntimeError("a change without a journal row")


@cache
def _insert_or_leave(make: Callable[[Table], Any], table: Table, keys: tuple[str, ...]) -> Executable:
    statement: Executable = make(table).on_conflict_do_nothing(index_elements=list(keys))
    return statement


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Units:
    """Makes Units and Readings. real_clock: the only look at the wall clock in the store."""

    database: Database
    vault: Vault
    rules: Rulebook = field(default_factory=default_rulebook)
    config: StoreConfig = field(default_factory=StoreConfig)
    real_clock: Callable[[], datetime] = _utc_now
    random_bytes: Callable[[int], bytes] = os.urandom
    fixed_now: datetime | None = None
    shelf: Shelf = field(default_factory=Shelf, compare=False)

    @property
    def real_now(self) -> datetime:
        return self.real_clock()

    def at(self, moment: datetime) -> "Units":
        """The same, with the application clock standing at *moment* (for seeding past events)."""
        return replace(self, fixed_now=moment.astimezone(UTC))

    async def write(self, by: Actor, fn: Callable[[Unit], T]) -> T:
        """One transaction by *by*. Any exception rolls it back and rises; raises Unavailable when the store is away.

        *fn* may run more than once, the earlier times undone (decision 0011): it must do nothing outside its unit.
        """
        unit, result = await self.database.run(lambda connection: self._written(connection, by, fn), write=True)
        unit.run_after_commit()
        return result

    async def read(self, fn: Callable[[Reading], T]) -> T:
        """One snapshot; writing in it raises RuntimeError."""
        return await self.database.run(lambda connection: fn(Reading(connection, self)), write=False)

    async def glance(self, fn: Callable[[Reading], T]) -> T:
        """As `read`, for a few rows looked up by key: done at once, without handing it to another thread."""
        return await self.database.run(lambda connection: fn(Reading(connection, self)), write=False, briefly=True)

    def write_sync(self, by: Actor, fn: Callable[[Unit], T]) -> T:
        """As `write`, without an event loop (seeding, commands, tests)."""
        unit, result = self.database.run_sync(lambda connection: self._written(connection, by, fn), write=True)
        unit.run_after_commit()
        return result

    def read_sync(self, fn: Callable[[Reading], T]) -> T:
        """As `read`, in this thread."""
        return self.database.run_sync(lambda connection: fn(Reading(connection, self)), write=False)

    def _written(self, connection: Connection, by: Actor, fn: Callable[[Unit], T]) -> tuple[Unit, T]:
        unit = Unit(connection, self, by)
        result = fn(unit)
        unit.check_journaled()
        return unit, result
