"""Keeps identities in the tables of this folder; implements `services.people.ports.Identities`."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.schema import CreateIndex, CreateTable

from adapters.database import Database, Statement, Violation
from adapters.identity.passwords import hashed
from adapters.identity.tables import installation, invitations, metadata, organisations, people, tokens
from services.people.ports import EmailTaken, Identity, KnownInvitation, KnownToken
from services.ports import Organisation

_ORGANISATION = select(organisations).where(organisations.c.organisation_id == bindparam("id"))
_ORGANISATION_NAMED = select(organisations).where(organisations.c.name_folded == bindparam("folded"))
_PERSON = select(people).where(people.c.person_id == bindparam("id"))
_WITH_EMAIL = select(people).where(people.c.email_folded == bindparam("folded"))
_PEOPLE = select(people).where(people.c.organisation_id == bindparam("id")).order_by(people.c.person_id)
_NAMES = select(people.c.person_id, people.c.name).where(people.c.person_id.in_(bindparam("ids", expanding=True)))
_TOKEN_BY_SECRET = select(tokens).where(tokens.c.secret_hash == bindparam("secret"))
_TOKENS_OF = select(tokens).where(tokens.c.person_id == bindparam("id")).order_by(tokens.c.created_at)
_INVITATION = select(invitations).where(
    invitations.c.secret_hash == bindparam("secret"), invitations.c.used_at.is_(None)
)


class IdentityStore:
    """Names, addresses, passwords, tokens and invitations of one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._secret = b""
        self._organisations: dict[UUID, Organisation] = {}

    async def prepare(self) -> None:
        """Creates the tables where they are missing, and this installation's secret."""
        lock = [Statement("SELECT pg_advisory_xact_lock(7306012)")] if self._database.dialect == "postgresql" else []
        creating = [
            Statement(made)
            for table in metadata.sorted_tables
            for made in [
                CreateTable(table, if_not_exists=True),
                *(CreateIndex(index, if_not_exists=True) for index in table.indexes),
            ]
        ]
        # The key that tokens are derived with: whoever reads it alone still needs the commands' ids.
        first = "INSERT INTO identity_installation (id, secret) VALUES (:id, :secret) ON CONFLICT (id) DO NOTHING"
        made = Statement(first, {"id": "1", "secret": os.urandom(32)})
        await self._database.write([*lock, *creating, made])
        row = await self._database.fetch_one(select(installation))
        self._secret = bytes(row.secret)  # type: ignore[union-attr]

    async def add_organisation(self, organisation: Organisation) -> None:
        """Keeps an organisation."""
        values = {
            "organisation_id": str(organisation.id),
            "name": organisation.name,
            "name_folded": organisation.name.casefold(),
            "time_zone": organisation.zone.key,
        }
        await self._database.write([Statement(insert(organisations), values)])

    async def organisation(self, organisation_id: UUID) -> Organisation | None:
        """An organisation by id; its name and zone do not change, so they are remembered."""
        if organisation_id not in self._organisations:
            row = await self._database.fetch_one(_ORGANISATION, {"id": str(organisation_id)})
            if row is None:
                return None
            self._organisations[organisation_id] = Organisation(organisation_id, row.name, ZoneInfo(row.time_zone))
        return self._organisations[organisation_id]

    async def organisation_named(self, name: str) -> Organisation | None:
        """An organisation by name, case-folded."""
        row = await self._database.fetch_one(_ORGANISATION_NAMED, {"folded": name.casefold()})
        return row and Organisation(UUID(row.organisation_id), row.name, ZoneInfo(row.time_zone))

    async def organisations(self) -> list[Organisation]:
        """Every organisation here, by name."""
        rows = await self._database.fetch_all(select(organisations).order_by(organisations.c.name_folded))
        return [Organisation(UUID(r.organisation_id), r.name, ZoneInfo(r.time_zone)) for r in rows]

    async def remember(self, identity: Identity) -> None:
        """Keeps who somebody is, over what was kept under the same id."""
        values = {
            "person_id": str(identity.person_id),
            "organisation_id": str(identity.organisation_id),
            "name": identity.name,
            "email": identity.email,
            "email_folded": identity.email.casefold() if identity.email else None,
            "handle": identity.handle,
        }
        known = delete(people).where(people.c.person_id == bindparam("id"))
        try:
            await self._database.write(
                [Statement(known, {"id": values["person_id"]}), Statement(insert(people), values)]
            )
        except Violation:
            raise EmailTaken from None

    async def forget(self, person_id: UUID) -> None:
        """Forgets who somebody is, with every secret of theirs."""
        await self.drop_secrets(person_id)
        await self._database.write(
            [Statement(delete(people).where(people.c.person_id == bindparam("id")), {"id": str(person_id)})]
        )

    async def identity(self, person_id: UUID) -> Identity | None:
        """Who somebody is."""
        row = await self._database.fetch_one(_PERSON, {"id": str(person_id)})
        return row and _identity(row)

    async def with_email(self, email: str) -> Identity | None:
        """Whoever signs in with this address."""
        row = await self._database.fetch_one(_WITH_EMAIL, {"folded": email.casefold()})
        return row and _identity(row)

    async def identities(self, organisation_id: UUID) -> Sequence[Identity]:
        """Everybody in an organisation, by id."""
        return [_identity(row) for row in await self._database.fetch_all(_PEOPLE, {"id": str(organisation_id)})]

    async def names(self, person_ids: Sequence[UUID]) -> Mapping[UUID, str]:
        """The names of these people."""
        if not person_ids:
            return {}
        rows = await self._database.fetch_all(_NAMES, {"ids": [str(p) for p in person_ids]})
        return {UUID(row.person_id): row.name for row in rows}

    async def set_password(self, person_id: UUID, password: str) -> None:
        """Keeps a password, hashed."""
        change = update(people).where(people.c.person_id == bindparam("id")).values(password_hash=bindparam("hash"))
        await self._database.write([Statement(change, {"id": str(person_id), "hash": await hashed(password)})])

    async def keep_token(self, token: KnownToken, secret: str) -> None:
        """Keeps a token; the secret only as a hash."""
        values = {
            "token_id": str(token.token_id),
            "secret_hash": _hash(secret),
            "person_id": str(token.person_id),
            "organisation_id": str(token.organisation_id),
            "name": token.name,
            "scopes": json.dumps(list(token.scopes)),
            "created_at": token.created_at.isoformat(),
            "expires_at": token.expires_at.isoformat() if token.expires_at else None,
            "last_used_on": None,
        }
        drop = delete(tokens).where(tokens.c.token_id == bindparam("id"))
        await self._database.write([Statement(drop, {"id": values["token_id"]}), Statement(insert(tokens), values)])

    async def drop_token(self, token_id: UUID) -> None:
        """Forgets a token."""
        drop = delete(tokens).where(tokens.c.token_id == bindparam("id"))
        await self._database.write([Statement(drop, {"id": str(token_id)})])

    async def drop_secrets(self, person_id: UUID) -> None:
        """Forgets every token, invitation and password of a person."""
        who = {"id": str(person_id)}
        await self._database.write(
            [
                Statement(delete(tokens).where(tokens.c.person_id == bindparam("id")), who),
                Statement(delete(invitations).where(invitations.c.person_id == bindparam("id")), who),
                Statement(update(people).where(people.c.person_id == bindparam("id")).values(password_hash=None), who),
            ]
        )

    async def tokens(self, person_id: UUID) -> Sequence[KnownToken]:
        """A person's tokens, oldest first."""
        return [_token(row) for row in await self._database.fetch_all(_TOKENS_OF, {"id": str(person_id)})]

    async def token(self, secret: str) -> KnownToken | None:
        """The token with this secret, whether or not it still holds."""
        row = await self._database.fetch_one(_TOKEN_BY_SECRET, {"secret": _hash(secret)})
        return row and _token(row)

    async def used_token(self, token: KnownToken, on: date) -> None:
        """Notes the day on which a token was last used; no finer, and at most once a day."""
        if token.last_used_on != on:
            change = update(tokens).where(tokens.c.token_id == bindparam("id")).values(last_used_on=bindparam("day"))
            await self._database.write([Statement(change, {"id": str(token.token_id), "day": on.isoformat()})])

    async def keep_invitation(self, invitation: KnownInvitation, secret: str) -> None:
        """Keeps an invitation; the secret only as a hash."""
        values = {
            "invitation_id": str(invitation.invitation_id),
            "secret_hash": _hash(secret),
            "person_id": str(invitation.person_id),
            "organisation_id": str(invitation.organisation_id),
            "expires_at": invitation.expires_at.isoformat(),
            "used_at": None,
        }
        drop = delete(invitations).where(invitations.c.invitation_id == bindparam("id"))
        await self._database.write(
            [Statement(drop, {"id": values["invitation_id"]}), Statement(insert(invitations), values)]
        )

    async def invitation(self, secret: str) -> KnownInvitation | None:
        """The unused invitation that this secret opens."""
        row = await self._database.fetch_one(_INVITATION, {"secret": _hash(secret)})
        return row and KnownInvitation(
            UUID(row.invitation_id),
            UUID(row.person_id),
            UUID(row.organisation_id),
            datetime.fromisoformat(row.expires_at),
        )

    async def use_invitation(self, invitation_id: UUID) -> None:
        """Marks an invitation as used."""
        change = (
            update(invitations).where(invitations.c.invitation_id == bindparam("id")).values(used_at=bindparam("at"))
        )
        at = datetime.now(UTC).isoformat()
        await self._database.write([Statement(change, {"id": str(invitation_id), "at": at})])

    def secret_for(self, command_id: str, purpose: str) -> str:
        """A secret of 256 bits, the same for the same command: a repeat can show it again without it being kept."""
        derived = hmac.digest(self._secret, f"{purpose}:{command_id}".encode(), hashlib.sha256)
        return "concord_" + base64.urlsafe_b64encode(derived).rstrip(b"=").decode()


class Handles:
    """Keeps the people of whom only a public handle is known; implements `services.imports.ports.ImportedPeople`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def remember(self, organisation_id: UUID, handles: Mapping[UUID, str]) -> None:
        """Keeps each handle under its id; who is known already stays as they are."""
        statement = (
            "INSERT INTO identity_people (person_id, organisation_id, name, handle) "
            "VALUES (:person, :organisation, :handle, :handle) ON CONFLICT (person_id) DO NOTHING"
        )
        rows = [
            {"person": str(person), "organisation": str(organisation_id), "handle": handle}
            for person, handle in handles.items()
        ]
        if rows:
            await self._database.write([Statement(statement, rows)])


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _identity(row: Any) -> Identity:
    return Identity(UUID(row.person_id), UUID(row.organisation_id), row.name, row.email, row.handle)


def _token(row: Any) -> KnownToken:
    return KnownToken(
        UUID(row.token_id),
        UUID(row.person_id),
        UUID(row.organisation_id),
        row.name,
        tuple(json.loads(row.scopes)),
        datetime.fromisoformat(row.created_at),
        datetime.fromisoformat(row.expires_at) if row.expires_at else None,
        date.fromisoformat(row.last_used_on) if row.last_used_on else None,
    )
