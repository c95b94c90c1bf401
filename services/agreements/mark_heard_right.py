"""Saying "yes, that is what I said"."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class MarkHeardRight:
    """What another party heard, by its id."""

    agreement_id: UUID
    heard_id: UUID


async def mark_heard_right(desk: Desk, command: MarkHeardRight) -> Receipt:
    """Confirms what another party wrote that they had heard."""
    agreement = await desk.agreement(command.agreement_id, deed="mark_heard_right")
    agreement.mark_heard_right(desk.act(), command.heard_id)
    return await desk.record(agreement)
