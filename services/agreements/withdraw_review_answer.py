"""Taking one's own review answer back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class WithdrawReviewAnswer:
    """The review, and why the answer is taken back."""

    agreement_id: UUID
    review_id: UUID
    reason: str | None = None


async def withdraw_review_answer(desk: Desk, command: WithdrawReviewAnswer) -> Receipt:
    """The author takes their review answer back; it stays in the history."""
    agreement = await desk.agreement(command.agreement_id, deed="withdraw_review_answer")
    agreement.withdraw_review_answer(desk.act(), command.review_id, command.reason)
    return await desk.record(agreement)
