"""Two factors where an organisation asks for them: with a password alone one may only make a passkey, and sign out."""

from __future__ import annotations

from uuid import UUID

from services.people.policy import policy_of
from services.ports import Ledger


class SecondFactors:
    """Which organisations ask for them; remembered until something else is recorded of the organisation."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: dict[UUID, tuple[int, bool]] = {}

    async def are_asked_by(self, organisation_id: UUID) -> bool:
        """Whether this organisation asks for two factors; never lags, in whichever process it was decided."""
        version = await self._ledger.version(organisation_id)
        known = self._known.get(organisation_id)
        if known is None or known[0] != version:
            asked = (await policy_of(self._ledger, organisation_id)).require_second_factor
            known = self._known[organisation_id] = version, asked
        return known[1]
