"""Letting somebody into a team."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.people.members import must_be_member
from services.people.teams import is_steward, record_members, team_at
from services.ports import Receipt


@dataclass(frozen=True)
class AddToTeam:
    """Which team, and who belongs to it from now on."""

    team_id: UUID
    person_id: UUID


async def add_to_team(desk: Desk, command: AddToTeam) -> Receipt:
    """From now on they see what the team owes and is owed, and may act for it; somebody in it already stays so."""
    team = await team_at(desk, "add_to_team", command.team_id)
    steward, before = is_steward(desk.standing), team.sights()
    team.may_add(desk.act(), steward=steward)
    await must_be_member(desk, command.person_id, field="person_id")
    team.add(desk.act(), command.person_id, steward=steward)
    return await record_members(desk, team, before)
