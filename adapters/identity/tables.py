"""The identity tables: ordinary, durable and erasable; the only place that holds names and addresses.

What is here is changed by migrations (adapters/identity/migrations), which must end in the same.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_by_%(column_0_N_name)s",
        "uq": "%(table_name)s_one_%(column_0_N_name)s",
        "pk": "%(table_name)s_pkey",
    }
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
    Column("created_at", Text, nullable=False),
    Column("time_zone", Text),
    Index(None, "organisation_id", "person_id"),
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
sessions = Table(
    "identity_sessions",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("secret_hash", Text, nullable=False, unique=True),
    Column("person_id", Text, nullable=False, index=True),
    Column("organisation_id", Text, nullable=False),
    Column("how", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("ended_at", Text),
)
password_resets = Table(
    "identity_password_resets",
    metadata,
    Column("reset_id", Text, primary_key=True),
    Column("secret_hash", Text, nullable=False, unique=True),
    Column("person_id", Text, nullable=False, index=True),
    Column("organisation_id", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("used_at", Text),
)
attempts = Table(
    "identity_attempts",
    metadata,
    Column("attempt_id", Text, primary_key=True),
    Column("what_hash", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False, index=True),
    Index(None, "what_hash", "at_ms"),
)
logins = Table(
    "identity_logins",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("person_id", Text, nullable=False, index=True),
    Column("organisation_id", Text, nullable=False),
    Column("created_at", Text, nullable=False),
)
passkeys = Table(
    "identity_passkeys",
    metadata,
    Column("credential_id", Text, primary_key=True),
    Column("passkey_id", Text, nullable=False, unique=True),
    Column("person_id", Text, nullable=False, index=True),
    Column("organisation_id", Text, nullable=False),
    Column("public_key", Text, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("last_used_on", Text),
)
used = Table(
    "identity_used",
    metadata,
    Column("what_hash", Text, primary_key=True),
    Column("at_ms", BigInteger, nullable=False, index=True),
)
mails = Table(
    "identity_mails",
    metadata,
    Column("mail_id", Text, primary_key=True),
    Column("person_id", Text, nullable=False, index=True),
    Column("organisation_id", Text, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("written_ms", BigInteger, nullable=False, index=True),
    Column("due_ms", BigInteger, index=True),
    Column("tries", BigInteger, nullable=False),
    Column("taken_by", Text, index=True),
)
sign_ins = Table(
    "identity_sign_ins",
    metadata,
    Column("note_id", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("organisation_id", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False, index=True),
    Column("outcome", Text, nullable=False),
    Column("how", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("times", BigInteger, nullable=False),
    Index(None, "person_id", "at_ms"),
)
requests = Table(
    "identity_requests",
    metadata,
    Column("who_hash", Text, primary_key=True),
    Column("span", BigInteger, primary_key=True, index=True),
    Column("used", BigInteger, nullable=False),
)
