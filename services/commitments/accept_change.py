"""Accepting a change."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class AcceptChange:
    """The commitment, and what is said of it."""

    commitment_id: UUID
    revision: int


async def accept_change(desk: Desk, command: AcceptChange) -> Receipt:
    """Who is asked says yes; with the last yes that it needs, the change is made."""
    commitment = await desk.commitment(command.commitment_id, deed="accept_change")
    commitment.accept_change(desk.act(), command.revision)
    return await desk.record(commitment)
