"""Resuming before the agreed day."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class ResumeCommitment:
    """The commitment."""

    commitment_id: UUID


async def resume_commitment(desk: Desk, command: ResumeCommitment) -> Receipt:
    """Either side ends an agreed suspension early; the due date moves by the time that it stood still."""
    commitment = await desk.commitment(command.commitment_id, deed="resume_commitment")
    commitment.resume(desk.act())
    return await desk.record(commitment)
