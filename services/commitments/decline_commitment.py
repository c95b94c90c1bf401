"""Declining what one is asked."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class DeclineCommitment:
    """The commitment, and what is said of it."""

    commitment_id: UUID
    reason: str | None = None


async def decline_commitment(desk: Desk, command: DeclineCommitment) -> Receipt:
    """The side asked says no; nothing is counted."""
    commitment = await desk.commitment(command.commitment_id, deed="decline_commitment")
    commitment.decline(desk.act(), command.reason)
    return await desk.record(commitment)
