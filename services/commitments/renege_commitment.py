"""Taking a promise back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class RenegeCommitment:
    """The commitment, and what is said of it."""

    commitment_id: UUID
    reason: str


async def renege_commitment(desk: Desk, command: RenegeCommitment) -> Receipt:
    """A debtor takes the promise back, and says why."""
    commitment = await desk.commitment(command.commitment_id, deed="renege_commitment")
    commitment.renege(desk.act(), command.reason)
    return await desk.record(commitment)
