"""Letters that wait to be sent, and who signed in as somebody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "identity_mails",
        sa.Column("mail_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("organisation_id", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("written_ms", sa.BigInteger, nullable=False),
        sa.Column("due_ms", sa.BigInteger),
        sa.Column("tries", sa.BigInteger, nullable=False),
        sa.Column("taken_by", sa.Text),
        sa.PrimaryKeyConstraint("mail_id", name="identity_mails_pkey"),
    )
    for column in ("person_id", "written_ms", "due_ms", "taken_by"):
        op.create_index(f"identity_mails_by_{column}", "identity_mails", [column])
    op.create_table(
        "identity_sign_ins",
        sa.Column("note_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("organisation_id", sa.Text, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("times", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("note_id", name="identity_sign_ins_pkey"),
    )
    op.create_index("identity_sign_ins_by_at_ms", "identity_sign_ins", ["at_ms"])
    op.create_index("identity_sign_ins_by_person_id_at_ms", "identity_sign_ins", ["person_id", "at_ms"])


def downgrade() -> None:
    """Goes nowhere: a restored backup is the way back."""
    raise NotImplementedError
