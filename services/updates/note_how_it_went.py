"""Noting how a term went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt
from services.updates.footing import footing_of


@dataclass(frozen=True)
class NoteHowItWent:
    """The term, the day, whether it was kept, and in what words."""

    agreement_id: UUID
    term_id: UUID
    on: date
    kept: bool
    text: str | None = None


async def note_how_it_went(desk: Desk, command: NoteHowItWent) -> Receipt:
    """Either side notes how a support, hands_off, expectation or norm went; both sides' notes are shown."""
    agreement = await desk.agreement(command.agreement_id, deed="note_how_it_went")
    log = await desk.update_log(agreement.id)
    act, note_id = desk.act(), desk.new_id()
    log.note(
        act,
        footing_of(agreement, act.zone, act.today),
        note_id,
        term_id=command.term_id,
        on=command.on,
        kept=command.kept,
        text=command.text,
    )
    return await desk.record(
        agreement,
        log,
        status=201,
        location=f"/agreements/{agreement.id}/notes/{note_id}",
        ids={"note_id": str(note_id)},
    )
