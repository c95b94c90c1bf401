"""Saying that something is not needed any more."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.commitments.sides import nobody_can_act
from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class CancelCommitment:
    """The commitment, and why the need is gone."""

    commitment_id: UUID
    reason: str | None = None


async def cancel_commitment(desk: Desk, command: CancelCommitment) -> Receipt:
    """A creditor says that the need is gone; where nobody of the debtors can act any more, that is the cause."""
    commitment = await desk.commitment(command.commitment_id, deed="cancel_commitment")
    nobody_left = await nobody_can_act(desk.ledger, commitment.content.owed_by)
    commitment.cancel(desk.act(), command.reason, nobody_left=nobody_left)
    return await desk.record(commitment)
