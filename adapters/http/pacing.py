"""Nobody may send more requests in a minute than one has use for: so many with a credential, without one fewer."""

from __future__ import annotations

from fastapi import Request

from adapters.http.deps import Asking, asking, concord_of
from adapters.http.problems import Problem
from adapters.http.security import network_of

UNCOUNTED = frozenset({"read_health", "read_metrics"})
"""What is asked by machines that watch over this one."""
WITHOUT_ONE = 5
"""An address may send this part of it without a credential that holds."""


def step_of_address(request: Request) -> None:
    """Counts a request that is nobody's; raises TooFast."""
    concord = concord_of(request)
    most = concord.settings.requests_per_minute
    concord.pace.step(f"address\n{network_of(request)}", -(-most // WITHOUT_ONE))


async def asking_at_a_pace(request: Request) -> Asking:
    """Whoever sends the request, which counts for their credential; what holds no credential, for its address."""
    try:
        asks = await asking(request)
    except Problem:
        step_of_address(request)
        raise
    concord = asks.concord
    concord.pace.step(f"credential\n{asks.actor.credential_id}", concord.settings.requests_per_minute)
    return asks
