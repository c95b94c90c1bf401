"""Passkeys: what a device signs with in the place of a password."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.people.ports import Identities, Letter
from services.people.sessions import Sessions
from services.people.sign_in import Browser, NotThem, SignedIn, open_session
from services.ports import Clock, Ledger


@dataclass(frozen=True)
class KnownPasskey:
    """A passkey as it is kept: what it signs can be checked with this, and nothing can be signed."""

    passkey_id: UUID
    credential_id: str
    person_id: UUID
    organisation_id: UUID
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    last_used_on: date | None = None


class Passkeys(Protocol):
    """Where passkeys are kept."""

    async def keep(self, passkey: KnownPasskey, letter: Letter | None) -> bool:
        """Keeps a passkey, and the letter that tells of it; False when its credential is known already."""
        ...

    async def of(self, person_id: UUID) -> Sequence[KnownPasskey]:
        """A person's passkeys, oldest first."""
        ...

    async def find(self, credential_id: str) -> KnownPasskey | None:
        """The passkey with this credential id."""
        ...

    async def used(self, passkey: KnownPasskey, sign_count: int, on: date) -> None:
        """Notes that it was used: how often it has signed, and on which day."""
        ...

    async def remove(self, person_id: UUID, passkey_id: UUID, letter: Letter | None) -> bool:
        """Removes a passkey of that person, and keeps the letter about it; False when there is none with this id."""
        ...


async def sign_in_with_passkey(
    ledger: Ledger,
    identities: Identities,
    passkeys: Passkeys,
    sessions: Sessions,
    clock: Clock,
    passkey: KnownPasskey,
    sign_count: int,
    browser: Browser,
) -> SignedIn:
    """A session for the owner of a passkey whose signature was found right; NotThem when they have left."""
    standing, now = await ledger.standing(passkey.person_id), clock.now()
    if standing is None or not standing.active:
        raise NotThem
    await passkeys.used(passkey, sign_count, now.date())
    return await open_session(
        identities, sessions, passkey.person_id, standing.organisation_id, "passkey", browser, now
    )
