"""${message}.

Why, and whether the release still running may meet it.
"""

import sqlalchemy as sa
import sqlmodel  # noqa: F401
from alembic import op

revision, down_revision = ${repr(up_revision)}, ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
