"""Whether Concord is alive and ready, and its figures; outside the API's path."""

from __future__ import annotations

import ipaddress

import orjson
from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from adapters.http.conventions import json_response
from adapters.http.deps import asking, concord_of
from adapters.http.routing import Routes
from services.ports import Unavailable

outside = Routes(tags=["Health"], under="")

MOST_LAG_SECONDS = 60.0
"""A read model that is further behind than this makes the process unready."""


class Alive(BaseModel):
    """The process answers."""

    status: str = Field(description="Always `ok`.", examples=["ok"])


class ReadModelShown(BaseModel):
    """How far one read model has followed the log."""

    name: str = Field(description="Which.", examples=["agreements"])
    position: int = Field(description="The log position that it has taken in.", examples=[120])
    head: int = Field(description="The newest position of the log.", examples=[121])
    events: int = Field(description="How many events it has not taken in yet.", examples=[1])
    seconds: float = Field(description="How long ago the oldest of these was recorded, in seconds.", examples=[0.02])


class ParkedShown(BaseModel):
    """An event that a read model left aside, because it could not take it in."""

    read_model: str = Field(description="Which read model.", examples=["agreements"])
    position: int = Field(description="The event's position in the log.", examples=[77])
    type: str = Field(description="The event's type.", examples=["concord.agreement.shared"])
    failure: str = Field(description="What went wrong, by type and place in the code.", examples=["KeyError"])


class Readiness(BaseModel):
    """Whether requests can be served, and how far the read models are behind."""

    status: str = Field(description="`ok`, `parked`, `behind` or `store unreachable`.", examples=["ok"])
    read_models: list[ReadModelShown] = Field([], description="Each read model.", examples=[[]])
    parked: list[ParkedShown] = Field([], description="Events that were left aside.", examples=[[]])


@outside.get(
    "/healthz",
    operation_id="read_liveness",
    summary="Is the process alive?",
    responses={200: {"model": Alive, "description": "Yes."}},
    openapi_extra={"x-deed": "read_health"},
)
async def route_liveness() -> Response:
    """Answers at once, whatever state the store is in."""
    return json_response(b'{"status":"ok"}')


@outside.get(
    "/readyz",
    operation_id="read_readiness",
    summary="Is the store reachable, and are the read models up with it?",
    responses={
        200: {"model": Readiness, "description": "Ready."},
        503: {"model": Readiness, "description": "Not ready, and why."},
    },
    openapi_extra={"x-deed": "read_health"},
)
async def route_readiness(request: Request) -> Response:
    """Says how far each read model is behind (events, seconds) and which events are parked (positions and types)."""
    concord = concord_of(request)
    try:
        lags, parked = await concord.projector.lag(), await concord.projector.parked()
    except Unavailable:
        return json_response(b'{"status":"store unreachable","read_models":[],"parked":[]}', 503, {"Retry-After": "1"})
    late = any(lag.seconds > MOST_LAG_SECONDS for lag in lags)
    state = {
        "status": "behind" if late else "parked" if parked else "ok",
        "read_models": [
            {
                "name": lag.projection,
                "position": lag.position,
                "head": lag.head,
                "events": lag.events,
                "seconds": round(lag.seconds, 3),
            }
            for lag in lags
        ],
        "parked": [
            {"read_model": p.projection, "position": p.position, "type": p.topic, "failure": p.failure} for p in parked
        ],
    }
    return json_response(orjson.dumps(state), 503 if late else 200, {"Retry-After": "5"} if late else None)


@outside.get(
    "/metrics",
    operation_id="read_metrics",
    summary="Figures for Prometheus",
    responses={200: {"description": "Figures.", "content": {"text/plain": {"schema": {"type": "string"}}}}},
    openapi_extra={"x-deed": "read_metrics", "x-also": [401, 403]},
)
async def route_metrics(request: Request) -> Response:
    """For whoever asks from this machine, or with a steward's token; nothing personal is in it."""
    if not _from_this_machine(request):
        asks = await asking(request)
        await asks.allow("read_metrics")
    from adapters.http.metrics import exposition  # noqa: PLC0415 - asked for seldom

    return Response(await exposition(concord_of(request)), media_type="text/plain; version=0.0.4")


def _from_this_machine(request: Request) -> bool:
    # What a proxy on this machine passes on comes from elsewhere.
    if request.client is None or "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
