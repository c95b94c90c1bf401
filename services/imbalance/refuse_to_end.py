"""Refusing an early end in writing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.imbalance.period_at import period_at, record_period
from services.ports import Receipt


@dataclass(frozen=True)
class RefuseToEnd:
    """Why."""

    period_id: UUID
    reason: str


async def refuse_to_end(desk: Desk, command: RefuseToEnd) -> Receipt:
    """The declarer refuses what was asked; who still wants it asks again."""
    at = await period_at(desk, command.period_id, deed="refuse_to_end_imbalance_period")
    at.period.refuse_to_end(desk.act(), command.reason)
    return await record_period(desk, at)
