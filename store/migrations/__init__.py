"""Alembic without an ini file: bring a database to this release's schema, and say how far it is.

Every migration runs in one transaction on both databases, so that an interrupted one leaves the schema as it was (F35).
"""

from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from store.engine import Database

State = Literal["CURRENT", "OLD", "NEWER", "MISSING"]
CURRENT: State = "CURRENT"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head_revision() -> str:
    """The newest revision that this release knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("no migrations")
    return head


def current_revision(database: Database) -> str | None:
    """The revision the database is at, None when it was never migrated. Raises Unavailable."""
    return database.run_sync(_revision_of, write=False)


def state(database: Database) -> State:
    """CURRENT, MISSING (no schema yet), OLD (upgrade needed) or NEWER (made by a later release). Raises Unavailable."""
    revision = current_revision(database)
    if revision is None:
        return "MISSING"
    if revision == head_revision():
        return CURRENT
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    return "OLD" if revision in known else "NEWER"


def upgrade(database: Database, revision: str = "head") -> None:
    """Brings the database to *revision*; nothing happens when it is there. Raises Unavailable."""
    database.run_sync(lambda connection: command.upgrade(_config(connection), revision), write=True)


def downgrade(database: Database, revision: str) -> None:
    """Takes the database back to *revision* ("base" for an empty one). Raises Unavailable."""
    database.run_sync(lambda connection: command.downgrade(_config(connection), revision), write=True)


def _revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
