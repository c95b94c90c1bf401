"""Password resets: a link that works once, for 72 hours, and says so to whom it concerns."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid5

from domain.base import Act
from domain.people.person import Person
from domain.refusals import Invalid, NotThere
from services.people.attempts import Attempts, Limit, from_address
from services.people.passwords import must_be_hard_to_guess, must_be_long_enough
from services.people.ports import Identities, Identity, Letter, Letters
from services.people.sessions import Sessions
from services.people.sign_in import NOBODY, Browser, SignedIn, open_session
from services.ports import Answer, Clock, Command, KeyReused, Ledger

RESET_HOLDS = timedelta(hours=72)
MOST_MAILS = 5
"""How many links one address is sent in an hour."""


@dataclass(frozen=True)
class KnownReset:
    """A reset as it is kept: its secret only as a hash; `used_at` once it was taken up."""

    reset_id: UUID
    person_id: UUID
    organisation_id: UUID
    expires_at: datetime
    used_at: datetime | None = None


class Resets(Protocol):
    """Where resets are kept."""

    async def keep(self, reset: KnownReset, secret: str, letter: Letter | None) -> None:
        """Keeps a reset, over the person's earlier ones, and the letter that brings its link."""
        ...

    async def keep_nothing(self, at: datetime, organisation_id: UUID | None) -> None:
        """Takes as long as `keep`, for an address that nobody has, or that nobody may come in with any more."""
        ...

    async def find(self, secret: str) -> KnownReset | None:
        """The reset that this secret is for, used or not."""
        ...

    async def use(self, reset: KnownReset, at: datetime, password: str, letter: Letter | None) -> bool:
        """Uses it up, once: sets the password, ends every session, keeps the letter that tells of it. False if used."""
        ...

    async def shut_out(self, person_id: UUID, organisation_id: UUID, at: datetime, letter: Letter | None) -> None:
        """Forgets the person's password and passkeys, ends every session of theirs, and tells them."""
        ...


@dataclass(frozen=True)
class Link:
    """Whom a reset is for, and its secret."""

    person: Identity
    secret: str


@dataclass(frozen=True)
class AcceptReset:
    """The link's secret, the new password, where it was typed, and the request's key if it has one."""

    secret: str
    password: str
    browser: Browser
    key: str | None = None


async def ask_for_reset(
    ledger: Ledger,
    identities: Identities,
    resets: Resets,
    attempts: Attempts,
    letters: Letters,
    clock: Clock,
    email: str,
    address: str,
) -> None:
    """Sends a link to that address; where nobody signs in with it nothing, which the asker is not to learn."""
    identity, now = await identities.with_email(email), clock.now()
    person_id = identity.person_id if identity is not None else uuid5(NOBODY, email.casefold())
    await attempts.begin([from_address(address), Limit(f"mail\n{person_id}", MOST_MAILS, timedelta(hours=1))], now)
    standing = await ledger.standing(person_id)
    if identity is None or standing is None or not standing.active:
        await resets.keep_nothing(now, identity.organisation_id if identity is not None else None)
        return
    reset, secret = _reset(identities, identity, now, secrets.token_hex(32))
    await resets.keep(reset, secret, letters.link_to_new_password(identity, secret, now))


async def reset_for_operator(
    ledger: Ledger, identities: Identities, resets: Resets, letters: Letters, clock: Clock, email: str
) -> Link:
    """A link to hand over; the old password, every passkey and session are gone at once, which is on record."""
    identity, now = await identities.with_email(email), clock.now()
    if identity is None:
        raise Invalid("Nobody signs in with this address.", field="email")
    organisation = await identities.organisation(identity.organisation_id)
    person = await ledger.load(Person, identity.person_id)
    if organisation is None or not isinstance(person, Person):
        raise Invalid("Nobody signs in with this address.", field="email")
    command_id = secrets.token_hex(32)
    await _note(ledger, person, Act(None, now, organisation.id, command_id, organisation.zone), "operator")
    await resets.shut_out(person.id, organisation.id, now, letters.shut_out(identity, now))
    reset, secret = _reset(identities, identity, now, command_id)
    await resets.keep(reset, secret, None)
    return Link(identity, secret)


async def accept_reset(
    ledger: Ledger,
    identities: Identities,
    resets: Resets,
    sessions: Sessions,
    letters: Letters,
    clock: Clock,
    command: AcceptReset,
) -> SignedIn:
    """Sets the password, ends every session, and opens a new one; NotThere when it is unknown, used or over.

    On record first and done then: cut off in between it is finished by sending the same again.
    """
    must_be_long_enough(command.password)
    reset, now = await resets.find(command.secret), clock.now()
    if reset is None or reset.expires_at <= now:
        raise NotThere
    command_id = hashlib.sha256("\n".join(["reset", command.secret, command.key or ""]).encode()).hexdigest()
    organisation = await identities.organisation(reset.organisation_id)
    person = await ledger.load(Person, reset.person_id)
    if organisation is None or not isinstance(person, Person) or not person.active:
        raise NotThere
    if reset.used_at is not None:
        # Sent again under its key it is answered again, to who knows what was sent.
        if command.key is None or await ledger.receipt(command_id) is None:
            raise NotThere
        if not await identities.has_password(person.id, command.password):
            raise KeyReused
    else:
        whose = await identities.identity(person.id)
        await must_be_hard_to_guess(identities.common_passwords, command.password, whose, organisation)
        if await ledger.receipt(command_id) is None:
            await _note(ledger, person, Act(person.id, now, organisation.id, command_id, organisation.zone), "link")
        if not await resets.use(reset, now, command.password, letters.password_reset(whose, now)):
            raise NotThere
    return await open_session(
        identities, sessions, person.id, organisation.id, "reset", command.browser, now, command_id
    )


def _reset(identities: Identities, person: Identity, now: datetime, command_id: str) -> tuple[KnownReset, str]:
    reset = KnownReset(
        uuid5(UUID(command_id[:32]), "reset"), person.person_id, person.organisation_id, now + RESET_HOLDS
    )
    return reset, identities.secret_for(command_id, "reset")


async def _note(ledger: Ledger, person: Person, act: Act, by: str) -> None:
    person.reset_sign_in(act, by)
    organisation: UUID = act.organisation_id
    command = Command(act.command_id, "", act.by, organisation)
    await ledger.record(command, Answer(versions={str(person.id): person.version}), person)
