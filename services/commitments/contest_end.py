"""Contesting how something ended."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class ContestEnd:
    """The commitment, and what is said of it."""

    commitment_id: UUID
    text: str


async def contest_end(desk: Desk, command: ContestEnd) -> Receipt:
    """Either side says that they see the end differently; it is shown wherever the end is."""
    commitment = await desk.commitment(command.commitment_id, deed="contest_end")
    note_id = desk.new_id()
    commitment.contest(desk.act(), note_id, command.text)
    return await desk.record(commitment, ids={"note_id": str(note_id)})
