"""The closing review of an imbalance period."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.imbalance.period_at import period_at, record_period
from services.ports import Receipt


@dataclass(frozen=True)
class ReviewPeriod:
    """Was it kept to, was it made good, what did it cost."""

    period_id: UUID
    kept: bool
    restored: bool
    cost: str


async def review_period(desk: Desk, command: ReviewPeriod) -> Receipt:
    """Everybody whom it was for says once what came of it."""
    at = await period_at(desk, command.period_id, deed="review_imbalance_period")
    at.period.review(desk.act(), kept=command.kept, restored=command.restored, cost=command.cost)
    return await record_period(desk, at)
