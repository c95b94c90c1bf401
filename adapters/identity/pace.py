"""How many requests somebody may send in a minute: counted in this process, and over all of them once it is a lot.

Who asks now and then costs two additions. Only what uses a tenth of what it may is told to the other
processes, by a table, once a second; so each of them may let a tenth too much pass, and no more.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select

from adapters.database import Database, Statement
from adapters.identity.tables import requests
from services.ports import Unavailable

SPAN = 60
"""Over how long requests are counted (seconds)."""
EVERY = 1.0
"""How often the processes tell each other (seconds)."""
TOLD_FROM = 10
"""From which part of what it may on something is told: a tenth."""

_SWEEP = delete(requests).where(requests.c.span < bindparam("before"))
_ADD = (
    "INSERT INTO identity_requests (who_hash, span, used) VALUES (:who, :span, :more) "
    "ON CONFLICT (who_hash, span) DO UPDATE SET used = identity_requests.used + excluded.used"
)
_USED = select(requests.c.used).where(requests.c.who_hash == bindparam("who"), requests.c.span == bindparam("span"))


class TooFast(Exception):
    """These are too many requests in a minute; `retry_in` says in how many seconds the next one begins."""

    def __init__(self, retry_in: float) -> None:
        super().__init__("too many requests")
        self.retry_in = retry_in


@dataclass(slots=True)
class _Count:
    """What somebody has used in this minute: `told` by all processes, and `untold` here since."""

    told: int = 0
    untold: int = 0
    told_at: float = 0.0
    telling: bool = False


class Pace:
    """The requests of one minute, by who sends them."""

    def __init__(
        self, database: Database, secret_for: Callable[[str, str], str], now: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._secret_for = secret_for
        self._now = now
        self._span = 0
        self._counts: dict[str, _Count] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def step(self, who: str, most: int) -> None:
        """Counts one request of somebody who may send `most` in a minute (0: any number); TooFast for one more."""
        if not most:
            return
        now = self._now()
        span = int(now // SPAN)
        if span != self._span:
            self._span, self._counts = span, {}
        count = self._counts.setdefault(who, _Count())
        used = count.told + count.untold
        if used >= most:
            raise TooFast(SPAN - now % SPAN)
        count.untold += 1
        if used * TOLD_FROM >= most and not count.telling and now - count.told_at >= EVERY:
            count.telling = True
            task = asyncio.create_task(self._tell(who, count, span))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def rest(self) -> None:
        """Waits until what is being told has been told."""
        await asyncio.gather(*self._tasks)

    async def _tell(self, who: str, count: _Count, span: int) -> None:
        # Keyed: an address can be guessed from a plain hash.
        whose = {"who": hashlib.sha256(self._secret_for(who, "pace").encode()).hexdigest(), "span": span}
        more = count.untold
        try:
            await self._database.write(
                [Statement(_SWEEP, {"before": span - 1}), Statement(_ADD, whose | {"more": more})]
            )
            row = await self._database.fetch_one(_USED, whose)
            count.told, count.untold = (row.used if row is not None else count.told + more), count.untold - more
        except Unavailable:
            pass  # it is told later; until then each process counts for itself
        finally:
            count.telling, count.told_at = False, self._now()
