"""Who sees an imbalance period and as what, and which of the things that it sets aside."""

from __future__ import annotations

from uuid import UUID

from domain.imbalance.content import COMMITMENT, FREE, Thing
from domain.imbalance.period import ImbalancePeriod
from domain.imbalance.state import DRAFT, DROPPED
from services.access import READING
from services.imbalance.leading import acting_for
from services.ports import Ledger, Sight, Standing

INSIDE = frozenset({"declarer", "drafter", "named", "invited", "left"})
"""Those whom it is for or by; others see that it is, why and when, but not what it asks of anybody."""


async def sight_on(ledger: Ledger, period: ImbalancePeriod | None, viewer: Standing | None) -> Sight | None:
    """As what they see it: one of INSIDE, else `line` (the declarer's leader) or `steward`; None for everybody else.

    A draft is for who wrote it and who may declare it.
    """
    if period is None or viewer is None or viewer.organisation_id != period.organisation_id:
        return None
    sight = await ledger.sight(period.id, viewer.person_id)
    if sight is not None and sight.sight is not None:
        return sight
    if await acting_for(ledger, period.acting_id) == viewer.person_id:
        return Sight(period.id, viewer.person_id, "declarer")
    if period.state in (DRAFT, DROPPED):
        return None
    declarer = await ledger.standing(period.acting_id)
    if declarer is not None and declarer.leader_id == viewer.person_id:
        return Sight(period.id, viewer.person_id, "line")
    return Sight(period.id, viewer.person_id, "steward") if "steward" in viewer.roles else None


async def sees_thing(ledger: Ledger, thing: Thing, person_id: UUID, sight: str) -> bool:
    """Whether somebody may see a thing itself; free words are for all whom the period is for."""
    if thing.kind == FREE:
        return sight in INSIDE
    thing_id = thing.commitment_id if thing.kind == COMMITMENT else thing.agreement_id
    assert thing_id is not None
    seen = await ledger.sight(thing_id, person_id)
    return seen is not None and seen.sight in READING
