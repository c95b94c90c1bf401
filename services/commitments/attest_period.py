"""Attesting a period of an impact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class AttestPeriod:
    """The commitment, and what is said of it."""

    commitment_id: UUID
    period: date
    kept: str
    text: str | None = None


async def attest_period(desk: Desk, command: AttestPeriod) -> Receipt:
    """A side says how a period went; what the other says is stored beside it, never merged."""
    commitment = await desk.commitment(command.commitment_id, deed="attest_period")
    commitment.attest(desk.act(), command.period, command.kept, command.text)
    return await desk.record(commitment)
