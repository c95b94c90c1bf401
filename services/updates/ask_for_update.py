"""Asking for an update outside the cadence."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt
from services.updates.footing import footing_of


@dataclass(frozen=True)
class AskForUpdate:
    """The term that the update is owed under, and what is asked."""

    agreement_id: UUID
    term_id: UUID
    text: str | None = None


async def ask_for_update(desk: Desk, command: AskForUpdate) -> Receipt:
    """A party asks those who owe it for an update; it is counted, because it shows where the cadence is wrong."""
    agreement = await desk.agreement(command.agreement_id, deed="ask_for_update")
    log = await desk.update_log(agreement.id)
    act, ask_id = desk.act(), desk.new_id()
    log.ask(act, footing_of(agreement, act.zone, act.today), ask_id, term_id=command.term_id, text=command.text)
    return await desk.record(
        agreement,
        log,
        status=201,
        location=f"/agreements/{agreement.id}/updates/asks/{ask_id}",
        ids={"ask_id": str(ask_id)},
    )
