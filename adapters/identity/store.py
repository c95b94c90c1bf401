"""Keeps identities in the tables of this folder; implements `services.people.ports.Identities`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, column, delete, exists, insert, select, table, update

from adapters.database import Database, Statement, Unexpected, Violation
from adapters.identity import schema
from adapters.identity.attempts import AttemptStore
from adapters.identity.ceremonies import UsedUp
from adapters.identity.common import CommonPasswordList
from adapters.identity.entering import find_behind
from adapters.identity.logins import LoginStore
from adapters.identity.outbox import MailOutbox
from adapters.identity.passkeys import PasskeyStore
from adapters.identity.passwords import fits, hashed
from adapters.identity.resets import ResetStore
from adapters.identity.rows import hash_of, standing_in
from adapters.identity.secrets import SecretSource
from adapters.identity.sessions import SessionStore
from adapters.identity.sign_ins import SignInLog
from adapters.identity.tables import (
    invitations,
    logins,
    mails,
    organisations,
    passkeys,
    password_resets,
    people,
    sessions,
    sign_ins,
    tokens,
)
from adapters.stores import reach
from services.people.ports import EmailTaken, Identity, KnownInvitation, KnownToken, Letter
from services.ports import Organisation, Standing

_standings = table("log_standings", column("person_id"), column("kind"))
_ORGANISATION = select(organisations).where(organisations.c.organisation_id == bindparam("id"))
_ORGANISATION_NAMED = select(organisations).where(organisations.c.name_folded == bindparam("folded"))
_PERSON = select(people).where(people.c.person_id == bindparam("id"))
_WITH_EMAIL = select(people).where(people.c.email_folded == bindparam("folded"))
_PASSWORD = select(people.c.password_hash).where(people.c.person_id == bindparam("id"))
_SET_PASSWORD = update(people).where(people.c.person_id == bindparam("id")).values(password_hash=bindparam("new_hash"))
_SET_ZONE = update(people).where(people.c.person_id == bindparam("id")).values(time_zone=bindparam("zone"))
# Who is in an organisation is what the log's own rows say; a name may be gone from here.
_PAGE = (
    "SELECT s.person_id, s.organisation_id, s.kind, s.leader_id, s.roles, s.active, "
    "p.person_id AS known, p.name, p.email, p.handle, p.created_at, p.time_zone "
    "FROM log_standings AS s LEFT JOIN identity_people AS p ON p.person_id = s.person_id AND s.kind <> 'erased' "
    "WHERE s.organisation_id = :organisation AND s.person_id > :after ORDER BY s.person_id LIMIT :most"
)
_SHARED = (
    "SELECT 1 FROM log_sights AS a JOIN log_sights AS b ON b.thing_id = a.thing_id "
    "WHERE a.person_id = :one AND b.person_id = :other AND a.sight = 'party' "
    "AND b.sight IN ('party', 'former_party') LIMIT 1"
)
# Who was erased has no name from that moment on, not only once it is deleted here.
_NAMES = select(people.c.person_id, people.c.name, people.c.organisation_id).where(
    people.c.person_id.in_(bindparam("ids", expanding=True)),
    ~exists().where(_standings.c.person_id == people.c.person_id, _standings.c.kind == "erased"),
)
# Every request asks this: one question, in plain words, to three indexes.
_CREDENTIAL = (
    "SELECT t.token_id, t.person_id, t.organisation_id, t.name, t.scopes, t.created_at, t.expires_at, "
    "t.last_used_on, s.kind, s.leader_id, s.roles, s.active, p.time_zone "
    "FROM identity_tokens AS t JOIN log_standings AS s "
    "ON s.person_id = t.person_id AND s.organisation_id = t.organisation_id "
    "LEFT JOIN identity_people AS p ON p.person_id = t.person_id WHERE t.secret_hash = :secret"
)
_TOKENS_OF = select(tokens).where(tokens.c.person_id == bindparam("id")).order_by(tokens.c.created_at)
_INVITATION = select(invitations).where(invitations.c.secret_hash == bindparam("secret"))
_TAKE_UP = (
    update(invitations)
    .where(invitations.c.invitation_id == bindparam("id"), invitations.c.used_at.is_(None))
    .values(used_at=bindparam("at"))
)
_OF_AN_ORGANISATION = (
    invitations, logins, mails, passkeys, password_resets, sessions, sign_ins, tokens, people, organisations,
)  # fmt: skip
_DROP_TOKEN = delete(tokens).where(tokens.c.token_id == bindparam("id"))


class IdentityStore:
    """Names, addresses, passwords, tokens and invitations of one installation."""

    def __init__(self, database: Database, folder: Path | None = None) -> None:
        """`folder` holds the key that secrets follow from; without it none can be made or shown again."""
        self._database = database
        self._folder = folder
        self._secrets: SecretSource | None = None
        self._organisations: dict[UUID, Organisation] = {}
        self.outbox = MailOutbox(database, self.secret_for)
        self.sign_ins = SignInLog(database)
        self.sessions = SessionStore(database, self.outbox)
        self.resets = ResetStore(database, self.outbox)
        self.logins = LoginStore(database)
        self.passkeys = PasskeyStore(database, self.outbox)
        self.used_up = UsedUp(database)
        self.common_passwords = CommonPasswordList()
        self.attempts = AttemptStore(database, self.secret_for)

    async def prepare(self) -> None:
        """Creates or migrates the tables, and reads this installation's key or makes it."""
        await schema.prepare(self._database)
        if self._folder is not None:
            self._secrets = SecretSource(self._folder)

    async def add_organisation(self, organisation: Organisation) -> None:
        """Keeps an organisation; whoever founds it is within it from then on."""
        reach.enter(organisation.id)
        values = {
            "organisation_id": str(organisation.id),
            "name": organisation.name,
            "name_folded": organisation.name.casefold(),
            "time_zone": organisation.zone.key,
        }
        await self._database.write([Statement(insert(organisations), values)])

    async def forget_organisation(self, organisation_id: UUID) -> None:
        """Forgets an organisation and everybody in it."""
        self._organisations.pop(organisation_id, None)
        await self._database.write(
            [
                Statement(delete(table).where(table.c.organisation_id == bindparam("id")), {"id": str(organisation_id)})
                for table in _OF_AN_ORGANISATION
            ]
        )

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
        with reach.everything():
            row = await self._database.fetch_one(_ORGANISATION_NAMED, {"folded": name.casefold()})
        return row and Organisation(UUID(row.organisation_id), row.name, ZoneInfo(row.time_zone))

    async def organisations(self) -> list[Organisation]:
        """Every organisation here, by name."""
        with reach.everything():
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
            "time_zone": identity.time_zone,
            "created_at": (identity.created_at or datetime.now(UTC)).isoformat(),
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
        folded = email.casefold()
        row = await find_behind(self._database, "email", folded, _WITH_EMAIL, {"folded": folded})
        return row and _identity(row)

    async def page(
        self, organisation_id: UUID, *, after: UUID | None, limit: int
    ) -> Sequence[tuple[Standing, Identity | None]]:
        """People of an organisation by id: how they stand, and who they are unless they were erased."""
        values = {"organisation": str(organisation_id), "after": str(after or ""), "most": limit}
        return [_listed(row) for row in await self._database.fetch_all(_PAGE, values)]

    async def share_an_agreement(self, one: UUID, other: UUID) -> bool:
        """Whether one is a party of something of which the other is, or was; who left is not told who came after."""
        values = {"one": str(one), "other": str(other)}
        return await self._database.fetch_one(_SHARED, values) is not None

    async def names(self, person_ids: Sequence[UUID]) -> Mapping[UUID, str]:
        """The names of these people, as far as they are within reach: an id can be written by anybody."""
        if not person_ids:
            return {}
        rows = await self._database.fetch_all(_NAMES, {"ids": [str(p) for p in person_ids]})
        return {UUID(row.person_id): row.name for row in rows if reach.covers(UUID(row.organisation_id))}

    async def set_time_zone(self, person_id: UUID, time_zone: str | None) -> None:
        """Keeps the zone that somebody is told times in; None for their organisation's."""
        await self._database.write([Statement(_SET_ZONE, {"id": str(person_id), "zone": time_zone})])

    async def set_password(self, person_id: UUID, password: str, letter: Letter | None = None) -> None:
        """Keeps a password, hashed, together with the letter that tells of it."""
        values = {"id": str(person_id), "new_hash": await hashed(password)}
        await self.outbox.write([Statement(_SET_PASSWORD, values)], letter)

    async def has_password(self, person_id: UUID, password: str) -> bool:
        """Whether this is the person's password."""
        row = await self._database.fetch_one(_PASSWORD, {"id": str(person_id)})
        return await fits(password, row.password_hash if row is not None else None)

    async def ever_signed_up(self, person_id: UUID) -> bool:
        """Whether the person has ever signed in: with a password, or in another way."""
        row = await self._database.fetch_one(_PASSWORD, {"id": str(person_id)})
        return row is not None and row.password_hash is not None

    async def keep_token(self, token: KnownToken, secret: str) -> None:
        """Keeps a token; the secret only as a hash."""
        await self._database.write(_keeping(token, secret))

    async def drop_token(self, token_id: UUID) -> None:
        """Forgets a token."""
        await self._database.write([Statement(_DROP_TOKEN, {"id": str(token_id)})])

    async def drop_secrets(self, person_id: UUID) -> None:
        """Forgets every token, session, invitation, reset, password, passkey, login elsewhere and mail of a person."""
        who = {"id": str(person_id)}
        await self._database.write(
            [
                *(
                    Statement(delete(table).where(table.c.person_id == bindparam("id")), who)
                    for table in (tokens, sessions, invitations, password_resets, logins, passkeys, mails)
                ),
                Statement(update(people).where(people.c.person_id == bindparam("id")).values(password_hash=None), who),
            ]
        )

    async def tokens(self, person_id: UUID) -> Sequence[KnownToken]:
        """A person's tokens, oldest first."""
        return [_token(row) for row in await self._database.fetch_all(_TOKENS_OF, {"id": str(person_id)})]

    async def credential(self, secret: str) -> tuple[KnownToken, Standing] | None:
        """The token with this secret, whether or not it still holds, and how its owner stands now."""
        key = hash_of(secret)
        row = await find_behind(self._database, "tokens", key, _CREDENTIAL, {"secret": key})
        return None if row is None else (replace(_token(row), time_zone=row.time_zone), standing_in(row))

    async def used_token(self, token: KnownToken, on: date) -> None:
        """Notes the day on which a token was last used; no finer, and at most once a day."""
        if token.last_used_on != on:
            change = update(tokens).where(tokens.c.token_id == bindparam("id")).values(last_used_on=bindparam("day"))
            await self._database.write([Statement(change, {"id": str(token.token_id), "day": on.isoformat()})])

    async def keep_invitation(self, invitation: KnownInvitation, secret: str) -> None:
        """Keeps an invitation, over the person's earlier ones; the secret only as a hash."""
        values = {
            "invitation_id": str(invitation.invitation_id),
            "secret_hash": hash_of(secret),
            "person_id": str(invitation.person_id),
            "organisation_id": str(invitation.organisation_id),
            "expires_at": invitation.expires_at.isoformat(),
            "used_at": None,
        }
        drop = delete(invitations).where(invitations.c.person_id == bindparam("id"))
        await self._database.write(
            [Statement(drop, {"id": values["person_id"]}), Statement(insert(invitations), values)]
        )

    async def invitation(self, secret: str) -> KnownInvitation | None:
        """The invitation that this secret is for, used or not."""
        key = hash_of(secret)
        row = await find_behind(self._database, "invitations", key, _INVITATION, {"secret": key})
        return row and KnownInvitation(
            UUID(row.invitation_id),
            UUID(row.person_id),
            UUID(row.organisation_id),
            datetime.fromisoformat(row.expires_at),
            datetime.fromisoformat(row.used_at) if row.used_at else None,
        )

    async def take_up(
        self, invitation: KnownInvitation, at: datetime, password: str, first: tuple[KnownToken, str] | None
    ) -> bool:
        """Uses an invitation up, once, with the password and the first token and its secret; False if it is used."""
        taken = {"id": str(invitation.invitation_id), "at": at.isoformat()}
        known = {"id": str(invitation.person_id), "new_hash": await hashed(password)}
        try:
            await self._database.write(
                [
                    Statement(_TAKE_UP, taken, expect_rows=1),
                    Statement(_SET_PASSWORD, known, expect_rows=1),
                    *(_keeping(*first) if first is not None else ()),
                ]
            )
        except Unexpected:
            return False
        return True

    def secret_for(self, command_id: str, purpose: str) -> str:
        """A secret of 256 bits, the same for the same command: a repeat can show it again without it being kept."""
        if self._secrets is None:
            raise TypeError("without a folder for its key no secret can be made")
        return self._secrets.derive(command_id, purpose)


class Handles:
    """Keeps the people of whom only a public handle is known; implements `services.imports.ports.ImportedPeople`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def remember(self, organisation_id: UUID, handles: Mapping[UUID, str]) -> None:
        """Keeps each handle under its id; who is known already stays as they are."""
        statement = (
            "INSERT INTO identity_people (person_id, organisation_id, name, handle, created_at) "
            "VALUES (:person, :organisation, :handle, :handle, :now) ON CONFLICT (person_id) DO NOTHING"
        )
        now = datetime.now(UTC).isoformat()
        rows = [
            {"person": str(person), "organisation": str(organisation_id), "handle": handle, "now": now}
            for person, handle in handles.items()
        ]
        if rows:
            await self._database.write([Statement(statement, rows)])


def _keeping(token: KnownToken, secret: str) -> list[Statement]:
    values = {
        "token_id": str(token.token_id),
        "secret_hash": hash_of(secret),
        "person_id": str(token.person_id),
        "organisation_id": str(token.organisation_id),
        "name": token.name,
        "scopes": json.dumps(list(token.scopes)),
        "created_at": token.created_at.isoformat(),
        "expires_at": token.expires_at.isoformat() if token.expires_at else None,
        "last_used_on": None,
    }
    return [Statement(_DROP_TOKEN, {"id": values["token_id"]}), Statement(insert(tokens), values)]


def _identity(row: Any) -> Identity:
    return Identity(
        UUID(row.person_id),
        UUID(row.organisation_id),
        row.name,
        row.email,
        row.handle,
        datetime.fromisoformat(row.created_at),
        row.time_zone,
    )


def _listed(row: Any) -> tuple[Standing, Identity | None]:
    return standing_in(row), _identity(row) if row.known is not None else None


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
