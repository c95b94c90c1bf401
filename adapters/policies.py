"""Runs policies: each follows the log from its own stored position and issues commands for what it finds.

A policy is run as a projection without tables is: one process at a time runs it (a lease), its position
moves with every batch that it has acted on, a fact that fails is tried again and in the end parked with
its stream, and `concord rebuild` goes over the log once more. A process that dies between acting and
moving leaves the fact to the next one: commands that were recorded already are then repeated, and a
repeat finds its receipt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from uuid import UUID

from adapters.database import Database, Statement
from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.log import StoredRecord
from adapters.projection.projection import Pace
from adapters.projector import Projector
from services.policies.policy import Policy
from services.ports import Clock, Conflict, Organisation, Recorded

PACE = Pace(batch=200, poll=0.25, stall=60.0, most_stall=600.0, attempts=7, retry=0.1)
"""Commands take longer than rows, and others may be at the same things: more patience, fewer at a time."""

_ATTEMPTS = 5

OrganisationOf = Callable[[UUID], Awaitable[Organisation | None]]


class PolicyFollower:
    """Lets one policy react to each fact of its topics, in log order."""

    version = 1
    by_stream = False

    def __init__(self, policy: Policy, ledger: EventLedger, clock: Clock, organisation_of: OrganisationOf) -> None:
        self.name = policy.name
        self._policy = policy
        self._ledger = ledger
        self._clock = clock
        self._organisation_of = organisation_of

    def reads(self, topic: str) -> bool:
        """The topics that the policy names."""
        return topic in self._policy.topics

    def create(self, suffix: str, dialect: str) -> list[Statement]:
        """No tables: what a policy does is in the log."""
        return []

    def drop(self, suffix: str) -> list[Statement]:
        """Nothing to take away."""
        return []

    async def apply(self, records: Sequence[StoredRecord], suffix: str) -> list[Statement]:
        """Reacts to each; what was recorded for one before is not recorded again."""
        for record, fact in zip(records, await self._ledger.restore(records), strict=True):
            organisation = await self._organisation_of(fact.organisation_id)
            if organisation is None:
                raise LookupError("something of an organisation that is not known here")
            await self._react(Recorded(record.position, fact), organisation)
        return []

    async def _react(self, recorded: Recorded, organisation: Organisation) -> None:
        """Reacts, and decides again whenever somebody else was recorded first, as every command does."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                await self._policy.react(self._ledger, self._clock, recorded, organisation)
                return
            except Conflict:
                if attempt == _ATTEMPTS:
                    raise
                await asyncio.sleep(0.02 * attempt)


def policy_runner(
    policies: Iterable[Policy],
    ledger: EventLedger,
    database: Database,
    clock: Clock,
    organisation_of: OrganisationOf,
    pace: Pace = PACE,
) -> Projector:
    """What runs these policies, and tells how far each has come and what it set aside."""
    followers = [PolicyFollower(policy, ledger, clock, organisation_of) for policy in policies]
    return Projector(ledger.log, database, followers, pace)
