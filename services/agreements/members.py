"""Who can be named in an agreement: people of the caller's organisation who are there."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from domain.refusals import Invalid
from services.desk import Desk


async def must_be_members(desk: Desk, people: Iterable[UUID], *, field: str) -> None:
    """Refuses a person who cannot act in this organisation.

    Somebody unknown, somebody of another organisation, somebody who left and an imported handle get
    the same sentence: which of these it is, is nothing that the caller may learn here.
    """
    for person_id in people:
        standing = await desk.ledger.standing(person_id)
        if (
            standing is None
            or standing.organisation_id != desk.actor.organisation.id
            or not standing.active
            or standing.kind != "member"
        ):
            raise Invalid("Only active people of your organisation can be named here.", field=field)
