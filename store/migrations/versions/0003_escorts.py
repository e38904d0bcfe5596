"""Name the escort's account with each leg, so that escorts find their own journeys in lists."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003_escorts", "0002_guards"


def upgrade() -> None:
    op.add_column("legs", sa.Column("escort_account", sa.String(), nullable=True))
    op.create_index("ix_legs_escort_account", "legs", ["escort_account"])


def downgrade() -> None:
    op.drop_index("ix_legs_escort_account", "legs")
    op.drop_column("legs", "escort_account")
