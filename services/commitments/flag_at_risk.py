"""Warning early."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class FlagAtRisk:
    """The commitment, and what is said of it."""

    commitment_id: UUID
    text: str


async def flag_at_risk(desk: Desk, command: FlagAtRisk) -> Receipt:
    """A debtor warns early that it may not come as promised, which is a credit to them."""
    commitment = await desk.commitment(command.commitment_id, deed="flag_at_risk")
    note_id = desk.new_id()
    commitment.flag_at_risk(desk.act(), note_id, command.text)
    where, ids = f"/commitments/{commitment.id}", {"note_id": str(note_id)}
    return await desk.record(commitment, status=201, location=where, ids=ids)
