"""The facts of an agreement told to one viewer, and the rules of what is not theirs to know.

- Edits and comments before the first share stay their author's for ever: to everybody else the text
  begins at the share, as it then stood.
- An answer to an opening question is told to others where it was shown, not where it was given.
- A review's answers are told to others where the review was concluded.
- A contributor is told of text and comments; somebody whom an amendment would bring in of the newest
  text and what was said since the amendment was opened; somebody granted the earlier versions of
  these, and of the words of the report who granted it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from domain.agreements import events as e
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.state import PromptAnswer, ReviewAnswer
from domain.agreements.terms import Head, Term, in_reading_order, plain
from domain.base import Fact
from services.agreements.view import at, show_version
from services.audit.audience import CONTRIBUTOR, FORMER_PARTY, GRANT, JOINING, PARTY, Audience
from services.audit.telling import (
    SOMEBODY,
    Part,
    Told,
    a_term,
    in_words,
    later,
    listed,
    say,
    the_question,
    who,
)
from services.audit.text_diff import head_changes, term_changes
from services.audit.word_diff import word_hunks

TEXT: frozenset[type[Fact]] = frozenset(
    {
        e.AgreementOpened,
        e.AgreementShared,
        e.AgreementAbandoned,
        e.HeadChanged,
        e.TermAdded,
        e.TermRevised,
        e.TermRemoved,
        e.HeardRight,
        e.ConsentGiven,
        e.ConsentWithdrawn,
        e.ChangesAsked,
        e.VersionMade,
        e.AmendmentOpened,
        e.AmendmentRetracted,
        e.AmendmentDeclined,
        e.AgreementEnded,
        e.AgreementExpired,
        e.WordsErased,
    }
)
"""What concerns the text and how it came to hold."""

COMMENTS: frozenset[type[Fact]] = frozenset({e.Commented, e.CommentCorrected, e.CommentWithdrawn})

BETWEEN_PARTIES: frozenset[type[Fact]] = frozenset(
    {
        e.PromptAnswered,
        e.ReviewOpened,
        e.ReviewAnswered,
        e.ReviewAnswerWithdrawn,
        e.ReviewConcluded,
        e.MotionProposed,
        e.MotionAgreed,
        e.MotionRefused,
        e.MotionRetracted,
        e.MotionLapsed,
        e.AgreementPaused,
        e.AgreementResumed,
        e.ContributorInvited,
        e.ContributorDismissed,
        e.NoticeGiven,
        e.NoticeRescinded,
        e.PartLeft,
        e.LeaderChanged,
        e.LeaderChangeTakenBack,
        e.EndAnnounced,
        e.EarlierVersionsGranted,
        e.GrantRevoked,
        e.GlassBroken,
    }
)
"""What is the parties' own; a fact that is in none of these sets is told to nobody but who did it."""

BEFORE_THE_SHARE: frozenset[type[Fact]] = frozenset({e.AgreementOpened, e.AgreementShared, e.AgreementAbandoned})
"""What others are told of although the draft had not been shared."""

ANSWERS_SHOWN = "agreement.answers_shown"
"""What an entry is called that tells nothing but that answers came to be shown."""

_MOTIONS = {"pause": "a pause", "end": "to end it now", "invite_contributor": "to invite a contributor"}
_PARTINGS = {"notice": "the notice ran out", "amendment": "the text that all agreed to goes on without them"}
_END_CAUSES = {
    "notice": "the notice ran out",
    "motion": "all agreed to end it",
    "party_changed": "the report has another leader",
    "party_left": "a party left the organisation",
    "last_party": "fewer than two parties were left",
}


@dataclass(frozen=True)
class Before:
    """What a fact may change, as it was before it."""

    shared: bool
    head: Head | None
    term: Term | None
    comment: str | None
    answer: ReviewAnswer | None
    concluded: bool


Answers = dict[tuple[str, UUID], PromptAnswer]


class AgreementTeller:
    """Tells the facts of one agreement to one viewer; it must be given all of them, in recorded order."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._agreement: AccountabilityAgreement | None = None
        self._answers_told: set[tuple[str, UUID, str]] = set()
        self._comments_kept_back: set[UUID] = set()
        self._joins_since = _joins_since(audience)

    def tell(self, fact: Fact) -> Told | None:
        """The fact as this viewer is told it; None when it is not for them."""
        before = self._before(fact)
        shown_before = self._shown_answers()
        self._agreement = fact.mutate(self._agreement)
        agreement = self._agreement
        if agreement is None:
            return None
        answers = {
            key: answer
            for key, answer in self._shown_answers().items()
            if key not in shown_before and (*key, answer.text) not in self._answers_told and self._may_read(*key)
        }
        self._answers_told |= {(*key, answer.text) for key, answer in answers.items()}
        told = None
        if self._is_for_viewer(fact, before):
            told = self._text(fact, before, agreement) or self._beside(fact, before, agreement)
        if isinstance(fact, e.AgreementShared) and not self._audience.opened_it:
            self._comments_kept_back -= set(self._comments_shared(agreement))
        return self._with_answers(fact, told, answers)

    # What is for whom -----------------------------------------------------------------------------

    def _is_for_viewer(self, fact: Fact, before: Before) -> bool:
        audience, kind = self._audience, type(fact)
        if fact.actor_id == audience.viewer:
            return True
        if self._is_kept_back(fact, before):
            return False
        if audience.sight in (PARTY, FORMER_PARTY):
            if kind in (e.PromptAnswered, e.ReviewAnswered, e.ReviewAnswerWithdrawn):
                # Told where it is shown; what is corrected after that, is told as it is said.
                return before.concluded
            return kind in TEXT or kind in COMMENTS or kind in BETWEEN_PARTIES
        if audience.sight == CONTRIBUTOR:
            return kind in TEXT or kind in COMMENTS or self._concerns_viewer(fact)
        if audience.sight == JOINING:
            if isinstance(fact, e.VersionMade):
                return fact.number == self._joins_since[0]
            return fact.originator_version >= self._joins_since[1] and (kind in TEXT or kind in COMMENTS)
        if audience.sight == GRANT:
            own = fact.actor_id == audience.words_of
            if isinstance(fact, e.ReviewAnswered | e.ReviewAnswerWithdrawn):
                return own and before.concluded
            if isinstance(fact, e.ReviewConcluded):
                return self._answered_review(fact.review_id)
            return kind is e.VersionMade or (own and kind in COMMENTS) or self._concerns_viewer(fact)
        return False

    def _is_kept_back(self, fact: Fact, before: Before) -> bool:
        if self._audience.opened_it:
            return False
        if not before.shared and type(fact) not in BEFORE_THE_SHARE | {e.PromptAnswered}:
            if isinstance(fact, e.Commented):
                self._comments_kept_back.add(fact.comment_id)
            return True
        return isinstance(fact, e.CommentCorrected | e.CommentWithdrawn) and fact.comment_id in self._comments_kept_back

    def _concerns_viewer(self, fact: Fact) -> bool:
        return (
            isinstance(fact, e.ContributorInvited | e.EarlierVersionsGranted)
            and fact.person_id == self._audience.viewer
        )

    def _may_read(self, key: str, author: UUID) -> bool:
        audience, today = self._audience, self._audience.today
        if audience.sight == GRANT:
            return author == audience.words_of
        if audience.sight not in (PARTY, FORMER_PARTY) or not isinstance(today, AccountabilityAgreement):
            return False
        return today.answer_shown_to(key, author, audience.viewer)

    def _answered_review(self, review_id: UUID) -> bool:
        review = self._agreement.reviews.get(review_id) if self._agreement else None
        return review is not None and self._audience.words_of in review.answers

    def _shown_answers(self) -> Answers:
        agreement = self._agreement
        if agreement is None:
            return {}
        return {
            (key, author): answer
            for key, answers in agreement.prompt_answers.items()
            for author, answer in answers.items()
            if agreement.answer_shown(key, author)
        }

    def _comments_shared(self, agreement: AccountabilityAgreement) -> list[UUID]:
        """The comments that come along with the share: what stands on terms that are shared."""
        terms = agreement.proposal.terms if agreement.proposal is not None else {}
        return [c.id for c in agreement.comments.values() if c.term_id in terms and not c.withdrawn]

    def _before(self, fact: Fact) -> Before:
        agreement = self._agreement
        if agreement is None:
            return Before(False, None, None, None, None, False)
        proposal = agreement.proposal
        term_id, comment_id = getattr(fact, "term_id", None), getattr(fact, "comment_id", None)
        review = agreement.reviews.get(getattr(fact, "review_id", None))  # type: ignore[arg-type]
        comment = agreement.comments.get(comment_id) if comment_id is not None else None
        return Before(
            shared=agreement.shared,
            head=proposal.head if proposal is not None else None,
            term=proposal.terms.get(term_id) if proposal is not None and term_id is not None else None,
            comment=comment.text if comment is not None else None,
            answer=review.answers.get(fact.actor_id) if review is not None and fact.actor_id is not None else None,
            concluded=review is not None and review.concluded_at is not None,
        )

    # How the text came about ----------------------------------------------------------------------

    def _text(self, fact: Fact, before: Before, agreement: AccountabilityAgreement) -> Told | None:
        by = who(fact)
        proposal = agreement.proposal
        match fact:
            case e.AgreementOpened():
                head = plain(agreement.last_head) if self._audience.opened_it else None
                carried_from = str(fact.carried_from) if fact.carried_from and self._audience.opened_it else None
                return say(by, " opened this agreement.", head=head, carried_from=carried_from)
            case e.AgreementShared():
                return self._shared(fact, agreement)
            case e.AgreementAbandoned():
                if fact.cause == "party_left":
                    return say("The draft was abandoned: a party left the organisation.", cause=fact.cause)
                return say(by, " abandoned the draft.", cause=fact.cause)
            case e.HeadChanged():
                assert before.head is not None
                assert proposal is not None
                old, new = before.head, proposal.head
                changed = [n for n in plain(new) | plain(old) if getattr(old, n) != getattr(new, n)]
                return say(
                    by,
                    f" changed the head: {in_words(changed)}.",
                    fields=later(lambda: head_changes(old, new)),
                    reason=fact.reason,
                    heard=_heard(fact),
                )
            case e.TermAdded():
                term = proposal.terms.get(fact.term_id) if proposal is not None else None
                verb = " carried over " if fact.carried_from_term else " added "
                shown = plain(term) if term is not None else None
                return say(by, verb, a_term(term), ".", term_id=str(fact.term_id), term=shown, heard=_heard(fact))
            case e.TermRevised():
                was, now = before.term, proposal.terms.get(fact.term_id) if proposal is not None else None
                changed = [n for n in (plain(now) | plain(was) if was and now else {}) if _differs(was, now, n)]
                return say(
                    by,
                    f" revised {a_term(was)}: {in_words(changed)}.",
                    term_id=str(fact.term_id),
                    fields=later(lambda: term_changes(was, now)),
                    reason=fact.reason,
                    heard=_heard(fact),
                )
            case e.TermRemoved():
                shown = plain(before.term) if before.term is not None else None
                return say(
                    by,
                    f" removed {a_term(before.term)}.",
                    term_id=str(fact.term_id),
                    term=shown,
                    reason=fact.reason,
                )
            case e.HeardRight():
                return self._heard_right(fact, agreement)
            case e.ConsentGiven():
                return say(
                    by,
                    f" consented to revision {fact.revision}.",
                    revision=fact.revision,
                    content_hash=fact.content_hash,
                )
            case e.ConsentWithdrawn():
                return say(by, " took their consent back.")
            case e.ChangesAsked():
                return say(by, " asked for changes before consenting.", note=fact.note)
            case e.VersionMade():
                version = show_version(agreement.versions[-1])
                if self._audience.sight == GRANT and agreement.versions[-1].opened_by != self._audience.words_of:
                    version["reason"] = None
                day = fact.takes_effect_on.isoformat()
                return say(f"All had consented: version {fact.number} was made, in force from {day}.", **version)
            case e.AmendmentOpened():
                label = " a clerical" if fact.clerical else " an"
                return say(by, f" opened{label} amendment.", reason=fact.reason, clerical=fact.clerical)
            case e.AmendmentRetracted():
                return say(by, " retracted the amendment.", reason=fact.reason)
            case e.AmendmentDeclined():
                return say(by, " declined the amendment.", reason=fact.reason)
            case e.Commented() | e.CommentCorrected() | e.CommentWithdrawn():
                return self._comment(fact, before, agreement)
            case _:
                return None

    def _shared(self, fact: e.AgreementShared, agreement: AccountabilityAgreement) -> Told:
        proposal = agreement.proposal
        assert proposal is not None
        comments = [agreement.comments[i] for i in self._comments_shared(agreement)]
        return say(
            who(fact),
            " shared the draft with the other parties.",
            head=plain(proposal.head),
            terms=[plain(t) for t in in_reading_order(proposal.terms)],
            comments=[
                {
                    "comment_id": str(c.id),
                    "term_id": str(c.term_id),
                    "by": None if c.by is None else str(c.by),
                    "at": at(c.at),
                    "text": c.text,
                }
                for c in comments
            ],
        )

    def _heard_right(self, fact: e.HeardRight, agreement: AccountabilityAgreement) -> Told:
        heard = agreement.heards.get(fact.heard_id)
        speaker: Part = (heard.by if heard is not None else None) or SOMEBODY
        since_share = heard is not None and agreement.shared_at is not None and heard.at >= agreement.shared_at
        words = heard.text if heard is not None and (since_share or self._audience.opened_it) else None
        return say(who(fact), " said that ", speaker, " heard them right.", heard_id=str(fact.heard_id), heard=words)

    def _comment(
        self,
        fact: e.Commented | e.CommentCorrected | e.CommentWithdrawn,
        before: Before,
        agreement: AccountabilityAgreement,
    ) -> Told:
        comment = agreement.comments.get(fact.comment_id)
        on = {"comment_id": str(fact.comment_id), "term_id": str(comment.term_id) if comment is not None else None}
        by = who(fact)
        match fact:
            case e.Commented():
                term = self._term_in_sight(fact.term_id, agreement)
                return say(by, f" commented on {a_term(term)}.", **on, text=fact.text)
            case e.CommentCorrected():
                was = before.comment or ""
                return say(by, " put a comment of theirs right.", **on, fields=later(lambda: _words(was, fact.text)))
            case e.CommentWithdrawn():
                return say(by, " withdrew a comment of theirs.", **on, reason=fact.reason)

    def _term_in_sight(self, term_id: UUID, agreement: AccountabilityAgreement) -> Term | None:
        if self._audience.sight == GRANT:
            return next((v.terms[term_id] for v in reversed(agreement.versions) if term_id in v.terms), None)
        if agreement.proposal is not None and term_id in agreement.proposal.terms:
            return agreement.proposal.terms[term_id]
        return agreement.versions[-1].terms.get(term_id) if agreement.versions else None

    # What else happened ---------------------------------------------------------------------------

    def _beside(self, fact: Fact, before: Before, agreement: AccountabilityAgreement) -> Told | None:
        by = who(fact)
        match fact:
            case e.PromptAnswered():
                shown = agreement.answer_shown(fact.key, fact.actor_id) if fact.actor_id is not None else False
                question = the_question(fact.key)
                return say(by, f" answered {question}.", key=fact.key, text=fact.text, shown=shown)
            case e.ReviewOpened():
                return say(by, " opened a review.", review_id=str(fact.review_id))
            case e.ReviewAnswered():
                return self._review_answered(fact, before)
            case e.ReviewAnswerWithdrawn():
                return say(by, " withdrew their review answer.", review_id=str(fact.review_id), reason=fact.reason)
            case e.ReviewConcluded():
                return self._review_concluded(fact, agreement)
            case e.MotionProposed():
                invited: list[Part] = [": ", fact.person_id] if fact.person_id is not None else []
                until = fact.until.isoformat() if fact.until is not None else None
                return say(
                    by,
                    f" proposed {_MOTIONS.get(fact.kind, fact.kind)}{f' until {until}' if until else ''}",
                    *invited,
                    ".",
                    motion_id=str(fact.motion_id),
                    kind=fact.kind,
                    until=until,
                    person_id=str(fact.person_id) if fact.person_id is not None else None,
                    reason=fact.reason,
                )
            case e.MotionAgreed():
                return say(by, " agreed to the motion.", motion_id=str(fact.motion_id))
            case e.MotionRefused():
                return say(by, " refused the motion.", motion_id=str(fact.motion_id), reason=fact.reason)
            case e.MotionRetracted():
                return say(by, " retracted the motion.", motion_id=str(fact.motion_id))
            case e.MotionLapsed():
                return say("The motion lapsed.", motion_id=str(fact.motion_id))
            case e.AgreementPaused():
                day = fact.until.isoformat()
                return say(f"It was paused until {day}.", until=day, motion_id=str(fact.motion_id))
            case e.AgreementResumed():
                words: tuple[Part, ...] = (
                    (by, " ended the pause.") if fact.cause == "party" else ("The pause was over.",)
                )
                return say(*words, cause=fact.cause)
            case e.ContributorInvited():
                return say(fact.person_id, " became a contributor.", person_id=str(fact.person_id))
            case e.ContributorDismissed():
                return say(fact.person_id, " is no longer a contributor.", person_id=str(fact.person_id))
            case _:
                return self._ending(fact)

    def _ending(self, fact: Fact) -> Told | None:
        by = who(fact)
        match fact:
            case e.NoticeGiven():
                day = fact.ends_on.isoformat()
                return say(by, f" gave notice; the last day is {day}.", ends_on=day, reason=fact.reason)
            case e.NoticeRescinded():
                return say(by, " took the notice back.")
            case e.PartLeft():
                how = _PARTINGS.get(fact.cause, "they left the organisation")
                return say(fact.person_id, f" is no longer a party: {how}.", cause=fact.cause)
            case e.LeaderChanged():
                day = fact.ends_on.isoformat()
                return say(
                    fact.report_id,
                    " has another leader than ",
                    fact.old_leader_id,
                    f"; the agreement ends on {day} unless that is taken back.",
                    report_id=str(fact.report_id),
                    old_leader_id=str(fact.old_leader_id),
                    ends_on=day,
                )
            case e.LeaderChangeTakenBack():
                return say("The change of ", fact.report_id, "’s leader was taken back.")
            case e.EndAnnounced():
                day = fact.ends_on.isoformat()
                return say(f"All were told that it ends on {day}, in {fact.days_left} days.", ends_on=day)
            case e.AgreementEnded():
                return say(f"It ended: {_END_CAUSES.get(fact.cause, fact.cause)}.", cause=fact.cause)
            case e.AgreementExpired():
                return say("It expired: its last day was over.")
            case e.WordsErased():
                return say("The time was over for which it is kept: what was agreed on cannot be read any more.")
            case e.EarlierVersionsGranted():
                return say(by, " let ", fact.person_id, " read the earlier versions.", person_id=str(fact.person_id))
            case e.GlassBroken():
                opened = " opened this agreement to themself, as a steward, for an hour."
                return say(by, opened, until_at=at(fact.until_at), reason=fact.reason)
            case e.GrantRevoked():
                return say(by, " no longer lets ", fact.person_id, " read them.", person_id=str(fact.person_id))
            case _:
                return None

    def _review_answered(self, fact: e.ReviewAnswered, before: Before) -> Told:
        verb = " answered the review." if before.answer is None else " revised their review answer."
        return say(
            who(fact),
            " put their review answer right." if before.concluded else verb,
            review_id=str(fact.review_id),
            answer=_review_answer(
                ReviewAnswer(
                    fact.what_works,
                    fact.what_to_change,
                    fact.fits,
                    fact.outcome,
                    fact.entrust_next,
                    fact.next_review_on,
                )
            ),
        )

    def _review_concluded(self, fact: e.ReviewConcluded, agreement: AccountabilityAgreement) -> Told:
        review = agreement.reviews.get(fact.review_id)
        answers = dict(review.answers) if review is not None else {}
        only = self._audience.words_of
        shown = [{"person_id": str(p), **_review_answer(a)} for p, a in answers.items() if only in (None, p)]
        if only is not None:
            # Whether all think it still right says something of what the others answered.
            return replace(
                say(only, "’s review answer was shown.", review_id=str(fact.review_id), answers=shown), unsaid_by=True
            )
        outcome = "something has to change" if fact.outcome == "needs_change" else "it is still right"
        return say(
            f"The review was concluded: {outcome}. The next is on {fact.next_review_on.isoformat()}.",
            review_id=str(fact.review_id),
            outcome=fact.outcome,
            next_review_on=fact.next_review_on.isoformat(),
            answers=shown,
        )

    def _with_answers(self, fact: Fact, told: Told | None, answers: Answers) -> Told | None:
        """Adds the answers to opening questions that came to be shown by this fact."""
        others = {key: a for key, a in answers.items() if key[1] != self._audience.viewer}
        if not others:
            return told
        shown: Mapping[str, Any] = {
            "answers": [
                {"key": key, "person_id": str(author), "text": a.text, "at": at(a.at)}
                for (key, author), a in answers.items()
            ]
        }
        if told is not None:
            return replace(told, details={**told.details, **shown})
        questions = " and ".join(dict.fromkeys(the_question(key) for key, _ in others))
        if isinstance(fact, e.PromptAnswered) and any(author == fact.actor_id for _, author in others):
            return Told((who(fact), f" answered {questions}."), shown)
        authors = listed(dict.fromkeys(author for _, author in others))
        return Told(("What ", *authors, f" answered to {questions} was shown."), shown, ANSWERS_SHOWN, unsaid_by=True)


def _joins_since(audience: Audience) -> tuple[int, int]:
    """The number of the newest version, and the stream's version at which the open amendment was opened."""
    newest = audience.today.versions[-1].number if audience.today.versions else 0
    opened = [f.originator_version for f in audience.facts if isinstance(f, e.AmendmentOpened)]
    return newest, (opened[-1] if opened else 0)


def _differs(was: Term | None, now: Term | None, name: str) -> bool:
    return bool(getattr(was, name) != getattr(now, name))


def _heard(fact: e.HeadChanged | e.TermAdded | e.TermRevised) -> dict[str, str] | None:
    if fact.heard is None or fact.heard_id is None:
        return None
    return {"id": str(fact.heard_id), "text": fact.heard}


def _words(old: str, new: str) -> dict[str, Any]:
    return {"text": {"from": old, "to": new, "hunks": [hunk.shown() for hunk in word_hunks(old, new)]}}


def _review_answer(answer: ReviewAnswer) -> dict[str, Any]:
    return {
        "what_works": answer.what_works,
        "what_to_change": answer.what_to_change,
        "fits": dict(answer.fits),
        "outcome": answer.outcome,
        "entrust_next": answer.entrust_next,
        "next_review_on": None if answer.next_review_on is None else answer.next_review_on.isoformat(),
    }
