"""The zone that somebody is told times in, where it is another one than their organisation's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the column."""
    op.add_column("identity_people", sa.Column("time_zone", sa.Text))


def downgrade() -> None:
    """Goes nowhere: a restored backup is the way back."""
    raise NotImplementedError
