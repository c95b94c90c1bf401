"""Looking together at how the agreement works."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from domain import durations
from domain.agreements import events as e
from domain.agreements.consenting import Consenting
from domain.agreements.state import ENDING, IN_FORCE, Review, ReviewAnswer
from domain.base import Act
from domain.refusals import DatePast, Invalid, NotThere, NotYourAct, WrongState
from domain.values import optional_text, text

SHOWN_AFTER = timedelta(days=14)
"""Answers are shown when all are in, or after this."""

OUTCOMES = ("still_right", "needs_change")


class Reviewing(Consenting):
    """A review is opened by any party and answered by each; nobody reads an answer before it is concluded."""

    def open_review(self, act: Act, review_id: UUID) -> None:
        """Opens a review; one at a time."""
        self.may_open_review(act.person)
        self.record(e.ReviewOpened, act, review_id=review_id)

    def answer_review(self, act: Act, review_id: UUID, answer: ReviewAnswer) -> None:
        """Answers the open review, or revises one's answer while it is open; the last answer concludes it."""
        self._must_be_bound(act.person)
        review = self._review(review_id)
        self.may_answer_review(act.person)
        if review.concluded_at is not None:
            raise WrongState("This review is concluded; correct your own answer instead.")
        self._record_answer(act, review_id, self._checked_answer(act, answer))
        if self.all_in(review):
            self._conclude(act, review)

    def correct_review_answer(self, act: Act, review_id: UUID, answer: ReviewAnswer) -> None:
        """Puts one's own answer right; the old one stays in the history, the next date stays as it was."""
        said = self._own_answer(act, review_id)
        self._record_answer(act, review_id, self._checked_answer(act, answer, said.next_review_on))

    def withdraw_review_answer(self, act: Act, review_id: UUID, reason: str | None = None) -> None:
        """Takes one's own answer back; it stays in the history."""
        self._own_answer(act, review_id)
        self.record(e.ReviewAnswerWithdrawn, act, review_id=review_id, reason=optional_text(reason, "reason"))

    def may_open_review(self, by: UUID) -> None:
        """Refuses unless it is in force or ending and no review is open."""
        self._must_be_bound(by)
        self._must_be_in(IN_FORCE, ENDING)
        if self.running_review is not None:
            raise WrongState("A review is open already.")

    def may_answer_review(self, by: UUID) -> None:
        """Refuses unless a review is open to this party."""
        self._must_be_bound(by)
        self._must_not_be_over()
        if self.running_review is None:
            raise WrongState("No review is open.")

    def _review_opened(self, fact: e.ReviewOpened) -> None:
        self.reviews[fact.review_id] = Review(fact.review_id, fact.actor_id, fact.effective_at)

    def _review_answered(self, fact: e.ReviewAnswered) -> None:
        review = self.reviews.get(fact.review_id)
        if review is None or fact.actor_id is None:
            return
        review.answers[fact.actor_id] = ReviewAnswer(
            fact.what_works, fact.what_to_change, fact.fits, fact.outcome, fact.entrust_next, fact.next_review_on
        )
        review.answered_at.setdefault(fact.actor_id, fact.effective_at)

    def _review_answer_withdrawn(self, fact: e.ReviewAnswerWithdrawn) -> None:
        review = self.reviews.get(fact.review_id)
        if review is not None and fact.actor_id is not None:
            review.answers.pop(fact.actor_id, None)

    def _review_concluded(self, fact: e.ReviewConcluded) -> None:
        review = self.reviews.get(fact.review_id)
        if review is not None:
            review.concluded_at = fact.effective_at
            review.outcome = fact.outcome
            review.next_review_on = fact.next_review_on

    def _conclude(self, act: Act, review: Review) -> None:
        answers = review.answers.values()
        asked = [a.next_review_on for a in answers if a.next_review_on is not None]
        by_rule = durations.parse(self.head_on(act.today).review_every).after_day(act.today)
        self.record(
            e.ReviewConcluded,
            act,
            review_id=review.id,
            outcome="needs_change" if any(a.outcome == "needs_change" for a in answers) else "still_right",
            next_review_on=min(asked) if asked else by_rule,
        )

    def _record_answer(self, act: Act, review_id: UUID, answer: ReviewAnswer) -> None:
        self.record(e.ReviewAnswered, act, review_id=review_id, **vars(answer))

    def _checked_answer(self, act: Act, answer: ReviewAnswer, asked_before: date | None = None) -> ReviewAnswer:
        if answer.outcome not in OUTCOMES:
            raise Invalid(f"The outcome is one of {', '.join(OUTCOMES)}.", field="outcome")
        known = {str(t) for v in self.versions for t in v.terms}
        for term_id, fit in answer.fits.items():
            if term_id not in known:
                raise Invalid("A fit names a term that this agreement does not have.", field=f"fits.{term_id}")
            if not 1 <= fit <= 5:
                raise Invalid("A fit is a whole number from 1 to 5.", field=f"fits.{term_id}")
        asks_for = answer.next_review_on if answer.next_review_on != asked_before else None
        if asks_for is not None and asks_for <= act.today:
            raise DatePast("The next review lies ahead: choose a later day.")
        return ReviewAnswer(
            text(answer.what_works, "what_works"),
            text(answer.what_to_change, "what_to_change"),
            dict(answer.fits),
            answer.outcome,
            optional_text(answer.entrust_next, "entrust_next"),
            answer.next_review_on,
        )

    def _review(self, review_id: UUID) -> Review:
        review = self.reviews.get(review_id)
        if review is None:
            raise NotThere
        return review

    def _own_answer(self, act: Act, review_id: UUID) -> ReviewAnswer:
        self._must_be_party(act.person)
        review = self._review(review_id)
        if act.person not in review.answers:
            raise NotYourAct("You have no answer in this review to correct or withdraw.")
        return review.answers[act.person]
