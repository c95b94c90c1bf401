"""Taking an imbalance period back before it starts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.imbalance.period_at import period_at, record_period
from services.ports import Receipt


@dataclass(frozen=True)
class WithdrawPeriod:
    """The period."""

    period_id: UUID


async def withdraw_period(desk: Desk, command: WithdrawPeriod) -> Receipt:
    """The declarer takes it back; none of its days counts for anybody."""
    at = await period_at(desk, command.period_id, deed="withdraw_imbalance_period")
    at.period.withdraw(desk.act())
    return await record_period(desk, at)
