"""Erases people whose week is over: it is recorded, and then their key, identity and rows go, step by step.

    recorded        an event: from here on they are nobody, and every reader knows
    written down    in the erasure ledger outside the database: from here on their key opens nothing
    key             destroyed
    identity        names, addresses, credentials: deleted
    read models     their words in rows: emptied
    swept           what the store's files keep of all that: overwritten
    completed       an event

Each step may be done again, and is: whoever is killed in between leaves a row that says so, which the next
pass takes up, here or in another process, and every start begins with the ledger.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from adapters.database import Database
from adapters.erasure.identities import forget_erased, forget_people
from adapters.erasure.record import PERSON, Erased, ErasureRecord
from adapters.erasure.rows import empty_rows
from adapters.erasure.sweep import sweep
from adapters.eventlog.ledger import EventLedger
from domain.refusals import RuleRefusal
from services.people.erase_person import ErasePerson, complete_erasure, erase_person
from services.people.erasures import ERASE, Erasures, OpenErasure
from services.ports import ERASED, Clock, Conflict, Ids, Organisation, Unavailable

_logger = structlog.get_logger(__name__)

_TRIES = 10
_TRY_AGAIN = timedelta(minutes=1)
_AT_ONCE = 500

OrganisationOf = Callable[[UUID], Awaitable[Organisation | None]]


class Eraser:
    """Erases, and sees to it that who was erased stays so."""

    def __init__(
        self,
        ledger: EventLedger,
        database: Database,
        record: ErasureRecord,
        erasures: Erasures,
        clock: Clock,
        new_id: Ids,
        organisation_of: OrganisationOf,
    ) -> None:
        self.written = record
        self._ledger = ledger
        self._database = database
        self._erasures = erasures
        self._clock = clock
        self._new_id = new_id
        self._organisation_of = organisation_of
        self._not_before: dict[UUID, datetime] = {}

    async def catch_up(self) -> int:
        """Erases everybody whose week is over, and finishes what was cut off; how many steps were recorded."""
        now, acts = self._clock.now(), 0
        for one in await self._erasures.list_due(now):
            if self._not_before.get(one.person_id, now) <= now:
                acts += await self._take_up(one, now)
        self._not_before = {id: at for id, at in self._not_before.items() if at > now}
        return acts

    async def reapply(self) -> None:
        """Before anything is read: whoever the ledger or the log names as erased is so, in whatever copy this is.

        What takes an event waits where the log takes none: `concord restore` comes back to it.
        """
        self.written.prepare()
        in_log = await self._erased_in_the_log()
        now, known = self._clock.now().isoformat(), self.written.owners()
        # The log knows too: of erasures that were cut off before they were written down, or of a lost ledger's.
        self.written.add([Erased(str(id), now, PERSON) for id in in_log if id not in known])
        keyring = self._ledger.keyring
        left = await keyring.find_there(list(self.written.owners()))
        for owner in left:
            await keyring.destroy(owner)
        others = [line.owner for line in self.written.lines() if line.why == PERSON and line.owner not in in_log]
        rows = await forget_people(self._database, others) + await forget_erased(self._database)
        if left or rows:
            _logger.warning("what was erased was still there, or again; it is gone now", keys=len(left), rows=rows)
            await sweep(self._database, keyring.database)
        if not self._ledger.withheld:
            for person_id in await self._standing_here(others):
                await self._erase_again(person_id)

    async def finish(self, person_id: UUID, organisation: Organisation) -> bool:
        """Everything after the event; whether it was not recorded as done before."""
        keyring = self._ledger.keyring
        known = self.written.of(person_id)
        if known is None:
            key = await keyring.fingerprint(person_id)
            known = Erased(str(person_id), self._clock.now().isoformat(), PERSON, key)
            await asyncio.to_thread(self.written.add, [known])
        await keyring.destroy(person_id)
        await forget_people(self._database, [person_id])
        await empty_rows(self._database, person_id)
        await sweep(self._database, keyring.database)
        keys = (known.key,) if known.key is not None else ()
        return await complete_erasure(self._ledger, self._clock, organisation, person_id, keys) is not None

    async def _take_up(self, one: OpenErasure, now: datetime) -> int:
        organisation = await self._organisation_of(one.organisation_id)
        if organisation is None:
            return 0
        acts = 0
        try:
            if one.step == ERASE:
                acts += await self.record_it(ErasePerson(one.person_id, organisation))
            return acts + await self.finish(one.person_id, organisation)
        except Unavailable:
            raise
        except RuleRefusal as refusal:
            # They are the last steward by now, say: it comes once there is another.
            _logger.warning("somebody cannot be erased yet", id=str(one.person_id), why=refusal.code)
        except Exception:
            _logger.warning("an erasure was interrupted", id=str(one.person_id), exc_info=True)
        self._not_before[one.person_id] = now + _TRY_AGAIN
        return acts

    async def record_it(self, command: ErasePerson) -> int:
        """The event; 0 where it is recorded already."""
        for attempt in range(1, _TRIES + 1):
            try:
                receipt = await erase_person(self._ledger, self._clock, self._new_id, command)
            except Conflict:
                if attempt == _TRIES:
                    raise
                await asyncio.sleep(0.02 * attempt)
            else:
                return int(receipt is not None)
        raise AssertionError("unreachable")

    async def _erase_again(self, person_id: UUID) -> None:
        standing = await self._ledger.standing(person_id)
        organisation = await self._organisation_of(standing.organisation_id) if standing is not None else None
        if organisation is not None:
            await self.record_it(ErasePerson(person_id, organisation, again=True))
            await self.finish(person_id, organisation)

    async def _erased_in_the_log(self) -> set[UUID]:
        rows = await self._database.fetch_all(
            "SELECT person_id FROM log_standings WHERE kind = :erased", {"erased": ERASED}
        )
        return {UUID(row.person_id) for row in rows}

    async def _standing_here(self, people: Sequence[UUID]) -> list[UUID]:
        """Those among these of whom the log knows anything."""
        found: list[UUID] = []
        for n in range(0, len(people), _AT_ONCE):
            values = {f"p{k}": str(person) for k, person in enumerate(people[n : n + _AT_ONCE])}
            names = ", ".join(f":{name}" for name in values)
            rows = await self._database.fetch_all(
                f"SELECT person_id FROM log_standings WHERE person_id IN ({names})", values
            )
            found += [UUID(row.person_id) for row in rows]
        return found
