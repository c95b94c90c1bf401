"""Opening an amendment."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class OpenAmendment:
    """Why the text should change; `clerical` is only a label."""

    agreement_id: UUID
    reason: str
    clerical: bool = False


async def open_amendment(desk: Desk, command: OpenAmendment) -> Receipt:
    """A party opens a new proposal on the version in force, which stays valid meanwhile."""
    agreement = await desk.agreement(command.agreement_id, deed="open_amendment")
    agreement.open_amendment(desk.act(), command.reason, clerical=command.clerical)
    return await desk.record(agreement, status=201, location=f"/agreements/{agreement.id}")
