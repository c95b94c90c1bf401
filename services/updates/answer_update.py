"""Answering an update."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt
from services.updates.footing import footing_of


@dataclass(frozen=True)
class AnswerUpdate:
    """The update, and the answer."""

    agreement_id: UUID
    update_id: UUID
    text: str


async def answer_update(desk: Desk, command: AnswerUpdate) -> Receipt:
    """Another party answers the update."""
    agreement = await desk.agreement(command.agreement_id, deed="answer_update")
    log = await desk.update_log(agreement.id)
    act, answer_id = desk.act(), desk.new_id()
    log.answer_update(act, footing_of(agreement, act.zone, act.today), command.update_id, answer_id, text=command.text)
    return await desk.record(
        agreement,
        log,
        status=201,
        location=f"/agreements/{agreement.id}/updates/{command.update_id}",
        ids={"answer_id": str(answer_id), "update_id": str(command.update_id)},
    )
