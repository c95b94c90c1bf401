"""The first tables: organisations, people, tokens and invitations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "identity_organisations",
        sa.Column("organisation_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_folded", sa.Text, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name="identity_organisations_pkey"),
        sa.UniqueConstraint("name_folded", name="identity_organisations_one_name_folded"),
    )
    op.create_table(
        "identity_people",
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("organisation_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("email_folded", sa.Text),
        sa.Column("handle", sa.Text),
        sa.Column("password_hash", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="identity_people_pkey"),
        sa.UniqueConstraint("email_folded", name="identity_people_one_email_folded"),
    )
    op.create_index("identity_people_by_organisation_id_person_id", "identity_people", ["organisation_id", "person_id"])
    op.create_table(
        "identity_tokens",
        sa.Column("token_id", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("organisation_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text),
        sa.Column("last_used_on", sa.Text),
        sa.PrimaryKeyConstraint("token_id", name="identity_tokens_pkey"),
        sa.UniqueConstraint("secret_hash", name="identity_tokens_one_secret_hash"),
    )
    op.create_index("identity_tokens_by_person_id", "identity_tokens", ["person_id"])
    op.create_table(
        "identity_invitations",
        sa.Column("invitation_id", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("organisation_id", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
        sa.Column("used_at", sa.Text),
        sa.PrimaryKeyConstraint("invitation_id", name="identity_invitations_pkey"),
        sa.UniqueConstraint("secret_hash", name="identity_invitations_one_secret_hash"),
    )
    op.create_index("identity_invitations_by_person_id", "identity_invitations", ["person_id"])


def downgrade() -> None:
    """Goes nowhere: a restored backup is the way back."""
    raise NotImplementedError
