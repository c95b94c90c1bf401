"""Putting one's own words right."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt
from services.updates.footing import footing_of
from services.updates.named_entry import must_be_there


@dataclass(frozen=True)
class CorrectEntry:
    """The entry (kind: update, escalation, note or answer; `answer_to` what an answer answers) and its new words."""

    agreement_id: UUID
    entry_id: UUID
    kind: str
    text: str
    answer_to: UUID | None = None


async def correct_entry(desk: Desk, command: CorrectEntry) -> Receipt:
    """The author's new words are shown; the old ones stay in the history, times and adherence as they were."""
    agreement = await desk.agreement(command.agreement_id, deed="correct_entry")
    log = await desk.update_log(agreement.id)
    act = desk.act()
    kind = must_be_there(log, command.entry_id, command.kind, command.answer_to)
    log.correct(act, footing_of(agreement, act.zone, act.today), command.entry_id, text=command.text, kind=kind)
    return await desk.record(agreement, log)
