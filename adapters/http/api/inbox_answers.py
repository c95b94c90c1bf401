"""What the inbox answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from adapters.http.api.agreements_answers import AGREEMENT
from adapters.http.api.agreements_bodies import ADA
from adapters.http.api.people_answers import Answered
from services.inbox.answers import KINDS

What = Annotated[str, Field(json_schema_extra={"enum": list(KINDS)})]
_ITEM = "5b0a6d3e-4c1f-5d57-8f0e-1d5f1f0a7c11"
_MOTION = "0197a2c0-0000-7000-8000-000000000041"


class ResourceShown(Answered):
    """Where something waits."""

    kind: Literal["agreement", "commitment", "imbalance_period", "person"] = Field(
        description="What it is.", examples=["agreement"]
    )
    id: UUID = Field(description="Which.", examples=[AGREEMENT])
    path: str = Field(description="Its path after /api/v1.", examples=[f"/agreements/{AGREEMENT}"])
    title: str = Field(
        description="An agreement's title; what a commitment is to bring about; a period's focus; a name.",
        examples=["Mondays"],
    )


class WaitingShown(Answered):
    """Something that waits for you."""

    id: UUID = Field(description="The same for as long as this very thing waits.", examples=[_ITEM])
    what: What = Field(description="What kind of thing it is.", examples=["motion"])
    happened: str = Field(description="What happened, in a sentence.", examples=[KINDS["motion"].sentence])
    happened_at: datetime = Field(description="When (UTC).", examples=["2027-01-04T09:00:00Z"])
    by_person_id: UUID | None = Field(description="Who did it; null where time did.", examples=[ADA])
    due_at: datetime | None = Field(
        description="By when (UTC): when it is due, or the clock takes over; null where nothing presses.",
        examples=["2027-01-18T09:00:00Z"],
    )
    overdue: bool = Field(description="Whether that has passed.", examples=[False])
    resource: ResourceShown = Field(
        description="Which resource.",
        examples=[{"kind": "agreement", "id": AGREEMENT, "path": f"/agreements/{AGREEMENT}", "title": "Mondays"}],
    )
    about: dict[str, str] = Field(
        description="What it is about within the resource: ids, days, the revision that a yes would name.",
        examples=[{"motion_id": _MOTION, "kind": "pause"}],
    )
    allowed_actions: list[str] = Field(
        description="What you may do about it now: method and path after the resource.",
        examples=[["POST motions/{mid}/agree", "POST motions/{mid}/refuse"]],
    )


class InboxShown(Answered):
    """One page of what waits for you."""

    items: list[WaitingShown] = Field(description="By when it is due, the soonest first; then the rest.", examples=[[]])
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.", examples=[None]
    )
