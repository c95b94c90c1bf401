"""Confirming that it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class ConfirmDone:
    """The commitment, and what is said of it."""

    commitment_id: UUID
    conditions_met: tuple[int, ...] | None = None
    thanks: str | None = None


async def confirm_done(desk: Desk, command: ConfirmDone) -> Receipt:
    """A creditor says that it is kept, which conditions are met (numbered from 0), and thanks."""
    commitment = await desk.commitment(command.commitment_id, deed="confirm_done")
    commitment.confirm(desk.act(), command.conditions_met, command.thanks)
    return await desk.record(commitment)
