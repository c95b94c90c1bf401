"""What the routes of updates, escalations and notes share: how a command is run, and an entry answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Path, Query
from starlette.responses import Response

from adapters.http.api.agreements_common import version_for
from adapters.http.api.updates_bodies import ENTRY
from adapters.http.conventions import Shown, instant, seen_version
from adapters.http.deps import Asking, Asks
from domain.updates.update_log import update_log_id
from services.desk import Desk
from services.ports import Receipt
from services.updates.list_updates import get_entry, list_updates

Command = TypeVar("Command")
Deed = Callable[[Desk, Command], Awaitable[Receipt]]

EntryId = Annotated[UUID, Path(description="The update, ask, escalation or note.", examples=[ENTRY])]
AnswerId = Annotated[UUID, Path(description="The answer.", examples=[ENTRY])]
FromOn = Annotated[
    date | None,
    Query(alias="from", description="The first day (YYYY-MM-DD); four weeks ago unless said.", examples=["2027-01-01"]),
]
UntilOn = Annotated[
    date | None,
    Query(alias="to", description="The last day, included; in four weeks unless said.", examples=["2027-01-31"]),
]


@dataclass(frozen=True)
class UpdateLogRoutes:
    """A request about the updates, escalations and notes under one agreement."""

    asks: Asking

    async def run(self, rule: str, deed: Deed[Command], what: Command, shown: str, *, entry: UUID | str) -> Response:
        """Runs one deed and answers with an entry: `entry` is its id, or the name of a new one's id.

        The version in `If-Match` is that of the log, which is what an entry's ETag names.
        """
        agreement_id: UUID = getattr(what, "agreement_id")  # noqa: B009 - every command here has one
        log_id = update_log_id(agreement_id)
        seen = seen_version(self.asks.request.headers, required=False)

        async def work(desk: Desk) -> Receipt:
            if seen is not None:
                # Only who may do it learns that it has changed.
                await desk.allow(rule, agreement_id)
                desk.seen_version = seen
                desk.check_seen(await desk.ledger.version(log_id))
                desk.seen_version = None
            return await deed(desk, what)

        async def show(receipt: Receipt) -> Shown:
            concord, actor = self.asks.concord, self.asks.actor
            entry_id = entry if isinstance(entry, UUID) else UUID(receipt.answer.ids[entry])
            document = await get_entry(
                concord.ledger, concord.clock, actor, agreement_id, entry_id, what=shown, after=receipt
            )
            return Shown(receipt.answer.versions[str(log_id)], document)

        return await self.asks.run(work, show, on=agreement_id, checked=False)

    async def page(
        self, agreement_id: UUID, what: str, *, limit: int, cursor: str | None, as_of: str | None, known_at: str | None
    ) -> Response:
        """One page of entries, newest first."""
        await self.asks.wait_for_position(())
        concord, now = self.asks.concord, self.asks.concord.clock.now()
        document = await list_updates(
            concord.ledger,
            concord.clock,
            self.asks.actor,
            agreement_id,
            what=what,
            limit=limit,
            cursor=cursor,
            as_of=instant(as_of, "as_of", now),
            known_at=instant(known_at, "known_at", now),
        )
        return await self.answer(agreement_id, document)

    async def one(self, agreement_id: UUID, entry_id: UUID, what: str) -> Response:
        """One entry, with its answers."""
        await self.asks.wait_for_position(())
        concord = self.asks.concord
        document = await get_entry(concord.ledger, concord.clock, self.asks.actor, agreement_id, entry_id, what=what)
        return await self.answer(agreement_id, document)

    async def answer(self, agreement_id: UUID, document: dict[str, Any]) -> Response:
        """A query's answer, under the version of the log."""
        version = await version_for(self.asks, agreement_id, update_log_id(agreement_id))
        return self.asks.show(Shown(version, document))


async def _log(asks: Asks) -> UpdateLogRoutes:
    return UpdateLogRoutes(asks)


Log = Annotated[UpdateLogRoutes, Depends(_log)]
