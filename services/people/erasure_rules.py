"""What holds for every erasure, whoever takes the next step."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from domain.refusals import LastSteward
from services.desk import Desk
from services.ports import Ledger, Standing


async def must_not_be_the_last_steward(desk: Desk, standing: Standing) -> None:
    """Refuses where the organisation would be left without one; asked again when the day has come."""
    if "steward" not in standing.roles or not standing.active:
        return
    if not set(await stewards_of(desk.ledger, standing.organisation_id)) - {standing.person_id}:
        raise LastSteward("This is the last steward; make somebody else a steward first.")


async def stewards_of(ledger: Ledger, organisation_id: UUID) -> Sequence[UUID]:
    """Who can act as a steward now."""
    standings = await ledger.standings(organisation_id)
    return [standing.person_id for standing in standings if standing.active and "steward" in standing.roles]
