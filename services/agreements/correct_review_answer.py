"""Putting one's own review answer right."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.agreements.state import ReviewAnswer
from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class CorrectReviewAnswer:
    """The review, and the whole answer as it should have been."""

    agreement_id: UUID
    review_id: UUID
    answer: ReviewAnswer


async def correct_review_answer(desk: Desk, command: CorrectReviewAnswer) -> Receipt:
    """The author puts their answer right; the old one stays in the history."""
    agreement = await desk.agreement(command.agreement_id, deed="correct_review_answer")
    agreement.correct_review_answer(desk.act(), command.review_id, command.answer)
    return await desk.record(agreement)
