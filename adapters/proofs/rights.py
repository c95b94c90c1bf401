"""Who may see and do what, as the log says it, held against the rows that every request asks.

Those rows are written with the events that change them, and nothing else ever changes them: whoever writes
a right into the store is found by what the events come to. What was taken in from elsewhere is left out:
who reads it is decided with each import, and said in its receipt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from adapters.database import Database
from adapters.eventlog import rows
from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.log import EventLogError
from adapters.eventlog.streams import streams_of
from adapters.proofs.findings import Report
from domain.agreements.agreement import AccountabilityAgreement
from domain.base import Aggregate, fold
from domain.commitments.commitment import Commitment
from domain.imbalance.period import ImbalancePeriod
from domain.people.person import Person
from domain.people.team import Team
from services.ports import Standing

_TOPICS = ("concord.agreement.", "concord.commitment.", "concord.imbalance.", "concord.team.", "concord.person.")
_FROM_ELSEWHERE = ("concord.imported_agreement.", "concord.imported_commitment.")
_SIGHTS = "SELECT thing_id, person_id, sight, until_position FROM log_sights WHERE thing_id = :id"
_STANDING = "SELECT person_id, organisation_id, kind, leader_id, roles, active FROM log_standings WHERE person_id = :id"
_THINGS = "SELECT DISTINCT thing_id FROM log_sights"
_PEOPLE = "SELECT person_id FROM log_standings"
_KNOWN = "SELECT DISTINCT stream_id FROM log_events WHERE type LIKE :type"

_Seen = AccountabilityAgreement | Commitment | ImbalancePeriod | Team


async def check_rights(ledger: EventLedger, database: Database, report: Report) -> None:
    """Adds what does not follow from the events; safe beside whoever writes."""
    things: set[str] = set()
    people: set[str] = set()
    try:
        async for facts in streams_of(ledger, _TOPICS):
            if not facts:
                continue
            aggregate: Aggregate | None = fold(facts)
            if isinstance(aggregate, Person):
                people.add(str(aggregate.id))
            elif isinstance(aggregate, _Seen):
                things.add(str(aggregate.id))
            if aggregate is not None and not await _agrees(database, aggregate):
                await _look_again(ledger, database, aggregate.id, report)
    except (EventLogError, ValueError, KeyError, TypeError, AttributeError):
        return  # what cannot be read was found before, and nothing follows from it
    await _strangers(database, things, people, report)


async def _look_again(ledger: EventLedger, database: Database, id: UUID, report: Report) -> None:
    """Somebody may have written between the two: only what still differs when nothing came between is a finding."""
    while True:
        before = await ledger.version(id)
        now: Aggregate | None = fold(record.fact for record in await ledger.facts(id))
        agrees = now is not None and await _agrees(database, now)
        if agrees:
            return
        if await ledger.version(id) == before:
            position = await database.fetch_one(
                "SELECT MIN(position), MAX(position) FROM log_events WHERE stream_id = :id", {"id": str(id)}
            )
            first, last = (position[0], position[1]) if position is not None else (1, 1)
            what = "somebody's place in the organisation is" if isinstance(now, Person) else "who may see this is"
            report.add(f"{what} not what was recorded", first, last)
            return


async def _agrees(database: Database, aggregate: Aggregate) -> bool:
    if isinstance(aggregate, Person):
        found = await database.fetch_one(_STANDING, {"id": str(aggregate.id)})
        return found is not None and _standing(aggregate) == _as_set(rows.standing(found))
    if isinstance(aggregate, _Seen):
        kept = [rows.sight(row) for row in await database.fetch_all(_SIGHTS, {"id": str(aggregate.id)})]
        seen: Mapping[UUID, str | None] = {row.person_id: row.sight for row in kept if row.until_position is None}
        return len(seen) == len(kept) and seen == aggregate.sights()
    return True


def _standing(person: Person) -> tuple[Any, ...]:
    if person.erased_at is not None:
        return (person.organisation_id, "erased", None, frozenset(), False)
    return (person.organisation_id, person.kind, person.leader_id, frozenset(person.roles), person.active)


def _as_set(row: Standing) -> tuple[Any, ...]:
    return (row.organisation_id, row.kind, row.leader_id, frozenset(row.roles), row.active)


async def _strangers(database: Database, things: set[str], people: set[str], report: Report) -> None:
    """Rights to what never was, and people who never came."""
    known = set(things)
    for topic in _FROM_ELSEWHERE:
        known |= {str(UUID(str(row[0]))) for row in await database.fetch_all(_KNOWN, {"type": f"{topic}%"})}
    for row in await database.fetch_all(_THINGS):
        if row[0] not in known and not await _is_there(database, row[0]):
            report.add("there is a right to see what was never recorded", 1)
    for row in await database.fetch_all(_PEOPLE):
        if row[0] not in people and not await _is_there(database, row[0]):
            report.add("there is a place for somebody who never came", 1)


async def _is_there(database: Database, id: str) -> bool:
    """Whether the log has a stream of that id, which may have begun meanwhile."""
    found = await database.fetch_one("SELECT 1 FROM log_events WHERE stream_id = :id LIMIT 1", {"id": id})
    return found is not None
