"""Refusing a change."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class RefuseChange:
    """The commitment, and what is said of it."""

    commitment_id: UUID
    reason: str | None = None


async def refuse_change(desk: Desk, command: RefuseChange) -> Receipt:
    """Who is asked says no; what was promised stays as it is."""
    commitment = await desk.commitment(command.commitment_id, deed="refuse_change")
    commitment.refuse_change(desk.act(), command.reason)
    return await desk.record(commitment)
