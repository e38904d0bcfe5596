"""`pulang migrate`: prepare the database, or bring its schema to this release's."""

import typer

from domain.errors import DomainError
from pulang import wiring
from pulang.processes import ground
from pulang.processes.prepare import prepared_units
from pulang.refusals import Refused
from pulang.settings import Settings
from store import migrations


def migrate(settings: Settings) -> int:
    """Upgrade a database that is behind, or make a new one. Raises Refused while the house runs or if it is newer."""
    ground.make_home(settings.home)
    lock = ground.lock_home(settings.home)
    database = wiring.open_database(settings)
    try:
        state = migrations.state(database)
        if state == "NEWER":
            raise Refused("SCHEMA_NEWER")
        if state == "OLD":
            wiring.build_vault(settings)  # a schema is not touched while its keys are missing
            migrations.upgrade(database)
    except DomainError:
        raise Refused("DATABASE_AWAY", reason="STORE_UNAVAILABLE") from None
    finally:
        database.close_sync()
    prepared_units(settings).database.close_sync()
    ground.unlock_home(lock)
    typer.echo(
        {
            migrations.CURRENT: "Skema sudah yang terbaru. / The schema is up to date.",
            "OLD": "Skema diperbarui. / The schema was brought up to date.",
        }.get(state, "Basis data disiapkan. / The database was prepared.")
    )
    return 0
