"""How much imbalance the organisation allows, and what a draft comes to beside it."""

from __future__ import annotations

from fractions import Fraction
from uuid import UUID

from domain.imbalance.guards import Figures, Limits
from domain.imbalance.state import DRAFT
from domain.refusals import NotYourAct, WrongState
from services.desk import Desk
from services.imbalance.period_at import calendars_of
from services.imbalance.reading import read_period
from services.people.policy import policy_of
from services.ports import Actor, Clock, Ledger


async def limits_of(desk: Desk) -> Limits:
    """The limits that hold where the acting person is."""
    return await _limits_in(desk.ledger, desk.actor.organisation.id)


async def figures_of_draft(
    ledger: Ledger, clock: Clock, actor: Actor, period_id: UUID
) -> tuple[Limits, dict[UUID, Figures]]:
    """What declaring a draft would come to for each person named, beside the limits as they are now.

    For who may declare it: a refusal would tell them the same. NotYourAct for everybody else who sees it, WrongState
    once it is declared.
    """
    reading = await read_period(ledger, clock, actor, period_id)
    period = reading.period
    if not reading.declaring:
        raise NotYourAct("Only who declares it sees what it comes to beside the limits.")
    if period.state != DRAFT:
        raise WrongState("It is not a draft any more.")
    limits, booking = await _limits_in(ledger, actor.organisation.id), period.booking()
    calendars = await calendars_of(ledger, reading.act, period.content.people)
    return limits, {calendar.person_id: calendar.figures(booking, limits) for calendar in calendars}


async def _limits_in(ledger: Ledger, organisation_id: UUID) -> Limits:
    policy = await policy_of(ledger, organisation_id)
    return Limits(
        longest=policy.imbalance_longest_days,
        gap_share=Fraction(policy.imbalance_gap_percent, 100),
        budget_share=Fraction(policy.imbalance_share_percent, 100),
    )
