"""Adding something to what is over."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class AnnotateEnd:
    """The commitment, and what is said of it."""

    commitment_id: UUID
    text: str


async def annotate_end(desk: Desk, command: AnnotateEnd) -> Receipt:
    """Either side adds a remark; it is shown wherever the end is."""
    commitment = await desk.commitment(command.commitment_id, deed="annotate_end")
    note_id = desk.new_id()
    commitment.annotate(desk.act(), note_id, command.text)
    return await desk.record(commitment, ids={"note_id": str(note_id)})
