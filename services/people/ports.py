"""What the deeds on people need beside the log: where names, addresses and secrets are kept, and letters to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID, uuid5

from domain.base import Act
from services.people.sign_ins import SignIns
from services.ports import Organisation, Standing


@dataclass(frozen=True)
class Identity:
    """Who somebody is: erasable, and never in the log. `handle` is a public name from an imported history.

    `time_zone` is what they want to be told times in; None for their organisation's.
    """

    person_id: UUID
    organisation_id: UUID
    name: str
    email: str | None
    handle: str | None = None
    created_at: datetime | None = None
    time_zone: str | None = None


@dataclass(frozen=True)
class KnownToken:
    """A token as it is kept: its secret only as a hash. `time_zone` is its owner's, told by its secret."""

    token_id: UUID
    person_id: UUID
    organisation_id: UUID
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_on: date | None
    time_zone: str | None = None


@dataclass(frozen=True)
class KnownInvitation:
    """An invitation; `used_at` once somebody has taken it up."""

    invitation_id: UUID
    person_id: UUID
    organisation_id: UUID
    expires_at: datetime
    used_at: datetime | None = None


class EmailTaken(Exception):
    """Somebody signs in with this address already."""


@dataclass(frozen=True)
class Letter:
    """A mail that is to be sent once; with the same id it is the same one, however often it is written."""

    letter_id: UUID
    person_id: UUID
    organisation_id: UUID
    to: str
    subject: str
    text: str
    at: datetime


class Letters(Protocol):
    """Writes them; there is none where no mail is set up, or somebody has no address."""

    def password_changed(self, person: Identity | None, at: datetime) -> Letter | None:
        """Your password is another one now."""
        ...

    def password_reset(self, person: Identity | None, at: datetime) -> Letter | None:
        """A link was used to set a new password."""
        ...

    def shut_out(self, person: Identity | None, at: datetime) -> Letter | None:
        """Whoever runs the installation has made a link, and everything that was before opens nothing any more."""
        ...

    def passkey_made(self, person: Identity | None, at: datetime) -> Letter | None:
        """There is one more passkey that signs in."""
        ...

    def passkey_removed(self, person: Identity | None, at: datetime) -> Letter | None:
        """A passkey signs in no more."""
        ...

    def signed_out(self, person: Identity | None, at: datetime) -> Letter | None:
        """A steward has ended every session."""
        ...

    def link_to_new_password(self, person: Identity, secret: str, at: datetime) -> Letter | None:
        """The link that was asked for."""
        ...


class CommonPasswords(Protocol):
    """Knows the passwords that many have, and those that were stolen somewhere and published."""

    async def is_common(self, password: str) -> bool:
        """Whether this is one of them, however its letters are written."""
        ...


class Identities(Protocol):
    """Where people's identities are kept."""

    @property
    def common_passwords(self) -> CommonPasswords:
        """The passwords that many have."""
        ...

    @property
    def sign_ins(self) -> SignIns:
        """Who signed in as whom, and who tried."""
        ...

    async def add_organisation(self, organisation: Organisation) -> None:
        """Keeps an organisation."""
        ...

    async def forget_organisation(self, organisation_id: UUID) -> None:
        """Forgets an organisation and everybody in it."""
        ...

    async def organisation(self, organisation_id: UUID) -> Organisation | None:
        """An organisation by id."""
        ...

    async def organisation_named(self, name: str) -> Organisation | None:
        """An organisation by name, case-folded."""
        ...

    async def organisations(self) -> list[Organisation]:
        """Every organisation here, by name."""
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

    async def page(
        self, organisation_id: UUID, *, after: UUID | None, limit: int
    ) -> Sequence[tuple[Standing, Identity | None]]:
        """People of an organisation by id: how they stand, and who they are unless they were erased."""
        ...

    async def names(self, person_ids: Sequence[UUID]) -> Mapping[UUID, str]:
        """The names of these people."""
        ...

    async def set_time_zone(self, person_id: UUID, time_zone: str | None) -> None:
        """Keeps the zone that somebody is told times in; None for their organisation's."""
        ...

    async def set_password(self, person_id: UUID, password: str, letter: Letter | None = None) -> None:
        """Keeps a password, hashed, together with the letter that tells of it."""
        ...

    async def has_password(self, person_id: UUID, password: str) -> bool:
        """Whether this is the person's password."""
        ...

    async def ever_signed_up(self, person_id: UUID) -> bool:
        """Whether the person has ever signed in: with a password, or in another way."""
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
        """Keeps an invitation, over the person's earlier ones; the secret only as a hash."""
        ...

    async def invitation(self, secret: str) -> KnownInvitation | None:
        """The invitation that this secret is for, used or not."""
        ...

    async def take_up(
        self, invitation: KnownInvitation, at: datetime, password: str, first: tuple[KnownToken, str] | None
    ) -> bool:
        """Uses an invitation up, once, with the password and the first token and its secret; False if it is used."""
        ...

    def secret_for(self, command_id: str, purpose: str) -> str:
        """A secret of 256 bits that only this installation can derive, the same for the same command."""
        ...


def same_for_command(act: Act, purpose: str) -> UUID:
    """An id that is the same whenever the same command is tried again."""
    return uuid5(UUID(act.command_id[:32]), purpose)
