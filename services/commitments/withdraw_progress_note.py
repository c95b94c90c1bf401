"""Taking a progress note or an early warning back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class WithdrawProgressNote:
    """The note, and why it is taken back."""

    commitment_id: UUID
    note_id: UUID
    reason: str | None = None


async def withdraw_progress_note(desk: Desk, command: WithdrawProgressNote) -> Receipt:
    """The author takes it back; that something was said then stays."""
    commitment = await desk.commitment(command.commitment_id, deed="withdraw_progress_note")
    commitment.withdraw_note(desk.act(), command.note_id, command.reason)
    return await desk.record(commitment)
