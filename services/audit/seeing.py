"""Whether somebody may read a thing that another one names: else its name is left out."""

from __future__ import annotations

from uuid import UUID

from services.access import READING
from services.ports import Ledger


async def sees(ledger: Ledger, person_id: UUID, organisation_id: UUID, thing_id: UUID | None) -> bool:
    """Whether they read it, themself, by a team of theirs, or as everybody in the organisation does."""
    if thing_id is None:
        return False
    for who in (person_id, organisation_id):
        sight = await ledger.sight(thing_id, who)
        if sight is not None and sight.sight in READING:
            return True
    return False
