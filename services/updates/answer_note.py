"""Answering a note on how a term went."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt
from services.updates.footing import footing_of


@dataclass(frozen=True)
class AnswerNote:
    """The note, and the answer."""

    agreement_id: UUID
    note_id: UUID
    text: str


async def answer_note(desk: Desk, command: AnswerNote) -> Receipt:
    """Another party answers the note; whoever saw it otherwise makes a note of their own."""
    agreement = await desk.agreement(command.agreement_id, deed="answer_note")
    log = await desk.update_log(agreement.id)
    act, answer_id = desk.act(), desk.new_id()
    log.answer_note(act, footing_of(agreement, act.zone, act.today), command.note_id, answer_id, text=command.text)
    return await desk.record(
        agreement,
        log,
        status=201,
        location=f"/agreements/{agreement.id}/notes/{command.note_id}",
        ids={"answer_id": str(answer_id), "note_id": str(command.note_id)},
    )
