"""Taking back that it is done."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class RetractDone:
    """The commitment."""

    commitment_id: UUID


async def retract_done(desk: Desk, command: RetractDone) -> Receipt:
    """A debtor takes it back; what was retracted stopped nothing."""
    commitment = await desk.commitment(command.commitment_id, deed="retract_done")
    commitment.retract_done(desk.act())
    return await desk.record(commitment)
