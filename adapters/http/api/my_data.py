"""What is held about me: one download."""

from __future__ import annotations

from typing import Any

import orjson
from pydantic import Field
from starlette.responses import Response

from adapters.erasure.identities import kept_of
from adapters.eventlog.acts import acts_of
from adapters.http.api.people_answers import PERSON, Answered
from adapters.http.deps import Asks
from adapters.http.routing import Routes
from services.people.my_data import Records, my_data

router = Routes(prefix="/me", tags=["Me"])

_NAME = "concord-my-data.json"


class MyData(Answered):
    """Everything that is held about you."""

    made_at: str = Field(description="When this was put together (UTC).", examples=["2027-01-04T09:00:00Z"])
    person_id: str = Field(description="Your id, by which you are named everywhere else.", examples=[PERSON])
    organisation: dict[str, Any] = Field(description="Where you are.", examples=[{"id": PERSON, "name": "Northwind"}])
    kept: dict[str, list[dict[str, Any]]] = Field(
        description="By subject: your name and address, tokens, sessions, passkeys; without secrets.", examples=[{}]
    )
    place: dict[str, Any] = Field(
        description="Your leader, roles, absences, and an erasure that is on its way.", examples=[{"roles": []}]
    )
    agreements: list[dict[str, Any]] = Field(
        description="Each agreement that you have to do with as you see it, with its history.", examples=[[]]
    )
    commitments: list[dict[str, Any]] = Field(description="The same of commitments.", examples=[[]])
    imbalance_periods: list[dict[str, Any]] = Field(description="Imbalance periods as you see them.", examples=[[]])
    teams: list[dict[str, Any]] = Field(description="The teams that you belong to.", examples=[[]])
    reads: list[dict[str, Any]] = Field(
        description="Who read what is yours without being a party of it, as in `GET /audit/reads`.", examples=[[]]
    )
    acts: list[dict[str, Any]] = Field(
        description="Everything that you ever did here, and that was done with your place, with your words.",
        examples=[[]],
    )


@router.get(
    "/data",
    operation_id="download_my_data",
    summary="What do you hold about me?",
    responses={200: {"model": MyData, "description": "All of it, in one file."}},
)
async def route_download_my_data(asks: Asks) -> Response:
    """Who you are, how you sign in, what you take part in as you see it, and every act of yours with its words."""
    await asks.allow("download_my_data")
    await asks.wait_for_position(["reads"])
    concord = asks.concord
    records = Records(
        concord.ledger,
        concord.clock,
        lambda person_id: acts_of(concord.ledger, person_id),
        lambda person_id: kept_of(concord.database, person_id),
        concord.identities.names,
        concord.reads,
    )
    document = orjson.dumps(
        await my_data(records, asks.actor), option=orjson.OPT_UTC_Z | orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
    )
    return Response(
        document,
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{_NAME}"', "Cache-Control": "private, no-store"},
    )
