"""Signing in with an address and a password."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from services.people.attempts import (
    Attempts,
    Limit,
    for_an_account,
    for_an_account_from_anywhere,
    from_address,
    from_known_device,
)
from services.people.ports import Identities
from services.people.sessions import HOLDS, KnownSession, Sessions
from services.ports import Clock, Ledger

NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Browser:
    """Where a request comes from: its network address, what the browser calls itself, and what it was given.

    `session` is the secret of the session that it is in already.
    """

    address: str
    device: str
    known_as: str = ""
    session: str = ""


@dataclass(frozen=True)
class SignIn:
    """What was typed, where, and the request's key if it has one."""

    email: str
    password: str
    browser: Browser
    key: str | None = None


@dataclass(frozen=True)
class SignedIn:
    """The new session, its secret, and what lets this browser be known again."""

    session: KnownSession
    secret: str
    known_as: str


class NotThem(Exception):
    """Address and password do not go together; nothing is said about which of them is wrong."""


async def sign_in(
    ledger: Ledger, identities: Identities, sessions: Sessions, attempts: Attempts, clock: Clock, command: SignIn
) -> SignedIn:
    """A session for whoever knows the password of an active member; NotThem for everybody else, after as long.

    Raises TooManyTries after 20 wrong ones. Strangers use up what their own address may try; a browser that
    somebody has signed in with before has tries of its own, so nobody is locked out by others.
    """
    identity, now = await identities.with_email(command.email), clock.now()
    person_id = identity.person_id if identity is not None else uuid5(NOBODY, command.email.casefold())
    limits = _limits(identities, person_id, command.browser)
    tries = await attempts.begin(limits, now)
    right = await identities.has_password(person_id, command.password)
    standing = await ledger.standing(person_id)
    if not right or standing is None or not standing.active:
        known = identity.organisation_id if identity is not None else None
        await identities.sign_ins.refused(person_id, known, "password", command.browser.device, now)
        raise NotThem
    await attempts.forgive(tries, clear=limits[:1])
    how = hashlib.sha256(f"session\n{person_id}\n{command.key}".encode()).hexdigest() if command.key else None
    return await open_session(
        identities, sessions, person_id, standing.organisation_id, "password", command.browser, now, how
    )


async def open_session(
    identities: Identities,
    sessions: Sessions,
    person_id: UUID,
    organisation_id: UUID,
    how: str,
    browser: Browser,
    now: datetime,
    command_id: str | None = None,
) -> SignedIn:
    """A new session of somebody who has shown who they are, in the place of the one that the browser was in.

    With the same command id it is the same session.
    """
    command_id = command_id or secrets.token_hex(32)
    session = KnownSession(
        uuid5(UUID(command_id[:32]), "session"), person_id, organisation_id, how, browser.device, now, now, now + HOLDS
    )
    secret = identities.secret_for(command_id, "session")
    await sessions.keep(session, secret)
    earlier = await sessions.credential(browser.session) if browser.session else None
    if earlier is not None and earlier[0].session_id != session.session_id:
        await sessions.end(earlier[0].person_id, earlier[0].session_id, now)
    return SignedIn(session, secret, known_device(identities, person_id))


def known_device(identities: Identities, person_id: UUID) -> str:
    """What a browser is given that this person has signed in with. It opens nothing: it only tells it from others."""
    return identities.secret_for(str(person_id), "device")


def _limits(identities: Identities, person_id: UUID, browser: Browser) -> list[Limit]:
    """What counts against a try; the first is this person's own here."""
    if browser.known_as and secrets.compare_digest(
        browser.known_as.encode(), known_device(identities, person_id).encode()
    ):
        return [from_known_device(person_id)]
    return [
        for_an_account(person_id, browser.address),
        for_an_account_from_anywhere(person_id),
        from_address(browser.address),
    ]
