"""Reopening what was kept."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class ReopenCommitment:
    """The commitment, and why it is not kept after all."""

    commitment_id: UUID
    reason: str


async def reopen_commitment(desk: Desk, command: ReopenCommitment) -> Receipt:
    """A creditor reopens it, once, within seven days in which they are not away; the debtor may refuse."""
    commitment = await desk.commitment(command.commitment_id, deed="reopen_commitment")
    commitment.reopen(desk.act(), command.reason, await desk.away(commitment))
    return await desk.record(commitment)
