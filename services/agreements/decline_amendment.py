"""Declining another party's amendment."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class DeclineAmendment:
    """Why it is declined."""

    agreement_id: UUID
    reason: str | None = None


async def decline_amendment(desk: Desk, command: DeclineAmendment) -> Receipt:
    """A party other than the opener declines the open amendment."""
    agreement = await desk.agreement(command.agreement_id, deed="decline_amendment")
    agreement.decline_amendment(desk.act(), command.reason)
    return await desk.record(agreement)
