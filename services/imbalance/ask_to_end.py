"""Asking for an early end."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.imbalance.period_at import period_at, record_period
from services.ports import Receipt


@dataclass(frozen=True)
class AskToEnd:
    """The period."""

    period_id: UUID


async def ask_to_end(desk: Desk, command: AskToEnd) -> Receipt:
    """Once a majority asks, it ends in three days unless the declarer refuses in writing."""
    at = await period_at(desk, command.period_id, deed="ask_to_end_imbalance_period")
    at.period.ask_to_end(desk.act())
    return await record_period(desk, at)
