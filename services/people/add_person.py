"""Adding somebody to the organisation, with an invitation to sign in."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.people.person import Person
from domain.refusals import Invalid
from domain.values import text
from services.desk import Desk
from services.people.members import must_be_member
from services.people.ports import EmailTaken, Identities, Identity, KnownInvitation, same_for_command
from services.ports import Ledger, Receipt, Standing

LONGEST_NAME = 200
INVITATION_HOLDS = timedelta(hours=72)
LEFT_BEHIND_AFTER = timedelta(minutes=10)
"""How old an identity must be that no command ever made a person of, before its address is given to another."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINING = "\u200c\u200d"
"""Not seen either, but part of how some scripts and emoji are written."""
_ADDRESS = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,253}")


@dataclass(frozen=True)
class AddPerson:
    """Who they are, who leads them, and what they may do."""

    name: str
    email: str
    leader_id: UUID | None = None
    roles: tuple[str, ...] = ()


async def add_person(desk: Desk, identities: Identities, command: AddPerson) -> Receipt:
    """Adds a member; the invitation's secret is derived from the command, so a repeat shows it again."""
    await desk.allow("add_person")
    act = desk.act()
    if command.leader_id is not None:
        await must_be_member(desk, command.leader_id, field="leader_id")
    identity = Identity(
        same_for_command(act, "person"),
        desk.actor.organisation.id,
        one_line(command.name, "name"),
        address(command.email),
        created_at=act.at,
    )
    person = Person.join(act, identity.person_id, leader_id=command.leader_id, roles=command.roles)
    await remember_newcomer(desk.ledger, identities, identity, act.at)
    await desk.ledger.new_keys(identity.person_id)
    invitation = KnownInvitation(
        same_for_command(act, "invitation"), identity.person_id, identity.organisation_id, act.at + INVITATION_HOLDS
    )
    person.invite(act, invitation.invitation_id, invitation.expires_at)
    await identities.keep_invitation(invitation, identities.secret_for(act.command_id, "invitation"))
    standing = Standing(identity.person_id, identity.organisation_id, "member", command.leader_id, person.roles, True)
    return await desk.record(
        person,
        status=201,
        location=f"/people/{identity.person_id}",
        ids={"person_id": str(identity.person_id)},
        standings=[standing],
    )


def one_line(value: str, field: str) -> str:
    """A name in its normal form; raises Invalid for what would not stand in a line."""
    value = text(value, field, most=LONGEST_NAME)
    if any(unicodedata.category(c) in _UNSEEN and c not in _JOINING for c in value):
        raise Invalid("A name stands in one line, without characters that cannot be seen.", field=field)
    return value


def address(email: str) -> str:
    """A mail address in its normal form; raises Invalid when it cannot be one."""
    email = text(email.strip(), "email", most=320)
    if not _ADDRESS.fullmatch(email):
        raise Invalid("This is not a mail address.", field="email")
    return email


async def remember_newcomer(ledger: Ledger, identities: Identities, identity: Identity, now: datetime) -> None:
    """Keeps who somebody is before they are recorded; raises Invalid when another signs in with the address."""
    earlier = await identities.with_email(identity.email or "")
    if (
        earlier is not None
        and earlier.created_at is not None
        and earlier.created_at < now - LEFT_BEHIND_AFTER
        and await ledger.standing(earlier.person_id) is None
    ):
        # Left by a command that was cut off before it was recorded: nobody has ever been this person.
        await identities.forget(earlier.person_id)
    try:
        await identities.remember(identity)
    except EmailTaken:
        raise Invalid("This address is taken: each person signs in with one of their own.", field="email") from None
