"""ImbalanceCalendar: the days on which one person is in imbalance periods, and whether one more fits.

It is saved in the same append as the declaration, so of many declarations at once for the same person
each after the first is decided again, on what the first has booked.
"""

from __future__ import annotations

from datetime import date
from typing import Self
from uuid import UUID, uuid5

from domain.base import Act, Aggregate
from domain.imbalance import calendar_events as e
from domain.imbalance.guards import Booking, Figures, Limits, check, figures


def calendar_id(person_id: UUID) -> UUID:
    """The id of a person's calendar: each has exactly one."""
    return uuid5(person_id, "imbalance")


class ImbalanceCalendar(Aggregate):
    """One person's periods, by their days; a period that is over counts the days that it lasted."""

    TOPIC = "concord.imbalance_calendar"

    def __init__(self) -> None:
        """Prepares the empty state; the first fact's applier fills it."""
        self.person_id: UUID
        self.organisation_id: UUID
        self.bookings: dict[UUID, Booking] = {}

    @classmethod
    def begin_for(cls, act: Act, person_id: UUID) -> Self:
        """A fresh calendar for somebody who has none; stored with the first thing recorded in it."""
        return cls.begin(e.ImbalanceCalendarOpened, act, calendar_id(person_id), person_id=person_id)

    def check(self, booking: Booking, limits: Limits, *, lift: bool) -> tuple[str, ...]:
        """Refuses what does not fit; with `lift` answers which limits (never two at once) were lifted."""
        return check(booking, self._others(booking), self.person_id, limits, lift=lift)

    def figures(self, booking: Booking, limits: Limits) -> Figures:
        """What it comes to, beside the limits."""
        return figures(booking, self._others(booking), self.person_id, limits)

    def _others(self, booking: Booking) -> list[Booking]:
        return [b for b in self.bookings.values() if b.period_id != booking.period_id]

    def book(self, act: Act, booking: Booking) -> None:
        """Counts these days for the period, in place of those that counted for it before."""
        if self.bookings.get(booking.period_id) != booking:
            self.record(
                e.DaysBooked,
                act,
                period_id=booking.period_id,
                focus=booking.focus,
                first_on=booking.first_on,
                last_on=booking.last_on,
            )

    def settle(self, act: Act, period_id: UUID, lasted: tuple[date, date] | None) -> None:
        """The period is over for this person: from when to when it lasted, None when it never came to be.

        Said a second time, or of a period that is not known here, it changes nothing.
        """
        booked = self.bookings.get(period_id)
        if booked is None or (booked.first_on, booked.last_on) == lasted:
            return
        if lasted is None:
            self.record(e.DaysFreed, act, period_id=period_id)
        else:
            self.record(e.DaysSettled, act, period_id=period_id, first_on=lasted[0], last_on=lasted[1])

    # Appliers -------------------------------------------------------------------------------------

    def _imbalance_calendar_opened(self, fact: e.ImbalanceCalendarOpened) -> None:
        self.person_id = fact.person_id
        self.organisation_id = fact.organisation_id

    def _days_booked(self, fact: e.DaysBooked) -> None:
        self.bookings[fact.period_id] = Booking(fact.period_id, fact.focus, fact.first_on, fact.last_on)

    def _days_settled(self, fact: e.DaysSettled) -> None:
        focus = self.bookings[fact.period_id].focus
        self.bookings[fact.period_id] = Booking(fact.period_id, focus, fact.first_on, fact.last_on)

    def _days_freed(self, fact: e.DaysFreed) -> None:
        self.bookings.pop(fact.period_id, None)
