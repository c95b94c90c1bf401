"""Somebody leaves the organisation: what they hold opens nothing any more, their agreements end or go on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from domain.refusals import LastSteward
from services.desk import Desk
from services.people.members import person_here
from services.people.ports import Identities
from services.policies.agreements_of_a_person import agreements_of
from services.ports import Receipt


@dataclass(frozen=True)
class DeactivatePerson:
    """Who leaves."""

    person_id: UUID


async def deactivate_person(desk: Desk, identities: Identities, command: DeactivatePerson) -> Receipt:
    """Takes the person out, in one append with what it means for their agreements; the last steward stays."""
    await desk.allow("deactivate_person")
    person, standing = await person_here(desk, command.person_id)
    if "steward" in standing.roles and standing.active:
        stewards = [
            s
            for s in await desk.ledger.standings(desk.actor.organisation.id)
            if s.active and "steward" in s.roles and s.person_id != person.id
        ]
        if not stewards:
            raise LastSteward("This is the last steward; make somebody else a steward first.")
    person.deactivate(desk.act())
    act = replace(desk.act(), by=None)
    touched = []
    for agreement in await agreements_of(desk, person.id):
        agreement.part_left(act, person.id)
        if agreement.pending_events:
            touched.append(agreement)
    receipt = await desk.record(
        person, *touched, standings=[replace(standing, active=False)], ids={"person_id": str(person.id)}
    )
    await identities.drop_secrets(person.id)
    return receipt
