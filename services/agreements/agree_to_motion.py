"""Agreeing to a motion."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class AgreeToMotion:
    """The motion agreed to."""

    agreement_id: UUID
    motion_id: UUID


async def agree_to_motion(desk: Desk, command: AgreeToMotion) -> Receipt:
    """Another party agrees; when all have, what was moved happens at once."""
    agreement = await desk.agreement(command.agreement_id, deed="agree_to_motion")
    agreement.agree_to_motion(desk.act(), command.motion_id)
    return await desk.record(agreement)
