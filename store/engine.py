"""Opens SQLite or PostgreSQL with the settings that durability and secrecy ask for (RELIABILITY section 3).

`Database` runs a plain function of one connection in one transaction: in threads on SQLite (one writer, a few readers),
in a greenlet on PostgreSQL. Faults of the store come out as Unavailable("STORE_UNAVAILABLE").
"""

import asyncio
import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy import exc as sql_errors
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from domain.errors import DomainError, Unavailable

T = TypeVar("T")
Work = Callable[[Connection], T]
_Ended = tuple[Any, BaseException | None]

BUSY_MS = 5000
MOST_TOGETHER = 8
_LOOK_AGAIN_S = 0.0005
READERS = 4
PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_MS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
)
_SCOPE = "pulang_scope"
_TURN = "pulang_turn"
_WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "REPLAC"})
# Two transactions met head-on; the loser may simply run again.
_RUN_AGAIN = frozenset({"40001", "40P01"})
_TRIES = 4
_AWAY = (
    sql_errors.OperationalError,
    sql_errors.InterfaceError,
    sql_errors.TimeoutError,
    sqlite3.OperationalError,  # of our own BEGIN
    OSError,
)


class Scope:
    """What one transaction did so far: number of writing statements, and whether any may run at all."""

    __slots__ = ("may_write", "writes")

    def __init__(self, may_write: bool) -> None:
        self.may_write = may_write
        self.writes = 0


def scope_of(connection: Connection) -> Scope:
    """The scope of the transaction that runs on *connection*."""
    scope: Scope = connection.info[_SCOPE]
    return scope


def _watch(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
    if statement[:6].upper() in _WRITES:
        scope: Scope | None = connection.info.get(_SCOPE)
        if scope is None:
            return
        if not scope.may_write:
            raise RuntimeError("a reading transaction tried to write")
        scope.writes += 1


@contextmanager
def store_faults() -> Iterator[None]:
    """Turns a locked, full or unreachable store into Unavailable("STORE_UNAVAILABLE"); other faults pass."""
    try:
        yield
    except _AWAY as fault:
        raise Unavailable("STORE_UNAVAILABLE") from fault
    except sql_errors.DBAPIError as fault:
        if fault.connection_invalidated or _sqlstate(fault) in _RUN_AGAIN:
            raise Unavailable("STORE_UNAVAILABLE") from fault
        raise


def _sqlstate(fault: sql_errors.DBAPIError) -> str:
    return str(getattr(fault.orig, "sqlstate", None) or "")


class Database:
    """One open database. `kind` is "sqlite" or "postgresql"."""

    def __init__(self, url: str, engine: Engine | None, async_engine: AsyncEngine | None) -> None:
        self.url = url
        self.kind: Literal["sqlite", "postgresql"] = "sqlite" if engine is not None else "postgresql"
        self._engine = engine
        self._async_engine = async_engine
        self._write_lock = threading.Lock()
        self._turn = _Turn(url) if engine is not None else None
        self._writer = _Writer(self._run_together) if engine is not None else None
        self._readers = ThreadPoolExecutor(READERS, "store-read") if engine is not None else None

    async def run(self, work: Work[T], *, write: bool, briefly: bool = False) -> T:
        """Runs *work* in one transaction and commits; any exception rolls it back. Raises Unavailable.

        briefly: it only looks a few rows up by key. On SQLite that is done in this very thread, since handing it to
        another costs more than the look-up; a reader never waits for a writer there.
        """
        if self._async_engine is not None:
            return await _run_postgresql(self._async_engine, work, write)
        if write:
            assert self._writer is not None  # noqa: S101 - only missing on PostgreSQL
            return await asyncio.wrap_future(self._writer.submit(work))
        if briefly:
            return self._run_sqlite(work, write)
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._run_sqlite, work, write)

    def run_sync(self, work: Work[T], *, write: bool) -> T:
        """As `run`, without an event loop; on PostgreSQL through a connection of its own (commands, seeding)."""
        if self._async_engine is None:
            return self._run_sqlite(work, write)

        async def alone() -> T:
            engine = _open_postgresql(self.url, pool_size=None)
            try:
                return await _run_postgresql(engine, work, write)
            finally:
                await engine.dispose()

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(alone())).result()

    def _run_sqlite(self, work: Work[T], write: bool) -> T:
        assert self._engine is not None  # noqa: S101 - only called on SQLite
        with self._write_lock if write else nullcontext(), store_faults(), self._engine.connect() as connection:
            connection.info[_TURN] = self._turn if write else None
            return _scoped(connection, work, write)

    def _run_together(self, works: Sequence[Work[Any]]) -> list[_Ended]:
        """Several units in one transaction, and so with one wait for the disk; each is kept or undone for itself.

        What a unit refuses (a DomainError) undoes that unit alone. Any other fault undoes all, and each runs alone;
        one that let none begin (the file stays locked) is the fault of all, so that nobody waits for it twice.
        """
        assert self._engine is not None  # noqa: S101 - only called on SQLite
        begun = False

        def all_of_them(connection: Connection) -> list[_Ended]:
            nonlocal begun
            begun = True
            return [_ended(connection, work) for work in works]

        try:
            with self._write_lock, store_faults(), self._engine.connect() as connection:
                connection.info[_TURN] = self._turn
                return _scoped(connection, all_of_them, True)
        except BaseException as fault:
            return [self._run_alone(work) for work in works] if begun else [(None, fault)] * len(works)

    def _run_alone(self, work: Work[Any]) -> _Ended:
        try:
            return self._run_sqlite(work, write=True), None
        except BaseException as fault:
            return None, fault

    async def close(self) -> None:
        """Closes every connection; the database may not be used afterwards."""
        if self._async_engine is not None:
            await self._async_engine.dispose()
        self.close_sync()

    def close_sync(self) -> None:
        """As `close`, for SQLite and for a PostgreSQL that was never used with an event loop."""
        if self._writer is not None:
            self._writer.close()
        if self._readers is not None:
            self._readers.shutdown(wait=True)
        if self._engine is not None:
            self._engine.dispose()
        if self._turn is not None:
            self._turn.close()


class _Writer:
    """The one thread that writes to an SQLite file: takes whatever waits, up to MOST_TOGETHER, into one transaction."""

    def __init__(self, run: Callable[[Sequence[Work[Any]]], list[_Ended]]) -> None:
        self._run = run
        self._waiting: SimpleQueue[tuple[Work[Any], Future[Any]] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def submit(self, work: Work[T]) -> "Future[T]":
        done: Future[T] = Future()
        with self._lock:
            if self._is_closed:
                raise Unavailable("STORE_UNAVAILABLE")
            if self._thread is None:
                self._thread = threading.Thread(target=self._keep_writing, name="store-write", daemon=True)
                self._thread.start()
            self._waiting.put((work, done))
        return done

    def close(self) -> None:
        """Ends when what waits is written."""
        with self._lock:
            self._is_closed = True
            self._waiting.put(None)
        if self._thread is not None:
            self._thread.join()

    def _keep_writing(self) -> None:
        while True:
            taken = [self._waiting.get()]
            while len(taken) < MOST_TOGETHER and not self._waiting.empty():
                taken.append(self._waiting.get())
            wanted = [one for one in taken if one is not None and one[1].set_running_or_notify_cancel()]
            ended = self._run([work for work, _ in wanted]) if wanted else []
            for (_, done), (result, fault) in zip(wanted, ended, strict=True):
                if fault is None:
                    done.set_result(result)
                else:
                    done.set_exception(fault)
            if None in taken:
                return


def _ended(connection: Connection, work: Work[Any]) -> _Ended:
    """One unit among several: what it gave, or the refusal that undid it."""
    connection.info[_SCOPE] = Scope(may_write=True)
    raw: Any = connection.connection.dbapi_connection
    raw.execute("SAVEPOINT unit")
    try:
        result = work(connection)
    except DomainError as refusal:
        raw.execute("ROLLBACK TO unit")
        return None, refusal
    finally:
        raw.execute("RELEASE unit")
    return result, None


class _Turn:
    """Whose turn it is to begin writing, among all processes on one SQLite file: a file lock, held only to begin.

    Left to itself SQLite lets whoever looks in the right moment write next and the others sleep, up to 100 ms at a
    time; beside a busy worker an answer then waited for most of a second. The lock decides nothing but the order, and
    it goes with its process. Waiting for it is bounded, since who holds it gives up after BUSY_MS.
    """

    def __init__(self, url: str) -> None:
        self._path = f"{make_url(url).database}-turn"
        self._file: int | None = None

    def begin(self, raw: Any) -> None:
        """BEGIN IMMEDIATE on *raw*. Raises sqlite3.OperationalError when the file stays locked for BUSY_MS."""
        if self._file is None:
            self._file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            raw.execute("PRAGMA busy_timeout=0")
            deadline = time.monotonic() + BUSY_MS / 1000
            while not _begun(raw, is_last=time.monotonic() > deadline):
                time.sleep(_LOOK_AGAIN_S)
        finally:
            raw.execute(PRAGMAS[0])
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _begun(raw: Any, *, is_last: bool) -> bool:
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as fault:
        if is_last or fault.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def _scoped(connection: Connection, work: Work[T], write: bool) -> T:
    connection.info[_SCOPE] = Scope(write)
    try:
        with connection.begin():
            return work(connection)
    finally:
        if not connection.invalidated:
            connection.info.pop(_SCOPE, None)
            connection.info.pop(_TURN, None)


async def _run_postgresql(engine: AsyncEngine, work: Work[T], write: bool) -> T:
    for attempt in range(1, _TRIES + 1):
        try:
            with store_faults():
                async with engine.connect() as connection:
                    if not write:
                        await connection.execution_options(isolation_level="REPEATABLE READ")
                    return await connection.run_sync(_scoped, work, write)
        except Unavailable as fault:
            cause = fault.__cause__
            met_head_on = isinstance(cause, sql_errors.DBAPIError) and _sqlstate(cause) in _RUN_AGAIN
            if not met_head_on or attempt == _TRIES:
                raise
    raise AssertionError("unreachable")


def open_engine(url: str, *, pool_size: int = 5) -> Database:
    """Opens *url*: "sqlite:///path" or "postgresql+asyncpg://…". A new SQLite file is readable by its owner only.

    pool_size: connections kept to PostgreSQL; SQLite keeps one per thread. Raises ValueError for another kind.
    """
    backend = make_url(url).get_backend_name()
    if backend == "sqlite":
        return Database(url, _open_sqlite(url), None)
    if backend == "postgresql":
        return Database(url, None, _open_postgresql(url, pool_size))
    raise ValueError("the database must be sqlite or postgresql")


def _open_sqlite(url: str) -> Engine:
    path = make_url(url).database
    if not path or path == ":memory:":
        raise ValueError("SQLite needs a file")
    if not Path(path).exists():
        with store_faults():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    plain = make_url(url).set(drivername="sqlite+pysqlite")
    engine = create_engine(plain, pool_size=READERS + 2, max_overflow=4, pool_reset_on_return=None)

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # we say BEGIN ourselves
        for pragma in PRAGMAS:
            raw.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Straight to the driver: it is said in every transaction, and SQLAlchemy's way costs more than SQLite's own.
        raw: Any = connection.connection.dbapi_connection
        turn: _Turn | None = connection.info.get(_TURN)
        if turn is None:
            raw.execute("BEGIN")
        else:
            turn.begin(raw)

    event.listen(engine, "before_cursor_execute", _watch)
    return engine


def _open_postgresql(url: str, pool_size: int | None) -> AsyncEngine:
    """A pool of *pool_size* connections, or none kept when None."""
    settings: dict[str, Any] = {"server_settings": {"synchronous_commit": "on", "timezone": "UTC"}, "timeout": 10}
    if pool_size is None:
        engine = create_async_engine(url, poolclass=NullPool, connect_args=settings)
    else:
        engine = create_async_engine(
            url, pool_size=pool_size, max_overflow=5, pool_timeout=5, pool_pre_ping=True, connect_args=settings
        )
    event.listen(engine.sync_engine, "before_cursor_execute", _watch)
    return engine
