"""A house whose read models follow its log, and whose clockwork a test asks by hand."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from adapters.clockwork import Clockwork
from adapters.projector import Projector
from services.queries import Deadline
from tests.contract.agreed import House


@dataclass
class Running:
    """A house whose projector runs and whose clockwork is asked by hand."""

    house: House
    projector: Projector
    clockwork: Clockwork

    async def caught_up(self) -> None:
        assert await self.projector.caught_up(await self.house.ledger.head(), timeout=5)

    async def due(self) -> list[Deadline]:
        await self.caught_up()
        return list(await self.house.deadlines.list_due(self.house.clock.now()))

    async def after(self, **time: float) -> int:
        """So much later: how many acts the clock has done."""
        await self.caught_up()
        self.house.clock.move(**time)
        return await self.clockwork.catch_up()

    async def topics(self, stream_id: UUID) -> list[str]:
        return [r.fact.TOPIC.rsplit(".", 1)[-1] for r in await self.house.ledger.facts(stream_id)]


def clockwork_of(house: House, projector: Projector) -> Clockwork:
    return Clockwork(house.ledger, house.deadlines, projector, house.clock, house.organisation_of)
