"""Every table of the store in one metadata, for migrations and for the test that compares them."""

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from store import (  # noqa: F401 - importing a module adds its tables
    agency_table,
    house_table,
    idempotency,
    journal,
    limits,
    links,
    manifest_table,
    openings,
    outbox,
    people,
    tables_account,
    tables_case,
)

METADATA: MetaData = SQLModel.metadata
