"""What the routes of a commitment share: path parts, how a command is described, run and answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Path
from starlette.responses import Response

from adapters.http.api.agreements_common import described
from adapters.http.api.commitments_answers import CommitmentShown
from adapters.http.api.commitments_bodies import COMMITMENT
from adapters.http.conventions import Shown
from adapters.http.deps import Asking, Asks
from services.commitments.imported_view import show_imported
from services.commitments.reading import Reading, read
from services.commitments.view import show
from services.desk import Desk
from services.ports import Receipt

Command = TypeVar("Command")
Deed = Callable[[Desk, Command], Awaitable[Receipt]]

CommitmentId = Annotated[UUID, Path(description="The commitment.", examples=[COMMITMENT])]
NoteId = Annotated[
    UUID,
    Path(
        description="A progress note or early warning, by its id in `notes`.",
        examples=["0197a2c0-0000-7000-8000-000000000032"],
    ),
]


def command(operation: str, summary: str, *, status: int = 200) -> Any:
    """How a command's route is described."""
    return described(operation, summary, status=status, answer=CommitmentShown)


@dataclass(frozen=True)
class AtTheBench:
    """A request that is a command on a commitment."""

    asks: Asking

    @property
    def zone(self) -> ZoneInfo:
        """The zone that bare dates are days in."""
        return self.asks.actor.organisation.zone

    async def run(self, deed: Deed[Command], what: Command) -> Response:
        """Runs one deed and answers with the commitment as it is for the sender right after it."""

        async def work(desk: Desk) -> Receipt:
            return await deed(desk, what)

        return await self.asks.run(work, self._shown, on=getattr(what, "commitment_id", None))

    async def _shown(self, receipt: Receipt) -> Shown:
        commitment_id = UUID(next(iter(receipt.answer.versions)))
        concord = self.asks.concord
        reading = await read(concord.ledger, concord.clock, self.asks.actor, commitment_id, after=receipt)
        return Shown(reading.version, document_of(reading))


def document_of(reading: Reading) -> dict[str, Any]:
    """The commitment as it is for the viewer, wherever it was made."""
    return show_imported(reading) if reading.imported is not None else show(reading)


async def _bench(asks: Asks) -> AtTheBench:
    return AtTheBench(asks)


Bench = Annotated[AtTheBench, Depends(_bench)]
