"""The identity tables: ordinary, durable and erasable; the only place that holds names and addresses."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, MetaData, Table, Text

metadata = MetaData()

installation = Table(
    "identity_installation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
)
organisations = Table(
    "identity_organisations",
    metadata,
    Column("organisation_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_folded", Text, nullable=False, unique=True),
    Column("time_zone", Text, nullable=False),
)
people = Table(
    "identity_people",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("organisation_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("email_folded", Text, unique=True),
    Column("handle", Text),
    Column("password_hash", Text),
    Index("identity_people_by_organisation", "organisation_id", "person_id"),
)
tokens = Table(
    "identity_tokens",
    metadata,
    Column("token_id", Text, primary_key=True),
    Column("secret_hash", Text, nullable=False, unique=True),
    Column("person_id", Text, nullable=False, index=True),
    Column("organisation_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text),
    Column("last_used_on", Text),
)
invitations = Table(
    "identity_invitations",
    metadata,
    Column("invitation_id", Text, primary_key=True),
    Column("secret_hash", Text, nullable=False, unique=True),
    Column("person_id", Text, nullable=False, index=True),
    Column("organisation_id", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("used_at", Text),
)
