"""Builds a new set of tables beside the live one and makes it live in one transaction (blue / green)."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence

from adapters.database import Database, Statement, Unexpected
from adapters.eventlog.log import EventLog, StoredRecord
from adapters.projection.feeder import Feeder
from adapters.projection.holder import is_gone, new_holder
from adapters.projection.projection import Pace, Projection, suffix_of
from adapters.projection.tracking import Build, Tracking
from adapters.stores.row_security import SHIELD


class BuildRunning(Exception):
    """Another process is building this projection anew right now."""


class Builder:
    """Builds one projection anew from the first event, while the live set goes on being read and written.

    A builder that dies leaves a row and some tables behind; the next one sees that it is gone,
    clears them away and begins again.
    """

    def __init__(
        self,
        log: EventLog,
        database: Database,
        projection: Projection,
        pace: Pace,
        moved: Callable[[], None] = lambda: None,
    ) -> None:
        """`moved` is called after every step, for whoever watches that it goes on."""
        self._log = log
        self._database = database
        self._projection = projection
        self._pace = pace
        self._tracking = Tracking(database, projection.name, projection.version)
        self._moved = moved
        self.events = 0
        """How many events have been fed so far."""

    async def build(self) -> int:
        """Builds and switches; returns the position of the new live set."""
        build = await self._begin()
        try:
            position = await self._build(build)
        except BaseException:
            # Killed, it leaves that to the next builder; ended in any other way, it clears up itself.
            with contextlib.suppress(Exception):
                await self._clear_away(build)
            raise
        await self._clear_away_old_versions()
        return position

    async def _build(self, build: Build) -> int:
        guard = _BuildGuard(self._tracking, build, self._moved)
        feeder = Feeder(self._database, self._projection, self._tracking, build.generation, set(), self._pace, guard)
        position = await self._fill(feeder)
        while not await self._switch(build, position):
            self._moved()
            position = await self._follow(feeder, position)
        return position

    async def _begin(self) -> Build:
        await self._clear_away_dead()
        holder = new_holder()
        place = await self._tracking.place()
        build = Build(place.generation + 1, holder, 0.0)
        suffix = suffix_of(self._projection.version, build.generation)
        try:
            await self._database.write(
                [
                    *self._tracking.begin_build(holder, build.generation),
                    *self._projection.drop(suffix),
                    *self._projection.create(suffix, self._database.dialect),
                    *([Statement(SHIELD)] if self._database.dialect == "postgresql" else ()),
                ]
            )
        except Unexpected:
            raise BuildRunning from None
        return build

    async def _clear_away_dead(self) -> None:
        left = await self._tracking.build()
        if left is None:
            return
        if left.silent_for < self._pace.lease and not is_gone(left.holder):
            raise BuildRunning
        await self._clear_away(left)

    async def _clear_away(self, build: Build) -> None:
        suffix = suffix_of(self._projection.version, build.generation)
        await self._database.write([*self._tracking.end_build(build), *self._projection.drop(suffix)])

    async def _clear_away_old_versions(self) -> None:
        """Drops the tables of older versions of this projection, once no process runs them any more."""
        for version, place in await self._tracking.older_versions():
            if place.silent_for >= self._pace.lease or is_gone(place.holder):
                dropping = self._projection.drop(suffix_of(version, place.generation))
                await self._database.write([*self._tracking.forget_version(version, place), *dropping])

    async def _fill(self, feeder: Feeder) -> int:
        """Everything recorded up to now: stream by stream where that is all the same, and much cheaper."""
        if not self._projection.by_stream:
            return await self._follow(feeder, 0)
        head = await self._log.head()
        async for records in self._streams(head):
            await self._feed(feeder, records)
        return await self._follow(feeder, head)

    async def _streams(self, head: int) -> AsyncIterator[Sequence[StoredRecord]]:
        after: StoredRecord | None = None
        while records := await self._log.read_streams(
            after and (after.stream_id, after.version), up_to=head, limit=self._pace.batch * 4
        ):
            yield records
            after = records[-1]

    async def _follow(self, feeder: Feeder, position: int) -> int:
        while records := await self._log.read_after(position, self._pace.batch):
            await self._feed(feeder, records)
            position = records[-1].position
            if len(records) < self._pace.batch:
                break
        return position

    async def _feed(self, feeder: Feeder, records: Sequence[StoredRecord]) -> None:
        await feeder.feed(records)
        self.events += len(records)

    async def _switch(self, build: Build, position: int) -> bool:
        old = (await self._tracking.place()).generation
        dropping: list[Statement] = []
        if old:
            dropping = self._projection.drop(suffix_of(self._projection.version, old))
        try:
            await self._database.write([*self._tracking.switch(build, old, position), *dropping])
        except Unexpected:
            now = await self._tracking.build()
            if now is None or now.holder != build.holder:
                raise
            return False  # the live set took in something meanwhile: catch up and try again
        return True


class _BuildGuard:
    """Lets a build go on only while its row says that it is this builder's."""

    def __init__(self, tracking: Tracking, build: Build, moved: Callable[[], None]) -> None:
        self._tracking = tracking
        self._build = build
        self._moved = moved

    def moving(self, to: int) -> Statement:
        return self.staying()

    def staying(self) -> Statement:
        return self._tracking.beat_build(self._build.holder, self._build.generation)

    def moved(self, to: int) -> None:
        self._moved()
