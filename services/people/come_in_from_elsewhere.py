"""Coming in unasked by way of the provider, where an organisation has said that people of a mail domain may."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable
from uuid import UUID

from domain.base import Act
from domain.people.person import Person
from domain.people.policy import OrganisationPolicy
from domain.refusals import Invalid
from services.people.add_person import address, one_line, remember_newcomer
from services.people.ports import Identities, Identity
from services.people.sign_in import NotThem
from services.people.sign_in_elsewhere import Vouched
from services.ports import Answer, Clock, Command, Ids, Ledger, Organisation, Standing

PolicyOf = Callable[[UUID], Awaitable[OrganisationPolicy]]


async def organisation_that_takes_in(
    organisations: Iterable[Organisation], policy_of: PolicyOf, vouched: Vouched
) -> Organisation | None:
    """The one organisation that wants whoever has such a verified address; None where that is none, or several."""
    if vouched.email is None:
        return None
    domain, found = vouched.email.rpartition("@")[2].casefold(), []
    for organisation in organisations:
        policy = await policy_of(organisation.id)
        if policy.create_people_from_provider and domain in policy.provider_domains:
            found.append(organisation)
    return found[0] if len(found) == 1 else None


async def come_in_from_elsewhere(
    ledger: Ledger, identities: Identities, clock: Clock, new_id: Ids, organisation: Organisation, vouched: Vouched
) -> None:
    """Makes a member of whom the provider vouches for, without leader or role; NotThem for an address that is taken.

    Who has left is not taken in again by that: their address is still theirs.
    """
    command_id, now = secrets.token_hex(32), clock.now()
    act = Act(None, now, organisation.id, command_id, organisation.zone)
    try:
        email = address(vouched.email or "")
        person = Identity(new_id(), organisation.id, _name(vouched, email), email, created_at=now)
        await remember_newcomer(ledger, identities, person, now)
    except Invalid:
        raise NotThem from None
    await ledger.new_keys(person.person_id)
    member = Person.join(act, person.person_id)
    await ledger.record(
        Command(command_id, "", None, organisation.id),
        Answer(201, versions={str(member.id): member.version}),
        member,
        standings=[Standing(person.person_id, organisation.id, "member", None, (), True)],
    )


def _name(vouched: Vouched, email: str) -> str:
    """What the provider says they are called, where that can stand in a line; else what is before the @."""
    try:
        return one_line(vouched.name or "", "name")
    except Invalid:
        return one_line(email.partition("@")[0], "name")
