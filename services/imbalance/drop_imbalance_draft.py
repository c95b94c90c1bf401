"""Giving a draft up."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.imbalance.period_at import period_at, record_period
from services.ports import Receipt


@dataclass(frozen=True)
class DropImbalanceDraft:
    """The draft."""

    period_id: UUID


async def drop_imbalance_draft(desk: Desk, command: DropImbalanceDraft) -> Receipt:
    """Who drafted it, or declares it, gives it up; it is shown no more to be declared."""
    at = await period_at(desk, command.period_id, deed="drop_imbalance_draft")
    at.period.drop(desk.act())
    return await record_period(desk, at)
