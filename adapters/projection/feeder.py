"""Takes records into one set of tables: a batch to a transaction, and what cannot be taken in is parked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import structlog

from adapters.database import Database, Statement, Unexpected
from adapters.eventlog.log import StoredRecord
from adapters.projection.projection import Pace, Projection, suffix_of
from adapters.projection.tracking import Tracking
from services.ports import Unavailable

_logger = structlog.get_logger(__name__)


class Guard(Protocol):
    """Who feeds, and may go on feeding only while nobody else does."""

    def moving(self, to: int) -> Statement:
        """The statement that each transaction begins with: moves on to that position, or undoes everything."""
        ...

    def staying(self) -> Statement:
        """The same without moving: fails where a batch would."""
        ...

    def moved(self, to: int) -> None:
        """Says that a transaction is committed."""
        ...


FOLLOWS = "FollowsParked"
"""The failure noted for an event that nothing is wrong with, but that comes after a parked one of its stream."""


class Feeder:
    """Feeds one set of tables of one projection.

    A batch that fails for a reason of its own (not because the store is away, or another runner took
    over) is taken apart: each event alone, tried several times. The one that keeps failing is parked
    with its stream, so that an agreement's row is never made from a history with a hole in it; the
    events of all other streams go on.
    """

    def __init__(
        self,
        database: Database,
        projection: Projection,
        tracking: Tracking,
        generation: int,
        parked: set[UUID],
        pace: Pace,
        guard: Guard,
    ) -> None:
        self._database = database
        self._projection = projection
        self._tracking = tracking
        self._generation = generation
        self._suffix = suffix_of(projection.version, generation)
        self._parked = parked
        self._pace = pace
        self._guard = guard

    async def feed(self, records: Sequence[StoredRecord]) -> None:
        """Takes the records in; raises only for what is no event's fault."""
        try:
            await self._take_in(records)
        except Exception as error:
            # Tables that a rebuild took away meanwhile are not the fault of any event either.
            await self._database.write([self._guard.staying()])
            if _is_no_events_fault(error):
                raise
            _logger.warning("a batch failed and is taken apart", projection=self._projection.name, exc_info=True)
            for record in records:
                await self._take_in_or_park(record)

    async def _take_in(self, records: Sequence[StoredRecord]) -> None:
        read = [r for r in records if self._projection.reads(r.topic)]
        following = [r for r in read if r.stream_id in self._parked] if self._parked else []
        fresh = [r for r in read if r.stream_id not in self._parked] if self._parked else read
        rows = await self._projection.apply(fresh, self._suffix) if fresh else []
        if following:
            rows = [self._tracking.park(following, self._generation, FOLLOWS), *rows]
        await self._write(records[-1].position, rows)

    async def _take_in_or_park(self, record: StoredRecord) -> None:
        for attempt in range(1, self._pace.attempts + 1):
            try:
                await self._take_in([record])
                return
            except Exception as error:
                if _is_no_events_fault(error):
                    raise
                failure = type(error).__name__
                _logger.warning(
                    "an event failed",
                    projection=self._projection.name,
                    position=record.position,
                    stream_id=str(record.stream_id),
                    topic=record.topic,
                    attempt=attempt,
                    exc_info=True,
                )
            if attempt < self._pace.attempts:
                await asyncio.sleep(self._pace.retry * 2 ** (attempt - 1))
        parking = self._tracking.park([record], self._generation, failure)
        await self._write(record.position, [parking])
        self._parked.add(record.stream_id)
        _logger.error(
            "an event is parked with its stream",
            projection=self._projection.name,
            position=record.position,
            stream_id=str(record.stream_id),
            topic=record.topic,
        )

    async def _write(self, to: int, rows: Sequence[Statement]) -> None:
        await self._database.write([self._guard.moving(to), *rows])
        self._guard.moved(to)


def _is_no_events_fault(error: Exception) -> bool:
    """Whether every event would fail like this: the store is away, another runner took over, a table is missing.

    Both drivers name their errors as PEP 249 does; what breaks a rule of a table is a Violation by then.
    """
    kinds = {kind.__name__ for kind in type(error).__mro__}
    return isinstance(error, Unavailable | Unexpected) or not kinds.isdisjoint(_THE_STORES_OWN)


_THE_STORES_OWN = {"OperationalError", "InterfaceError", "ProgrammingError", "InternalError", "NotSupportedError"}
