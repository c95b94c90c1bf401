"""Lets go of what people agreed on with, or promised, somebody who was erased, once it was kept for long enough.

Until then the others read it; then it is recorded, the key of the agreement or commitment is written down
in the erasure ledger and destroyed, and the rows are emptied: each step as often as it takes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from adapters.database import Database
from adapters.erasure.record import RETENTION, Erased, ErasureRecord
from adapters.erasure.rows import empty_rows
from adapters.erasure.sweep import sweep
from adapters.eventlog.ledger import EventLedger
from services.people.erase_words import EraseWords, erase_words
from services.ports import ERASED, Clock, Organisation, Unavailable

_logger = structlog.get_logger(__name__)

EVERY = timedelta(hours=1)
"""How often is looked: days are what is counted here."""
_SHARED = (
    "SELECT DISTINCT s.thing_id, t.organisation_id FROM log_standings t JOIN log_sights s ON s.person_id = t.person_id "
    "WHERE t.kind = :erased AND s.sight IN ('party', 'former_party') ORDER BY s.thing_id"
)

OrganisationOf = Callable[[UUID], Awaitable[Organisation | None]]


class Retention:
    """What an organisation's policy says of how long, done by the clock."""

    def __init__(
        self,
        ledger: EventLedger,
        database: Database,
        written: ErasureRecord,
        clock: Clock,
        organisation_of: OrganisationOf,
    ) -> None:
        self._ledger = ledger
        self._database = database
        self._written = written
        self._clock = clock
        self._organisation_of = organisation_of
        self._look_at: datetime | None = None

    async def catch_up(self) -> int:
        """Lets go of everything whose time is over; how many things that were."""
        now = self._clock.now()
        if self._look_at is not None and now < self._look_at:
            return 0
        gone = 0
        for row in await self._database.fetch_all(_SHARED, {"erased": ERASED}):
            thing_id = UUID(row.thing_id)
            if thing_id not in self._written.owners() or await self._ledger.keyring.find_there([thing_id]):
                gone += await self._take_up(thing_id, UUID(row.organisation_id), now)
        if gone:
            await sweep(self._database, self._ledger.keyring.database)
        self._look_at = now + EVERY
        return gone

    async def _take_up(self, thing_id: UUID, organisation_id: UUID, now: datetime) -> int:
        organisation = await self._organisation_of(organisation_id)
        if organisation is None:
            return 0
        try:
            if not await erase_words(self._ledger, self._clock, EraseWords(thing_id, organisation)):
                return 0
            if self._written.of(thing_id) is None:
                key = await self._ledger.keyring.fingerprint(thing_id)
                line = Erased(str(thing_id), now.isoformat(), RETENTION, key)
                await asyncio.to_thread(self._written.add, [line])
            await self._ledger.keyring.destroy(thing_id)
            await empty_rows(self._database, thing_id)
        except Unavailable:
            raise
        except Exception:
            # Looked at again in an hour; it keeps nothing else waiting.
            _logger.warning("something could not be let go of", id=str(thing_id), exc_info=True)
            return 0
        return 1
