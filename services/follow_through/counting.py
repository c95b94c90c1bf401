"""Whether anything is counted at all: the organisation decides."""

from __future__ import annotations

from uuid import UUID

from domain.refusals import StatisticsOff
from services.people.policy import policy_of
from services.ports import Ledger


async def must_count(ledger: Ledger, organisation_id: UUID) -> None:
    """Refuses where the organisation has decided that nothing is counted."""
    if not (await policy_of(ledger, organisation_id)).statistics:
        raise StatisticsOff("Your organisation has decided that what was kept is not counted.")
