"""Add sheets of people and their records, so that every line of a sheet can be judged, decided and found again."""

import sqlalchemy as sa
from alembic import op

from store.columns import Json, UtcDateTime

revision, down_revision = "0006_manifests", "0005_quiet_news"


def upgrade() -> None:
    op.create_table(
        "manifests",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("digest", sa.String(), nullable=False, unique=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("arrival", sa.String(), nullable=False),
        sa.Column("shelter", sa.String(), nullable=False),
        sa.Column("mission", sa.String(), nullable=True),
        sa.Column("debarkation", sa.String(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("file_codes", Json(), nullable=False),
        sa.Column("columns", Json(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
    )
    op.create_index("manifests_at", "manifests", ["at"])
    op.create_table(
        "manifest_lines",
        sa.Column("manifest_id", sa.String(), sa.ForeignKey("manifests.id"), primary_key=True),
        sa.Column("line", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("line_end", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("codes", Json(), nullable=False),
        sa.Column("notes", Json(), nullable=False),
        sa.Column("matches", Json(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("case_number", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
    )
    op.create_index("manifest_lines_status", "manifest_lines", ["manifest_id", "status"])


def downgrade() -> None:
    # the journal keeps what was read in and decided; a subject without its table is only not shown
    op.drop_table("manifest_lines")
    op.drop_table("manifests")
