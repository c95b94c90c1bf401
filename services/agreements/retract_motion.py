"""Taking one's own motion back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class RetractMotion:
    """The motion to take back."""

    agreement_id: UUID
    motion_id: UUID


async def retract_motion(desk: Desk, command: RetractMotion) -> Receipt:
    """The proposer takes the motion back."""
    agreement = await desk.agreement(command.agreement_id, deed="retract_motion")
    agreement.retract_motion(desk.act(), command.motion_id)
    return await desk.record(agreement)
