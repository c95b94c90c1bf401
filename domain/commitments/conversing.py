"""From request or offer to the promise: asking, countering, saying yes to an exact text, or no."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self
from uuid import UUID

from domain.base import Act
from domain.commitments import events as e
from domain.commitments.content import Content
from domain.commitments.state import (
    COUNTERED,
    CREDITORS,
    DEBTORS,
    DECLINED,
    EXPIRED,
    OFFERED,
    PROMISED,
    REQUESTED,
    WITHDRAWN,
    CommitmentState,
    DueEntry,
    LevelEntry,
    standing_for,
)
from domain.refusals import Invalid, NotYourAct, WrongState
from domain.values import optional_text

_COUNTERED = ("outcome", "conditions", "level", "due", "cadence")
"""What a counter may put differently; who owes whom, and what it belongs to, is not negotiated here."""


class Conversing(CommitmentState):
    """The first half of the conversation: `revision` counts the text, and every yes names the one it means."""

    @classmethod
    def request(cls, act: Act, id: UUID, content: Content) -> Self:
        """A creditor asks; it is promised once every named debtor has promised."""
        return cls._begin(e.CommitmentRequested, act, id, content, CREDITORS)

    @classmethod
    def offer(cls, act: Act, id: UUID, content: Content) -> Self:
        """A debtor offers; it is promised once the creditors accept and every other named debtor has promised."""
        return cls._begin(e.CommitmentOffered, act, id, content, DEBTORS)

    @classmethod
    def _begin(cls, first: type[Any], act: Act, id: UUID, content: Content, side: str) -> Self:
        checked = content.checked(act.at)
        own = {n: getattr(checked, n) for n in Content.__dataclass_fields__}
        if side == DEBTORS:
            own["promised_for"] = standing_for(checked.owed_by, act)
        commitment = cls.begin(first, act, id, **own)
        if commitment.side_of(act) != side:
            raise Invalid("You have to stand on one side of it yourself.", field="owed_by")
        return commitment

    def promise(self, act: Act, revision: int) -> None:
        """A named debtor says yes to what was asked of them; the last yes makes it binding."""
        self.may_promise(act)
        self._must_name_the_present(revision)
        self._check_still_ahead(act)
        self._give_promise(act)
        self._bind_if_all_agree(act)

    def accept(self, act: Act, revision: int) -> None:
        """The side asked says yes to an offer or a counter."""
        side = self.may_accept(act)
        self._must_name_the_present(revision)
        self._check_still_ahead(act)
        if side == DEBTORS:
            self._give_promise(act)
        else:
            self.record(e.AcceptanceGiven, act, revision=revision)
        self._bind_if_all_agree(act)

    def counter(self, act: Act, content: Content, heard: str | None = None) -> None:
        """The side asked puts another text in its place; it is then the other side's turn.

        Of the content only outcome, conditions, level and time count: who owes whom stays.
        """
        self.may_counter(act)
        fresh = replace(self.content, **{name: getattr(content, name) for name in _COUNTERED}).checked(act.at)
        self.record(
            e.CommitmentCountered,
            act,
            heard=optional_text(heard, "heard"),
            promised_for=standing_for(self.content.owed_by, act) if self.asked_side == DEBTORS else (),
            **{name: getattr(fresh, name) for name in _COUNTERED},
        )

    def decline(self, act: Act, reason: str | None = None) -> None:
        """The side asked says no; a reason may be given, and nothing is counted."""
        self.may_decline(act)
        self.record(e.CommitmentDeclined, act, reason=optional_text(reason, "reason"))

    def withdraw(self, act: Act, reason: str | None = None) -> None:
        """The side that asked, offered or countered last takes it back."""
        self.may_withdraw(act)
        self.record(e.CommitmentWithdrawn, act, reason=optional_text(reason, "reason"))

    # Who may, in which state ----------------------------------------------------------------------

    def may_promise(self, act: Act) -> None:
        """Refuses unless the acting person is a named debtor whose yes is still missing.

        Who is asked an offer or a counter accepts it; a further debtor promises all the same.
        """
        self._must_be_on(act, DEBTORS)
        self._must_be_in(REQUESTED, OFFERED, COUNTERED)
        if self.state != REQUESTED and self.asked_side == DEBTORS:
            raise WrongState("This was countered: accept it, counter it or decline it.")
        self._must_still_wait_for(act)

    def may_accept(self, act: Act) -> str:
        """Refuses unless it is an offer or a counter that the acting person's side is asked; answers the side."""
        self._must_be_on(act, DEBTORS, CREDITORS)
        self._must_be_in(OFFERED, COUNTERED)
        side = self._must_be_asked(act)
        if side == DEBTORS:
            self._must_still_wait_for(act)
        elif self.accepted_by is not None:
            raise WrongState("Your side has accepted this already.")
        return side

    def may_counter(self, act: Act) -> None:
        """Refuses unless the acting person's side is asked."""
        self._must_be_on(act, DEBTORS, CREDITORS)
        self._must_be_in(REQUESTED, OFFERED, COUNTERED)
        self._must_be_asked(act)

    def may_decline(self, act: Act) -> None:
        """Refuses unless the acting person is asked: it is their side's turn, or their own yes is missing."""
        side = self._must_be_on(act, DEBTORS, CREDITORS)
        self._must_be_in(REQUESTED, OFFERED, COUNTERED)
        if side == DEBTORS and self.asked_side == CREDITORS and self._waits_for(act):
            return
        self._must_be_asked(act)

    def may_withdraw(self, act: Act) -> None:
        """Refuses unless it is the other side's turn."""
        side = self._must_be_on(act, DEBTORS, CREDITORS)
        self._must_be_in(REQUESTED, OFFERED, COUNTERED)
        if side == self.asked_side:
            raise NotYourAct("You are asked: decline it, or counter it; to withdraw it is the other side's.")

    def _must_be_asked(self, act: Act) -> str:
        side = self.side_of(act)
        if side is None or side != self.asked_side:
            raise WrongState("It is the other side's turn; you can withdraw it.")
        return side

    def _waits_for(self, act: Act) -> bool:
        return any(who in self.waiting_debtors() for who in standing_for(self.content.owed_by, act))

    def _must_still_wait_for(self, act: Act) -> None:
        if not self._waits_for(act):
            raise WrongState("You have promised this already; others are still asked.")

    def _give_promise(self, act: Act) -> None:
        promised_for = standing_for(self.content.owed_by, act)
        self.record(e.PromiseGiven, act, revision=self.revision, promised_for=promised_for)

    def _check_still_ahead(self, act: Act) -> None:
        self.content.check_time(act.happened_at)

    def _bind_if_all_agree(self, act: Act) -> None:
        if self.waiting_debtors() or self.accepted_by is None:
            return
        self.record(
            e.CommitmentMade,
            act,
            revision=self.revision,
            outcome=self.content.outcome,
            conditions=self.content.conditions,
            due=self.content.due,
        )

    # Appliers -------------------------------------------------------------------------------------

    def _commitment_requested(self, fact: e.CommitmentRequested) -> None:
        self._opened(fact, REQUESTED, DEBTORS)
        self.accepted_by = fact.actor_id

    def _commitment_offered(self, fact: e.CommitmentOffered) -> None:
        self._opened(fact, OFFERED, CREDITORS)
        self.promised_by.update(fact.promised_for)

    def _opened(self, fact: e.CommitmentBegun, state: str, asked: str) -> None:
        self.organisation_id = fact.organisation_id
        self.content = Content(**{n: getattr(fact, n) for n in Content.__dataclass_fields__})
        self.state, self.asked_side = state, asked
        self.opened_at = self.turn_at = self.last_word_at = fact.effective_at
        self.opened_by = self.turn_by = fact.actor_id

    def _commitment_countered(self, fact: e.CommitmentCountered) -> None:
        self.content = replace(self.content, **{n: getattr(fact, n) for n in _COUNTERED})
        self.state = COUNTERED
        self.revision += 1
        self.heard = fact.heard
        self.turn_at = self.last_word_at = fact.effective_at
        self.turn_by = fact.actor_id
        self.promised_by.clear()
        self.promised_by.update(fact.promised_for)
        self.accepted_by = None
        if self.asked_side == DEBTORS:
            self.asked_side = CREDITORS
        else:
            self.asked_side = DEBTORS
            self.accepted_by = fact.actor_id

    def _promise_given(self, fact: e.PromiseGiven) -> None:
        self.last_word_at = fact.effective_at
        self.promised_by.update(fact.promised_for)

    def _acceptance_given(self, fact: e.AcceptanceGiven) -> None:
        self.last_word_at = fact.effective_at
        self.accepted_by = fact.actor_id

    def _commitment_made(self, fact: e.CommitmentMade) -> None:
        self.state = PROMISED
        self.promised_at = fact.effective_at
        self.content = replace(self.content, outcome=fact.outcome, conditions=fact.conditions)
        self.due_log.append(DueEntry(fact.due, fact.effective_at, fact.effective_at, "promise"))
        self.level_log.append(LevelEntry(self.content.level, fact.effective_at))

    def _commitment_declined(self, fact: e.CommitmentDeclined) -> None:
        self._over(fact, DECLINED, fact.reason)

    def _commitment_withdrawn(self, fact: e.CommitmentWithdrawn) -> None:
        self._over(fact, WITHDRAWN, fact.reason)

    def _commitment_expired(self, fact: e.CommitmentExpired) -> None:
        self._over(fact, EXPIRED, None, fact.cause)

    def _over(self, fact: Any, state: str, reason: str | None, cause: str | None = None) -> None:
        """What every end does: it closes a pending change, too."""
        self.state = state
        self.ended_at, self.ended_by = fact.effective_at, fact.actor_id
        self.end_reason, self.end_cause = reason, cause
        if fact.actor_id is not None:
            self.last_word_at = fact.effective_at
        change = self.change
        if change is not None:
            change.state, change.closed_at = "closed", fact.effective_at
