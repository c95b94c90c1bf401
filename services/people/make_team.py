"""Making a team."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.people.team import Team
from services.desk import Desk
from services.people.add_person import one_line
from services.people.members import must_be_member
from services.people.teams import is_steward, record_members
from services.ports import Receipt


@dataclass(frozen=True)
class MakeTeam:
    """What it is called, and who belongs to it."""

    name: str
    members: tuple[UUID, ...]


async def make_team(desk: Desk, command: MakeTeam) -> Receipt:
    """Makes a team that the caller belongs to; a steward may make one of others."""
    await desk.allow("make_team")
    team_id, name = desk.new_id(), one_line(command.name, "name")
    team = Team.make(desk.act(), team_id, name, command.members, steward=is_steward(desk.standing))
    for member in team.members:
        await must_be_member(desk, member, field="members")
    await desk.ledger.new_keys(team_id)
    return await record_members(desk, team, {}, status=201, location=f"/teams/{team_id}")
