"""Logins elsewhere, passkeys, and what works only once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "identity_logins",
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("organisation_id", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject", name="identity_logins_pkey"),
    )
    op.create_index("identity_logins_by_person_id", "identity_logins", ["person_id"])
    op.create_table(
        "identity_passkeys",
        sa.Column("credential_id", sa.Text, nullable=False),
        sa.Column("passkey_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("organisation_id", sa.Text, nullable=False),
        sa.Column("public_key", sa.Text, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("last_used_on", sa.Text),
        sa.PrimaryKeyConstraint("credential_id", name="identity_passkeys_pkey"),
        sa.UniqueConstraint("passkey_id", name="identity_passkeys_one_passkey_id"),
    )
    op.create_index("identity_passkeys_by_person_id", "identity_passkeys", ["person_id"])
    op.create_table(
        "identity_used",
        sa.Column("what_hash", sa.Text, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("what_hash", name="identity_used_pkey"),
    )
    op.create_index("identity_used_by_at_ms", "identity_used", ["at_ms"])


def downgrade() -> None:
    """Goes nowhere: a restored backup is the way back."""
    raise NotImplementedError
