"""What the routes of an imbalance period share: path parts, and how a command is run and answered."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path
from starlette.responses import Response

from adapters.http.api.agreements_common import Command, Deed, described
from adapters.http.api.imbalance_answers import PERIOD, PeriodShown
from adapters.http.conventions import Shown
from adapters.http.deps import Asking, Asks
from services.desk import Desk
from services.imbalance.reading import read_period
from services.imbalance.view import show
from services.ports import Receipt

PeriodId = Annotated[UUID, Path(description="The imbalance period.", examples=[PERIOD])]


def command(operation: str, summary: str, *, status: int = 200) -> Any:
    """How a command's route is described."""
    return described(operation, summary, status=status, answer=PeriodShown)


class PeriodBench:
    """A request that is a command on an imbalance period."""

    def __init__(self, asks: Asking) -> None:
        self.asks = asks

    async def run(self, deed: Deed[Command], what: Command) -> Response:
        """Runs one deed and answers with the period as it is for the sender right after it."""

        async def work(desk: Desk) -> Receipt:
            return await deed(desk, what)

        period_id: UUID | None = getattr(what, "period_id", None)

        async def shown(receipt: Receipt) -> Shown:
            # A receipt names the calendars as well, in no order; a draft that was made is where it says.
            made = (receipt.answer.location or "").rsplit("/", 1)[-1]
            return await self._shown(period_id or UUID(made), receipt)

        return await self.asks.run(work, shown, on=period_id)

    async def _shown(self, period_id: UUID, receipt: Receipt) -> Shown:
        concord = self.asks.concord
        reading = await read_period(concord.ledger, concord.clock, self.asks.actor, period_id, after=receipt)
        return Shown(reading.version, show(reading))


async def _bench(asks: Asks) -> PeriodBench:
    return PeriodBench(asks)


Bench = Annotated[PeriodBench, Depends(_bench)]
