"""Extending an imbalance period, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.desk import Desk
from services.imbalance.limits import limits_of
from services.imbalance.period_at import calendars_of, period_at, record_period
from services.ports import Receipt


@dataclass(frozen=True)
class ExtendPeriod:
    """The new last day and what is at stake now; the reason lifts limits as at a declaration."""

    period_id: UUID
    ends_on: date
    stakes: str
    override_reason: str | None = None


async def extend_period(desk: Desk, command: ExtendPeriod) -> Receipt:
    """The declarer lets it go on by at most half its first length; everybody answers afresh."""
    at = await period_at(desk, command.period_id, deed="extend_imbalance_period")
    period, act = at.period, desk.act()
    period.may_extend(act)
    period.check_extension(act, command.ends_on)
    calendars = await calendars_of(desk.ledger, act, period.people)
    limits, lift = await limits_of(desk), command.override_reason is not None
    lifted: list[str] = []
    for calendar in calendars:
        booking = period.extending(calendar.person_id, act, command.ends_on)
        lifted += calendar.check(booking, limits, lift=lift)
        calendar.book(act, booking)
    period.extend(
        act,
        command.ends_on,
        command.stakes,
        override_reason=command.override_reason,
        lifted=tuple(dict.fromkeys(lifted)),
    )
    return await record_period(desk, at, *calendars)
