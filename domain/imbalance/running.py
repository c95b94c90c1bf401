"""While it is active and afterwards: who comes and goes, the one extension, the end, and what is said of it then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from domain.base import Act
from domain.imbalance import events as e
from domain.imbalance.declaring import Declaring
from domain.imbalance.guards import Booking
from domain.imbalance.state import ACTIVE, CLOSED, ENDED, Answered, ClosingReview, Extension, Refused
from domain.refusals import Invalid, NotYourAct, WrongState
from domain.values import optional_text, text


class Running(Declaring):
    """Bounded in time: it is extended once at most, and can end early."""

    def invite(self, act: Act, person_id: UUID, override_reason: str | None = None) -> None:
        """The declarer asks somebody to come in; they are in it once they join."""
        self.may_invite(act)
        if person_id in self.people or person_id == self.declarer_id:
            raise WrongState("This person is in it already.")
        if person_id in self.left:
            raise WrongState("This person went out of it, and is not asked again.")
        if person_id in self.invited:
            raise WrongState("This person is asked already.")
        reason = optional_text(override_reason, "override_reason")
        self.record(e.PersonInvited, act, person_id=person_id, override_reason=reason)

    def join(self, act: Act, lifted: tuple[str, ...] = ()) -> None:
        """Who was asked comes in."""
        self.may_join(act)
        self.record(e.PersonJoined, act, person_id=act.person, lifted=lifted)

    def joining(self, act: Act) -> Booking:
        """The days that it counts for somebody who joins now."""
        return Booking(self.id, self.content.focus, act.today, self.content.ends_on)

    def leave(self, act: Act) -> None:
        """Somebody named goes out; without anybody left in it, it is over."""
        self.may_leave(act)
        self.record(e.PersonLeft, act, person_id=act.person)
        if not self.people:
            self.record(e.PeriodEnded, act, cause="nobody_left")

    def extend(
        self,
        act: Act,
        ends_on: date,
        stakes: str,
        *,
        override_reason: str | None = None,
        lifted: tuple[str, ...] = (),
    ) -> None:
        """Goes on until another day, by at most half the first length; everybody is asked afresh."""
        self.may_extend(act)
        self.check_extension(act, ends_on)
        self.record(
            e.PeriodExtended,
            act,
            ends_on=ends_on,
            stakes=text(stakes, "stakes"),
            override_reason=optional_text(override_reason, "override_reason"),
            lifted=lifted,
        )

    def check_extension(self, act: Act, ends_on: date) -> None:
        """Refuses an end that is no later than the present one, or too late for an extension."""
        first, most = self.content.days, self.content.days // 2
        more = (ends_on - self.content.ends_on).days
        if more < 1:
            raise Invalid(f"It lasts until {self.content.ends_on} as it is; an extension ends later.", field="ends_on")
        if more > most:
            raise WrongState(
                f"An extension is at most half the first length: {most} days after {first}, and {more} were asked for."
            )

    def extending(self, person_id: UUID, act: Act, ends_on: date) -> Booking:
        """The days that it would count for one of its people if it were extended until then."""
        days = self.days_of(person_id, act.zone)
        assert days is not None
        return Booking(self.id, self.content.focus, days[0], ends_on)

    def ask_to_end(self, act: Act) -> None:
        """Asks for an early end; once a majority has, it ends in three days unless that is refused in writing."""
        self.may_ask_to_end(act)
        self.record(e.EndAsked, act)

    def refuse_to_end(self, act: Act, reason: str) -> None:
        """The declarer refuses the early end, in writing."""
        self.may_refuse_to_end(act)
        self.record(e.EndRefused, act, reason=text(reason, "reason"))

    def end(self, act: Act) -> None:
        """The declarer ends it early."""
        self.may_end(act)
        self.record(e.PeriodEnded, act, cause="declarer")

    def meet_milestone(self, act: Act) -> None:
        """The milestone is met, so it is over."""
        self.may_meet_milestone(act)
        self.record(e.PeriodEnded, act, cause="milestone")

    def review(self, act: Act, *, kept: bool, restored: bool, cost: str) -> None:
        """Says what came of it: was it kept to, was it made good, what did it cost."""
        self.may_review(act)
        self.record(e.ClosingReviewGiven, act, kept=kept, restored=restored, cost=text(cost, "cost"))

    def close(self, act: Act) -> None:
        """The declarer closes it."""
        self.may_close(act)
        self.record(e.PeriodClosed, act, cause="declarer")

    # Who may, in which state ----------------------------------------------------------------------

    def may_invite(self, act: Act) -> None:
        """Refuses unless it is active; a period for oneself alone takes nobody in."""
        self._must_be_declarer(act)
        self._must_be_in(ACTIVE)
        if self.declarer_id in self.content.people:
            raise WrongState("This period names only yourself; declare another for those whom you lead.")

    def may_join(self, act: Act) -> None:
        """Refuses unless the acting person was asked to come in and has not."""
        if act.by not in self.invited:
            raise NotYourAct("Only whom the declarer asked comes in.")
        self._must_be_in(ACTIVE)
        if act.by in self.joined:
            raise WrongState("You have joined already.")

    def may_leave(self, act: Act) -> None:
        """Refuses unless the acting person is in it while it is active."""
        self._must_be_in_it(act)
        self._must_be_in(ACTIVE)

    def may_extend(self, act: Act) -> None:
        """Refuses unless it is active and was not extended before."""
        self._must_be_declarer(act)
        self._must_be_in(ACTIVE)
        if self.extension is not None:
            raise WrongState("It was extended once, and is not extended again.")
        if self.content.days // 2 < 1:
            raise WrongState("A period of a single day is not extended.")

    def may_ask_to_end(self, act: Act) -> None:
        """Refuses who has asked already."""
        self._must_be_in_it(act)
        self._must_be_in(ACTIVE)
        if act.by in self.end_asked:
            raise WrongState("You have asked for an early end already.")

    def may_refuse_to_end(self, act: Act) -> None:
        """Refuses where nobody has asked for an early end."""
        self._must_be_declarer(act)
        self._must_be_in(ACTIVE)
        if not self.end_asked:
            raise WrongState("Nobody has asked for an early end.")

    def may_end(self, act: Act) -> None:
        """Refuses unless it is active."""
        self._must_be_declarer(act)
        self._must_be_in(ACTIVE)

    def may_meet_milestone(self, act: Act) -> None:
        """Refuses where no milestone was named."""
        self.may_end(act)
        if self.content.milestone is None:
            raise WrongState("No milestone was named; end it instead.")

    def may_review(self, act: Act) -> None:
        """Refuses who has reviewed it already; who left has a say as well."""
        if act.by not in self.everybody():
            raise NotYourAct("Only those whom it was for do this.")
        self._must_be_in(ENDED)
        if act.by in self.reviews:
            raise WrongState("You have given your closing review already.")

    def may_close(self, act: Act) -> None:
        """Refuses unless it is over."""
        self._must_be_declarer(act)
        self._must_be_in(ENDED)

    # Appliers -------------------------------------------------------------------------------------

    def _people_warned(self, fact: e.PeopleWarned) -> None:
        self.warned_at = fact.effective_at

    def _period_started(self, fact: e.PeriodStarted) -> None:
        self.state = ACTIVE
        self.started_at = fact.effective_at

    def _person_invited(self, fact: e.PersonInvited) -> None:
        self.invited[fact.person_id] = fact.override_reason

    def _person_joined(self, fact: e.PersonJoined) -> None:
        self.joined[fact.person_id] = fact.effective_at
        self.answers[fact.person_id] = Answered(acknowledged_at=fact.effective_at)
        if self.extension is not None:
            self.extension.answers[fact.person_id] = Answered(acknowledged_at=fact.effective_at)
        self._count_who_asks(fact)

    def _person_left(self, fact: e.PersonLeft) -> None:
        self.left[fact.person_id] = fact.effective_at
        self._count_who_asks(fact)

    def _period_extended(self, fact: e.PeriodExtended) -> None:
        self.extension = Extension(
            self.content.ends_on, fact.effective_at, fact.stakes, fact.override_reason, fact.lifted
        )
        self.content = replace(self.content, ends_on=fact.ends_on)

    def _extension_began(self, fact: e.ExtensionBegan) -> None:
        if self.extension is not None:
            self.extension.began_at = fact.effective_at
        self.left.update(dict.fromkeys(fact.left, fact.effective_at))
        self._count_who_asks(fact)

    def _end_asked(self, fact: e.EndAsked) -> None:
        if fact.actor_id is not None:
            self.end_asked[fact.actor_id] = fact.effective_at
        self._count_who_asks(fact)

    def _end_refused(self, fact: e.EndRefused) -> None:
        self.end_refused.append(Refused(fact.effective_at, fact.reason))
        self.end_asked.clear()
        self.majority_at = None

    def _count_who_asks(self, fact: e.PersonJoined | e.PersonLeft | e.ExtensionBegan | e.EndAsked) -> None:
        """Since when more than half of those in it ask for an end; None while they do not."""
        asking = sum(person in self.end_asked for person in self.people)
        if asking * 2 <= len(self.people):
            self.majority_at = None
        elif self.majority_at is None:
            self.majority_at = fact.effective_at

    def _period_ended(self, fact: e.PeriodEnded) -> None:
        self.state = ENDED
        self.ended_at, self.end_cause = fact.effective_at, fact.cause
        self.majority_at = None

    def _closing_review_given(self, fact: e.ClosingReviewGiven) -> None:
        if fact.actor_id is not None:
            self.reviews[fact.actor_id] = ClosingReview(
                fact.actor_id, fact.effective_at, fact.kept, fact.restored, fact.cost
            )

    def _period_closed(self, fact: e.PeriodClosed) -> None:
        self.state = CLOSED
        self.closed_at = fact.effective_at
