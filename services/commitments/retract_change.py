"""Taking a proposed change back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class RetractChange:
    """The commitment."""

    commitment_id: UUID


async def retract_change(desk: Desk, command: RetractChange) -> Receipt:
    """The side that proposed it takes it back."""
    commitment = await desk.commitment(command.commitment_id, deed="retract_change")
    commitment.retract_change(desk.act())
    return await desk.record(commitment)
