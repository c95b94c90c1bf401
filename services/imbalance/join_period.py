"""Coming into an imbalance period: the declarer asks, the person joins."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.refusals import NotYourAct
from services.desk import Desk
from services.imbalance.draft_period import must_lead_all
from services.imbalance.limits import limits_of
from services.imbalance.period_at import AtHand, calendars_of, period_at, record_period
from services.ports import Receipt


@dataclass(frozen=True)
class JoinPeriod:
    """Who is to come in: oneself, or whom the declarer asks; the reason lifts limits as at a declaration."""

    period_id: UUID
    person_id: UUID
    override_reason: str | None = None


async def join_period(desk: Desk, command: JoinPeriod) -> Receipt:
    """The declarer names somebody and that person names themself: then they are in it, and their days count."""
    at = await period_at(desk, command.period_id, deed="join_imbalance_period")
    if command.person_id != desk.actor.person_id:
        return await _invite(desk, at, command)
    if command.override_reason is not None:
        raise NotYourAct("The declarer gives the reason for going beyond a limit, when they ask you.")
    period, act = at.period, desk.act()
    period.may_join(act)
    (calendar,) = await calendars_of(desk.ledger, act, [act.person])
    booking = period.joining(act)
    lifted = calendar.check(booking, await limits_of(desk), lift=period.invited[act.person] is not None)
    period.join(act, lifted)
    calendar.book(act, booking)
    return await record_period(desk, at, calendar)


async def _invite(desk: Desk, at: AtHand, command: JoinPeriod) -> Receipt:
    period, act = at.period, desk.act()
    period.may_invite(act)
    await must_lead_all(desk, period.declarer_id, [command.person_id])
    (calendar,) = await calendars_of(desk.ledger, act, [command.person_id])
    calendar.check(period.joining(act), await limits_of(desk), lift=command.override_reason is not None)
    period.invite(act, command.person_id, command.override_reason)
    return await record_period(desk, at)
