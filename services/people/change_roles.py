"""Saying which roles somebody has; there is always a steward."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from domain.base import Aggregate
from services.desk import Desk
from services.people.members import own_organisation, person_here, stewards_among
from services.ports import Receipt


@dataclass(frozen=True)
class ChangeRoles:
    """Whose roles, and all that they have from now on."""

    person_id: UUID
    roles: tuple[str, ...]


async def change_roles(desk: Desk, command: ChangeRoles) -> Receipt:
    """Gives the person these roles and no others, effective at once; the last steward stays one."""
    await desk.allow("change_roles")
    person, standing = await person_here(desk, command.person_id)
    was_steward = "steward" in person.roles
    person.change_roles(desk.act(), command.roles)
    touched: list[Aggregate] = []
    if was_steward and "steward" not in person.roles:
        organisation, standings = await own_organisation(desk)
        organisation.part_with_steward(desk.act(), person.id, stewards_among(standings))
        touched.append(organisation)
    return await desk.record(
        person, *touched, standings=[replace(standing, roles=person.roles)], ids={"person_id": str(person.id)}
    )
