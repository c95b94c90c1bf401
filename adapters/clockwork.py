"""The clockwork: does what falls due, as ordinary commands, once each however many processes run it.

It looks at the deadlines read model and lets agreements with their updates, commitments and periods
decide. A command's id follows from its deadline, so a deadline that is taken up twice is recorded once.
After downtime everything that fell due meanwhile is caught up with in one pass, and takes effect when
it was due. A thing that cannot be acted on is looked at again later; it keeps nothing else waiting.
What an imbalance period sets aside stands still before the clock goes on to what fell due later.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import NoReturn
from uuid import UUID

import structlog

from services.due import UPDATES
from services.let_time_pass import LetTimePass, let_time_pass
from services.ports import Clock, Command, Conflict, Ledger, Organisation, Receipt, Unavailable
from services.queries import Deadline, Deadlines, ProjectionProgress
from services.timed import IMBALANCE
from services.updates.record_missed_updates import RecordMissedUpdates, record_missed_updates

_logger = structlog.get_logger(__name__)

_ATTEMPTS = 5
_LOOK_AGAIN = timedelta(hours=1)
"""When to look again at a deadline at which there was nothing to do, unless its row has changed by then."""
_POLICIES_WITHIN = 10.0
"""How long the clock waits for what follows from a period (seconds); what hangs there does not stop it for ever."""
_TRY_AGAIN = timedelta(minutes=1)
"""When to look again at one that failed."""


class Clockwork:
    """Runs inside the server, or in `concord worker`; the clock is injected, so tests walk through months."""

    def __init__(
        self,
        ledger: Ledger,
        deadlines: Deadlines,
        progress: ProjectionProgress,
        clock: Clock,
        organisation_of: Callable[[UUID], Awaitable[Organisation | None]],
        policies: ProjectionProgress | None = None,
        also: Sequence[Callable[[], Awaitable[int]]] = (),
    ) -> None:
        """`also` is what else falls due, beside the deadlines; each says how many acts it was."""
        self._ledger = ledger
        self._deadlines = deadlines
        self._progress = progress
        self._clock = clock
        self._organisation_of = organisation_of
        self._policies = policies
        self._also = also
        self._not_before: dict[Deadline, datetime] = {}

    async def run(self, every: float = 1.0) -> NoReturn:
        """Looks `every` second for what has fallen due, until cancelled; trouble with the store only delays it."""
        pause = every
        policies = self._policies
        while True:
            try:
                if policies is not None:
                    # What follows from before a restart comes first, too; once, and then they keep up by themselves.
                    await policies.caught_up(await self._ledger.head(), _POLICIES_WITHIN)
                    policies = None
                await self.catch_up()
                pause = every
            except Unavailable as reason:
                # As it should be while the read models are built for the first time; readiness tells of an outage.
                _logger.debug("the clockwork waits", reason=str(reason))
                pause = min(10.0, pause * 2)
            except Exception:
                _logger.warning("the clockwork was interrupted", exc_info=True)
                pause = min(10.0, pause * 2)
            await asyncio.sleep(pause)

    async def catch_up(self) -> int:
        """Does everything that has fallen due by now, also what falls due by doing it; returns how many acts."""
        done = 0
        while acts := await self._one_pass() or await self._the_rest():
            done += acts
        return done

    async def _the_rest(self) -> int:
        acts = sum([await others() for others in self._also])
        if acts:
            await self._progress.caught_up(await self._ledger.head(), 30.0)
        return acts

    async def _one_pass(self) -> int:
        now = self._clock.now()
        last_position, acts = 0, 0
        after: Deadline | None = None
        while due := await self._deadlines.list_due(now, after=after):
            for deadline in due:
                receipt = await self._take_up(deadline, now)
                if receipt is not None:
                    acts += 1
                    last_position = max(last_position, receipt.position)
                    if deadline.part == IMBALANCE and self._policies is not None:
                        # What follows for other things comes before what the clock does to them later.
                        await self._policies.caught_up(last_position, _POLICIES_WITHIN)
                        await self._progress.caught_up(await self._ledger.head(), 30.0, ["deadlines"])
                        return acts
            after = due[-1]
        self._not_before = {d: t for d, t in self._not_before.items() if t > now}
        if acts:
            await self._progress.caught_up(last_position, 30.0, ["deadlines"])
        return acts

    async def _take_up(self, deadline: Deadline, now: datetime) -> Receipt | None:
        if self._not_before.get(deadline, now) > now:
            return None
        organisation = await self._organisation_of(deadline.organisation_id)
        if organisation is None:
            return None
        try:
            receipt = await self._act(deadline, organisation)
        except Unavailable:
            raise
        except Exception:
            _logger.warning("the clock could not act", deadline=deadline.kind, id=str(deadline.thing_id), exc_info=True)
            self._not_before[deadline] = now + _TRY_AGAIN
            return None
        if receipt is None:
            # Nothing was to be done: the row is behind the log, or an absence or another act came between.
            self._not_before[deadline] = now + _LOOK_AGAIN
        else:
            _logger.info("the clock acted", deadline=deadline.kind, part=deadline.part, id=str(deadline.thing_id))
        return receipt

    async def _act(self, deadline: Deadline, organisation: Organisation) -> Receipt | None:
        command = Command(_command_id(deadline), "", None, organisation.id)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                if deadline.part == UPDATES:
                    missed = RecordMissedUpdates(deadline.thing_id, organisation)
                    return await record_missed_updates(self._ledger, self._clock, command, missed)
                passing = LetTimePass(deadline.thing_id, organisation)
                return await let_time_pass(self._ledger, self._clock, command, passing)
            except Conflict:
                if attempt == _ATTEMPTS:
                    raise
                await asyncio.sleep(0.02 * attempt)
        raise AssertionError("unreachable")


def _command_id(deadline: Deadline) -> str:
    words = ["clock", deadline.due_at.isoformat(), deadline.kind, str(deadline.thing_id), deadline.detail]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()
