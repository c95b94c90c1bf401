"""Going out of an imbalance period."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.imbalance.period_at import period_at, record_period
from services.ports import Receipt


@dataclass(frozen=True)
class LeavePeriod:
    """The period."""

    period_id: UUID


async def leave_period(desk: Desk, command: LeavePeriod) -> Receipt:
    """Somebody named goes out; what is owed by them or to them runs again."""
    at = await period_at(desk, command.period_id, deed="leave_imbalance_period")
    at.period.leave(desk.act())
    return await record_period(desk, at)
