"""What the deeds on people need beside the log: where names, addresses and secrets are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID, uuid5

from domain.base import Act
from services.ports import Organisation


@dataclass(frozen=True)
class Identity:
    """Who somebody is: erasable, and never in the log. `handle` is a public name from an imported history."""

    person_id: UUID
    organisation_id: UUID
    name: str
    email: str | None
    handle: str | None = None


@dataclass(frozen=True)
class KnownToken:
    """A token as it is kept: its secret only as a hash."""

    token_id: UUID
    person_id: UUID
    organisation_id: UUID
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_on: date | None


@dataclass(frozen=True)
class KnownInvitation:
    """An invitation that has not been used."""

    invitation_id: UUID
    person_id: UUID
    organisation_id: UUID
    expires_at: datetime


class EmailTaken(Exception):
    """Somebody signs in with this address already."""


class Identities(Protocol):
    """Where people's identities are kept."""

    async def add_organisation(self, organisation: Organisation) -> None:
        """Keeps an organisation."""
        ...

    async def organisation(self, organisation_id: UUID) -> Organisation | None:
        """An organisation by id."""
        ...

    async def organisation_named(self, name: str) -> Organisation | None:
        """An organisation by name, case-folded."""
        ...

    async def remember(self, identity: Identity) -> None:
        """Keeps who somebody is, over what was kept under the same id. Raises EmailTaken."""
        ...

    async def forget(self, person_id: UUID) -> None:
        """Forgets who somebody is, with every secret of theirs."""
        ...

    async def identity(self, person_id: UUID) -> Identity | None:
        """Who somebody is."""
        ...

    async def with_email(self, email: str) -> Identity | None:
        """Whoever signs in with this address, case-folded."""
        ...

    async def identities(self, organisation_id: UUID) -> Sequence[Identity]:
        """Everybody in an organisation, by id."""
        ...

    async def names(self, person_ids: Sequence[UUID]) -> Mapping[UUID, str]:
        """The names of these people."""
        ...

    async def set_password(self, person_id: UUID, password: str) -> None:
        """Keeps a password, hashed."""
        ...

    async def keep_token(self, token: KnownToken, secret: str) -> None:
        """Keeps a token; the secret only as a hash. The same token again changes nothing."""
        ...

    async def drop_token(self, token_id: UUID) -> None:
        """Forgets a token."""
        ...

    async def drop_secrets(self, person_id: UUID) -> None:
        """Forgets every token, invitation and password of a person."""
        ...

    async def tokens(self, person_id: UUID) -> Sequence[KnownToken]:
        """A person's tokens, oldest first."""
        ...

    async def keep_invitation(self, invitation: KnownInvitation, secret: str) -> None:
        """Keeps an invitation; the secret only as a hash. The same again changes nothing."""
        ...

    async def invitation(self, secret: str) -> KnownInvitation | None:
        """The unused invitation that this secret opens."""
        ...

    async def use_invitation(self, invitation_id: UUID) -> None:
        """Marks an invitation as used; its secret opens nothing any more."""
        ...

    def secret_for(self, command_id: str, purpose: str) -> str:
        """A secret of 256 bits that only this installation can derive, the same for the same command."""
        ...


def same_for_command(act: Act, purpose: str) -> UUID:
    """An id that is the same whenever the same command is tried again."""
    return uuid5(UUID(act.command_id[:32]), purpose)
