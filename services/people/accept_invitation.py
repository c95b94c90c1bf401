"""Accepting an invitation: whoever holds its secret sets the password and gets a first token."""

from __future__ import annotations

from dataclasses import dataclass

from domain.base import Act
from domain.people.person import Person
from domain.refusals import Invalid, NotThere
from services.people.ports import Identities, KnownToken, same_for_command
from services.ports import Answer, Clock, Command, Ledger, Receipt

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256


@dataclass(frozen=True)
class AcceptInvitation:
    """The invitation's secret, and the password to sign in with from now on."""

    secret: str
    password: str


async def accept_invitation(
    ledger: Ledger, identities: Identities, clock: Clock, command_id: str, request_hash: str, command: AcceptInvitation
) -> Receipt:
    """Uses the invitation up; NotThere when it is unknown, used or over, without saying which."""
    if not SHORTEST_PASSWORD <= len(command.password) <= LONGEST_PASSWORD:
        raise Invalid(
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; a sentence makes a good one.",
            field="password",
        )
    invitation = await identities.invitation(command.secret)
    organisation = await identities.organisation(invitation.organisation_id) if invitation else None
    if invitation is None or organisation is None or invitation.expires_at <= clock.now():
        raise NotThere
    person = await ledger.load(Person, invitation.person_id)
    if person is None or not person.active:
        raise NotThere
    act = Act(person.id, clock.now(), organisation.id, command_id, organisation.zone)
    person.accept_invitation(act, invitation.invitation_id)
    token_id = same_for_command(act, "token")
    person.issue_token(act, token_id, ("all",))
    await identities.set_password(person.id, command.password)
    await identities.keep_token(
        KnownToken(token_id, person.id, organisation.id, "first sign-in", ("all",), act.at, None, None),
        identities.secret_for(command_id, "token"),
    )
    receipt = await ledger.record(
        Command(command_id, request_hash, person.id, organisation.id),
        Answer(201, None, {str(person.id): person.version}, {"person_id": str(person.id), "token_id": str(token_id)}),
        person,
    )
    await identities.use_invitation(invitation.invitation_id)
    return receipt
