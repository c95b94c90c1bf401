"""Agreeing that somebody be erased: the second word, after which the person is told and a week goes by."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from domain.base import Act
from domain.people.person import Person
from domain.refusals import NotThere
from services.desk import Desk
from services.people.erasure_rules import must_not_be_the_last_steward, stewards_of
from services.people.members import person_here
from services.ports import Answer, Clock, Command, Ledger, Organisation, Receipt


@dataclass(frozen=True)
class ApproveErasure:
    """Who is to be erased."""

    person_id: UUID


async def approve_erasure(desk: Desk, command: ApproveErasure) -> Receipt:
    """A steward agrees: another one than the person, and than who asked."""
    await desk.allow("approve_erasure")
    person, standing = await person_here(desk, command.person_id)
    await must_not_be_the_last_steward(desk, standing)
    person.approve_erasure(desk.act(), await stewards_of(desk.ledger, standing.organisation_id))
    return await desk.record(person, ids={"person_id": str(person.id)})


async def approve_erasure_as_operator(
    ledger: Ledger, clock: Clock, organisation: Organisation, person_id: UUID
) -> Person:
    """Who runs the installation agrees where no steward is left who could."""
    person = await ledger.load(Person, person_id)
    if not isinstance(person, Person) or person.organisation_id != organisation.id:
        raise NotThere
    command = Command(secrets.token_hex(32), "", None, organisation.id)
    act = Act(None, clock.now(), organisation.id, command.id, organisation.zone)
    person.approve_erasure(act, await stewards_of(ledger, organisation.id))
    await ledger.record(command, Answer(versions={str(person.id): person.version}), person)
    return person
