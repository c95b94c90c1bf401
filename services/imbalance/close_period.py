"""Closing an imbalance period."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.imbalance.period_at import period_at, record_period
from services.ports import Receipt


@dataclass(frozen=True)
class ClosePeriod:
    """The period."""

    period_id: UUID


async def close_period(desk: Desk, command: ClosePeriod) -> Receipt:
    """The declarer closes it; after thirty days it closes by itself."""
    at = await period_at(desk, command.period_id, deed="close_imbalance_period")
    at.period.close(desk.act())
    return await record_period(desk, at)
