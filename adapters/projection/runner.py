"""Follows the log for one projection, for as long as the process lives.

One runner is active for a projection at a time: it holds the lease, a row that it renews with every
batch and while idle. Others stand by and take over when it leaves, dies or falls silent. A batch is
written together with its position, and only if this runner still holds the place and the projection
stands where it thinks: so each event is in the tables exactly once, whoever runs, and a runner that
was frozen and comes back can do no harm.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from time import monotonic
from typing import NoReturn

import structlog

from adapters.database import Database, Statement, Unexpected
from adapters.eventlog.log import EventLog
from adapters.projection.build import Builder, BuildRunning
from adapters.projection.feeder import Feeder
from adapters.projection.projection import Pace, Projection
from adapters.projection.tracking import Place, Tracking, create_tracking

_logger = structlog.get_logger(__name__)


class LeaseLost(Exception):
    """Another runner took the place."""


class Runner:
    """One runner of one projection; `reached` is told of every position that is committed.

    A runner that hung is left behind and another takes its place under the same `holder`.
    """

    def __init__(
        self,
        log: EventLog,
        database: Database,
        projection: Projection,
        pace: Pace,
        holder: str,
        reached: Callable[[int], None],
    ) -> None:
        self._log = log
        self._database = database
        self._projection = projection
        self._pace = pace
        self._reached = reached
        self._tracking = Tracking(database, projection.name, projection.version)
        self._holder = holder
        self._generation = 0
        self._wrote_at = monotonic()
        self.active = False
        self.position = 0
        self.moved_at = monotonic()
        """When a step last came to an end; a runner that waits for a frozen connection does not move."""
        self.steps = 0

    async def run(self) -> NoReturn:
        """Runs until cancelled; the store going away, coming back or changing hands never ends it."""
        pause = 0.2
        while True:
            before = self.steps
            try:
                await self._hold_and_follow()
            except (LeaseLost, Unexpected):
                _logger.info("another runner took over", projection=self._projection.name)
            except Exception:
                _logger.warning("projecting was interrupted", projection=self._projection.name, exc_info=True)
            finally:
                self.active = False
            if self.steps > before + 2:  # it had been working: this is new trouble, not the same going on
                pause = 0.2
            await asyncio.sleep(pause * random.uniform(0.8, 1.0))  # noqa: S311 (spreads runners out, no secret)
            pause = min(2.0, pause * 2)
            self._moved()

    async def leave(self) -> None:
        """Gives the place free, so that a runner that stands by takes over at once."""
        self.active = False
        await self._database.write([self._tracking.leave(self._holder)])

    def _moved(self) -> None:
        self.moved_at = monotonic()
        self.steps += 1

    async def _hold_and_follow(self) -> NoReturn:
        await create_tracking(self._database)
        place = await self._take_place()
        while True:
            if place.generation == 0:
                place = await self._build_first()
            try:
                await self._follow(place)
            except Unexpected:
                # Either somebody took the place, or a rebuild switched the tables under this runner.
                place = await self._tracking.place()
                if place.holder != self._holder:
                    raise LeaseLost from None

    async def _take_place(self) -> Place:
        while (place := await self._tracking.take(self._holder, self._pace.lease)) is None:
            self._moved()
            await asyncio.sleep(min(0.25, self._pace.lease / 4))
        self._moved()
        _logger.info("projecting", projection=self._projection.name, position=place.position)
        return place

    async def _build_first(self) -> Place:
        try:
            await Builder(self._log, self._database, self._projection, self._pace, self._moved).build()
        except BuildRunning:
            await asyncio.sleep(0.2)
            await self._database.write([self._tracking.beat(self._holder)])
            self._moved()
        return await self._tracking.place()

    async def _follow(self, place: Place) -> NoReturn:
        parked = {p.stream_id for p in await self._tracking.parked(place.generation)}
        feeder = Feeder(self._database, self._projection, self._tracking, place.generation, parked, self._pace, self)
        self._generation = place.generation
        self.active = True
        self.moved(place.position)
        while True:
            # Listened for from before the look, so that nothing is appended between the two unheard.
            hint = asyncio.ensure_future(self._log.wait_for_change(self._pace.poll))
            try:
                records = await self._log.read_after(self.position, self._pace.batch)
                self._moved()
                if not records:
                    await self._beat_now_and_then()
                    await hint
                    self._moved()
                    continue
            finally:
                hint.cancel()
            await feeder.feed(records)
            if len(records) < self._pace.batch:
                await asyncio.sleep(self._pace.rest)

    async def _beat_now_and_then(self) -> None:
        if monotonic() - self._wrote_at > self._pace.beat:
            await self._database.write([self._tracking.beat(self._holder)])
            self._wrote_at = monotonic()

    def moving(self, to: int) -> Statement:
        """Moves the live position on from where this runner thinks that it is."""
        return self._tracking.advance(self._holder, self._generation, self.position, to)

    def staying(self) -> Statement:
        """Moves nothing; fails when this runner is not at its place any more."""
        return self.moving(self.position)

    def moved(self, to: int) -> None:
        """A batch is committed."""
        self.position = to
        self._wrote_at = monotonic()
        self._moved()
        self._reached(to)
