"""Declaring an imbalance period."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.imbalance.draft_period import must_lead_all
from services.imbalance.limits import limits_of
from services.imbalance.period_at import calendars_of, period_at, record_period
from services.imbalance.things import as_owed_now
from services.ports import Receipt


@dataclass(frozen=True)
class DeclarePeriod:
    """The draft; with a written reason the limits on length, gap and share are lifted, never two at once."""

    period_id: UUID
    override_reason: str | None = None


async def declare_period(desk: Desk, command: DeclarePeriod) -> Receipt:
    """The declarer declares it, in one append with the calendars of all whom it names.

    Of several declarations at once for the same person one is recorded; the others are decided again, on
    what that one booked.
    """
    at = await period_at(desk, command.period_id, deed="declare_imbalance_period")
    period, act = at.period, desk.act()
    period.may_declare(act)
    await must_lead_all(desk, period.declarer_id, period.content.people)
    things = await as_owed_now(desk, period.content.set_aside)
    calendars = await calendars_of(desk.ledger, act, period.content.people)
    limits = await limits_of(desk)
    booking, lift = period.booking(), command.override_reason is not None
    lifted = [code for calendar in calendars for code in calendar.check(booking, limits, lift=lift)]
    period.declare(act, things=things, override_reason=command.override_reason, lifted=tuple(dict.fromkeys(lifted)))
    for calendar in calendars:
        calendar.book(act, booking)
    return await record_period(desk, at, *calendars)
