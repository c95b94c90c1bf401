"""Erasing somebody: first it is recorded; from then on they are nobody, and what is left of them is taken away."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from uuid import UUID

from domain.base import Act, Aggregate
from domain.people import organisation as house
from domain.people.person import Person
from domain.refusals import NotThere
from services.desk import Desk
from services.people.members import stewards_among
from services.policies.agreements_of_a_person import end_the_part_of_who_left
from services.policies.part_with_who_left import part_with_who_left
from services.policies.part_with_who_left_a_team import leave_all_teams, part_with_who_left_a_team
from services.ports import ERASED, Actor, Answer, Clock, Command, Ids, Ledger, Organisation, Receipt, Sight, Standing


@dataclass(frozen=True)
class ErasePerson:
    """Who is erased; `again` where the log came back from a time before their erasure."""

    person_id: UUID
    organisation: Organisation
    again: bool = False


async def erase_person(ledger: Ledger, clock: Clock, new_id: Ids, command: ErasePerson) -> Receipt | None:
    """Records it in one append with what it means for their agreements and teams; None where it is recorded.

    Nobody acts here but the week that is over. Raises LastSteward and WrongState; tried again, it is the same.
    """
    person = await ledger.load(Person, command.person_id)
    if not isinstance(person, Person) or person.organisation_id != command.organisation.id:
        raise NotThere
    if person.erased_at is not None:
        return None
    was_active, was_steward = person.active, "steward" in person.roles
    desk = _desk(ledger, clock, new_id, person, command)
    act = replace(desk.act(), by=None)
    if command.again:
        person.erase_again(act)
    else:
        person.erase(act)
    touched: list[Aggregate] = [person]
    rows: list[Sight] = []
    if was_active:
        touched += await _part_with_steward(ledger, act, person.id) if was_steward else []
        touched += await end_the_part_of_who_left(desk, person.id)
        teams, rows = await leave_all_teams(ledger, act, person.id)
        touched += teams
    standing = Standing(person.id, person.organisation_id, ERASED, None, (), active=False)
    receipt = await desk.record(*touched, sights=rows, standings=[standing], ids={"person_id": str(person.id)})
    for sight in await ledger.sights_of(person.id):
        await part_with_who_left(ledger, act, desk.command, sight.thing_id, person.id)
    for team_id in await ledger.teams_of(person.id):
        await part_with_who_left_a_team(ledger, act, desk.command, team_id, person.id)
    return receipt


async def complete_erasure(
    ledger: Ledger, clock: Clock, organisation: Organisation, person_id: UUID, keys: tuple[str, ...]
) -> Receipt | None:
    """Records that nothing is left; None where that is recorded."""
    person = await ledger.load(Person, person_id)
    if not isinstance(person, Person):
        raise NotThere
    command = _command("erasure completed", person, organisation)
    person.complete_erasure(Act(None, clock.now(), organisation.id, command.id, organisation.zone), keys)
    if not person.pending_events:
        return None
    return await ledger.record(command, Answer(versions={str(person.id): person.version}), person)


async def _part_with_steward(ledger: Ledger, act: Act, person_id: UUID) -> list[Aggregate]:
    organisation = await ledger.load(house.Organisation, act.organisation_id)
    if not isinstance(organisation, house.Organisation):
        raise NotThere
    standings = {standing.person_id: standing for standing in await ledger.standings(act.organisation_id)}
    organisation.part_with_steward(act, person_id, stewards_among(standings))
    return [organisation]


def _desk(ledger: Ledger, clock: Clock, new_id: Ids, person: Person, command: ErasePerson) -> Desk:
    """A desk at which nobody has signed in: nothing is asked for at it, it keeps who sees what in step."""
    actor = Actor(person.id, command.organisation, frozenset())
    return Desk(ledger, clock, new_id, actor, _command("erasure", person, command.organisation))


def _command(what: str, person: Person, organisation: Organisation) -> Command:
    # The version says which of several erasures it is: of one that was asked for again, or lost with a log.
    id = hashlib.sha256(f"{what}\n{person.id}\n{person.version}".encode()).hexdigest()
    return Command(id, "", None, organisation.id)
