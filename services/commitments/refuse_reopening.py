"""Refusing a reopening."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class RefuseReopening:
    """The commitment, and what is said of it."""

    commitment_id: UUID
    text: str


async def refuse_reopening(desk: Desk, command: RefuseReopening) -> Receipt:
    """A debtor stands by what was confirmed: kept, and contested."""
    commitment = await desk.commitment(command.commitment_id, deed="refuse_reopening")
    commitment.refuse_reopening(desk.act(), command.text)
    return await desk.record(commitment)
