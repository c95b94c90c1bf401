"""Who counts as a member of the caller's organisation, and finding people in it."""

from __future__ import annotations

from uuid import UUID

from domain.people.person import Person
from domain.refusals import Invalid, NotThere
from services.desk import Desk
from services.ports import Standing


async def must_be_member(desk: Desk, person_id: UUID, *, field: str) -> Standing:
    """The standing of an active member; anybody else is refused with one and the same sentence."""
    standing = await desk.ledger.standing(person_id)
    if (
        standing is None
        or standing.organisation_id != desk.actor.organisation.id
        or not standing.active
        or standing.kind != "member"
    ):
        raise Invalid("Only active people of your organisation can be named here.", field=field)
    return standing


async def person_here(desk: Desk, person_id: UUID) -> tuple[Person, Standing]:
    """The person and their standing; NotThere outside the caller's organisation. A stale `If-Match` is refused."""
    standing = await desk.ledger.standing(person_id)
    if standing is None or standing.organisation_id != desk.actor.organisation.id:
        raise NotThere
    person = await desk.ledger.load(Person, person_id)
    if not isinstance(person, Person):
        raise NotThere
    desk.check_seen(person.version)
    return person, standing
