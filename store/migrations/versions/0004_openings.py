"""Add openings, so that it shows quickly to which auditor a case is open now and what heads are to be told."""

import sqlalchemy as sa
from alembic import op

from store.columns import UtcDateTime

revision, down_revision = "0004_openings", "0003_escorts"


def upgrade() -> None:
    op.create_table(
        "openings",
        sa.Column("case_id", sa.String(), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("n", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("account", sa.String(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
    )
    op.create_index("openings_at", "openings", ["at"])


def downgrade() -> None:
    op.drop_table("openings")
