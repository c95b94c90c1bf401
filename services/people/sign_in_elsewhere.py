"""Signing in with what another provider vouches for; it opens the place of somebody who is here, and makes nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.people.ports import Identities
from services.people.sessions import Sessions
from services.people.sign_in import Browser, NotThem, SignedIn, open_session
from services.ports import Clock, Ledger


@dataclass(frozen=True)
class Vouched:
    """Whom a provider vouches for; `email` only where it has verified the address."""

    issuer: str
    subject: str
    email: str | None
    name: str | None = None
    two_factors: bool = False


class Logins(Protocol):
    """Which login elsewhere is whose here."""

    async def find(self, issuer: str, subject: str) -> UUID | None:
        """The person to whom this login belongs."""
        ...

    async def connect(self, issuer: str, subject: str, person_id: UUID, organisation_id: UUID, at: datetime) -> None:
        """Keeps that it is theirs; their open invitations and resets are of no use to anybody from then on."""
        ...


async def sign_in_elsewhere(
    ledger: Ledger,
    identities: Identities,
    logins: Logins,
    sessions: Sessions,
    clock: Clock,
    vouched: Vouched,
    browser: Browser,
) -> SignedIn:
    """A session for the person whose login it is; the first time, for whoever has the verified address here.

    NotThem for everybody else: who is not in an organisation is added by its stewards, not by signing in.
    """
    now, known = clock.now(), await logins.find(vouched.issuer, vouched.subject)
    person_id = known
    if person_id is None and vouched.email is not None:
        identity = await identities.with_email(vouched.email)
        person_id = identity.person_id if identity is not None else None
    standing = await ledger.standing(person_id) if person_id is not None else None
    if person_id is None or standing is None or not standing.active or standing.kind != "member":
        raise NotThem
    if known is None:
        await logins.connect(vouched.issuer, vouched.subject, person_id, standing.organisation_id, now)
    how = "oidc_two_factors" if vouched.two_factors else "oidc"
    return await open_session(identities, sessions, person_id, standing.organisation_id, how, browser, now)
