"""The two sides of a commitment as people: who may be named, and whether anybody is left who can act."""

from __future__ import annotations

from collections.abc import Iterable

from domain.commitments.content import Who
from domain.people.team import Team
from domain.refusals import Invalid
from services.desk import Desk
from services.people.members import must_be_member
from services.ports import Ledger


async def must_be_nameable(desk: Desk, side: Iterable[Who], field: str) -> None:
    """Refuses whoever is not an active member, and a team of which nobody is; the sentence is the same for all."""
    for who in side:
        if who.kind == "person":
            await must_be_member(desk, who.id, field=field)
            continue
        team = await desk.ledger.load(Team, who.id)
        if (
            not isinstance(team, Team)
            or team.organisation_id != desk.actor.organisation.id
            or not await _some_active(desk.ledger, team)
        ):
            raise Invalid("Only active people and teams of your organisation can be named here.", field=field)


async def must_stand_apart(desk: Desk, owed_by: Iterable[Who], owed_to: Iterable[Who]) -> None:
    """Refuses when somebody named in person on one side belongs to a team of the other: nobody is on both sides."""
    by, to = list(owed_by), list(owed_to)
    for one, other, field in ((by, to, "owed_to"), (to, by, "owed_by")):
        people = {who.id for who in one if who.kind == "person"}
        for who in other:
            team = await desk.ledger.load(Team, who.id) if who.kind == "team" else None
            if isinstance(team, Team) and people & set(team.members):
                raise Invalid("Somebody belongs to both sides by a team; name people instead.", field=field)


async def nobody_can_act(ledger: Ledger, side: Iterable[Who]) -> bool:
    """Whether everybody of a side has left the organisation; a team acts as long as one member is there."""
    for who in side:
        if who.kind == "team":
            team = await ledger.load(Team, who.id)
            if isinstance(team, Team) and await _some_active(ledger, team):
                return False
        else:
            standing = await ledger.standing(who.id)
            if standing is not None and standing.active:
                return False
    return True


async def _some_active(ledger: Ledger, team: Team) -> bool:
    for member in team.members:
        standing = await ledger.standing(member)
        if standing is not None and standing.active:
            return True
    return False
