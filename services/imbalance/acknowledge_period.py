"""Acknowledging an imbalance period."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.refusals import Invalid
from services.desk import Desk
from services.imbalance.period_at import AtHand, period_at, record_period
from services.imbalance.sight import sees_thing
from services.ports import Receipt


@dataclass(frozen=True)
class AcknowledgePeriod:
    """The things that they do not want set aside, by id."""

    period_id: UUID
    objects_to: tuple[UUID, ...] = ()


async def acknowledge_period(desk: Desk, command: AcknowledgePeriod) -> Receipt:
    """Somebody named has read it, which is not agreeing; what the declarer owes them waits for this."""
    at = await period_at(desk, command.period_id, deed="acknowledge_imbalance_period")
    await must_see(desk, at, command.objects_to)
    at.period.acknowledge(desk.act(), command.objects_to)
    return await record_period(desk, at)


async def must_see(desk: Desk, at: AtHand, things: tuple[UUID, ...]) -> None:
    """Refuses things that are not for this person's eyes as those that are not there."""
    for thing in at.period.content.set_aside:
        if thing.id in things and not await sees_thing(desk.ledger, thing, desk.actor.person_id, at.sight):
            raise Invalid("There is no such thing set aside here.", field="objects_to")
