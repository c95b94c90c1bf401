"""From the draft to the start: what it says, who has read it, and who objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Self
from uuid import UUID

from domain.base import Act
from domain.imbalance import events as e
from domain.imbalance.content import CONTENT_FIELDS, QUESTIONS, Content, Thing
from domain.imbalance.guards import Booking
from domain.imbalance.state import (
    ACTIVE,
    DECLARED,
    DRAFT,
    DROPPED,
    WITHDRAWN,
    Answered,
    PeriodState,
    Question,
    SelfCheck,
    content_of,
)
from domain.refusals import DatePast, Invalid, NotThere, NotYourAct, WrongState
from domain.values import optional_text, text

FURTHEST_AHEAD = timedelta(days=366)


class Declaring(PeriodState):
    """The declarer is open about it before it starts; each named person answers, and can object."""

    @classmethod
    def draft(cls, act: Act, id: UUID, declarer_id: UUID, content: Content) -> Self:
        """Writes one down, for oneself or one's leader to declare."""
        return cls.begin(e.ImbalanceDrafted, act, id, declarer_id=declarer_id, **_fields(content.checked(declarer_id)))

    def edit(self, act: Act, content: Content) -> None:
        """Puts another text in the place of the draft's."""
        self.may_edit(act)
        self.record(e.DraftEdited, act, **_fields(content.checked(self.declarer_id)))

    def drop(self, act: Act) -> None:
        """Gives the draft up."""
        self.may_edit(act)
        self.record(e.DraftDropped, act)

    def answer_self_check(self, act: Act, answers: Mapping[str, str], *, share: bool = False) -> None:
        """The declarer answers the three questions, some or all; only for themself unless they share it."""
        self.may_check_self(act)
        if not answers or not answers.keys() <= QUESTIONS.keys():
            raise Invalid(f"The questions are {', '.join(QUESTIONS)}.", field="answers")
        said = {question: text(answer, f"answers.{question}") for question, answer in answers.items()}
        self.record(e.SelfCheckAnswered, act, answers=said, shared=share)

    def declare(
        self,
        act: Act,
        *,
        things: tuple[Thing, ...] | None = None,
        override_reason: str | None = None,
        lifted: tuple[str, ...] = (),
    ) -> None:
        """Declares it.

        `things` are those set aside, as they are owed now; `lifted` the limits that the reason lifts, as
        the people's calendars answered.
        """
        self.may_declare(act)
        content = self.content if things is None else replace(self.content, set_aside=things)
        if self.content.starts_on < act.today:
            raise DatePast(f"It would start on {self.content.starts_on}, which has passed; edit the draft first.")
        if self.content.starts_on > act.today + FURTHEST_AHEAD:
            raise Invalid("It starts within a year; what comes later is declared later.", field="starts_on")
        self.record(
            e.PeriodDeclared,
            act,
            override_reason=optional_text(override_reason, "override_reason"),
            lifted=lifted,
            **_fields(content.checked(self.declarer_id)),
        )

    def booking(self) -> Booking:
        """The days that it counts for each of its people."""
        return Booking(self.id, self.content.focus, self.content.starts_on, self.content.ends_on)

    def acknowledge(self, act: Act, objects_to: tuple[UUID, ...] = ()) -> None:
        """Has read it, which is not agreeing, and names the things that they do not want set aside."""
        of_extension = self.may_acknowledge(act)
        known = {thing.id for thing in self.content.set_aside}
        if not known.issuperset(objects_to):
            raise Invalid("There is no such thing set aside here.", field="objects_to")
        self.record(e.PeriodAcknowledged, act, objects_to=tuple(dict.fromkeys(objects_to)), of_extension=of_extension)

    def object(self, act: Act, reason: str) -> None:
        """Objects, with a reason; the objection stays, and all see that there is one."""
        of_extension = self.may_object(act)
        self.record(e.PeriodObjected, act, reason=text(reason, "reason"), of_extension=of_extension)

    def ask(self, act: Act, ask_id: UUID, question: str) -> None:
        """Asks the declarer something."""
        self.may_ask(act)
        self.record(e.QuestionAsked, act, ask_id=ask_id, text=text(question, "text"))

    def answer(self, act: Act, ask_id: UUID, answer: str) -> None:
        """The declarer answers."""
        self.may_answer(act)
        question = self.questions.get(ask_id)
        if question is None:
            raise NotThere
        if question.answer is not None:
            raise WrongState("This is answered already.")
        self.record(e.QuestionAnswered, act, ask_id=ask_id, text=text(answer, "text"))

    def withdraw(self, act: Act) -> None:
        """The declarer takes it back before it starts."""
        self.may_withdraw(act)
        self.record(e.PeriodWithdrawn, act)

    def hand_over(self, act: Act, to: UUID) -> None:
        """The declarer is gone: their leader acts. Said a second time it changes nothing."""
        if self.acting_id != to:
            self.record(e.PeriodHandedOver, act, person_id=to)

    # Who may, in which state ----------------------------------------------------------------------

    def may_edit(self, act: Act) -> None:
        """Refuses unless it is a draft of the acting person's, or one for them to declare."""
        if act.by not in (self.acting_id, self.drafted_by):
            raise NotYourAct("Only who drafted it, or declares it, does this.")
        self._must_be_in(DRAFT)

    def may_check_self(self, act: Act) -> None:
        """Refuses unless the declarer has not started it."""
        self._must_be_declarer(act)
        self._must_be_in(DRAFT, DECLARED)

    def may_declare(self, act: Act) -> None:
        """Refuses unless it is a draft and the acting person is to declare it."""
        self._must_be_declarer(act)
        self._must_be_in(DRAFT)

    def may_acknowledge(self, act: Act) -> bool:
        """Refuses who has read it already; answers whether it is the extension that is read."""
        answered, of_extension = self._answering(act)
        if answered is not None and answered.acknowledged_at is not None:
            raise WrongState("You have acknowledged this already.")
        return of_extension

    def may_object(self, act: Act) -> bool:
        """Refuses who objected already; answers whether it is the extension that is objected to."""
        answered, of_extension = self._answering(act)
        if answered is not None and answered.objected_at is not None:
            raise WrongState("You have objected to this already; your objection stays.")
        return of_extension

    def may_ask(self, act: Act) -> None:
        """Refuses unless the acting person is named and it is not over."""
        self._must_be_in_it(act)
        self._must_be_in(DECLARED, ACTIVE)

    def may_answer(self, act: Act) -> None:
        """Refuses unless the declarer was asked something."""
        self._must_be_declarer(act)
        self._must_be_in(DECLARED, ACTIVE)

    def may_withdraw(self, act: Act) -> None:
        """Refuses unless it has not started."""
        self._must_be_declarer(act)
        self._must_be_in(DECLARED)

    def _answering(self, act: Act) -> tuple[Answered | None, bool]:
        """What the acting person has said so far, and whether to the extension.

        Who was silent until the start may still answer the declaration; once it is extended, that is answered.
        """
        self._must_be_in_it(act)
        self._must_be_in(DECLARED, ACTIVE)
        if self.extension is not None:
            return self.extension.answers.get(act.person), True
        return self.answers.get(act.person), False

    # Appliers -------------------------------------------------------------------------------------

    def _imbalance_drafted(self, fact: e.ImbalanceDrafted) -> None:
        self.organisation_id = fact.organisation_id
        self.declarer_id = self.acting_id = fact.declarer_id
        self.drafted_by = fact.actor_id
        self.opened_at = fact.effective_at
        self.content = content_of(fact)

    def _draft_edited(self, fact: e.DraftEdited) -> None:
        self.content = content_of(fact)

    def _draft_dropped(self, fact: e.DraftDropped) -> None:
        self.state = DROPPED

    def _self_check_answered(self, fact: e.SelfCheckAnswered) -> None:
        self.self_check = SelfCheck(dict(fact.answers), fact.shared, fact.effective_at)

    def _period_declared(self, fact: e.PeriodDeclared) -> None:
        self.state = DECLARED
        self.content = content_of(fact)
        self.declared_at = fact.effective_at
        self.override_reason, self.lifted = fact.override_reason, fact.lifted

    def _period_acknowledged(self, fact: e.PeriodAcknowledged) -> None:
        answered = self._answered(fact)
        answered.acknowledged_at, answered.objects_to = fact.effective_at, fact.objects_to

    def _period_objected(self, fact: e.PeriodObjected) -> None:
        answered = self._answered(fact)
        answered.objected_at, answered.reason = fact.effective_at, fact.reason

    def _answered(self, fact: e.PeriodAcknowledged | e.PeriodObjected) -> Answered:
        said = self.extension.answers if fact.of_extension and self.extension is not None else self.answers
        assert fact.actor_id is not None
        return said.setdefault(fact.actor_id, Answered())

    def _question_asked(self, fact: e.QuestionAsked) -> None:
        self.questions[fact.ask_id] = Question(fact.ask_id, fact.actor_id, fact.effective_at, fact.text)

    def _question_answered(self, fact: e.QuestionAnswered) -> None:
        question = self.questions[fact.ask_id]
        question.answer, question.answered_at = fact.text, fact.effective_at

    def _period_withdrawn(self, fact: e.PeriodWithdrawn) -> None:
        self.state = WITHDRAWN

    def _period_handed_over(self, fact: e.PeriodHandedOver) -> None:
        self.acting_id = fact.person_id


def _fields(content: Content) -> dict[str, object]:
    return {name: getattr(content, name) for name in CONTENT_FIELDS}
