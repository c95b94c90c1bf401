"""Teams of the organisation: making one, who belongs to it, listing."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field
from starlette.responses import Response

from adapters.http.api.people_answers import OTHER, PERSON
from adapters.http.api.teams_answers import TEAM, TeamPage, TeamShown
from adapters.http.conventions import A_LINE, MOST_ITEMS, USUAL_ITEMS, Body, Shown, cursor, id_in_cursor
from adapters.http.deps import Asking, Asks
from adapters.http.routing import Routes
from domain.people.team import MOST_MEMBERS, Team
from services.people.add_to_team import AddToTeam, add_to_team
from services.people.make_team import MakeTeam, make_team
from services.people.remove_from_team import RemoveFromTeam, remove_from_team
from services.people.teams import team_acts, team_in
from services.ports import Receipt

router = Routes(tags=["People"])

TeamId = Annotated[UUID, Path(description="The team.", examples=[TEAM])]
PersonId = Annotated[UUID, Path(description="The person.", examples=[OTHER])]


class MakeTeamBody(Body):
    """A team to make."""

    name: str = Field(
        description="What it is called, at most 200 characters; everybody in the organisation reads it.",
        examples=["Release crew"],
        json_schema_extra=A_LINE,
    )
    members: list[UUID] = Field(
        description="Who belongs to it: active people of the organisation, yourself among them unless you are a "
        "steward.",
        examples=[[PERSON, OTHER]],
        min_length=1,
        max_length=MOST_MEMBERS,
    )


@router.post(
    "/teams",
    status_code=201,
    operation_id="make_team",
    summary="Make a team",
    responses={201: {"model": TeamShown, "description": "The team."}},
)
async def route_make_team(body: MakeTeamBody, asks: Asks) -> Response:
    """A team can owe something together, or be owed it; any one who belongs to it acts for it."""
    command = MakeTeam(body.name, tuple(body.members))
    return await asks.run(lambda desk: make_team(desk, command), _shows(asks))


@router.get(
    "/teams",
    operation_id="list_teams",
    summary="List the teams of the organisation",
    responses={200: {"model": TeamPage, "description": "A page of teams, oldest first."}},
)
async def route_list_teams(
    asks: Asks,
    limit: Annotated[int, Query(ge=1, le=MOST_ITEMS, description="How many at most.", examples=[50])] = USUAL_ITEMS,
    after: Annotated[
        str | None, Query(alias="cursor", description="`next_cursor` of the page before.", max_length=1_000)
    ] = None,
) -> Response:
    """Everybody in the organisation sees which teams there are and who belongs to them, never what they owe."""
    await asks.allow("list_teams")
    await asks.wait_for_position(())
    ledger, organisation_id = asks.concord.ledger, asks.actor.organisation.id
    found = await ledger.teams_in(organisation_id, after=id_in_cursor(after), limit=limit + 1)
    page = [await team_in(ledger, organisation_id, team_id) for team_id in found[:limit]]
    return asks.show(
        Shown(
            0,
            {
                "items": [_team(asks, team) for team in page],
                "next_cursor": cursor([str(page[-1].id)]) if len(found) > limit else None,
            },
        )
    )


@router.get(
    "/teams/{team_id}",
    operation_id="read_team",
    summary="Look at one team",
    responses={200: {"model": TeamShown, "description": "The team."}},
)
async def route_read_team(team_id: TeamId, asks: Asks) -> Response:
    """What it is called and who belongs to it; teams of other organisations are not there."""
    await asks.allow("read_team")
    await asks.wait_for_position(())
    team = await team_in(asks.concord.ledger, asks.actor.organisation.id, team_id)
    return asks.show(Shown(team.version, _team(asks, team)))


@router.put(
    "/teams/{team_id}/members/{person_id}",
    operation_id="add_to_team",
    summary="Let somebody into a team",
    responses={200: {"model": TeamShown, "description": "The team."}},
)
async def route_add_to_team(team_id: TeamId, person_id: PersonId, asks: Asks) -> Response:
    """Who belongs to the team may do this, and a steward for others: nobody lets themself in.

    From then on they see everything the team owes and is owed, and may act for it.
    """
    return await asks.run(lambda desk: add_to_team(desk, AddToTeam(team_id, person_id)), _shows(asks), on=team_id)


@router.delete(
    "/teams/{team_id}/members/{person_id}",
    operation_id="remove_from_team",
    summary="Take somebody out of a team",
    responses={200: {"model": TeamShown, "description": "The team."}},
)
async def route_remove_from_team(team_id: TeamId, person_id: PersonId, asks: Asks) -> Response:
    """Who belongs to the team may do this, to themself too, and a steward; somebody always stays.

    It takes effect at once: through the team they see nothing any more.
    """
    command = RemoveFromTeam(team_id, person_id)
    return await asks.run(lambda desk: remove_from_team(desk, command), _shows(asks), on=team_id)


def _shows(asks: Asking) -> Any:
    async def show(receipt: Receipt) -> Shown:
        team_id = receipt.answer.ids["team_id"]
        version = receipt.answer.versions[team_id]
        team = await team_in(asks.concord.ledger, asks.actor.organisation.id, UUID(team_id), up_to=version)
        return Shown(team.version, _team(asks, team))

    return show


def _team(asks: Asking, team: Team) -> dict[str, Any]:
    return {
        "id": str(team.id),
        "name": team.name,
        "members": [str(member) for member in team.members],
        "allowed_actions": team_acts(team, asks.standing),
    }
