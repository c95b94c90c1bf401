"""Taking one's own words back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt
from services.updates.footing import footing_of
from services.updates.named_entry import must_be_there


@dataclass(frozen=True)
class WithdrawEntry:
    """The entry (kind: update, escalation, note or answer; `answer_to` what an answer answers) and why."""

    agreement_id: UUID
    entry_id: UUID
    kind: str
    reason: str | None = None
    answer_to: UUID | None = None


async def withdraw_entry(desk: Desk, command: WithdrawEntry) -> Receipt:
    """The author's words are shown no more; they stay in the history, times and adherence as they were."""
    agreement = await desk.agreement(command.agreement_id, deed="withdraw_entry")
    log = await desk.update_log(agreement.id)
    act = desk.act()
    kind = must_be_there(log, command.entry_id, command.kind, command.answer_to)
    log.withdraw(act, footing_of(agreement, act.zone, act.today), command.entry_id, reason=command.reason, kind=kind)
    return await desk.record(agreement, log)
