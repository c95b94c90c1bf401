"""What a period sets aside is suspended while it is active, and runs again by itself afterwards.

Every fact after which something else is set aside than before brings all its things into line, so a
fact that comes twice, or late, does no harm. What follows takes effect when its cause did, also where
nothing ran at that moment.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.base import Act, fold
from domain.commitments.commitment import Commitment
from domain.imbalance import events as e
from domain.imbalance.content import COMMITMENT, TERM, Thing
from domain.imbalance.period import ImbalancePeriod
from domain.updates.update_log import UpdateLog, update_log_id
from services.policies.policy import Policy, policy_command
from services.ports import Answer, Clock, Ledger, Organisation, Recorded

NAME = "suspend_and_restore_what_an_imbalance_sets_aside"


async def suspend_and_restore(ledger: Ledger, clock: Clock, recorded: Recorded, organisation: Organisation) -> None:
    """Brings everything that the period names into line with what it sets aside right after this fact."""
    period = await period_after(ledger, recorded)
    in_effect = {aside.thing.id: aside.debtors for aside in period.in_effect()}
    for thing in period.content.set_aside:
        command = policy_command(NAME, recorded, thing.id, organisation)
        act = act_of(recorded, clock, organisation, command.id)
        changed: Commitment | UpdateLog | None = None
        if thing.kind == COMMITMENT:
            changed = await _commitment(ledger, act, period, thing, in_effect.get(thing.id))
        elif thing.kind == TERM:
            changed = await _term(ledger, act, period, thing, in_effect.get(thing.id, ()))
        if changed is not None:
            await ledger.record(command, Answer(), changed)


async def _commitment(
    ledger: Ledger, act: Act, period: ImbalancePeriod, thing: Thing, debtors: tuple[UUID, ...] | None
) -> Commitment | None:
    """The commitment with its clock stopped, or running again; None where that is how it is."""
    assert thing.commitment_id is not None
    commitment = await ledger.load(Commitment, thing.commitment_id)
    if commitment is None:
        return None
    if debtors is not None:
        commitment.set_aside(act, period.id, _until(period))
    else:
        commitment.take_up_again(act, period.id)
    return commitment if commitment.pending_events else None


async def _term(
    ledger: Ledger, act: Act, period: ImbalancePeriod, thing: Thing, debtors: tuple[UUID, ...]
) -> UpdateLog | None:
    """The update log with the term set aside for these debtors and nobody else; None where that is how it is."""
    assert thing.term_id is not None
    assert thing.agreement_id is not None
    log = await ledger.load(UpdateLog, update_log_id(thing.agreement_id))
    if log is None:
        if not debtors:
            return None
        log = UpdateLog.begin_for(act, thing.agreement_id)
    log.take_up_again(act, thing.term_id, period.id, but=debtors)
    log.set_aside(act, thing.term_id, period.id, debtors, _until(period))
    return log if log.pending_events else None


def _until(period: ImbalancePeriod) -> date:
    """The last day for which it is set aside: an extension counts once it has begun."""
    extension = period.extension
    return extension.from_on if extension is not None and extension.began_at is None else period.content.ends_on


async def period_after(ledger: Ledger, recorded: Recorded) -> ImbalancePeriod:
    """The period as it was right after this fact of it."""
    facts = [r.fact for r in await ledger.facts(recorded.fact.originator_id) if r.position <= recorded.position]
    period: ImbalancePeriod | None = fold(facts)
    if period is None:
        raise LookupError("a fact of a period that is not there")
    return period


def act_of(recorded: Recorded, clock: Clock, organisation: Organisation, command_id: str) -> Act:
    """Nobody's act, recorded now, that takes effect when its cause did."""
    return Act(None, clock.now(), organisation.id, command_id, organisation.zone, recorded.fact.effective_at)


POLICY = Policy(
    NAME,
    frozenset(
        fact.TOPIC
        for fact in (
            e.PeriodStarted, e.PeriodAcknowledged, e.PersonJoined, e.PersonLeft, e.ExtensionBegan, e.PeriodEnded,
        )
    ),
    suspend_and_restore,
)  # fmt: skip
