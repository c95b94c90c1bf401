"""Giving somebody a leader; agreements with the one before begin to end in the same append."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from domain.refusals import Invalid
from services.desk import Desk
from services.people.members import must_be_member, person_here
from services.policies.agreements_of_a_person import agreements_of
from services.ports import Receipt

_DEEPEST = 100


@dataclass(frozen=True)
class AssignLeader:
    """Whose leader, and who it is now; None for nobody."""

    person_id: UUID
    leader_id: UUID | None


async def assign_leader(desk: Desk, command: AssignLeader) -> Receipt:
    """Changes the leader; agreements between the report and the old leader end in 14 days unless taken back."""
    await desk.allow("assign_leader")
    person, standing = await person_here(desk, command.person_id)
    if command.leader_id is not None:
        await must_be_member(desk, command.leader_id, field="leader_id")
        await _must_not_be_led_by(desk, command.leader_id, person.id)
    old = person.leader_id
    person.assign_leader(desk.act(), command.leader_id)
    act = replace(desk.act(), by=None)
    touched = []
    if old != command.leader_id:
        for agreement in await agreements_of(desk, person.id):
            if old is not None:
                agreement.change_leader(act, person.id, old, command.leader_id)
            if command.leader_id is not None:
                agreement.take_back_leader_change(act, person.id, command.leader_id)
            if agreement.pending_events:
                touched.append(agreement)
    return await desk.record(
        person, *touched, standings=[replace(standing, leader_id=command.leader_id)], ids={"person_id": str(person.id)}
    )


async def _must_not_be_led_by(desk: Desk, leader_id: UUID, report_id: UUID) -> None:
    above: UUID | None = leader_id
    for _ in range(_DEEPEST):
        if above is None:
            return
        if above == report_id:
            raise Invalid("These two would lead each other.", field="leader_id")
        standing = await desk.ledger.standing(above)
        above = standing.leader_id if standing else None
    raise Invalid("The line of leaders above this person is too long.", field="leader_id")
