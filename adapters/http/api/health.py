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
from services.queries import Lag

outside = Routes(tags=["Health"], under="")

MOST_LAG_SECONDS = 60.0
"""A read model or a policy that is further behind than this makes the process unready."""


class Alive(BaseModel):
    """The process answers."""

    status: str = Field(description="Always `ok`.", examples=["ok"])


class FollowerShown(BaseModel):
    """How far one read model, or one policy, has followed the log."""

    name: str = Field(description="Which.", examples=["agreements"])
    position: int = Field(description="The log position up to which it has taken everything in.", examples=[120])
    head: int = Field(description="The newest position of the log.", examples=[121])
    events: int = Field(description="How many events it has not taken in yet.", examples=[1])
    seconds: float = Field(description="How long ago the oldest of these was recorded, in seconds.", examples=[0.02])


class ParkedShown(BaseModel):
    """An event that a read model could not take in, or a policy could not act on, and left aside."""

    read_model: str = Field(description="Which read model or policy.", examples=["agreements"])
    position: int = Field(description="The event's position in the log.", examples=[77])
    type: str = Field(description="The event's type.", examples=["concord.agreement.shared"])
    failure: str = Field(description="What went wrong, by type and place in the code.", examples=["KeyError"])


class Readiness(BaseModel):
    """Whether requests can be served, and how far the read models are behind."""

    status: str = Field(description="`ok`, `parked`, `behind` or `store unreachable`.", examples=["ok"])
    read_models: list[FollowerShown] = Field([], description="Each read model.", examples=[[]])
    policies: list[FollowerShown] = Field([], description="Each policy: what follows from what.", examples=[[]])
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
    """How far each read model and policy is behind (events, seconds); which events are parked (positions, types)."""
    concord = concord_of(request)
    try:
        taking_in, acting = await concord.projector.lag(), await concord.policies.lag()
        parked = [*await concord.projector.parked(), *await concord.policies.parked()]
    except Unavailable:
        nothing = b'{"status":"store unreachable","read_models":[],"policies":[],"parked":[]}'
        return json_response(nothing, 503, {"Retry-After": "1"})
    late = any(lag.seconds > MOST_LAG_SECONDS for lag in [*taking_in, *acting])
    state = {
        "status": "behind" if late else "parked" if parked else "ok",
        "read_models": [_follower(lag) for lag in taking_in],
        "policies": [_follower(lag) for lag in acting],
        "parked": [
            {"read_model": p.projection, "position": p.position, "type": p.topic, "failure": p.failure} for p in parked
        ],
    }
    return json_response(orjson.dumps(state), 503 if late else 200, {"Retry-After": "5"} if late else None)


def _follower(lag: Lag) -> dict[str, object]:
    return {
        "name": lag.projection,
        "position": lag.position,
        "head": lag.head,
        "events": lag.events,
        "seconds": round(lag.seconds, 3),
    }


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
