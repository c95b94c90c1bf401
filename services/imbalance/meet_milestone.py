"""Saying that the milestone of an imbalance period is met."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.imbalance.period_at import period_at, record_period
from services.ports import Receipt


@dataclass(frozen=True)
class MeetMilestone:
    """The period."""

    period_id: UUID


async def meet_milestone(desk: Desk, command: MeetMilestone) -> Receipt:
    """The declarer says so, and it is over; what was set aside runs again."""
    at = await period_at(desk, command.period_id, deed="meet_milestone")
    at.period.meet_milestone(desk.act())
    return await record_period(desk, at)
