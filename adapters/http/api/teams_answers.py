"""What the routes on teams answer, for the OpenAPI description."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from adapters.http.api.people_answers import OTHER, PERSON, Answered

TEAM = "0197a2c0-0000-7000-8000-0000000000e1"
_ACTS = ["PUT members/{person_id}", "DELETE members/{person_id}"]
_TEAM = {"id": TEAM, "name": "Release crew", "members": [PERSON, OTHER], "allowed_actions": _ACTS}


class TeamShown(Answered):
    """A team."""

    id: UUID = Field(description="The team's id.", examples=[TEAM])
    name: str = Field(description="What it is called; `[erased]` once it is.", examples=["Release crew"])
    members: list[UUID] = Field(description="Who belongs to it, longest first.", examples=[[PERSON, OTHER]])
    allowed_actions: list[str] = Field(description="What you can do here now.", examples=[_ACTS])


class TeamPage(Answered):
    """One page of teams, oldest first."""

    items: list[TeamShown] = Field(description="The teams of this page.", examples=[[_TEAM]])
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.", examples=[None]
    )
