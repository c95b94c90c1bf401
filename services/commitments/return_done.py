"""Returning what is not done yet."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class ReturnDone:
    """The commitment, and what is said of it."""

    commitment_id: UUID
    missing: str


async def return_done(desk: Desk, command: ReturnDone) -> Receipt:
    """A creditor says what is missing; it runs again."""
    commitment = await desk.commitment(command.commitment_id, deed="return_done")
    commitment.return_(desk.act(), command.missing)
    return await desk.record(commitment)
