"""Accepting an offer or a counter."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class AcceptCommitment:
    """The commitment, and what is said of it."""

    commitment_id: UUID
    revision: int


async def accept_commitment(desk: Desk, command: AcceptCommitment) -> Receipt:
    """The side asked says yes to this revision."""
    commitment = await desk.commitment(command.commitment_id, deed="accept_commitment")
    commitment.accept(desk.act(), command.revision)
    return await desk.record(commitment)
