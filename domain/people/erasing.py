"""How a person comes to be erased: asked for by one, agreed to by another, told a week before, and then done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from domain.base import Act, Aggregate
from domain.people import erasing_events as e
from domain.refusals import NotYourAct, WrongState
from domain.values import optional_text

NOTICE = timedelta(days=7)
"""How long before it comes the person is told."""
ASKED, AGAIN = "asked", "again"


@dataclass(frozen=True)
class Erasure:
    """An erasure that was asked for and has neither come nor been objected to."""

    id: UUID
    asked_by: UUID
    asked_at: datetime
    reason: str | None
    approved_by: UUID | None = None
    approved_at: datetime | None = None
    erases_at: datetime | None = None


class Erasing(Aggregate):
    """Nobody is erased by one word alone: a steward agrees to the person's own, a second one to a steward's."""

    def __init__(self) -> None:
        """Prepares the empty state; the first fact's applier fills it."""
        self.active = True
        self.erasure: Erasure | None = None
        self.erased_at: datetime | None = None
        self.erasure_completed_at: datetime | None = None

    def ask_for_erasure(self, act: Act, erasure_id: UUID, reason: str | None, *, steward: bool = False) -> None:
        """Asks for it: the person themself, or a steward."""
        if act.person != self.id and not steward:
            raise NotYourAct("Only the person or a steward asks for this.")
        self._must_not_be_erased()
        if self.erasure is not None:
            raise WrongState("This was asked for already.")
        self.record(e.ErasureAsked, act, erasure_id=erasure_id, reason=optional_text(reason, "reason"))

    def may_approve(self, by: UUID) -> None:
        """Passes for a steward who is neither the person nor the one who asked, while it waits for a second word."""
        if by == self.id:
            raise NotYourAct("Nobody agrees to their own erasure: another steward does.")
        erasure = self._open_erasure()
        if erasure.erases_at is not None:
            raise WrongState("This was agreed to already.")
        if by == erasure.asked_by:
            raise NotYourAct("You asked for this: another steward agrees to it.")

    def approve_erasure(self, act: Act, stewards: Collection[UUID]) -> None:
        """Agrees to it; who runs the installation only where no steward is left who could. `stewards` are all."""
        erasure = self._open_erasure()
        if act.by is not None:
            self.may_approve(act.by)
        elif erasure.erases_at is not None:
            raise WrongState("This was agreed to already.")
        elif set(stewards) - {self.id, erasure.asked_by}:
            raise WrongState("A steward of the organisation can agree to this.")
        self.record(e.ErasureApproved, act, erasure_id=erasure.id, erases_at=act.at + NOTICE)

    def object_to_erasure(self, act: Act, reason: str | None) -> None:
        """Stops it; the person's own word, whoever asked, or that word passed on by who runs the installation."""
        if act.by not in (None, self.id):
            raise NotYourAct("Only the person objects to this.")
        erasure = self._open_erasure()
        self.record(e.ErasureObjected, act, erasure_id=erasure.id, reason=optional_text(reason, "reason"))

    def erase(self, act: Act) -> None:
        """Makes nobody of the person, once it was agreed to and the week is over."""
        erasure = self._open_erasure()
        if erasure.erases_at is None or act.at < erasure.erases_at:
            raise WrongState("The person has not been told for long enough.")
        self.record(e.PersonErased, act, cause=ASKED)

    def erase_again(self, act: Act) -> None:
        """The same for somebody who was erased in a log that an older copy has taken the place of."""
        self._must_not_be_erased()
        self.record(e.PersonErased, act, cause=AGAIN)

    def complete_erasure(self, act: Act, keys: tuple[str, ...]) -> None:
        """Keeps that nothing is left; a second time it says nothing."""
        if self.erased_at is None:
            raise WrongState("This person is not erased.")
        if self.erasure_completed_at is None:
            self.record(e.ErasureCompleted, act, keys=keys)

    def _open_erasure(self) -> Erasure:
        self._must_not_be_erased()
        if self.erasure is None:
            raise WrongState("Nobody has asked for this.")
        return self.erasure

    def _must_not_be_erased(self) -> None:
        if self.erased_at is not None:
            raise WrongState("This person is erased.")

    def _erasure_asked(self, fact: e.ErasureAsked) -> None:
        self.erasure = Erasure(fact.erasure_id, _acting(fact, self.id), fact.effective_at, fact.reason)

    def _erasure_approved(self, fact: e.ErasureApproved) -> None:
        assert self.erasure is not None
        by, at = fact.actor_id, fact.effective_at
        self.erasure = replace(self.erasure, approved_by=by, approved_at=at, erases_at=fact.erases_at)

    def _erasure_objected(self, _: e.ErasureObjected) -> None:
        self.erasure = None

    def _person_erased(self, fact: e.PersonErased) -> None:
        self.active = False
        self.erasure = None
        self.erased_at = fact.effective_at

    def _erasure_completed(self, fact: e.ErasureCompleted) -> None:
        self.erasure_completed_at = fact.effective_at


def _acting(fact: e.ErasureAsked, otherwise: UUID) -> UUID:
    return fact.actor_id if fact.actor_id is not None else otherwise
