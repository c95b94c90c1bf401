"""Opening a review."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class OpenReview:
    """The agreement to review."""

    agreement_id: UUID


async def open_review(desk: Desk, command: OpenReview) -> Receipt:
    """A party opens a review of how the agreement works; each party answers, and answers are shown together."""
    agreement = await desk.agreement(command.agreement_id, deed="open_review")
    review_id = desk.new_id()
    agreement.open_review(desk.act(), review_id)
    return await desk.record(
        agreement, status=201, location=f"/agreements/{agreement.id}", ids={"review_id": str(review_id)}
    )
