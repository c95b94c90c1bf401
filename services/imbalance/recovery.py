"""What the declarer promised for afterwards becomes offers of theirs once the period is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid5

from domain import durations
from domain.commitments.commitment import Commitment
from domain.commitments.content import Content, Due, Who
from domain.imbalance import events as e
from services.imbalance.suspend_and_restore import act_of, period_after
from services.policies.policy import Policy, policy_command
from services.ports import Answer, Clock, Ledger, Organisation, Recorded
from services.sights import sight_changes

NAME = "offer_what_comes_after_an_imbalance"


def offer_id(period_id: UUID, number: int) -> UUID:
    """The id of the commitment that the recovery of this number becomes: the same however often it is offered."""
    return uuid5(period_id, f"recovery {number}")


async def offer_recovery(ledger: Ledger, clock: Clock, recorded: Recorded, organisation: Organisation) -> None:
    """Offers each, in the declarer's name, to whom it was meant for; nothing where it never started.

    It is due so long after the end, or after today where nothing ran for a while. Nothing is offered by
    or to somebody who is gone.
    """
    period = await period_after(ledger, recorded)
    if period.started_at is None or period.ended_at is None:
        return
    for number, promised in enumerate(period.content.recovery):
        id = offer_id(period.id, number)
        people = (period.acting_id, promised.to)
        standings = [await ledger.standing(person) for person in people]
        if await ledger.version(id) or any(s is None or not s.active for s in standings):
            continue
        command = policy_command(NAME, recorded, number, organisation)
        act = replace(act_of(recorded, clock, organisation, command.id), by=period.acting_id, effective_at=None)
        last_on = (period.ended_at - timedelta(microseconds=1)).astimezone(organisation.zone).date()
        due_on = durations.parse(promised.due_within).after_day(max(last_on, act.today))
        content = Content(
            owed_by=(Who("person", period.acting_id),),
            owed_to=(Who("person", promised.to),),
            outcome=promised.outcome,
            due=Due.end_of_day(due_on, organisation.zone),
        )
        await ledger.new_keys(id)
        offer = Commitment.offer(act, id, content)
        await ledger.record(command, Answer(), offer, sights=sight_changes(id, {}, offer.sights()))


POLICY = Policy(NAME, frozenset({e.PeriodEnded.TOPIC}), offer_recovery)
