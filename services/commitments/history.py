"""Everything that was recorded of a commitment, told in sentences; it only ever grows at its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.base import Aggregate
from domain.people.team import Team
from services.audit.telling import Entry
from services.audit.told_commitments import CommitmentTeller, ImportedCommitmentTeller
from services.audit.versions import checked_limit, made_cursor, read_cursor
from services.commitments.reading import read
from services.ports import Actor, Clock, Ledger

Names = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, str]]]


async def list_history(
    ledger: Ledger,
    clock: Clock,
    actor: Actor,
    commitment_id: UUID,
    names: Names,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> dict[str, Any]:
    """One page of the history, oldest first: `items` and `next_cursor`; for who may read the commitment."""
    checked_limit(limit)
    after = read_cursor(cursor) if cursor is not None else 0
    reading = await read(ledger, clock, actor, commitment_id)
    teller = ImportedCommitmentTeller() if reading.imported is not None else CommitmentTeller()
    entries = [Entry(one, teller.tell(one.fact)) for one in reading.recorded]
    found = [entry for entry in entries if entry.recorded.position > after]
    page = found[:limit]
    known = await _named(ledger, names, {who for entry in page for who in entry.people})
    return {
        "items": [entry.shown(known) for entry in page],
        "next_cursor": made_cursor(page[-1].recorded.position) if len(found) > limit else None,
    }


async def _named(ledger: Ledger, names: Names, spoken_of: set[UUID]) -> dict[UUID, str]:
    """The names of people, and of the teams among those that are spoken of."""
    known = dict(await names(list(spoken_of)))
    for id in spoken_of - known.keys():
        team: Aggregate | None = await ledger.load(Team, id)
        if isinstance(team, Team):
            known[id] = team.name
    return known
