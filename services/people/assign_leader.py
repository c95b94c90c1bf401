"""Giving somebody a leader; agreements with the one before begin to end in the same append."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from domain.base import Aggregate
from services.desk import Desk
from services.people.members import must_be_member, own_organisation, person_here
from services.policies.agreements_of_a_person import give_agreements_to_a_new_leader
from services.ports import Receipt


@dataclass(frozen=True)
class AssignLeader:
    """Whose leader, and who it is now; None for nobody."""

    person_id: UUID
    leader_id: UUID | None


async def assign_leader(desk: Desk, command: AssignLeader) -> Receipt:
    """Changes the leader; agreements between the report and the old leader end in 14 days unless taken back."""
    await desk.allow("assign_leader")
    person, standing = await person_here(desk, command.person_id)
    new, old = command.leader_id, person.leader_id
    if new is not None:
        await must_be_member(desk, new, field="leader_id")
    person.assign_leader(desk.act(), new)
    touched: list[Aggregate] = []
    if new != old:
        organisation, standings = await own_organisation(desk)
        organisation.change_line(desk.act(), person.id, new, {s.person_id: s.leader_id for s in standings.values()})
        touched = [organisation, *await give_agreements_to_a_new_leader(desk, person.id, old, new)]
    return await desk.record(
        person, *touched, standings=[replace(standing, leader_id=new)], ids={"person_id": str(person.id)}
    )
