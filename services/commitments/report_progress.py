"""Reporting progress."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class ReportProgress:
    """The commitment, and what is said of it."""

    commitment_id: UUID
    text: str


async def report_progress(desk: Desk, command: ReportProgress) -> Receipt:
    """A debtor says how it goes."""
    commitment = await desk.commitment(command.commitment_id, deed="report_progress")
    note_id = desk.new_id()
    commitment.report_progress(desk.act(), note_id, command.text)
    where, ids = f"/commitments/{commitment.id}", {"note_id": str(note_id)}
    return await desk.record(commitment, status=201, location=where, ids=ids)
