"""Routes for reviews: looking together at how the agreement works."""

from __future__ import annotations

from fastapi import Response

from adapters.http.api.agreements_bodies import ReasonBody, ReviewAnswerBody
from adapters.http.api.agreements_common import AgreementId, Bench, ReviewId, command
from adapters.http.routing import Routes
from services.agreements.answer_review import AnswerReview, answer_review
from services.agreements.correct_review_answer import CorrectReviewAnswer, correct_review_answer
from services.agreements.open_review import OpenReview, open_review
from services.agreements.withdraw_review_answer import WithdrawReviewAnswer, withdraw_review_answer

router = Routes(prefix="/agreements", tags=["Agreements"])


@router.post("/{agreement_id}/reviews", **command("open_review", "Open a review", status=201))
async def route_open_review(agreement_id: AgreementId, bench: Bench) -> Response:
    """Opens a review that each party answers; one at a time."""
    return await bench.run(open_review, OpenReview(agreement_id))


@router.post("/{agreement_id}/reviews/{review_id}/answers", **command("answer_review", "Answer a review"))
async def route_answer_review(
    agreement_id: AgreementId, review_id: ReviewId, body: ReviewAnswerBody, bench: Bench
) -> Response:
    """Answers, or revises your answer; answers are shown when all are in, or after 14 days."""
    return await bench.run(answer_review, AnswerReview(agreement_id, review_id, body.to_answer()))


@router.post(
    "/{agreement_id}/reviews/{review_id}/answers/mine/correct",
    **command("correct_review_answer", "Correct your own review answer"),
)
async def route_correct_review_answer(
    agreement_id: AgreementId, review_id: ReviewId, body: ReviewAnswerBody, bench: Bench
) -> Response:
    """Shows the new answer; the old one stays in the history."""
    return await bench.run(correct_review_answer, CorrectReviewAnswer(agreement_id, review_id, body.to_answer()))


@router.post(
    "/{agreement_id}/reviews/{review_id}/answers/mine/withdraw",
    **command("withdraw_review_answer", "Withdraw your own review answer"),
)
async def route_withdraw_review_answer(
    agreement_id: AgreementId, review_id: ReviewId, bench: Bench, body: ReasonBody | None = None
) -> Response:
    """Shows the answer no more; it stays in the history."""
    return await bench.run(
        withdraw_review_answer, WithdrawReviewAnswer(agreement_id, review_id, body.reason if body else None)
    )
