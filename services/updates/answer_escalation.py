"""Answering an escalation."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt
from services.updates.footing import footing_of


@dataclass(frozen=True)
class AnswerEscalation:
    """The escalation, and the answer."""

    agreement_id: UUID
    escalation_id: UUID
    text: str


async def answer_escalation(desk: Desk, command: AnswerEscalation) -> Receipt:
    """Another party answers the escalation."""
    agreement = await desk.agreement(command.agreement_id, deed="answer_escalation")
    log = await desk.update_log(agreement.id)
    act, answer_id = desk.act(), desk.new_id()
    footing = footing_of(agreement, act.zone, act.today)
    log.answer_escalation(act, footing, command.escalation_id, answer_id, text=command.text)
    return await desk.record(
        agreement,
        log,
        status=201,
        location=f"/agreements/{agreement.id}/escalations/{command.escalation_id}",
        ids={"answer_id": str(answer_id), "escalation_id": str(command.escalation_id)},
    )
