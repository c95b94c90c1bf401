"""Taking back a new leader's leave to read."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class RevokeGrant:
    """Whose leave to read is taken back."""

    agreement_id: UUID
    person_id: UUID


async def revoke_grant(desk: Desk, command: RevokeGrant) -> Receipt:
    """The report takes back the leave to read earlier versions."""
    agreement = await desk.agreement(command.agreement_id, deed="revoke_grant")
    agreement.revoke_grant(desk.act(), command.person_id)
    return await desk.record(agreement)
