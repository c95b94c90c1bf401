"""Motions: deciding together what is not text (a pause, ending now, inviting a contributor)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from domain.agreements import events as e
from domain.agreements.reviewing import Reviewing
from domain.agreements.state import ENDED, ENDING, IN_FORCE, PAUSED, Motion
from domain.base import Act, Fact
from domain.refusals import DatePast, Invalid, MotionOpen, NotThere, NotYourAct, WrongState
from domain.values import optional_text

MOTION_KINDS = ("pause", "end", "invite_contributor")
LAPSES_AFTER = timedelta(days=14)
LONGEST_PAUSE = timedelta(days=366)


class Deciding(Reviewing):
    """One proposes, each other party agrees or refuses; it lapses after 14 days; one open motion per kind."""

    def propose_motion(
        self,
        act: Act,
        motion_id: UUID,
        kind: str,
        *,
        reason: str | None = None,
        until: date | None = None,
        person_id: UUID | None = None,
    ) -> None:
        """Proposes a `pause` (until a day, included), the `end` now, or to `invite_contributor` somebody."""
        if kind not in MOTION_KINDS:
            raise Invalid(f"A motion is one of {', '.join(MOTION_KINDS)}.", field="kind")
        self.may_propose(act.person, kind)
        if (until is None) == (kind == "pause"):
            raise Invalid("A pause, and only a pause, names the day until which it lasts.", field="until")
        if (person_id is None) == (kind == "invite_contributor"):
            raise Invalid("An invitation, and only an invitation, names a person.", field="person_id")
        if until is not None and until < act.today:
            raise DatePast(f"A pause until {until.isoformat()} would be over already.")
        if until is not None and until > act.today + LONGEST_PAUSE:
            raise Invalid("A pause lasts at most a year; end the agreement instead.", field="until")
        if person_id is not None and (person_id in self.people or person_id in self.contributors):
            raise Invalid("This person can read and comment already.", field="person_id")
        self.record(
            e.MotionProposed,
            act,
            motion_id=motion_id,
            kind=kind,
            until=until,
            person_id=person_id,
            reason=optional_text(reason, "reason"),
        )

    def agree_to_motion(self, act: Act, motion_id: UUID) -> None:
        """Agrees; when all other parties have, the motion takes effect."""
        motion = self._others_motion(act, motion_id)
        if act.person in motion.agreed:
            raise WrongState("You have agreed to this already.")
        if motion.until is not None and motion.until < act.today:
            raise DatePast("The day until which the pause would last has passed.")
        self.record(e.MotionAgreed, act, motion_id=motion_id)
        if self._is_carried(motion):
            kind, content = self._carrying(motion, act.today)
            self.record(kind, act, **content)

    def refuse_motion(self, act: Act, motion_id: UUID, reason: str | None = None) -> None:
        """Refuses; one refusal ends the motion."""
        self._others_motion(act, motion_id)
        self.record(e.MotionRefused, act, motion_id=motion_id, reason=optional_text(reason, "reason"))

    def retract_motion(self, act: Act, motion_id: UUID) -> None:
        """Its proposer takes the motion back."""
        motion = self._open_motion(act, motion_id)
        if motion.by != act.person:
            raise NotYourAct("Only who proposed it can retract it; you can refuse it.")
        self.record(e.MotionRetracted, act, motion_id=motion_id)

    def dismiss_contributor(self, act: Act, person_id: UUID) -> None:
        """Any party alone may dismiss a contributor; effective at once."""
        self.may_dismiss(act.person)
        if person_id not in self.contributors:
            raise NotThere
        self.record(e.ContributorDismissed, act, person_id=person_id)

    def resume(self, act: Act) -> None:
        """Ends a pause early; any party may."""
        self.may_resume(act.person)
        self.record(e.AgreementResumed, act, cause="party")

    # Who may, in which state ----------------------------------------------------------------------

    def may_propose(self, by: UUID, kind: str) -> None:
        """Refuses unless a motion of that kind fits the state and none of its kind is open."""
        self._must_be_bound(by)
        self._must_not_be_over()
        if kind == "pause":
            self._must_be_in(IN_FORCE)
        elif kind == "end":
            self._must_be_in(IN_FORCE, PAUSED, ENDING)
        elif not self.shared:
            raise WrongState("Share the draft first; then somebody can be invited to read it.")
        if any(m.kind == kind and m.state == "open" for m in self.motions.values()):
            raise MotionOpen("A motion of this kind is open already.")

    def may_resume(self, by: UUID) -> None:
        """Refuses unless it is paused."""
        self._must_be_bound(by)
        self._must_be_in(PAUSED)

    def may_dismiss(self, by: UUID) -> None:
        """Refuses unless `by` is a party."""
        self._must_be_bound(by)
        self._must_not_be_over()

    def may_decide_on(self, by: UUID, motion: Motion) -> None:
        """Refuses unless the motion is open and another party's."""
        self._must_be_bound(by)
        if motion.state != "open":
            raise WrongState("This motion is not open any more.")
        if motion.by == by:
            raise NotYourAct("You proposed this: the others decide, and you can retract it.")

    # Appliers -------------------------------------------------------------------------------------

    def _motion_proposed(self, fact: e.MotionProposed) -> None:
        if fact.actor_id is not None:
            self.motions[fact.motion_id] = Motion(
                fact.motion_id,
                fact.kind,
                fact.actor_id,
                fact.effective_at,
                fact.until,
                fact.person_id,
                fact.reason,
            )

    def _motion_agreed(self, fact: e.MotionAgreed) -> None:
        if fact.motion_id in self.motions and fact.actor_id is not None:
            self.motions[fact.motion_id].agreed.append(fact.actor_id)

    def _motion_refused(self, fact: e.MotionRefused) -> None:
        self._settle(fact.motion_id, "refused")

    def _motion_retracted(self, fact: e.MotionRetracted) -> None:
        self._settle(fact.motion_id, "retracted")

    def _motion_lapsed(self, fact: e.MotionLapsed) -> None:
        self._settle(fact.motion_id, "lapsed")

    def _agreement_paused(self, fact: e.AgreementPaused) -> None:
        self._settle(fact.motion_id, "agreed")
        self.state = PAUSED
        self.paused_until = fact.until
        self.pause_log.append((fact.effective_at, None))

    def _agreement_resumed(self, fact: e.AgreementResumed) -> None:
        if self.state == PAUSED:
            self.state = IN_FORCE
        elif self.notice is not None:
            # The pause ran out while the agreement was ending: a rescinded notice leads back to in force.
            self.notice = type(self.notice)(**{**vars(self.notice), "state_before": IN_FORCE})
        self.paused_until = None
        self._close_pause(fact)

    def _contributor_invited(self, fact: e.ContributorInvited) -> None:
        self._settle(fact.motion_id, "agreed")
        self.contributors[fact.person_id] = fact.effective_at

    def _contributor_dismissed(self, fact: e.ContributorDismissed) -> None:
        self.contributors.pop(fact.person_id, None)

    def _agreement_ended(self, fact: e.AgreementEnded) -> None:
        for motion in self.motions.values():
            if motion.state == "open":
                motion.state = "agreed" if motion.kind == "end" and fact.cause == "motion" else "lapsed"
        self.state = ENDED
        self.ended_at = fact.effective_at
        self.end_cause = fact.cause
        self.proposal = None
        self._close_pause(fact)

    # Inside ---------------------------------------------------------------------------------------

    def _is_carried(self, motion: Motion) -> bool:
        return all(p == motion.by or p in motion.agreed for p in self.people)

    def _carrying(self, motion: Motion, today: date) -> tuple[type[Fact], dict[str, Any]]:
        """What comes of a motion that all have agreed to: a pause that no longer fits lapses."""
        if motion.kind == "pause" and motion.until is not None:
            if self.state != IN_FORCE or motion.until < today:
                return e.MotionLapsed, {"motion_id": motion.id}
            return e.AgreementPaused, {"until": motion.until, "motion_id": motion.id}
        if motion.kind == "invite_contributor" and motion.person_id is not None:
            if motion.person_id in self.people:
                return e.MotionLapsed, {"motion_id": motion.id}
            return e.ContributorInvited, {"person_id": motion.person_id, "motion_id": motion.id}
        return e.AgreementEnded, {"cause": "motion"}

    def _settle(self, motion_id: UUID, state: str) -> None:
        if motion_id in self.motions:
            self.motions[motion_id].state = state

    def _close_pause(self, fact: e.AgreementResumed | e.AgreementEnded | e.AgreementExpired) -> None:
        if self.pause_log and self.pause_log[-1][1] is None:
            self.pause_log[-1] = (self.pause_log[-1][0], fact.effective_at)

    def _open_motion(self, act: Act, motion_id: UUID) -> Motion:
        self._must_be_bound(act.person)
        motion = self.motions.get(motion_id)
        if motion is None:
            raise NotThere
        if motion.state != "open":
            raise WrongState("This motion is not open any more.")
        return motion

    def _others_motion(self, act: Act, motion_id: UUID) -> Motion:
        motion = self._open_motion(act, motion_id)
        self.may_decide_on(act.person, motion)
        return motion
