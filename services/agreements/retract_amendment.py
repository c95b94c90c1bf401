"""Taking one's own amendment back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class RetractAmendment:
    """Why it is taken back."""

    agreement_id: UUID
    reason: str | None = None


async def retract_amendment(desk: Desk, command: RetractAmendment) -> Receipt:
    """The opener takes the open amendment back; the version in force was never touched."""
    agreement = await desk.agreement(command.agreement_id, deed="retract_amendment")
    agreement.retract_amendment(desk.act(), command.reason)
    return await desk.record(agreement)
