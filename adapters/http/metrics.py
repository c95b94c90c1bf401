"""Figures for Prometheus: the log, the read models, and what requests came to. No label is personal."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest

from adapters.bootstrap import Concord
from services.ports import Unavailable

REGISTRY = CollectorRegistry()
REQUESTS = Histogram(
    "concord_request_seconds",
    "How long requests took, by operation and status",
    ["operation", "status"],
    registry=REGISTRY,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
_POSITION = Gauge("concord_log_position", "The newest position of the event log", registry=REGISTRY)
_LAG = Gauge(
    "concord_read_model_lag_events", "Events not taken in yet (policies too)", ["read_model"], registry=REGISTRY
)
_LAG_SECONDS = Gauge("concord_read_model_lag_seconds", "Age of the oldest of them", ["read_model"], registry=REGISTRY)
_PARKED = Gauge(
    "concord_parked_events", "Events that a read model could not take in, or a policy not act on", registry=REGISTRY
)
_REACHABLE = Gauge("concord_store_reachable", "1 when the store answers", registry=REGISTRY)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def measured(method: str, operation: str | None, status: int, seconds: float) -> None:
    """Counts a request; one that no operation took is counted under its method, where that is one that exists."""
    name = operation or (f"none ({method})" if method in _METHODS else "none")
    REQUESTS.labels(name, str(status)).observe(seconds)


async def exposition(concord: Concord) -> bytes:
    """The figures in Prometheus' text form."""
    try:
        _POSITION.set(await concord.ledger.head())
        for lag in [*await concord.projector.lag(), *await concord.policies.lag()]:
            _LAG.labels(lag.projection).set(lag.events)
            _LAG_SECONDS.labels(lag.projection).set(lag.seconds)
        _PARKED.set(len(await concord.projector.parked()) + len(await concord.policies.parked()))
        _REACHABLE.set(1)
    except Unavailable:
        _REACHABLE.set(0)
    return generate_latest(REGISTRY)
