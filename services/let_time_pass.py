"""Letting time pass: what the clock does to an agreement, a commitment or a period once something has fallen due."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.base import Act, Aggregate
from services.away import away_of
from services.ports import Answer, Clock, Command, Ledger, Organisation, Receipt
from services.sights import sight_changes
from services.timed import Timed, pass_time, waited_for


@dataclass(frozen=True)
class LetTimePass:
    """The thing to look at, and whose it is."""

    thing_id: UUID
    organisation: Organisation


async def let_time_pass(ledger: Ledger, clock: Clock, command: Command, passing: LetTimePass) -> Receipt | None:
    """Records everything that has fallen due, each at its own time; None when nothing has.

    After any downtime this is one command for each thing, however much fell due meanwhile. What waits
    for people who are away stands still as long as the thing itself says.
    """
    thing: Aggregate | None = await ledger.load(Aggregate, passing.thing_id)
    if not isinstance(thing, Timed):
        return None
    before, version = thing.sights(), thing.version
    organisation = passing.organisation
    away = await away_of(ledger, waited_for(thing))
    pass_time(thing, Act(None, clock.now(), organisation.id, command.id, organisation.zone), away)
    if thing.version == version:
        return None
    answer = Answer(versions={str(thing.id): thing.version})
    sights = sight_changes(thing.id, before, thing.sights())
    return await ledger.record(command, answer, thing, sights=sights)
