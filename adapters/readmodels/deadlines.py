"""What falls due: the next thing that the clock does to each agreement, its updates, each commitment and period.

One row for each part of a thing at most, worked out by services/due.py; nothing in it depends on what
time it is now. No words: ids, dates and names of facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from adapters.database import Database
from adapters.readmodels.instants import instant_key
from adapters.readmodels.live import LiveTables
from adapters.readmodels.parts import PartsProjection, Row, UpdatesOf
from domain.commitments.away import Away
from services.due import NextAct, next_act, next_missed
from services.queries import Deadline
from services.timed import Timed

NAME, VERSION = "deadlines", 3


# The projection -------------------------------------------------------------------------------------


class DeadlineProjection(PartsProjection):
    """What is next for each part."""

    name = NAME
    version = VERSION
    columns = ("due_at", "kind", "detail")

    def table(self, suffix: str, key: str) -> list[str]:
        """A row for each part that waits for the clock."""
        return [
            f"""CREATE TABLE deadlines{suffix} (
            thing_id {key} NOT NULL, part {key} NOT NULL, due_at {key} NOT NULL, kind TEXT NOT NULL,
            detail TEXT NOT NULL, organisation_id TEXT NOT NULL, PRIMARY KEY (thing_id, part))""",
            f"CREATE INDEX deadlines_due{suffix} ON deadlines{suffix} (due_at, thing_id, part)",
        ]

    def of_thing(self, thing: Timed, zone: ZoneInfo, away: Away) -> Iterator[Row]:
        """The next thing that the clock does to the thing itself."""
        yield from _row(next_act(thing, zone, away))

    def of_updates(self, updates: UpdatesOf) -> Iterator[Row]:
        """The next update that turns to missed."""
        yield from _row(next_missed(updates.footing, updates.excuses, updates.log, updates.zone))


def _row(following: NextAct | None) -> Iterator[Row]:
    if following is not None:
        yield {"due_at": instant_key(following.due_at), "kind": following.kind, "detail": following.detail}


# The view -------------------------------------------------------------------------------------------


class DeadlineView:
    """Answers what falls due (services.queries.Deadlines)."""

    def __init__(self, database: Database) -> None:
        self._live = LiveTables(database, NAME, VERSION)

    async def list_due(self, now: datetime, *, after: Deadline | None = None, limit: int = 100) -> Sequence[Deadline]:
        """The deadlines that have passed by `now`, the longest overdue first."""
        params: dict[str, Any] = {"now": instant_key(now), "limit": limit}
        beyond = ""
        if after is not None:
            beyond = "AND (due_at, thing_id, part) > (:due_at, :thing_id, :part) "
            params |= {"due_at": instant_key(after.due_at), "thing_id": str(after.thing_id), "part": after.part}
        rows = await self._live.fetch_all(
            lambda suffix: (
                f"SELECT due_at, kind, thing_id, detail, organisation_id, part FROM deadlines{suffix} "
                f"WHERE due_at <= :now {beyond}ORDER BY due_at, thing_id, part LIMIT :limit",
                params,
            )
        )
        return [
            Deadline(
                datetime.fromisoformat(r.due_at), r.kind, UUID(r.thing_id), r.detail, UUID(r.organisation_id), r.part
            )
            for r in rows
        ]

    async def find_next_due_at(self) -> datetime | None:
        """When the next deadline falls due, if there is any; it may have passed."""
        row = await self._live.fetch_one(lambda suffix: (f"SELECT min(due_at) AS due_at FROM deadlines{suffix}", {}))
        return datetime.fromisoformat(row.due_at) if row is not None and row.due_at else None
