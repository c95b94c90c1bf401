"""Recording that updates were missed: what the clock does once their grace is over."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.base import Act, Aggregate
from domain.updates.update_log import UpdateLog, update_log_id
from services.ports import Answer, Clock, Command, Ledger, Organisation, Receipt
from services.sights import sight_changes
from services.updates.excuses import excuses_of
from services.updates.footing import footing_of


@dataclass(frozen=True)
class RecordMissedUpdates:
    """The agreement to look at, and whose it is."""

    agreement_id: UUID
    organisation: Organisation


async def record_missed_updates(
    ledger: Ledger, clock: Clock, command: Command, missed: RecordMissedUpdates
) -> Receipt | None:
    """Records every update whose grace is over with nothing given, once; None when there is none.

    An update given later is late all the same. What an absence or a pause excuses is never recorded.
    """
    agreement: Aggregate | None = await ledger.load(AccountabilityAgreement, missed.agreement_id)
    if not isinstance(agreement, AccountabilityAgreement):
        return None
    organisation = missed.organisation
    act = Act(None, clock.now(), organisation.id, command.id, organisation.zone)
    seen_before = agreement.sights()
    agreement.let_time_pass(act)
    footing = footing_of(agreement, act.zone, act.today)
    log = await ledger.load(UpdateLog, update_log_id(agreement.id)) or UpdateLog.begin_for(act, agreement.id)
    if not log.record_missed(act, footing, await excuses_of(ledger, agreement, footing, act.zone, log)):
        return None
    answer = Answer(versions={str(a.id): a.version for a in (agreement, log)})
    sights = sight_changes(agreement.id, seen_before, agreement.sights())
    return await ledger.record(command, answer, agreement, log, sights=sights)
