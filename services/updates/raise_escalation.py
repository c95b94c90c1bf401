"""Raising an escalation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt
from services.updates.footing import footing_of


@dataclass(frozen=True)
class RaiseEscalation:
    """What happened, when it happened, and when it was noticed where that differs."""

    agreement_id: UUID
    term_id: UUID
    text: str
    happened_at: datetime
    noticed_at: datetime | None = None


async def raise_escalation(desk: Desk, command: RaiseEscalation) -> Receipt:
    """Who owes an escalation tells the others now of what happened then."""
    agreement = await desk.agreement(command.agreement_id, deed="raise_escalation")
    log = await desk.update_log(agreement.id)
    act, escalation_id = desk.act(), desk.new_id()
    log.raise_escalation(
        act,
        footing_of(agreement, act.zone, act.today),
        escalation_id,
        term_id=command.term_id,
        text=command.text,
        happened_at=command.happened_at,
        noticed_at=command.noticed_at,
    )
    return await desk.record(
        agreement,
        log,
        status=201,
        location=f"/agreements/{agreement.id}/escalations/{escalation_id}",
        ids={"escalation_id": str(escalation_id)},
    )
