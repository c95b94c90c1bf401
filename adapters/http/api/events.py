"""What happened, for you: page by page, or followed as it happens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from adapters.http.api.agreements_bodies import ADA
from adapters.http.api.agreements_common import Limit
from adapters.http.api.people_answers import Answered
from adapters.http.conventions import Shown
from adapters.http.deps import OPERATION, Asking, Asks
from adapters.http.following import MOST_AT_ONCE, follow
from adapters.http.form import invalid
from adapters.http.routing import Routes
from adapters.http.streams import EVENT_STREAM, Streams
from services.audit.feed import FeedDesk, FeedPage, list_events
from services.audit.versions import made_cursor, read_cursor

router = Routes(prefix="/events", tags=["Audit"])

_AGREEMENT = "0197a2c0-0000-7000-8000-000000000001"
_RESOURCE = {"kind": "agreement", "id": _AGREEMENT, "path": f"/agreements/{_AGREEMENT}"}
_EVENT: dict[str, Any] = {
    "cursor": "MTI",
    "position": 12,
    "at": "2027-01-04T09:00:00.000000Z",
    "kind": "agreement.consent_given",
    "resource": _RESOURCE,
    "actor_id": ADA,
}
_STREAMED = (
    "retry: 2000\n\nid: MTI\n"
    'data: {"cursor":"MTI","position":12,"at":"2027-01-04T09:00:00.000000Z","kind":"agreement.consent_given",...}\n\n'
)


class ResourceShown(Answered):
    """What it happened to."""

    kind: str = Field(
        description="`agreement`, `commitment`, `imbalance_period`, `person`, `team` or `organisation`.",
        examples=["agreement"],
    )
    id: UUID = Field(description="Its id.", examples=[_AGREEMENT])
    path: str = Field(description="Where it is, after `/api/v1`.", examples=[f"/agreements/{_AGREEMENT}"])


class EventShown(Answered):
    """One thing that happened; what was written is read where it stands."""

    cursor: str = Field(description="Go on after this one with it.", examples=["MTI"])
    position: int = Field(description="Its position in the log.", examples=[12])
    at: datetime = Field(description="When it was recorded (UTC).", examples=["2027-01-04T09:00:00.000000Z"])
    kind: str = Field(description="What happened, in a stable short name.", examples=["agreement.consent_given"])
    resource: ResourceShown = Field(description="To what.", examples=[_RESOURCE])
    actor_id: UUID | None = Field(
        description="Who did it; null for the clock, or where that is not for you.", examples=[ADA]
    )


class EventPage(Answered):
    """One page of what happened, oldest first."""

    items: list[EventShown] = Field(
        description="What happened; there may be none on a page that is not the last.", examples=[[_EVENT]]
    )
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.", examples=[None]
    )
    follow_from: str = Field(
        description="Send it as `cursor` later, or now with `Accept: text/event-stream`, to miss nothing.",
        examples=["MTI"],
    )


@router.get(
    "",
    operation_id="read_events",
    summary="What happened?",
    responses={
        200: {
            "model": EventPage,
            "description": "What happened, oldest first; or, with `Accept: text/event-stream`, everything that "
            "happens from now on (after `Last-Event-ID` or `cursor`, where one is sent).",
            "content": {EVENT_STREAM: {"schema": {"type": "string"}, "example": _STREAMED}},
        }
    },
    openapi_extra={"x-also": [429]},
)
async def route_read_events(
    asks: Asks,
    cursor: Annotated[
        str | None,
        Query(description="`next_cursor`, `follow_from`, or the `cursor` of an event.", max_length=1_000),
    ] = None,
    limit: Limit = 50,
) -> Response:
    """Of everything that you take part in: what, to which thing, when and by whom, and never what was written.

    A narrowed token is told of what its scopes cover. A stream ends within two seconds when its session or token
    does, when its owner leaves, or when they lose sight of anything; whoever may still look connects again.
    """
    await asks.allow("read_events")
    if _wants_stream(asks.request):
        return await _stream(asks, asks.request.headers.get("last-event-id") or cursor)
    await asks.wait_for_position(["feed"])
    page = await list_events(_desk(asks), after=0 if cursor is None else read_cursor(cursor), limit=limit)
    # On the last page nothing says how far the log has grown by what is not for the sender.
    last = page.items[-1]["cursor"] if page.items else cursor or made_cursor(0)
    next_cursor = made_cursor(page.until) if page.more else None
    return asks.show(Shown(0, {"items": page.items, "next_cursor": next_cursor, "follow_from": next_cursor or last}))


def _wants_stream(request: Request) -> bool:
    accepted = request.headers.get("accept", "").split(",")
    return any(one.split(";", 1)[0].strip().lower() == EVENT_STREAM for one in accepted)


async def _stream(asks: Asking, given: str | None) -> Response:
    head = await asks.concord.ledger.head()
    after = head if given is None else read_cursor(given)
    if after > head:
        raise invalid({"cursor": "Nothing has come that far yet; take a cursor that an answer gave."})
    # Counted by a name of its own: how long it lasts says nothing about how long a page takes.
    asks.request.scope[OPERATION] = "follow_events"
    streams: Streams = asks.request.app.state.streams
    desk = _desk(asks)

    async def next_after(position: int) -> FeedPage:
        return await list_events(desk, after=position, limit=MOST_AT_ONCE)

    return streams.open(asks.actor.credential_id, follow(asks, streams.ending, next_after, after))


def _desk(asks: Asking) -> FeedDesk:
    concord = asks.concord
    return FeedDesk(concord.ledger, concord.clock, concord.feed, concord.identities.share_an_agreement, asks.actor)
