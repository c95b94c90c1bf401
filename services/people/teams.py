"""Finding the team of a deed, storing who belongs to it, and what somebody may do to it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from domain.people.team import Team
from domain.refusals import NotThere
from services.desk import Desk
from services.policies.part_with_who_left_a_team import part_with_who_left_a_team
from services.ports import Ledger, Receipt, Standing
from services.sights import sight_changes


async def team_in(ledger: Ledger, organisation_id: UUID, team_id: UUID, *, up_to: int | None = None) -> Team:
    """The team, or as it was at a version; NotThere outside that organisation."""
    team = await ledger.load(Team, team_id, up_to=up_to)
    if not isinstance(team, Team) or team.organisation_id != organisation_id:
        raise NotThere
    return team


async def team_at(desk: Desk, deed: str, team_id: UUID) -> Team:
    """The team for a deed to it; a stale `If-Match` is refused."""
    await desk.allow(deed)
    team = await team_in(desk.ledger, desk.actor.organisation.id, team_id)
    desk.check_seen(team.version)
    return team


def is_steward(standing: Standing | None) -> bool:
    """Whether somebody who stands like this is a steward."""
    return standing is not None and "steward" in standing.roles


async def record_members(
    desk: Desk, team: Team, before: Mapping[UUID, str], *, status: int = 200, location: str | None = None
) -> Receipt:
    """Stores the team and who belongs to it; who left the organisation at the same moment does not."""
    rows = sight_changes(team.id, before, team.sights())
    ids = {"team_id": str(team.id)}
    receipt = await desk.record(team, status=status, location=location, ids=ids, sights=rows)
    for row in rows:
        if row.sight == "member":
            await part_with_who_left_a_team(desk.ledger, desk.act(), desk.command, team.id, row.person_id)
    return receipt


def team_acts(team: Team, viewer: Standing) -> list[str]:
    """What somebody can do to the team now, as method and path after it."""
    if viewer.person_id not in team.members and not is_steward(viewer):
        return []
    removing = ["DELETE members/{person_id}"] if len(team.members) > 1 else []
    return ["PUT members/{person_id}", *removing]
