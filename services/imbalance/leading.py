"""Who leads whom, directly or above: who may declare for whom, and who acts for a declarer who is gone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from services.ports import Ledger, Standing

_HIGHEST = 100
"""How many leaders above somebody are looked at; more would be a circle."""


async def leads(ledger: Ledger, leader_id: UUID, person_id: UUID) -> bool:
    """Whether one is the other's leader, or a leader above."""
    async for above in _above(ledger, person_id):
        if above.person_id == leader_id:
            return True
    return False


async def acting_for(ledger: Ledger, declarer_id: UUID) -> UUID:
    """The declarer; when they are gone, the first leader above who is there; with nobody there, the declarer."""
    standing = await ledger.standing(declarer_id)
    if standing is None or standing.active:
        return declarer_id
    async for above in _above(ledger, declarer_id):
        if above.active:
            return above.person_id
    return declarer_id


async def _above(ledger: Ledger, person_id: UUID) -> AsyncIterator[Standing]:
    standing = await ledger.standing(person_id)
    for _ in range(_HIGHEST):
        if standing is None or standing.leader_id is None:
            return
        standing = await ledger.standing(standing.leader_id)
        if standing is not None:
            yield standing
