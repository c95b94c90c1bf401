"""Answering a review."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.agreements.state import ReviewAnswer
from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class AnswerReview:
    """The review, and what the caller answers: what works, what to change, the fit of each term."""

    agreement_id: UUID
    review_id: UUID
    answer: ReviewAnswer


async def answer_review(desk: Desk, command: AnswerReview) -> Receipt:
    """A party answers; nobody else reads it until all answers are in, or 14 days have passed."""
    agreement = await desk.agreement(command.agreement_id, deed="answer_review")
    agreement.answer_review(desk.act(), command.review_id, command.answer)
    return await desk.record(agreement)
