"""Ending an imbalance period early."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.imbalance.period_at import period_at, record_period
from services.ports import Receipt


@dataclass(frozen=True)
class EndPeriod:
    """The period."""

    period_id: UUID


async def end_period(desk: Desk, command: EndPeriod) -> Receipt:
    """The declarer ends it; what was set aside runs again."""
    at = await period_at(desk, command.period_id, deed="end_imbalance_period")
    at.period.end(desk.act())
    return await record_period(desk, at)
