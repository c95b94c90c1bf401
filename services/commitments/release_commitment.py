"""Letting the debtors go."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.commitments.sides import nobody_can_act
from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class ReleaseCommitment:
    """The commitment, and why."""

    commitment_id: UUID
    reason: str | None = None


async def release_commitment(desk: Desk, command: ReleaseCommitment) -> Receipt:
    """A creditor lets the debtors go; so may a debtor once nobody of the creditors can act any more."""
    commitment = await desk.commitment(command.commitment_id, deed="release_commitment")
    nobody_left = await nobody_can_act(desk.ledger, commitment.content.owed_to)
    commitment.release(desk.act(), command.reason, nobody_left=nobody_left)
    return await desk.record(commitment)
