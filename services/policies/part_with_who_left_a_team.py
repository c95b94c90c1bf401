"""Somebody who left the organisation belongs to no team any more, also to one that let them in meanwhile."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import replace
from uuid import UUID

from domain.base import Act
from domain.people.team import Team
from services.ports import Answer, Command, Conflict, Ledger, Sight
from services.sights import sight_changes

_TRIES = 10


async def leave_all_teams(ledger: Ledger, act: Act, person_id: UUID) -> tuple[list[Team], list[Sight]]:
    """The teams without them, and the rows that go: for the append in which they leave."""
    teams: list[Team] = []
    rows: list[Sight] = []
    for team_id in sorted(await ledger.teams_of(person_id)):
        team = await ledger.load(Team, team_id)
        if isinstance(team, Team):
            before = team.sights()
            team.part_with(replace(act, by=None), person_id)
            rows += sight_changes(team_id, before, team.sights())
            teams.append(team)
    return teams, rows


async def part_with_who_left_a_team(ledger: Ledger, act: Act, cause: Command, team_id: UUID, person_id: UUID) -> None:
    """Takes somebody out of a team unless they are active, or out of it already.

    Letting somebody in and their leaving are recorded on different streams, so neither can stop the
    other. Each looks once more after it is recorded: whichever was second finds the first.
    """
    standing = await ledger.standing(person_id)
    if standing is None or standing.active:
        return
    command_id = hashlib.sha256(f"{cause.id} {team_id} {person_id}".encode()).hexdigest()
    for _ in range(_TRIES):
        team = await ledger.load(Team, team_id)
        if not isinstance(team, Team):
            return
        before = team.sights()
        team.part_with(replace(act, by=None, command_id=command_id), person_id)
        if not team.pending_events:
            return
        with contextlib.suppress(Conflict):
            changes = sight_changes(team_id, before, team.sights())
            await ledger.record(Command(command_id, "", None, cause.organisation_id), Answer(), team, sights=changes)
            return
