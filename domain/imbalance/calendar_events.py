"""What can happen to a person's calendar of imbalance periods; no words, only which days count for which period."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.base import Fact, FirstFact


class ImbalanceCalendarOpened(FirstFact):
    """The first period of somebody is about to be booked."""

    TOPIC = "concord.imbalance_calendar.opened"

    person_id: UUID


class DaysBooked(Fact):
    """A period was declared, joined or extended: these days count for it."""

    TOPIC = "concord.imbalance_calendar.booked"

    period_id: UUID
    focus: str
    first_on: date
    last_on: date


class DaysSettled(Fact):
    """A period is over for this person: these days it lasted."""

    TOPIC = "concord.imbalance_calendar.settled"

    period_id: UUID
    first_on: date
    last_on: date


class DaysFreed(Fact):
    """A period never came to be for this person: none of its days counts."""

    TOPIC = "concord.imbalance_calendar.freed"

    period_id: UUID
