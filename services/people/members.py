"""Who counts as a member of the caller's organisation, and finding people in it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from domain.people.organisation import Organisation
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
    """The person and their standing; NotThere outside the caller's organisation.

    A stale `If-Match` is refused, but to nobody who could do nothing to this person: they are not told a version.
    """
    standing = await desk.ledger.standing(person_id)
    if standing is None or standing.organisation_id != desk.actor.organisation.id:
        raise NotThere
    person = await desk.ledger.load(Person, person_id)
    if not isinstance(person, Person):
        raise NotThere
    if person_id == desk.actor.person_id or (desk.standing is not None and "steward" in desk.standing.roles):
        desk.check_seen(person.version)
    return person, standing


async def own_organisation(desk: Desk) -> tuple[Organisation, dict[UUID, Standing]]:
    """The caller's organisation, and then how everybody in it stands.

    In this order: whatever changes a standing that a rule over all depends on is recorded on the
    organisation too, so what was decided on standings that have changed since meets a conflict.
    """
    organisation = await desk.ledger.load(Organisation, desk.actor.organisation.id)
    if not isinstance(organisation, Organisation):
        raise NotThere
    standings = await desk.ledger.standings(desk.actor.organisation.id)
    return organisation, {standing.person_id: standing for standing in standings}


def stewards_among(standings: Mapping[UUID, Standing]) -> list[UUID]:
    """Who of these can act as a steward."""
    return [person for person, standing in standings.items() if standing.active and "steward" in standing.roles]
