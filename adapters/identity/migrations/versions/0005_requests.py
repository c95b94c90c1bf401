"""How many requests somebody sent in a minute, as far as that is a lot."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "identity_requests",
        sa.Column("who_hash", sa.Text, nullable=False),
        sa.Column("span", sa.BigInteger, nullable=False),
        sa.Column("used", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("who_hash", "span", name="identity_requests_pkey"),
    )
    op.create_index("identity_requests_by_span", "identity_requests", ["span"])


def downgrade() -> None:
    """Goes nowhere: a restored backup is the way back."""
    raise NotImplementedError
