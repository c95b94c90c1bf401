"""Taking somebody out of a team, oneself perhaps."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.people.teams import is_steward, record_members, team_at
from services.ports import Receipt


@dataclass(frozen=True)
class RemoveFromTeam:
    """Which team, and who does not belong to it any more."""

    team_id: UUID
    person_id: UUID


async def remove_from_team(desk: Desk, command: RemoveFromTeam) -> Receipt:
    """From the next request on they see nothing through the team and act for it no more; somebody always stays."""
    team = await team_at(desk, "remove_from_team", command.team_id)
    before = team.sights()
    team.remove(desk.act(), command.person_id, steward=is_steward(desk.standing))
    return await record_members(desk, team, before)
