"""Withdrawing a request, an offer or a counter."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class WithdrawCommitment:
    """The commitment, and what is said of it."""

    commitment_id: UUID
    reason: str | None = None


async def withdraw_commitment(desk: Desk, command: WithdrawCommitment) -> Receipt:
    """The side that spoke last takes it back; nothing is counted."""
    commitment = await desk.commitment(command.commitment_id, deed="withdraw_commitment")
    commitment.withdraw(desk.act(), command.reason)
    return await desk.record(commitment)
