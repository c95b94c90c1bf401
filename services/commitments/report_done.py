"""Reporting that it is done."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class ReportDone:
    """The commitment, and what is said of it."""

    commitment_id: UUID
    evidence: tuple[str, ...] = ()
    learned: str | None = None


async def report_done(desk: Desk, command: ReportDone) -> Receipt:
    """A debtor says that it is done; the clock stands still until that is answered."""
    commitment = await desk.commitment(command.commitment_id, deed="report_done")
    commitment.done(desk.act(), command.evidence, command.learned)
    return await desk.record(commitment)
