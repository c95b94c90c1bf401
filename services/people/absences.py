"""Saying from when until when one is away, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.desk import Desk
from services.people.members import person_here
from services.people.ports import same_for_command
from services.ports import Receipt


@dataclass(frozen=True)
class DeclareAbsence:
    """The days of the absence, first and last included."""

    from_on: date
    until_on: date


async def declare_absence(desk: Desk, command: DeclareAbsence) -> Receipt:
    """The caller's own absence: updates they owe are excused; no reason is asked."""
    await desk.allow("declare_absence")
    person, _ = await person_here(desk, desk.actor.person_id)
    absence_id = same_for_command(desk.act(), "absence")
    person.declare_absence(desk.act(), absence_id, command.from_on, command.until_on)
    ids = {"absence_id": str(absence_id)}
    return await desk.record(person, status=201, location=f"/me/absences/{absence_id}", ids=ids)


async def withdraw_absence(desk: Desk, absence_id: UUID) -> Receipt:
    """Takes one's own absence back."""
    await desk.allow("withdraw_absence")
    person, _ = await person_here(desk, desk.actor.person_id)
    person.withdraw_absence(desk.act(), absence_id)
    return await desk.record(person)
