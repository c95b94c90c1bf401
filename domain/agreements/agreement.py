"""AccountabilityAgreement: ending, changes of leader, what the clock does, and the aggregate as a whole.

The acts live by subject in the classes it is made of: drafting.py (text, comments, opening
questions), consenting.py (consent, versions, amendments), reviewing.py, deciding.py (motions).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain import durations
from domain.agreements import events as e
from domain.agreements.deciding import LAPSES_AFTER, MOTION_KINDS, Deciding
from domain.agreements.reviewing import SHOWN_AFTER
from domain.agreements.state import (
    DRAFTING,
    ENDING,
    ENDS,
    EXPIRED,
    IN_FORCE,
    PARTY_LEFT,
    PAUSED,
    Glass,
    Notice,
    Parting,
    Proposal,
    clock,
    end_of,
    start_of,
)
from domain.agreements.terms import term_without
from domain.base import Act, Fact
from domain.refusals import NoticeTooShort, NotThere, NotYourAct, Refusal, WrongState
from domain.values import optional_text, text

LEADER_CHANGE_NOTICE = timedelta(days=14)
ANNOUNCED_DAYS_BEFORE = (14, 3)
GLASS_STAYS_OPEN = timedelta(hours=1)


@dataclass(frozen=True)
class Due:
    """Something the clock does to an agreement at an instant."""

    at: datetime
    fact: type[Fact]
    content: dict[str, Any]


class AccountabilityAgreement(Deciding):
    """What two or more people wrote down that they expect of each other, with all it went through."""

    TOPIC = "concord.agreement"

    def give_notice(self, act: Act, ends_on: date, reason: str | None = None) -> None:
        """Gives notice alone; the last day is at least the notice period away.

        With two parties the agreement is then ending and an open amendment closes; with three or
        more only the giver's part ends that day.
        """
        self.may_give_notice(act.person)
        notice_period = self.head_on(act.today).notice_period
        earliest = durations.parse(notice_period).after_day(act.today)
        if ends_on < earliest:
            raise NoticeTooShort(
                f"The notice period is {notice_period}: the last day can be {earliest.isoformat()} at the "
                f"earliest, and {ends_on.isoformat()} was asked for."
            )
        self.record(e.NoticeGiven, act, ends_on=ends_on, reason=optional_text(reason, "reason"))

    def rescind_notice(self, act: Act) -> None:
        """The giver takes the notice back; everything is as before it."""
        self.may_rescind_notice(act.person)
        self.record(e.NoticeRescinded, act)

    def change_leader(self, act: Act, report_id: UUID, old_leader_id: UUID, new_leader_id: UUID | None) -> None:
        """The organisation gave a report another leader: the agreement between the two ends in 14 days."""
        if self.state not in (IN_FORCE, PAUSED) or not self._leads(old_leader_id, report_id):
            return
        self.record(
            e.LeaderChanged,
            act,
            report_id=report_id,
            old_leader_id=old_leader_id,
            new_leader_id=new_leader_id,
            ends_on=act.today + LEADER_CHANGE_NOTICE,
        )

    def take_back_leader_change(self, act: Act, report_id: UUID, leader_id: UUID) -> None:
        """The organisation gave the report the old leader back before the 14 days were over."""
        changing = self.state == ENDING and self.notice is not None and self.notice.cause == "party_changed"
        if changing and self._leads(leader_id, report_id):
            self.record(e.LeaderChangeTakenBack, act, report_id=report_id)

    def part_left(self, act: Act, person_id: UUID) -> None:
        """A party left the organisation: drafts are abandoned, others end, or go on while two are left."""
        if self.state in ENDS:
            return
        if person_id in self.contributors:
            self.record(e.ContributorDismissed, act, person_id=person_id)
        if self.state == DRAFTING:
            if person_id in self.head.people:
                self.record(e.AgreementAbandoned, act, cause="party_left")
        elif person_id in self.people:
            if len(self.people) > 2:
                self.record(e.PartLeft, act, person_id=person_id, cause="organisation")
            else:
                self.record(e.AgreementEnded, act, cause="party_left")

    def words_stay_until(self, retention: str, zone: ZoneInfo) -> datetime | None:
        """How long what was agreed on stays readable once somebody in it was erased; None before its end."""
        if self.ended_at is None or not self.versions:
            return None
        return durations.parse(retention).after_instant(self.ended_at, zone)

    def erase_words(self, act: Act, retention: str) -> None:
        """Lets go of what was agreed on, once that time is over; a second time it says nothing."""
        until = self.words_stay_until(retention, act.zone)
        if until is None or act.at < until:
            raise WrongState("What was agreed on here is still kept.")
        if self.words_erased_at is None:
            self.record(e.WordsErased, act)

    def grant_earlier_versions(self, act: Act, person_id: UUID) -> None:
        """The report lets somebody read the versions and the report's own words; never of a coaching agreement."""
        self.may_grant(act.person)
        if person_id in self.sights():
            raise WrongState("This person can read the agreement already.")
        self.record(e.EarlierVersionsGranted, act, person_id=person_id)

    def revoke_grant(self, act: Act, person_id: UUID) -> None:
        """Takes that leave back; effective at once."""
        self._must_be_party(act.person)
        if person_id not in self.grants:
            raise NotThere
        if self.grants[person_id][0] != act.person:
            raise NotYourAct("Only who gave this leave can take it back.")
        self.record(e.GrantRevoked, act, person_id=person_id)

    def break_glass(self, act: Act, reason: str) -> None:
        """A steward opens it to themself for an hour; all parties see that, and why, at once."""
        self.may_break_glass(act.person, act.at)
        self.record(e.GlassBroken, act, until_at=act.at + GLASS_STAYS_OPEN, reason=text(reason, "reason", most=2_000))

    # Who may, in which state ----------------------------------------------------------------------

    def may_give_notice(self, by: UUID) -> None:
        """Refuses unless it is in force or paused and `by` has not given notice already."""
        self._must_be_bound(by)
        self._must_be_in(IN_FORCE, PAUSED)
        if by in self.leaving:
            raise WrongState("You have given notice already.")

    def may_rescind_notice(self, by: UUID) -> None:
        """Refuses unless `by` gave the notice that runs."""
        self._must_be_bound(by)
        if by in self.leaving:
            return
        self._must_be_in(ENDING)
        if self.notice is None or self.notice.by != by:
            raise NotYourAct("Only who gave notice can take it back.")

    def may_grant(self, by: UUID) -> None:
        """Refuses unless `by` is the report of a reviewable agreement with a version."""
        self._must_be_party(by)
        if not any(p.person_id == by and p.role == "report" for v in self.versions for p in v.head.parties):
            raise NotYourAct("Only the report can let a new leader read the earlier versions.")
        if any(v.head.use == "coaching" for v in self.versions):
            raise WrongState("A coaching agreement never leaves its parties.")

    def may_carry_over(self, by: UUID) -> None:
        """Refuses unless `by` is the report and there is an agreed, reviewable text to carry terms from."""
        self._must_be_party(by)
        if not any(p.person_id == by and p.role == "report" for v in self.versions for p in v.head.parties):
            raise NotYourAct("Only the report carries terms over into a draft with a new leader.")
        if all(v.head.use == "coaching" for v in self.versions):
            raise WrongState("What was agreed for coaching never leaves its parties, so it cannot be carried over.")

    def may_break_glass(self, by: UUID, now: datetime) -> None:
        """Refuses unless it is a reviewable text that its parties share and `by` cannot read."""
        if by in self.sights():
            raise WrongState("You can read this agreement already.")
        if not self.shared or self.use != "reviewable":
            raise WrongState("Only a reviewable agreement can be opened, once it is shared; a coaching one never.")
        if self.glass_is_broken(by, now):
            raise WrongState("It is open to you already.")

    def allowed_acts(self, by: UUID) -> list[str]:
        """The acts that this person can do now, by name, from the very guards that refuse them."""
        return [name for name, guard in self._guards(by) if _passes(guard)]

    def _guards(self, by: UUID) -> Iterator[tuple[str, Callable[[], None]]]:
        yield "share", lambda: self.may_share(by)
        yield "abandon", lambda: self.may_abandon(by)
        yield "edit", lambda: self.may_edit(by)
        yield "comment", lambda: self.may_comment(by)
        for key in self.prompts:
            yield f"answer_prompt:{key}", lambda key=key: self._may_still_answer(by, key)  # type: ignore[misc]
        yield "consent", lambda: self._may_consent_afresh(by)
        yield "withdraw_consent", lambda: self.may_withdraw_consent(by)
        yield "ask_for_changes", lambda: self.may_ask_for_changes(by)
        yield "open_amendment", lambda: self.may_open_amendment(by)
        yield "retract_amendment", lambda: self.may_retract_amendment(by)
        yield "decline_amendment", lambda: self.may_decline_amendment(by)
        yield "open_review", lambda: self.may_open_review(by)
        yield "answer_review", lambda: self.may_answer_review(by)
        for kind in MOTION_KINDS:
            yield f"propose:{kind}", lambda kind=kind: self.may_propose(by, kind)  # type: ignore[misc]
        yield "resume", lambda: self.may_resume(by)
        yield "give_notice", lambda: self.may_give_notice(by)
        yield "rescind_notice", lambda: self.may_rescind_notice(by)
        yield "grant", lambda: self.may_grant(by)
        yield "carry_over", lambda: self.may_carry_over(by)

    def _may_consent_afresh(self, by: UUID) -> None:
        self.may_consent(by)
        if by in self._open_proposal().consents:
            raise WrongState("You have consented to this text already.")
        self._check_two_sided(by, self._open_proposal())

    def _may_still_answer(self, by: UUID, key: str) -> None:
        self.may_answer_prompt(by, key)
        if self.answer_shown(key, by):
            raise WrongState("Your answer is shown already.")

    # The clock ------------------------------------------------------------------------------------

    def let_time_pass(self, act: Act) -> None:
        """Records everything that came due up to `act.at`, in order, each taking effect when it was due."""
        while (due := self.next_due(act.zone)) is not None and due.at <= act.at:
            if due.fact is e.ReviewConcluded:
                self._conclude(clock(act, due.at), self.reviews[due.content["review_id"]])
            else:
                self.record(due.fact, clock(act, due.at), **due.content)

    def next_due(self, zone: ZoneInfo) -> Due | None:
        """The next thing the clock will do, or None: pauses end, last days pass, motions lapse, reviews open up."""
        if self.state in ENDS:
            # What was answered is shown all the same.
            return next(self._review_due(), None)
        return min(self._dues(zone), key=lambda due: due.at, default=None)

    def _dues(self, zone: ZoneInfo) -> Iterator[Due]:
        for motion in self.motions.values():
            if motion.state == "open":
                yield Due(motion.at + LAPSES_AFTER, e.MotionLapsed, {"motion_id": motion.id})
                if self.left and len(self.people) > 1 and self._is_carried(motion):
                    # Who had not decided yet went out: all others agree.
                    at = max(self.left.values())
                    yield Due(at, *self._carrying(motion, at.astimezone(zone).date()))
        if self.state == DRAFTING:
            return
        if self.paused_until is not None:
            yield Due(end_of(self.paused_until, zone), e.AgreementResumed, {"cause": "date"})
        if self.notice is not None:
            yield Due(end_of(self.notice.ends_on, zone), e.AgreementEnded, {"cause": self.notice.cause})
        if len(self.people) < 2:
            yield Due(max(self.left.values()), e.AgreementEnded, {"cause": "last_party"})
        for person, notice in self.leaving.items():
            yield Due(end_of(notice.ends_on, zone), e.PartLeft, {"person_id": person, "cause": "notice"})
        for person, going in self.going.items():
            at = max(start_of(going.on, zone), going.agreed_at)
            yield Due(at, e.PartLeft, {"person_id": person, "cause": "amendment"})
        yield from self._review_due()
        yield from self._expiry(zone)

    def _review_due(self) -> Iterator[Due]:
        review = self.running_review
        if review is not None:
            at = review.at + SHOWN_AFTER
            if self.left and self.all_in(review):
                # Who had not answered yet went out: all answers are in.
                at = min(at, max(self.left.values()))
            yield Due(at, e.ReviewConcluded, {"review_id": review.id})

    def _expiry(self, zone: ZoneInfo) -> Iterator[Due]:
        for n, version in enumerate(self.versions):
            day = version.head.ends_on
            if day is None:
                continue
            over = end_of(day, zone)
            later = self._superseded_on(n)
            if later is not None and start_of(later, zone) <= over:
                continue
            for days in ANNOUNCED_DAYS_BEFORE:
                told_at = start_of(day - timedelta(days=days), zone)
                if told_at >= version.made_at and (day, days) not in self.announced:
                    yield Due(told_at, e.EndAnnounced, {"ends_on": day, "days_left": days})
            yield Due(over, e.AgreementExpired, {})
            return

    # Appliers -------------------------------------------------------------------------------------

    def _notice_given(self, fact: e.NoticeGiven) -> None:
        notice = Notice(fact.actor_id, fact.effective_at, fact.ends_on, fact.reason, self.state, "notice")
        if len(self.people) > 2 and fact.actor_id is not None:
            self.leaving[fact.actor_id] = notice
        else:
            self._begin_to_end(notice, fact)

    def _notice_rescinded(self, fact: e.NoticeRescinded) -> None:
        if fact.actor_id is not None and self.leaving.pop(fact.actor_id, None) is not None:
            return
        self._go_on()

    def _leader_changed(self, fact: e.LeaderChanged) -> None:
        self._begin_to_end(Notice(None, fact.effective_at, fact.ends_on, None, self.state, "party_changed"), fact)

    def _leader_change_taken_back(self, _: e.LeaderChangeTakenBack) -> None:
        self._go_on()

    def _part_left(self, fact: e.PartLeft) -> None:
        self.left[fact.person_id] = fact.effective_at
        self.partings.append(Parting(fact.person_id, fact.effective_at, len(self.versions)))
        self.leaving.pop(fact.person_id, None)
        self.going.pop(fact.person_id, None)
        if self.proposal is not None:
            # The text loses a party, so it is another text: every consent to the old one is void.
            self._take_out(self.proposal, fact)
        self._reveal_answers()

    def _end_announced(self, fact: e.EndAnnounced) -> None:
        self.announced.add((fact.ends_on, fact.days_left))

    def _agreement_expired(self, fact: e.AgreementExpired) -> None:
        self.state = EXPIRED
        self.ended_at = fact.effective_at
        self.end_cause = "ends_on"
        self.proposal = None
        for motion in self.motions.values():
            if motion.state == "open":
                motion.state = "lapsed"
        self._close_pause(fact)

    def _earlier_versions_granted(self, fact: e.EarlierVersionsGranted) -> None:
        if fact.actor_id is not None:
            self.grants[fact.person_id] = (fact.actor_id, fact.effective_at)

    def _grant_revoked(self, fact: e.GrantRevoked) -> None:
        self.grants.pop(fact.person_id, None)

    def _words_erased(self, fact: e.WordsErased) -> None:
        self.words_erased_at = fact.effective_at

    def _glass_broken(self, fact: e.GlassBroken) -> None:
        if fact.actor_id is not None:
            self.glass.append(Glass(fact.actor_id, fact.effective_at, fact.until_at, fact.reason))

    # Inside ---------------------------------------------------------------------------------------

    def _begin_to_end(self, notice: Notice, fact: Fact) -> None:
        self.notice = notice
        self.state = ENDING
        self._drop_proposal(fact)

    @staticmethod
    def _take_out(proposal: Proposal, fact: e.PartLeft) -> None:
        staying = tuple(p for p in proposal.head.parties if p.person_id != fact.person_id)
        proposal.head = replace(proposal.head, parties=staying)
        without = [term_without(t, (fact.person_id,)) for t in proposal.terms.values()]
        proposal.terms = {t.id: t for t in without if t is not None}
        proposal.changed(None, fact.effective_at, PARTY_LEFT, None, None)

    def _go_on(self) -> None:
        if self.notice is not None:
            self.state = self.notice.state_before
            self.notice = None

    def _leads(self, leader_id: UUID, report_id: UUID) -> bool:
        roles = {p.person_id: p.role for p in self.parties}
        return roles.get(leader_id) == "leader" and roles.get(report_id) == "report"


def _passes(guard: Callable[[], None]) -> bool:
    try:
        guard()
    except Refusal:
        return False
    return True


__all__ = ["PAUSED", "AccountabilityAgreement", "Due"]
