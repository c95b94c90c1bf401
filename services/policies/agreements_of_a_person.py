"""Finding the agreements that a change in somebody's standing concerns."""

from __future__ import annotations

from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.base import Aggregate
from services.desk import Desk


async def agreements_of(desk: Desk, person_id: UUID) -> list[AccountabilityAgreement]:
    """Every agreement made here that the person has to do with, up to now; imported histories are left alone."""
    found = []
    for sight in await desk.ledger.sights_of(person_id):
        agreement: Aggregate | None = await desk.ledger.load(AccountabilityAgreement, sight.thing_id)
        if isinstance(agreement, AccountabilityAgreement):
            desk.watch(agreement)
            found.append(agreement)
    return found
