"""Saying that one has read an update."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt
from services.updates.footing import footing_of


@dataclass(frozen=True)
class AcknowledgeUpdate:
    """The update that was read."""

    agreement_id: UUID
    update_id: UUID


async def acknowledge_update(desk: Desk, command: AcknowledgeUpdate) -> Receipt:
    """Another party has read the update; that is no answer."""
    agreement = await desk.agreement(command.agreement_id, deed="acknowledge_update")
    log = await desk.update_log(agreement.id)
    act = desk.act()
    log.acknowledge(act, footing_of(agreement, act.zone, act.today), command.update_id)
    return await desk.record(agreement, log)
