"""Note up to which row the rules want nothing, so that such news need not hurry."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0005_quiet_news", "0004_openings"


def upgrade() -> None:
    op.add_column("subjects", sa.Column("quiet_head", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("subjects", "quiet_head")
