"""Putting a progress note or an early warning right."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class CorrectProgressNote:
    """The note, and its new text."""

    commitment_id: UUID
    note_id: UUID
    text: str


async def correct_progress_note(desk: Desk, command: CorrectProgressNote) -> Receipt:
    """The author puts it right; the old text stays in the history, times stay as they were."""
    commitment = await desk.commitment(command.commitment_id, deed="correct_progress_note")
    commitment.correct_note(desk.act(), command.note_id, command.text)
    return await desk.record(commitment)
