"""Drafting together: opening, sharing, writing head and terms, commenting, and the opening questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from domain.agreements import events as e
from domain.agreements.state import (
    ABANDONED,
    DRAFTING,
    ENDS,
    PROMPTS,
    AgreementState,
    Comment,
    Heard,
    PromptAnswer,
    Proposal,
    TermRecord,
)
from domain.agreements.terms import (
    CLEARABLE_HEAD_FIELDS,
    EDITABLE,
    HEAD_FIELDS,
    WORDS,
    Head,
    Term,
    Words,
    checked_head,
    checked_term,
)
from domain.base import Act
from domain.refusals import (
    AmendmentNone,
    CannotEditGiven,
    DatePast,
    Invalid,
    NotThere,
    NotYourAct,
    WrongState,
)
from domain.values import optional_text, text

MOST_TERMS = 200
_OPEN_TERM_FIELDS = tuple(f.name for f in fields(Term) if f.name not in WORDS and f.name not in ("id", "name"))


class Drafting(AgreementState):
    """Acts on the proposal's text. Every edit makes a new revision and voids the consents given so far."""

    @classmethod
    def open(
        cls,
        act: Act,
        id: UUID,
        head: Head,
        *,
        carried_from: UUID | None = None,
        prompts: tuple[str, ...] = PROMPTS,
    ) -> Self:
        """Begins a draft by one of its parties; private to them, but for title, use, parties and prompts."""
        head = checked_head(head)
        if act.person not in head.people:
            raise Invalid("You can only open an agreement that you are a party of.", field="parties")
        _must_not_be_past(head, act)
        return cls.begin(
            e.AgreementOpened,
            act,
            id,
            **{name: getattr(head, name) for name in HEAD_FIELDS},
            prompts=prompts,
            carried_from=carried_from,
        )

    def share(self, act: Act) -> None:
        """Shows the draft to the other parties; only its opener can."""
        self.may_share(act.person)
        self.record(e.AgreementShared, act)

    def abandon(self, act: Act) -> None:
        """Gives the draft up."""
        self.may_abandon(act.person)
        self.record(e.AgreementAbandoned, act, cause="party")

    def change_head(
        self, act: Act, changes: Mapping[str, Any], *, reason: str | None = None, heard: str | None = None
    ) -> None:
        """Changes fields of the proposal's head; None takes `effective_on` or `ends_on` away."""
        self.may_edit(act.person)
        proposal = self._open_proposal()
        unknown = set(changes) - set(HEAD_FIELDS)
        if unknown:
            raise Invalid("The head has no such field.", errors=dict.fromkeys(unknown, "The head has no such field."))
        for name in changes:
            if changes[name] is None and name not in CLEARABLE_HEAD_FIELDS:
                raise Invalid("This can be changed but not taken away.", field=name)
        head = checked_head(replace(proposal.head, **changes))
        changed = {n: getattr(head, n) for n in changes if getattr(head, n) != getattr(proposal.head, n)}
        _must_not_be_past(head, act, only=set(changed))
        if "parties" in changed:
            self._check_leaving_parties(act, head)
        if not changed:
            return
        self.record(
            e.HeadChanged,
            act,
            **{name: changed.get(name) for name in HEAD_FIELDS},
            cleared=tuple(sorted(n for n, v in changed.items() if v is None)),
            reason=optional_text(reason, "reason"),
            **self._heard(heard),
        )

    def add_term(self, act: Act, term: Term, *, heard: str | None = None, carried: bool = False) -> None:
        """Adds a term to the proposal; a given is set by who writes it."""
        self.may_edit(act.person)
        proposal = self._open_proposal()
        if term.id in self.records:
            raise WrongState("There is a term under that id already.")
        if len(proposal.terms) >= MOST_TERMS:
            raise WrongState(f"An agreement holds at most {MOST_TERMS} terms.")
        term = checked_term(term, proposal.head.people)
        content: dict[str, Any] = {name: getattr(term, name) for name in _OPEN_TERM_FIELDS}
        content["set_by"] = act.person if term.kind == "given" else None
        self.record(
            e.TermAdded,
            act,
            term_id=term.id,
            **content,
            words=term.words,
            carried_from_term=carried,
            **self._heard(heard),
        )

    def revise_term(
        self,
        act: Act,
        term_id: UUID,
        changes: Mapping[str, Any],
        *,
        reason: str | None = None,
        heard: str | None = None,
    ) -> None:
        """Changes fields of a term of the proposal; None takes an optional field away."""
        self.may_edit(act.person)
        term = self._editable_term(act, term_id)
        unknown = set(changes) - EDITABLE
        if unknown:
            raise Invalid(
                "A term has no such field to change.", errors=dict.fromkeys(unknown, "This cannot be changed.")
            )
        cleaned: dict[str, Any] = {n: (() if v is None and n == "owed_by" else v) for n, v in changes.items()}
        revised = checked_term(replace(term, **cleaned), self._open_proposal().head.people)
        changed = {n: getattr(revised, n) for n in cleaned if getattr(revised, n) != getattr(term, n)}
        if not changed:
            return
        self.record(
            e.TermRevised,
            act,
            term_id=term_id,
            **{n: changed.get(n) for n in ("owed_by", "cadence", "grace", "within", "decides", "consulted")},
            words=Words(**{n: changed.get(n) for n in WORDS}),
            cleared=tuple(sorted(n for n, v in changed.items() if v is None)),
            reason=optional_text(reason, "reason"),
            **self._heard(heard),
        )

    def remove_term(self, act: Act, term_id: UUID, *, reason: str | None = None) -> None:
        """Takes a term out of the proposal."""
        self.may_edit(act.person)
        self._editable_term(act, term_id)
        self.record(e.TermRemoved, act, term_id=term_id, reason=optional_text(reason, "reason"))

    def mark_heard_right(self, act: Act, heard_id: UUID) -> None:
        """Says of what another heard one say: yes, that is it."""
        self._must_be_party(act.person)
        self._must_not_be_over()
        heard = self.heards.get(heard_id)
        if heard is None or not self.is_shown_to(act.person, heard_id):
            raise NotThere
        if heard.by == act.person:
            raise NotYourAct("Only somebody else can say whether you heard them right.")
        if act.person not in heard.right_by:
            self.record(e.HeardRight, act, heard_id=heard_id)

    def comment(self, act: Act, comment_id: UUID, term_id: UUID, words: str) -> None:
        """Comments on a term; voids nothing."""
        self.may_comment(act.person)
        if not self._term_visible(term_id, act.person):
            raise NotThere
        self.record(e.Commented, act, comment_id=comment_id, term_id=term_id, text=text(words, "text"))

    def correct_comment(self, act: Act, comment_id: UUID, words: str) -> None:
        """Puts one's own comment right; the old text stays in the history."""
        self._own_comment(act, comment_id)
        self.record(e.CommentCorrected, act, comment_id=comment_id, text=text(words, "text"))

    def withdraw_comment(self, act: Act, comment_id: UUID, reason: str | None = None) -> None:
        """Takes one's own comment back; the old text stays in the history."""
        self._own_comment(act, comment_id)
        self.record(e.CommentWithdrawn, act, comment_id=comment_id, reason=optional_text(reason, "reason"))

    def answer_prompt(self, act: Act, key: str, words: str, *, show_now: bool = False) -> None:
        """Answers an opening question; hidden until all asked have answered or its author shows it."""
        if key not in self.prompts:
            raise NotThere
        self.may_answer_prompt(act.person, key)
        if self.answer_shown(key, act.person):
            raise WrongState("Your answer is shown already; say what changed in a comment or a term.")
        self.record(e.PromptAnswered, act, key=key, text=text(words, "text"), show_now=show_now)

    # Who may, in which state ----------------------------------------------------------------------

    def may_share(self, by: UUID) -> None:
        """Refuses unless `by` opened the draft and it is not shared yet."""
        self._must_be_party(by)
        if by != self.opened_by:
            raise NotYourAct("Only who opened the draft can share it.")
        self._must_be_in(DRAFTING)
        if self.shared:
            raise WrongState("The draft is shared already.")

    def may_abandon(self, by: UUID) -> None:
        """Refuses unless it is a draft and `by` a party."""
        self._must_be_party(by)
        self._must_be_in(DRAFTING)

    def may_edit(self, by: UUID) -> None:
        """Refuses unless a proposal is open to this party (before the share: the opener)."""
        self._must_be_party(by)
        self._open_proposal()
        if not self.shared and by != self.opened_by:
            raise WrongState("The draft has not been shared with you yet.")

    def may_change_term(self, by: UUID, term: Term) -> None:
        """Refuses a given that another set, while they are a party; what somebody left behind is anybody's."""
        setter = term.set_by if term.kind == "given" else None
        if setter is not None and setter != by and setter in (*self.people, *self.consenting):
            raise CannotEditGiven(
                "Only the party that set this given may revise or remove it; you can comment, ask for changes, "
                "or not consent."
            )

    def may_comment(self, by: UUID) -> None:
        """Refuses unless `by` is a party or a contributor and it is not over."""
        if by not in self.contributors:
            self._must_be_party(by)
        self._must_not_be_over()
        if not self.shared and by != self.opened_by:
            raise WrongState("The draft has not been shared with you yet.")

    def may_answer_prompt(self, by: UUID, key: str | None = None) -> None:
        """Refuses unless `by` is asked that question (or any) and it is not over."""
        self._must_not_be_over()
        if by in self.contributors:
            return
        self._must_be_party(by)
        if not any(by in self.asked_of(k) for k in ((key,) if key else self.prompts)):
            raise NotYourAct("This question is asked of somebody else.")

    # Appliers -------------------------------------------------------------------------------------

    def _agreement_opened(self, fact: e.AgreementOpened) -> None:
        self.organisation_id = fact.organisation_id
        self.opened_by = fact.actor_id
        self.prompts = fact.prompts
        self.carried_from = fact.carried_from
        head = Head(**{name: getattr(fact, name) for name in HEAD_FIELDS})
        self.last_head = head
        self.proposal = Proposal(0, head, {}, fact.actor_id, fact.effective_at)
        self._wrote(fact.actor_id)

    def _agreement_shared(self, fact: e.AgreementShared) -> None:
        self.shared_at = fact.effective_at
        self.shared_at_version = fact.originator_version
        # What was edited, heard and said before stays the opener's: to the others the text begins here, as it stands.
        terms = self.proposal.terms if self.proposal is not None else {}
        gone = {c.id for c in self.comments.values() if c.withdrawn or c.term_id not in terms}
        self.kept_private = frozenset({*self.heards, *gone, *(t for t in self.records if t not in terms)})
        if self.proposal is not None:
            self.proposal.changes.clear()
            self.proposal.revision = 1

    def _agreement_abandoned(self, fact: e.AgreementAbandoned) -> None:
        self.state = ABANDONED
        self.ended_at = fact.effective_at
        self.end_cause = fact.cause
        self.proposal = None
        for motion in self.motions.values():
            if motion.state == "open":
                motion.state = "lapsed"

    def _head_changed(self, fact: e.HeadChanged) -> None:
        if self.proposal is None:
            return
        changed = {n: getattr(fact, n) for n in HEAD_FIELDS if getattr(fact, n) is not None}
        changed.update(dict.fromkeys(fact.cleared))
        self.proposal.head = replace(self.proposal.head, **changed)
        if not self.versions:
            self._draft_is_of(self.proposal.head, fact.effective_at)
        self._edited(fact, "head", None)

    def _term_added(self, fact: e.TermAdded) -> None:
        if self.proposal is None:
            return
        words = {n: getattr(fact.words, n) for n in WORDS}
        content = {n: getattr(fact, n) for n in _OPEN_TERM_FIELDS}
        self.proposal.terms[fact.term_id] = Term(id=fact.term_id, **content, **words)
        self.records[fact.term_id] = TermRecord(fact.actor_id, fact.effective_at, fact.originator_version)
        self._edited(fact, "term added", fact.term_id)

    def _term_revised(self, fact: e.TermRevised) -> None:
        if self.proposal is None or fact.term_id not in self.proposal.terms:
            return
        changed = {n: v for n in WORDS if (v := getattr(fact.words, n)) is not None}
        for name in ("owed_by", "cadence", "grace", "within", "decides", "consulted"):
            if getattr(fact, name) is not None:
                changed[name] = getattr(fact, name)
        changed.update(dict.fromkeys(fact.cleared))
        self.proposal.terms[fact.term_id] = replace(self.proposal.terms[fact.term_id], **changed)
        self._edited(fact, "term revised", fact.term_id)

    def _term_removed(self, fact: e.TermRemoved) -> None:
        if self.proposal is None:
            return
        self.proposal.terms.pop(fact.term_id, None)
        self._edited(fact, "term removed", fact.term_id)

    def _heard_right(self, fact: e.HeardRight) -> None:
        if fact.heard_id in self.heards and fact.actor_id is not None:
            self.heards[fact.heard_id].right_by.append(fact.actor_id)

    def _commented(self, fact: e.Commented) -> None:
        self.comments[fact.comment_id] = Comment(
            fact.comment_id, fact.term_id, fact.actor_id, fact.effective_at, fact.text
        )
        self._wrote(fact.actor_id)

    def _comment_corrected(self, fact: e.CommentCorrected) -> None:
        if fact.comment_id in self.comments:
            self.comments[fact.comment_id].text = fact.text
            self.comments[fact.comment_id].corrected_at = fact.effective_at

    def _comment_withdrawn(self, fact: e.CommentWithdrawn) -> None:
        if fact.comment_id in self.comments:
            self.comments[fact.comment_id].withdrawn = True

    def _prompt_answered(self, fact: e.PromptAnswered) -> None:
        if fact.actor_id is None:
            return
        answers = self.prompt_answers.setdefault(fact.key, {})
        answers[fact.actor_id] = PromptAnswer(fact.actor_id, fact.effective_at, fact.text, fact.show_now)
        self._reveal_answers()
        self._wrote(fact.actor_id)

    # Inside ---------------------------------------------------------------------------------------

    def _draft_is_of(self, head: Head, at: datetime) -> None:
        """Who is taken out of a shared draft reads what was recorded until then."""
        for person in self.last_head.people:
            if self.shared and person not in head.people:
                self.left[person] = at
        for person in head.people:
            self.left.pop(person, None)
            self.contributors.pop(person, None)
        self.last_head = head
        self._reveal_answers()

    def _edited(self, fact: Any, what: str, term_id: UUID | None) -> None:
        """What every edit does: a new revision, all consents void, authorship noted."""
        proposal = self.proposal
        if proposal is None:
            return
        proposal.changed(fact.actor_id, fact.effective_at, what, term_id, getattr(fact, "reason", None))
        self._wrote(fact.actor_id)
        if term_id is not None and term_id in self.records:
            record = self.records[term_id]
            record.changed_at_version = fact.originator_version
            if fact.actor_id is not None and fact.actor_id not in record.authors:
                record.authors.append(fact.actor_id)
        if getattr(fact, "heard", None) and fact.heard_id is not None:
            self.heards[fact.heard_id] = Heard(fact.heard_id, fact.actor_id, fact.effective_at, term_id, fact.heard)

    def _wrote(self, person: UUID | None) -> None:
        if person is not None:
            self.authored.add(person)

    def _heard(self, heard: str | None) -> dict[str, Any]:
        words = optional_text(heard, "heard")
        return {"heard": words, "heard_id": self._new_id("heard") if words else None}

    def _open_proposal(self) -> Proposal:
        if self.proposal is None:
            self._must_not_be_over()
            raise AmendmentNone("No amendment is open; open one, with its reason, to change the text.")
        return self.proposal

    def _editable_term(self, act: Act, term_id: UUID) -> Term:
        term = self._open_proposal().terms.get(term_id)
        if term is None:
            raise NotThere
        self.may_change_term(act.person, term)
        return term

    def _term_visible(self, term_id: UUID, by: UUID) -> bool:
        if self.proposal and term_id in self.proposal.terms:
            return self.shared or by == self.opened_by
        return any(term_id in v.terms for v in self.versions)

    def _own_comment(self, act: Act, comment_id: UUID) -> Comment:
        if act.person not in self.contributors:
            self._must_be_party(act.person)
        comment = self.comments.get(comment_id)
        hidden = not self.shared or not self.is_shown_to(act.person, comment_id)
        if comment is None or (comment.by != act.person and hidden):
            raise NotThere
        if comment.by != act.person:
            raise NotYourAct("Only its author can correct or withdraw a comment.")
        if comment.withdrawn:
            raise WrongState("The comment is withdrawn already.")
        return comment

    def _check_leaving_parties(self, act: Act, head: Head) -> None:
        proposal = self._open_proposal()
        if self.opened_by not in head.people and not self.versions:
            raise Invalid("Who opened the draft stays a party of it; abandon it instead.", field="parties")
        if act.person not in head.people and not self.versions:
            raise Invalid("You cannot take yourself out of a draft; abandon it instead.", field="parties")
        going = set(proposal.head.people) - set(head.people)
        for term in proposal.terms.values():
            named = {*term.owed_by, *(term.decides or ()), *(term.consulted or ())}
            if named & going:
                raise Invalid("A term still names somebody who would no longer be a party.", field="parties")


def _must_not_be_past(head: Head, act: Act, only: set[str] | None = None) -> None:
    for name in ("effective_on", "ends_on"):
        day = getattr(head, name)
        if day is not None and day < act.today and (only is None or name in only):
            raise DatePast(f"{name} is {day.isoformat()}, which has passed; choose today or a later day.")


__all__ = ["ENDS", "Drafting"]
