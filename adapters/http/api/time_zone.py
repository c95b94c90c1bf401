"""Choosing the zone that one is told times in."""

from __future__ import annotations

from pydantic import Field
from starlette.responses import Response

from adapters.http.api.me import show_me
from adapters.http.api.people_answers import MeShown
from adapters.http.conventions import Body, etag, idempotency_key, json_response, seen_version
from adapters.http.deps import Asks
from adapters.http.routing import Routes
from services.people.choose_time_zone import ChooseTimeZone, choose_time_zone

router = Routes(prefix="/me", tags=["Me"])


class TimeZoneBody(Body):
    """Where you are."""

    time_zone: str | None = Field(
        description="An IANA name; null for the zone of your organisation.",
        examples=["Europe/Lisbon"],
        json_schema_extra={"maxLength": 100},
        max_length=100,
    )


@router.put(
    "/time-zone",
    operation_id="choose_time_zone",
    summary="Choose the zone that pages tell you times in",
    responses={200: {"model": MeShown, "description": "You, with the zone that you chose."}},
)
async def route_choose_time_zone(body: TimeZoneBody, asks: Asks) -> Response:
    """For your own eyes only. Days stay those of your organisation, and the API goes on telling instants in UTC."""
    await asks.allow("choose_time_zone")
    # Choosing the same again changes nothing, and a zone has no versions: the form is all there is to these two.
    idempotency_key(asks.request.headers)
    seen_version(asks.request.headers, required=True)
    await choose_time_zone(asks.concord.identities, ChooseTimeZone(asks.actor.person_id, body.time_zone))
    shown = await show_me(asks, body.time_zone)
    position = str(await asks.concord.ledger.head())
    headers = {"ETag": etag(shown.version, shown.body), "Concord-Position": position}
    return json_response(shown.body, 200, headers)
