"""Objecting to one's own erasure: it does not come."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from domain.base import Act
from domain.people.person import Person
from domain.refusals import NotThere
from services.desk import Desk
from services.people.members import person_here
from services.ports import Answer, Clock, Command, Ledger, Organisation, Receipt


@dataclass(frozen=True)
class ObjectToErasure:
    """Whose erasure, and why not."""

    person_id: UUID
    reason: str | None = None


async def object_to_erasure(desk: Desk, command: ObjectToErasure) -> Receipt:
    """The person's own word, whoever asked for it; it can be asked for again."""
    await desk.allow("object_to_erasure")
    person, _ = await person_here(desk, command.person_id)
    person.object_to_erasure(desk.act(), command.reason)
    return await desk.record(person, ids={"person_id": str(person.id)})


async def pass_on_objection(ledger: Ledger, clock: Clock, organisation: Organisation, person_id: UUID) -> Person:
    """The same for somebody who cannot sign in any more and told who runs the installation."""
    person = await ledger.load(Person, person_id)
    if not isinstance(person, Person) or person.organisation_id != organisation.id:
        raise NotThere
    command = Command(secrets.token_hex(32), "", None, organisation.id)
    person.object_to_erasure(Act(None, clock.now(), organisation.id, command.id, organisation.zone), None)
    await ledger.record(command, Answer(versions={str(person.id): person.version}), person)
    return person
