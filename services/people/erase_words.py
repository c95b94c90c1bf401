"""Letting go of what was agreed on or promised, when its time is over and somebody in it was erased."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.base import Act, Aggregate
from domain.commitments.commitment import Commitment
from services.people.policy import policy_of
from services.ports import Answer, Clock, Command, Ledger, Organisation


@dataclass(frozen=True)
class EraseWords:
    """Of which agreement or commitment, and whose it is."""

    thing_id: UUID
    organisation: Organisation


async def erase_words(ledger: Ledger, clock: Clock, command: EraseWords) -> bool:
    """Records it, and says whether the key of what was said together is to go: also where that was recorded before."""
    thing: Aggregate | None = await ledger.load(Aggregate, command.thing_id)
    if not isinstance(thing, AccountabilityAgreement | Commitment):
        return False
    if thing.words_erased_at is not None:
        return True
    organisation, now = command.organisation, clock.now()
    retention = (await policy_of(ledger, organisation.id)).retention
    until = thing.words_stay_until(retention, organisation.zone)
    if until is None or now < until:
        return False
    id = hashlib.sha256(f"words erased\n{thing.id}".encode()).hexdigest()
    thing.erase_words(Act(None, now, organisation.id, id, organisation.zone), retention)
    command_of_the_clock = Command(id, "", None, organisation.id)
    await ledger.record(command_of_the_clock, Answer(versions={str(thing.id): thing.version}), thing)
    return True
