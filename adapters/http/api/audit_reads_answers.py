"""What the questions about who read what answer, for the OpenAPI description."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from adapters.http.api.agreements_answers import AGREEMENT
from adapters.http.api.agreements_bodies import ADA
from adapters.http.api.people_answers import Answered

_SENTENCE = "Sol read the text, as a steward who gave a reason."


class ReadOf(Answered):
    """What was read, or whose way in was reset."""

    kind: Literal["agreement", "imbalance_period", "person"] = Field(description="What it is.", examples=["agreement"])
    id: UUID = Field(description="Which.", examples=[AGREEMENT])
    path: str = Field(description="Its path after /api/v1.", examples=[f"/agreements/{AGREEMENT}"])


class ReadShown(Answered):
    """One read that is on record."""

    position: int = Field(description="Its position in the log.", examples=[120])
    at: datetime = Field(description="When (UTC).", examples=["2027-01-04T09:00:00.000000Z"])
    by: UUID | None = Field(description="Who read; null for who runs the installation.", examples=[ADA])
    seen_as: Literal["glass", "grant", "line", "steward", "operator"] = Field(
        description="What let them: a steward's written reason, a leave that a party gave, leading the declarer, being "
        "steward, running the installation.",
        examples=["glass"],
    )
    what: Literal[
        "text", "history", "updates", "period", "listed", "export", "follow_through", "backup", "sign_in_reset"
    ] = Field(description="Which part of it.", examples=["text"])
    resource: ReadOf | None = Field(description="Of which thing; null where it was of everything at once.")
    reason: str | None = Field(description="The reason that a steward wrote.", examples=["A complaint"])
    leave_from: UUID | None = Field(description="Who gave leave to read it.", examples=[None])
    sentence: str = Field(description="The same in a sentence.", examples=[_SENTENCE])
    people: list[UUID] = Field(description="Everybody whom the sentence names.", examples=[[ADA]])


class ReadPage(Answered):
    """One page of reads, newest first."""

    items: list[ReadShown] = Field(description="The reads of this page.", examples=[[]])
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.", examples=[None]
    )
