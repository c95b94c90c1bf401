"""Inviting somebody again whose invitation was lost or ran out before they signed in."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.refusals import WrongState
from services.desk import Desk
from services.people.add_person import INVITATION_HOLDS
from services.people.members import person_here
from services.people.ports import Identities, KnownInvitation, same_for_command
from services.ports import Receipt


@dataclass(frozen=True)
class InvitePerson:
    """Who is invited."""

    person_id: UUID


async def invite_person(desk: Desk, identities: Identities, command: InvitePerson) -> Receipt:
    """A new invitation, which puts earlier ones out of use.

    Only for somebody who never set a password: with the invitation to another's account a steward
    could become that person.
    """
    await desk.allow("invite_person")
    person, _ = await person_here(desk, command.person_id)
    if await identities.ever_signed_up(person.id):
        raise WrongState("This person has signed in before, and sets a new password themselves.")
    act = desk.act()
    invitation = KnownInvitation(
        same_for_command(act, "invitation"), person.id, person.organisation_id, act.at + INVITATION_HOLDS
    )
    person.invite(act, invitation.invitation_id, invitation.expires_at)
    await identities.keep_invitation(invitation, identities.secret_for(act.command_id, "invitation"))
    return await desk.record(person, status=201, location=f"/people/{person.id}", ids={"person_id": str(person.id)})
