"""Objecting to an imbalance period."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.imbalance.period_at import period_at, record_period
from services.ports import Receipt


@dataclass(frozen=True)
class ObjectToPeriod:
    """Why."""

    period_id: UUID
    reason: str


async def object_to_period(desk: Desk, command: ObjectToPeriod) -> Receipt:
    """Somebody named objects; the objection stays, and all see that there is one."""
    at = await period_at(desk, command.period_id, deed="object_to_imbalance_period")
    at.period.object(desk.act(), command.reason)
    return await record_period(desk, at)
