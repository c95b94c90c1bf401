"""Accepting an invitation: whoever holds its secret sets the password, and gets a first token where that is enough."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from domain.base import Act
from domain.people.person import Person
from domain.refusals import NotThere
from services.people.passwords import must_be_hard_to_guess, must_be_long_enough
from services.people.policy import policy_of
from services.people.ports import Identities, KnownInvitation, KnownToken, same_for_command
from services.ports import Answer, Clock, Command, KeyReused, Ledger, Organisation, Receipt


@dataclass(frozen=True)
class AcceptInvitation:
    """The invitation's secret, the password to sign in with from now on, and the request's key if it has one."""

    secret: str
    password: str
    key: str | None = None

    @property
    def command_id(self) -> str:
        """The same whenever the same is sent again: nobody is signed in, so the secret stands for who sends it."""
        return hashlib.sha256("\n".join(["invitation", self.secret, self.key or ""]).encode()).hexdigest()


@dataclass(frozen=True)
class Accepted:
    """What came of it; `replayed` when it is the answer of an earlier request under the same key.

    There is no token where the organisation asks for two factors: a link and a new password are one.
    """

    receipt: Receipt
    token: str | None
    replayed: bool = False


async def accept_invitation(
    ledger: Ledger, identities: Identities, clock: Clock, command: AcceptInvitation
) -> Accepted:
    """Uses the invitation up; NotThere when it is unknown, used or over, without saying which.

    Cut off half-way it is finished by sending the same again. No hash of the request is kept with the
    receipt, for it would be a quick one of the password: that it is the same is asked of the password's own.
    """
    must_be_long_enough(command.password)
    invitation = await identities.invitation(command.secret)
    if invitation is None or invitation.expires_at <= clock.now():
        raise NotThere
    token: str | None = identities.secret_for(command.command_id, "token")
    known = await ledger.receipt(command.command_id)
    if known is not None:
        if command.key is None:
            raise NotThere
        if not await identities.has_password(invitation.person_id, command.password):
            raise KeyReused
        return Accepted(known, token if "token_id" in known.answer.ids else None, replayed=True)
    organisation = await identities.organisation(invitation.organisation_id)
    person = await ledger.load(Person, invitation.person_id)
    if organisation is None or not isinstance(person, Person) or not person.active:
        raise NotThere
    whose = await identities.identity(person.id)
    await must_be_hard_to_guess(identities.common_passwords, command.password, whose, organisation)
    if (await policy_of(ledger, organisation.id)).require_second_factor:
        token = None
    return Accepted(await _accept(ledger, identities, clock, command, invitation, organisation, person, token), token)


async def _accept(
    ledger: Ledger,
    identities: Identities,
    clock: Clock,
    command: AcceptInvitation,
    invitation: KnownInvitation,
    organisation: Organisation,
    person: Person,
    secret: str | None,
) -> Receipt:
    act = Act(person.id, clock.now(), organisation.id, command.command_id, organisation.zone)
    person.accept_invitation(act, invitation.invitation_id)
    ids, first = {"person_id": str(person.id)}, None
    if secret is not None:
        token_id = same_for_command(act, "token")
        person.issue_token(act, token_id, ("all",))
        ids["token_id"] = str(token_id)
        first = KnownToken(token_id, person.id, organisation.id, "first sign-in", ("all",), act.at, None, None), secret
    taken = await identities.take_up(invitation, act.at, command.password, first)
    if not taken and not await identities.has_password(person.id, command.password):
        raise NotThere
    return await ledger.record(
        Command(act.command_id, "", person.id, organisation.id),
        Answer(201, "/me", {str(person.id): person.version}, ids),
        person,
    )
