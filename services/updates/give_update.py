"""Giving an update."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt
from services.updates.footing import footing_of


@dataclass(frozen=True)
class GiveUpdate:
    """The update: under which term, for which day (None: ad hoc), in what words, how confident (1 to 5)."""

    agreement_id: UUID
    term_id: UUID
    text: str
    occurrence_on: date | None = None
    confidence: int | None = None


async def give_update(desk: Desk, command: GiveUpdate) -> Receipt:
    """Who owes an update gives it, for an occurrence from the one before it on, or ad hoc."""
    agreement = await desk.agreement(command.agreement_id, deed="give_update")
    log = await desk.update_log(agreement.id)
    act, update_id = desk.act(), desk.new_id()
    log.give_update(
        act,
        footing_of(agreement, act.zone, act.today),
        update_id,
        term_id=command.term_id,
        occurrence_on=command.occurrence_on,
        text=command.text,
        confidence=command.confidence,
    )
    return await desk.record(
        agreement,
        log,
        status=201,
        location=f"/agreements/{agreement.id}/updates/{update_id}",
        ids={"update_id": str(update_id)},
    )
