"""Letting go of what was agreed on, when its time is over and somebody in it was erased."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.base import Act, Aggregate
from services.people.policy import policy_of
from services.ports import Answer, Clock, Command, Ledger, Organisation


@dataclass(frozen=True)
class EraseWords:
    """Of which agreement, and whose it is."""

    agreement_id: UUID
    organisation: Organisation


async def erase_words(ledger: Ledger, clock: Clock, command: EraseWords) -> bool:
    """Records it, and says whether the agreement's key is to go: also where that was recorded before."""
    agreement: Aggregate | None = await ledger.load(AccountabilityAgreement, command.agreement_id)
    if not isinstance(agreement, AccountabilityAgreement):
        return False
    organisation = command.organisation
    retention = (await policy_of(ledger, organisation.id)).retention
    until = agreement.words_stay_until(retention, organisation.zone)
    now = clock.now()
    if agreement.words_erased_at is not None:
        return True
    if until is None or now < until:
        return False
    id = hashlib.sha256(f"words erased\n{agreement.id}".encode()).hexdigest()
    agreement.erase_words(Act(None, now, organisation.id, id, organisation.zone), retention)
    await ledger.record(
        Command(id, "", None, organisation.id), Answer(versions={str(agreement.id): agreement.version}), agreement
    )
    return True
