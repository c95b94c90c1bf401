"""The projector: keeps every read model up with the log, whatever happens to the store.

One runner for each projection (adapters/projection/runner.py) and one watch over them. **Lag** is
what the log holds and a projection has not taken in yet: counted in events, and in seconds since
the oldest of them was recorded; 0 and 0.0 when it has everything. An event that a projection does
not care about counts until its position has been passed, like every other.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import Any, NoReturn

import structlog

from adapters.database import Database
from adapters.eventlog.log import EventLog
from adapters.projection.build import Builder
from adapters.projection.holder import new_holder
from adapters.projection.projection import Pace, Projection
from adapters.projection.runner import Runner
from adapters.projection.tracking import Tracking, create_tracking
from services.queries import Lag, Parked

_logger = structlog.get_logger(__name__)

_GLANCE = 0.03
"""How often a process that does not project itself looks whether another has (seconds)."""


class Projector:
    """Runs the projections of one store, or watches another process run them.

    `start()` is called only where projecting shall happen; `caught_up`, `lag`, `parked` and
    `rebuild` answer in every process.
    """

    def __init__(
        self, log: EventLog, database: Database, projections: Iterable[Projection], pace: Pace | None = None
    ) -> None:
        self._log = log
        self._database = database
        self._pace = pace or Pace()
        self._followed = {p.name: _Followed(log, database, p, self._pace) for p in projections}

    async def prepare(self) -> None:
        """Creates the tracking tables where they are missing, for a process that only asks."""
        await create_tracking(self._database)

    async def start(self) -> None:
        """Begins to project, or to stand by while another process does; returns at once.

        The store need not be reachable yet.
        """
        for followed in self._followed.values():
            followed.start()

    async def stop(self) -> None:
        """Ends projecting and leaves the place to another runner; a batch in hand is either done or not begun."""
        await asyncio.gather(*(f.stop() for f in self._followed.values()))

    async def caught_up(self, position: int, timeout: float, projections: Iterable[str] | None = None) -> bool:
        """Waits until the named projections (all, unless said) have taken in `position`; False when time is up.

        Wakes at once when this process projects; looks at the tracking row when another one does.
        """
        names = list(self._followed if projections is None else projections)
        if all(self._followed[n].reached >= position for n in names):
            return True
        try:
            async with asyncio.timeout(timeout):
                for name in names:
                    await self._followed[name].wait_for(position)
        except TimeoutError:
            return False
        return True

    async def lag(self) -> Sequence[Lag]:
        """How far each projection is behind, in events and in seconds."""
        head = await self._log.head()
        return [await f.lag(head) for f in self._followed.values()]

    async def parked(self) -> Sequence[Parked]:
        """Every event that is left aside, in order of position; `rebuild` tries them again."""
        found = [p for f in self._followed.values() for p in await f.parked()]
        return sorted(found, key=lambda p: (p.position, p.projection))

    async def rebuild(self, name: str) -> Builder:
        """Builds a projection anew from the first event beside the live one, switches, and drops the old.

        Reading goes on throughout. What was parked is tried again. Raises BuildRunning when another
        process is at it. The returned builder tells how many events were fed.
        """
        builder = Builder(self._log, self._database, self._followed[name].projection, self._pace)
        await self.prepare()
        await builder.build()
        return builder


class _Followed:
    """One projection in this process: its runner if there is one, the watch over it, and who waits for it."""

    def __init__(self, log: EventLog, database: Database, projection: Projection, pace: Pace) -> None:
        self.projection = projection
        self.reached = 0
        self._log = log
        self._database = database
        self._pace = pace
        self._tracking = Tracking(database, projection.name, projection.version)
        self._holder = new_holder()
        self._waiting: set[tuple[int, asyncio.Future[None]]] = set()
        self._runner: Runner | None = None
        self._task: asyncio.Task[NoReturn] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._left: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        if self._watch is None:
            self._run()
            self._watch = asyncio.create_task(self._keep_watch())

    def _run(self) -> Runner:
        self._runner = Runner(self._log, self._database, self.projection, self._pace, self._holder, self._reach)
        self._task = asyncio.create_task(self._runner.run())
        return self._runner

    async def stop(self) -> None:
        if self._runner is None or self._watch is None or self._task is None:
            return
        self._watch.cancel()
        self._task.cancel()
        with contextlib.suppress(Exception):
            await asyncio.wait([self._task, self._watch], timeout=2)
            async with asyncio.timeout(2):
                await self._runner.leave()
        self._runner = self._watch = self._task = None

    # How far it has come --------------------------------------------------------------------------

    def _reach(self, position: int) -> None:
        self.reached = max(self.reached, position)
        for waiting in [w for w in self._waiting if w[0] <= self.reached]:
            self._waiting.discard(waiting)
            if not waiting[1].done():
                waiting[1].set_result(None)

    async def wait_for(self, position: int) -> None:
        """Returns once `position` is taken in, by whichever process."""
        while self.reached < position:
            waiting = (position, asyncio.get_running_loop().create_future())
            self._waiting.add(waiting)
            glance = None
            try:
                if self._runner is not None and self._runner.active:
                    # Looks up now and then: the place may have gone to another process.
                    await asyncio.wait([waiting[1]], timeout=0.2)
                else:
                    # The runner here may have it before this answers: its connection may be a silent one.
                    glance = self._in_hand(asyncio.create_task(self._glance()))
                    await asyncio.wait([waiting[1], glance], return_when=asyncio.FIRST_COMPLETED)
                    if self.reached < position:
                        await asyncio.wait([waiting[1]], timeout=_GLANCE)
            finally:
                self._waiting.discard(waiting)
                if glance is not None:
                    glance.cancel()

    async def _glance(self) -> None:
        # The store may be away, or nobody may have begun to project in it yet: then it is not there yet.
        with contextlib.suppress(Exception):
            place = await self._tracking.place()
            if place.generation:
                self._reach(place.position)

    def _in_hand(self, task: asyncio.Task[Any]) -> asyncio.Task[Any]:
        """Keeps a task that nobody may wait for any more until it has come to its end."""
        self._left.add(task)
        task.add_done_callback(self._left.discard)
        return task

    async def lag(self, head: int) -> Lag:
        place = await self._tracking.place()
        self._reach(place.position)
        behind = max(0, head - place.position)
        seconds = 0.0
        if behind and (oldest := await self._log.read_after(place.position, 1)):
            recorded_at = datetime.fromisoformat(json.loads(oldest[0].header)["recorded_at"])
            seconds = max(0.0, (datetime.now(UTC) - recorded_at).total_seconds())
        return Lag(self.projection.name, place.position, head, behind, seconds)

    async def parked(self) -> list[Parked]:
        return await self._tracking.parked((await self._tracking.place()).generation)

    # The watch ------------------------------------------------------------------------------------

    async def _keep_watch(self) -> None:
        """Puts a new runner in the place of one that hangs in a step, or stands still while the log grows.

        A connection that is half open, or a server that is frozen, answers nothing and raises nothing:
        only the clock notices. The hanging step is left behind, not waited for. A step that merely is
        slow gets twice the time at each new try.
        """
        patience = self._pace.stall
        runner = self._runner
        assert runner is not None
        position, still_since = runner.position, monotonic()
        while True:
            await asyncio.sleep(min(0.25, self._pace.stall / 4))
            if runner.steps > 3:
                patience = self._pace.stall
            if runner.position != position or not runner.active:
                position, still_since = runner.position, monotonic()
            if monotonic() - runner.moved_at > patience:
                runner = await self._start_anew("a step hangs")
                patience = min(self._pace.most_stall, patience * 2)
            elif monotonic() - still_since > self._pace.still:
                still_since = monotonic()
                if await self._log_grew(position):
                    runner = await self._start_anew("it stands still while the log grows")

    async def _log_grew(self, position: int) -> bool:
        try:
            async with asyncio.timeout(2):
                return await self._log.head() > position
        except Exception:
            return True

    async def _start_anew(self, why: str) -> Runner:
        _logger.warning(f"a new runner begins, because {why}", projection=self.projection.name)
        if self._task is not None:
            self._in_hand(self._task).cancel()
        # The others that lie idle may be as silent as the one that the step hangs on.
        with contextlib.suppress(Exception):
            async with asyncio.timeout(1):
                await self._database.renew()
        return self._run()
