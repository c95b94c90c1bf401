"""Sessions, password resets, and who tried how often."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "identity_sessions",
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("organisation_id", sa.Text, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("seen_at", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
        sa.Column("ended_at", sa.Text),
        sa.PrimaryKeyConstraint("session_id", name="identity_sessions_pkey"),
        sa.UniqueConstraint("secret_hash", name="identity_sessions_one_secret_hash"),
    )
    op.create_index("identity_sessions_by_person_id", "identity_sessions", ["person_id"])
    op.create_table(
        "identity_password_resets",
        sa.Column("reset_id", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("organisation_id", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
        sa.Column("used_at", sa.Text),
        sa.PrimaryKeyConstraint("reset_id", name="identity_password_resets_pkey"),
        sa.UniqueConstraint("secret_hash", name="identity_password_resets_one_secret_hash"),
    )
    op.create_index("identity_password_resets_by_person_id", "identity_password_resets", ["person_id"])
    op.create_table(
        "identity_attempts",
        sa.Column("attempt_id", sa.Text, nullable=False),
        sa.Column("what_hash", sa.Text, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name="identity_attempts_pkey"),
    )
    op.create_index("identity_attempts_by_at_ms", "identity_attempts", ["at_ms"])
    op.create_index("identity_attempts_by_what_hash_at_ms", "identity_attempts", ["what_hash", "at_ms"])


def downgrade() -> None:
    """Goes nowhere: a restored backup is the way back."""
    raise NotImplementedError
