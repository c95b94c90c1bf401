"""Letting time pass in an agreement: what the clock does to it once something has fallen due."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.base import Act, Aggregate
from services.ports import Answer, Clock, Command, Ledger, Organisation, Receipt
from services.sights import sight_changes


@dataclass(frozen=True)
class LetTimePass:
    """The agreement to look at, and whose it is."""

    agreement_id: UUID
    organisation: Organisation


async def let_time_pass(ledger: Ledger, clock: Clock, command: Command, passing: LetTimePass) -> Receipt | None:
    """Records everything that has fallen due, each at its own time; None when nothing has.

    After any downtime this is one command for each agreement, however much fell due meanwhile.
    """
    agreement: Aggregate | None = await ledger.load(AccountabilityAgreement, passing.agreement_id)
    if not isinstance(agreement, AccountabilityAgreement):
        return None
    before, version = agreement.sights(), agreement.version
    organisation = passing.organisation
    agreement.let_time_pass(Act(None, clock.now(), organisation.id, command.id, organisation.zone))
    if agreement.version == version:
        return None
    answer = Answer(versions={str(agreement.id): agreement.version})
    sights = sight_changes(agreement.id, before, agreement.sights())
    return await ledger.record(command, answer, agreement, sights=sights)
