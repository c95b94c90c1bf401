"""Whether Concord is alive and ready, and its figures; outside the API's path."""

from __future__ import annotations

import ipaddress

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from adapters.http.conventions import json_response
from adapters.http.deps import asking, concord_of
from adapters.http.problems import not_found
from services.ports import Unavailable

outside = APIRouter(tags=["Health"])

MOST_LAG_SECONDS = 60.0
"""A read model that is further behind than this makes the process unready."""


@outside.get(
    "/healthz", summary="Is the process alive?", operation_id="healthz", responses={200: {"description": "Yes."}}
)
async def healthz() -> Response:
    """Answers at once, whatever state the store is in."""
    return json_response(b'{"status":"ok"}')


@outside.get(
    "/readyz",
    summary="Is the store reachable, and are the read models up with it?",
    operation_id="readyz",
    responses={200: {"description": "Ready."}, 503: {"description": "Not ready; says why."}},
)
async def readyz(request: Request) -> Response:
    """Says how far each read model is behind (events, seconds) and which events are parked (positions and types)."""
    concord = concord_of(request)
    try:
        lags, parked = await concord.projector.lag(), await concord.projector.parked()
    except Unavailable:
        return json_response(b'{"status":"store unreachable"}', 503, {"Retry-After": "1"})
    late = any(lag.seconds > MOST_LAG_SECONDS for lag in lags)
    state = {
        "status": "parked" if parked else "behind" if late else "ok",
        "read_models": [
            {
                "name": lag.projection,
                "position": lag.position,
                "head": lag.head,
                "events": lag.events,
                "seconds": lag.seconds,
            }
            for lag in lags
        ],
        "parked": [
            {"read_model": p.projection, "position": p.position, "type": p.topic, "failure": p.failure} for p in parked
        ],
    }
    return json_response(orjson.dumps(state), 503 if late else 200)


@outside.get(
    "/metrics",
    summary="Figures for Prometheus",
    operation_id="metrics",
    responses={200: {"description": "Figures.", "content": {"text/plain": {}}}, 404: {"description": "Not for you."}},
)
async def metrics(request: Request) -> Response:
    """For loopback, or with a steward's token; nothing personal is in it."""
    if not _is_loopback(request):
        asks = await asking(request)
        standing = await asks.concord.ledger.standing(asks.actor.person_id)
        if standing is None or "steward" not in standing.roles:
            return not_found().response()
    from adapters.http.metrics import exposition  # noqa: PLC0415 - asked for seldom

    return Response(await exposition(concord_of(request)), media_type="text/plain; version=0.0.4")


def _is_loopback(request: Request) -> bool:
    if request.client is None or "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
