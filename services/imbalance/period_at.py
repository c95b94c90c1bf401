"""Loading a period for a deed, and recording it together with its people's calendars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from domain.base import Act, Aggregate
from domain.imbalance import events as e
from domain.imbalance.calendar import ImbalanceCalendar, calendar_id
from domain.imbalance.period import ImbalancePeriod
from domain.refusals import NotThere
from services.access import may
from services.desk import Desk
from services.imbalance.leading import acting_for
from services.imbalance.sight import sight_on
from services.ports import Ledger, Receipt
from services.sights import sight_changes

_SETTLING = (e.PersonLeft, e.ExtensionBegan, e.PeriodEnded, e.PeriodWithdrawn)
"""What ends the days that count for somebody."""


@dataclass(frozen=True)
class AtHand:
    """A period, up to now, as what the acting person sees it, and who could see it before this deed."""

    period: ImbalancePeriod
    sight: str
    seen_by: Mapping[UUID, str]


async def period_at(desk: Desk, period_id: UUID, *, deed: str) -> AtHand:
    """The period, up to now, if this person may do the deed to it; NotThere for strangers."""
    if desk.standing is None:
        desk.standing = await desk.ledger.standing(desk.actor.person_id)
    found: Aggregate | None = await desk.ledger.load(ImbalancePeriod, period_id)
    period = found if isinstance(found, ImbalancePeriod) else None
    sight = await sight_on(desk.ledger, period, desk.standing)
    may(desk.actor, desk.standing, deed, sight)
    if period is None or sight is None or sight.sight is None:
        raise NotThere
    desk.check_seen(period.version)
    seen_by = period.sights()
    await bring_up_to(desk.ledger, period, desk.act())
    return AtHand(period, sight.sight, seen_by)


async def bring_up_to(ledger: Ledger, period: ImbalancePeriod, act: Act) -> None:
    """Lets time pass in it, and hands it over to the declarer's leader where the declarer is gone."""
    period.let_time_pass(act)
    period.hand_over(replace(act, by=None), await acting_for(ledger, period.acting_id))


async def record_period(
    desk: Desk,
    at: AtHand,
    *calendars: ImbalanceCalendar,
    status: int = 200,
    location: str | None = None,
    ids: Mapping[str, str] | None = None,
) -> Receipt:
    """Stores the period with the calendars it was booked in; days that end with this deed are settled with it."""
    touched = {calendar.id: calendar for calendar in calendars}
    if any(isinstance(fact, _SETTLING) for fact in at.period.pending_events):
        for person in at.period.everybody():
            calendar = touched.get(calendar_id(person)) or await desk.ledger.load(
                ImbalanceCalendar, calendar_id(person)
            )
            if calendar is not None:
                settle(calendar, at.period, desk.act())
                touched[calendar.id] = calendar
    changed = [calendar for calendar in touched.values() if calendar.pending_events]
    sights = sight_changes(at.period.id, at.seen_by, at.period.sights())
    return await desk.record(at.period, *changed, status=status, location=location, ids=ids, sights=sights)


async def calendars_of(ledger: Ledger, act: Act, people: Iterable[UUID]) -> list[ImbalanceCalendar]:
    """Everybody's calendar; a fresh one for who has none yet."""
    return [
        await ledger.load(ImbalanceCalendar, calendar_id(person)) or ImbalanceCalendar.begin_for(act, person)
        for person in people
    ]


def settle(calendar: ImbalanceCalendar, period: ImbalancePeriod, act: Act) -> None:
    """Puts the days that it lasted for somebody in the place of those planned, once it is over for them."""
    if period.is_over_for(calendar.person_id):
        calendar.settle(act, period.id, period.days_of(calendar.person_id, act.zone))
