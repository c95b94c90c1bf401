"""Somebody leaves the organisation: what they hold opens nothing any more, their agreements end or go on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from domain.base import Aggregate
from services.desk import Desk
from services.people.members import own_organisation, person_here, stewards_among
from services.people.ports import Identities
from services.policies.agreements_of_a_person import end_the_part_of_who_left
from services.policies.part_with_who_left import part_with_who_left
from services.policies.part_with_who_left_a_team import leave_all_teams, part_with_who_left_a_team
from services.ports import Receipt


@dataclass(frozen=True)
class DeactivatePerson:
    """Who leaves."""

    person_id: UUID


async def deactivate_person(desk: Desk, identities: Identities, command: DeactivatePerson) -> Receipt:
    """Takes the person out, in one append with what it means for their agreements; the last steward stays."""
    await desk.allow("deactivate_person")
    person, standing = await person_here(desk, command.person_id)
    person.deactivate(desk.act())
    touched: list[Aggregate] = []
    if "steward" in standing.roles:
        organisation, standings = await own_organisation(desk)
        organisation.part_with_steward(desk.act(), person.id, stewards_among(standings))
        touched.append(organisation)
    touched += await end_the_part_of_who_left(desk, person.id)
    teams, rows = await leave_all_teams(desk.ledger, desk.act(), person.id)
    receipt = await desk.record(
        person,
        *touched,
        *teams,
        sights=rows,
        standings=[replace(standing, active=False)],
        ids={"person_id": str(person.id)},
    )
    for sight in await desk.ledger.sights_of(person.id):
        await part_with_who_left(desk.ledger, desk.act(), desk.command, sight.thing_id, person.id)
    for team_id in await desk.ledger.teams_of(person.id):
        await part_with_who_left_a_team(desk.ledger, desk.act(), desk.command, team_id, person.id)
    # They open nothing any more already: nobody who is not active gets in. Now they are gone, too.
    await identities.drop_secrets(person.id)
    return receipt
