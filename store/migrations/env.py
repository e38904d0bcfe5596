"""Run by Alembic: applies the migrations on the connection handed in by `store.migrations`."""

from alembic import context

from store.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=True,
)
context.run_migrations()
