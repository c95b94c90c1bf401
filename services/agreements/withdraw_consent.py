"""Taking one's consent back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class WithdrawConsent:
    """The agreement whose proposal the consent was given to."""

    agreement_id: UUID


async def withdraw_consent(desk: Desk, command: WithdrawConsent) -> Receipt:
    """A party takes their own consent back while the proposal is open."""
    agreement = await desk.agreement(command.agreement_id, deed="withdraw_consent")
    agreement.withdraw_consent(desk.act())
    return await desk.record(agreement)
