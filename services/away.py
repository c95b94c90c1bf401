"""Who is away when: what timers that wait for people stand still for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from domain.commitments.away import Away
from domain.commitments.content import Who
from domain.people.person import Person
from services.ports import Ledger


def people_among(*sides: Iterable[Who]) -> set[UUID]:
    """The people on these sides who stand there themselves; of a team somebody is always taken to be there."""
    return {who.id for side in sides for who in side if who.kind == "person"}


async def away_of(ledger: Ledger, people: Iterable[UUID]) -> Away:
    """The first and last days of everybody's absences, those that are over and those to come."""
    away: dict[UUID, list[tuple[date, date]]] = {}
    for person_id in set(people):
        person = await ledger.load(Person, person_id)
        if person is not None and person.absences:
            away[person_id] = [(absence.from_on, absence.until_on) for absence in person.absences]
    return away
