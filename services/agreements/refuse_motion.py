"""Refusing a motion."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class RefuseMotion:
    """The motion, and why it is refused."""

    agreement_id: UUID
    motion_id: UUID
    reason: str | None = None


async def refuse_motion(desk: Desk, command: RefuseMotion) -> Receipt:
    """Another party refuses, which ends the motion."""
    agreement = await desk.agreement(command.agreement_id, deed="refuse_motion")
    agreement.refuse_motion(desk.act(), command.motion_id, command.reason)
    return await desk.record(agreement)
