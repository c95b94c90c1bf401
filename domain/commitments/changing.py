"""Changing what was promised, openly: one proposal at a time, old dates kept for ever, a clock that can stand still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from domain.base import Act
from domain.cadence import Cadence
from domain.commitments import events as e
from domain.commitments.content import Content, Due, Who, checked_conditions
from domain.commitments.conversing import Conversing
from domain.commitments.state import (
    BINDING,
    CREDITORS,
    DEBTORS,
    NEWCOMER,
    PROMISED,
    SUSPENDED,
    Change,
    DueEntry,
    LevelEntry,
    Stop,
    standing_for,
)
from domain.refusals import ChangeOpen, DatePast, Invalid, NotYourAct, WrongState
from domain.values import optional_text, text

CHANGE_KINDS = ("terms", "refocus", "suspend", "delegate", "assign", "conclude")
AGREED, IMBALANCE = "agreed", "imbalance"
LONGEST_SUSPENSION_DAYS = 366
_TEXT = ("owed_by", "owed_to", "outcome", "conditions", "level", "due", "cadence")


class Changing(Conversing):
    """A proposal blocks nothing else; until it is accepted the old promise stands and the old debtor answers."""

    def propose_change(
        self,
        act: Act,
        change_id: UUID,
        kind: str,
        *,
        reason: str,
        outcome: str | None = None,
        conditions: Sequence[str] | None = None,
        level: str | None = None,
        due: Due | None = None,
        cadence: Cadence | None = None,
        return_condition: str | None = None,
        until: date | None = None,
        person_id: UUID | None = None,
    ) -> None:
        """Proposes a change, with its reason.

        What each kind says: `terms` outcome, conditions, due; `refocus` level and its due or cadence, return_condition;
        `suspend` until (a day, included); `delegate` (by a debtor) and `assign` (by a creditor) person_id;
        `conclude` nothing.
        """
        side = self.may_propose_change(act, kind)
        self._propose(
            act, change_id, kind, side, None,
            reason=reason, outcome=outcome, conditions=conditions, level=level, due=due, cadence=cadence,
            return_condition=return_condition, until=until, person_id=person_id,
        )  # fmt: skip

    def counter_change(self, act: Act, change_id: UUID, *, reason: str, **said: Any) -> None:
        """The other side answers with another proposal of the same kind; the first one is closed."""
        change = self.may_counter_change(act)
        side = self.side_of(act) or ""
        self._propose(act, change_id, change.kind, side, change.id, reason=reason, **said)

    def accept_change(self, act: Act, revision: int) -> None:
        """Says yes to the pending change of this revision; with the last yes that it needs, it is made."""
        change = self.may_accept_change(act)
        self._must_name_the_present(revision)
        self._check_still_possible(act, change)
        mine = self._yes_of(act)
        if any(yes != mine for yes in self._still_needed(change)):
            self.record(e.ChangeAgreed, act, change_id=change.id, yes_of=mine)
        else:
            self._make(act, change)

    def refuse_change(self, act: Act, reason: str | None = None) -> None:
        """Says no; what was promised stays as it is."""
        change = self.may_refuse_change(act)
        self.record(e.ChangeRefused, act, change_id=change.id, reason=optional_text(reason, "reason"))

    def retract_change(self, act: Act) -> None:
        """Its author's side takes it back."""
        change = self.may_retract_change(act)
        self.record(e.ChangeRetracted, act, change_id=change.id)

    def resume(self, act: Act) -> None:
        """Either side ends an agreed suspension early; other causes last until they are over."""
        self.may_resume(act)
        (stop,) = [s for s in self.causes if s.cause == AGREED]
        self._end_stop(act, stop, "side")

    def set_aside(self, act: Act, period_id: UUID, until: date) -> None:
        """An imbalance period sets it aside: its clock stands still. A second time, or once over, changes nothing.

        What is reported done meanwhile waits for its answer all the same; returned, it is suspended.
        """
        if self.state in BINDING and not any(s.cause_id == period_id for s in self.stops):
            self.record(e.CommitmentSuspended, act, cause=IMBALANCE, cause_id=period_id, until=until)

    def take_up_again(self, act: Act, period_id: UUID) -> None:
        """The period is over: it runs again unless another cause is left; where nothing stood still nothing changes."""
        stop = next((s for s in self.causes if s.cause_id == period_id), None)
        if stop is not None:
            self._end_stop(act, stop, "period")

    # Who may, in which state ----------------------------------------------------------------------

    def may_propose_change(self, act: Act, kind: str) -> str:
        """Refuses unless a change of that kind is the acting person's to propose now; answers their side."""
        if kind not in CHANGE_KINDS:
            raise Invalid(f"A change is one of {', '.join(CHANGE_KINDS)}.", field="kind")
        side = self._must_be_on(act, *_BY.get(kind, (DEBTORS, CREDITORS)))
        self._must_be_in(PROMISED, SUSPENDED)
        if self.change is not None:
            raise ChangeOpen("A change is pending already: accept it, refuse it, counter it or take it back first.")
        if kind == "conclude":
            if self.content.level != "impact":
                raise WrongState("Only an impact is concluded; a task or a result is done.")
            self._must_be_in(PROMISED)
        if kind == "suspend" and any(s.cause == AGREED for s in self.causes):
            raise WrongState("It is suspended already.")
        return side

    def may_counter_change(self, act: Act) -> Change:
        """Refuses unless a change is pending that the acting person's side is asked, and that can be put otherwise."""
        change = self._pending(act)
        side = self._must_be_on(act, DEBTORS, CREDITORS)
        if side == change.side:
            raise NotYourAct("Your side proposed this: take it back, then propose something else.")
        if change.kind in ("delegate", "assign", "conclude"):
            raise WrongState("There is nothing to put differently here: accept it or refuse it.")
        return change

    def may_accept_change(self, act: Act) -> Change:
        """Refuses unless the acting person's yes is one that the pending change still needs."""
        change = self._pending(act)
        self._must_be_in(PROMISED, SUSPENDED)
        if self._yes_of(act) not in self._still_needed(change):
            if self.side_of(act) == change.side:
                raise NotYourAct("Your side proposed this: the other side decides, and you can take it back.")
            raise WrongState("You have agreed already; another's yes is still missing.")
        return change

    def may_refuse_change(self, act: Act) -> Change:
        """Refuses unless the acting person is one of those whom the pending change asks."""
        change = self._pending(act)
        if self.side_of(act) == change.side:
            raise NotYourAct("Your side proposed this: you can take it back.")
        return change

    def may_retract_change(self, act: Act) -> Change:
        """Refuses unless the acting person's side proposed the pending change."""
        change = self._pending(act)
        if self._must_be_on(act, DEBTORS, CREDITORS) != change.side:
            raise NotYourAct("Only who proposed it can take it back; you can refuse it.")
        return change

    def may_resume(self, act: Act) -> None:
        """Refuses unless it is suspended because both agreed to that."""
        self._must_be_on(act, DEBTORS, CREDITORS)
        self._must_be_in(SUSPENDED)
        if not any(s.cause == AGREED for s in self.causes):
            raise WrongState("An imbalance period set this aside; it runs again by itself when that is over.")

    def _pending(self, act: Act) -> Change:
        change = self.change
        if self.side_of(act) is None and (change is None or change.person_id != act.by):
            self._must_be_on(act, DEBTORS, CREDITORS)
        if change is None:
            raise WrongState("No change is pending.")
        return change

    # Whose yes ------------------------------------------------------------------------------------

    def _still_needed(self, change: Change) -> list[str]:
        """The other side's, and, where somebody new comes in, that person's."""
        needed = [CREDITORS if change.side == DEBTORS else DEBTORS]
        if change.person_id is not None:
            needed.append(NEWCOMER)
        return [yes for yes in needed if yes not in change.agreed]

    def _yes_of(self, act: Act) -> str:
        return self.side_of(act) or NEWCOMER

    # Proposing and making -------------------------------------------------------------------------

    def _propose(
        self, act: Act, change_id: UUID, kind: str, side: str, counters: UUID | None, *, reason: str, **said: Any
    ) -> None:
        conditions = said.get("conditions")
        content: dict[str, Any] = {
            "outcome": None if said.get("outcome") is None else text(said["outcome"], "outcome"),
            "conditions": None if conditions is None else checked_conditions(tuple(conditions)),
            "level": said.get("level"),
            "due": said.get("due"),
            "cadence": None if said.get("cadence") is None else said["cadence"].checked(),
            "return_condition": optional_text(said.get("return_condition"), "return_condition"),
            "until": said.get("until"),
            "person_id": said.get("person_id"),
        }
        _check_fields(kind, content)
        content["leaving"] = self._leaving(act, side) if content["person_id"] is not None else None
        content["timing"] = self._timing(act)
        change = Change(change_id, kind, act.person, side, act.happened_at, text(reason, "reason"), **content)
        self._check_says_something(act, change)
        self.record(
            e.ChangeProposed, act,
            change_id=change_id, kind=kind, side=side, reason=change.reason, counters=counters, **content,
        )  # fmt: skip

    def _check_says_something(self, act: Act, change: Change) -> None:
        if change.kind in ("terms", "refocus"):
            after = self._content_after(change)
            if after == self.content:
                raise Invalid("This changes nothing.", field="kind")
            if change.due is not None or change.level is not None:
                after.check_time(act.happened_at)
        if change.kind == "suspend":
            assert change.until is not None
            if change.until < act.today:
                raise DatePast(f"A suspension until {change.until.isoformat()} would be over already.")
            if (change.until - act.today).days > LONGEST_SUSPENSION_DAYS:
                raise Invalid("A suspension lasts at most a year; release it instead.", field="until")
        if change.person_id is not None and change.person_id in {
            who.id for who in (*self.content.owed_by, *self.content.owed_to)
        }:
            raise Invalid("This person stands on one of the sides already.", field="person_id")

    def _check_still_possible(self, act: Act, change: Change) -> None:
        """What was ahead when it was proposed may have passed by now."""
        if change.kind in ("terms", "refocus") and change.due is not None and change.due.at <= act.happened_at:
            raise DatePast("The new date has passed meanwhile; propose another one.")
        if change.until is not None and change.until < act.today:
            raise DatePast("The day until which it would be suspended has passed.")

    def _make(self, act: Act, change: Change) -> None:
        if change.kind == "conclude":
            self.record(e.CommitmentConcluded, act, change_id=change.id)
        elif change.kind == "suspend":
            self.record(e.CommitmentSuspended, act, cause=AGREED, cause_id=change.id, until=change.until)
        else:
            after = self._content_after(change)
            self.record(
                e.ChangeMade,
                act,
                change_id=change.id,
                timing=change.timing,
                revision=self.revision + 1,
                return_condition=change.return_condition,
                **{name: getattr(after, name) for name in _TEXT},
            )

    def _timing(self, act: Act) -> str:
        """Whether the due date is still ahead; while the clock stands still it moves along."""
        due = self._due_on_running_again(act.happened_at, act.zone) or self.content.due
        if due is None:
            return "no_due"
        return "before_due" if act.happened_at < due.at else "after_due"

    def _leaving(self, act: Act, side: str) -> Who:
        """Whom a newcomer stands in for: whoever hands it on, themself or the team that they speak for."""
        members = self.content.owed_by if side == DEBTORS else self.content.owed_to
        mine = standing_for(members, act)
        return next((who for who in mine if who.kind == "person"), mine[0])

    def _content_after(self, change: Change) -> Content:
        """The text as it would be. A delegate stands in for whoever handed it on, an assignee for the creditor."""
        now = self.content
        if change.kind == "terms":
            said = {n: getattr(change, n) for n in ("outcome", "conditions", "due") if getattr(change, n) is not None}
            return replace(now, **said)
        if change.kind == "refocus":
            # A level brings its own time: a task or a result a due date, an impact a cadence, or none.
            keeps = change.due is None and change.cadence is None and change.level != "impact"
            return replace(
                now, level=change.level or now.level, cadence=change.cadence, due=now.due if keeps else change.due
            )
        assert change.person_id is not None
        newcomer = Who("person", change.person_id)
        if change.kind == "delegate":
            return replace(now, owed_by=tuple(newcomer if w == change.leaving else w for w in now.owed_by))
        return replace(now, owed_to=tuple(newcomer if w == change.leaving else w for w in now.owed_to))

    def _end_stop(self, act: Act, stop: Stop, how: str) -> None:
        runs_again = self.state == SUSPENDED and self.causes == [stop]
        due = self._due_on_running_again(act.happened_at, act.zone) if runs_again else None
        assert stop.cause_id is not None
        self.record(e.CommitmentResumed, act, cause_id=stop.cause_id, how=how, due=due)

    # Appliers -------------------------------------------------------------------------------------

    def _change_proposed(self, fact: e.ChangeProposed) -> None:
        if fact.actor_id is None:
            return
        earlier = self.changes.get(fact.counters) if fact.counters is not None else None
        if earlier is not None:
            earlier.state, earlier.closed_at, earlier.closed_by = "countered", fact.effective_at, fact.actor_id
        said = (
            "outcome", "conditions", "level", "due", "cadence", "return_condition", "until", "person_id", "leaving",
            "timing",
        )  # fmt: skip
        self.changes[fact.change_id] = Change(
            fact.change_id,
            fact.kind,
            fact.actor_id,
            fact.side,
            fact.effective_at,
            fact.reason,
            counters=fact.counters,
            **{name: getattr(fact, name) for name in said},
        )
        self.last_word_at = fact.effective_at

    def _change_agreed(self, fact: e.ChangeAgreed) -> None:
        change = self.changes.get(fact.change_id)
        if change is not None and fact.actor_id is not None:
            change.agreed[fact.yes_of] = fact.actor_id
            self.last_word_at = fact.effective_at

    def _change_made(self, fact: e.ChangeMade) -> None:
        change = self.changes.get(fact.change_id)
        if change is None:
            return
        before = self.content
        self._settle(change, "made", fact)
        self.revision = fact.revision
        self.content = replace(before, **{name: getattr(fact, name) for name in _TEXT})
        if before.due != fact.due:
            in_time = fact.timing == "before_due"
            self.due_log.append(
                DueEntry(
                    fact.due, change.at if in_time else fact.effective_at, fact.effective_at,
                    "change", change.id, fact.timing,
                )
            )  # fmt: skip
            if self.still_since is not None:
                # Agreed while the clock stands still: what stood still before is in the new date already.
                self.still_since = fact.effective_at
        if before.level != fact.level:
            self.level_log.append(LevelEntry(fact.level, fact.effective_at, fact.return_condition))
        for who in (*before.owed_by, *before.owed_to):
            if who not in fact.owed_by and who not in fact.owed_to:
                self.left[who] = (fact.effective_at, change.kind)
        for who in (*fact.owed_by, *fact.owed_to):
            self.left.pop(who, None)
        self.promised_by = set(fact.owed_by)

    def _change_refused(self, fact: e.ChangeRefused) -> None:
        change = self.changes.get(fact.change_id)
        if change is not None:
            self._settle(change, "refused", fact)
            change.answer = fact.reason

    def _change_retracted(self, fact: e.ChangeRetracted) -> None:
        change = self.changes.get(fact.change_id)
        if change is not None:
            self._settle(change, "retracted", fact)

    def _settle(self, change: Change, state: str, fact: Any) -> None:
        change.state, change.closed_at, change.closed_by = state, fact.effective_at, fact.actor_id
        self.last_word_at = fact.effective_at

    def _commitment_suspended(self, fact: e.CommitmentSuspended) -> None:
        change = self.changes.get(fact.cause_id)
        if change is not None:
            self._settle(change, "made", fact)
        if self.state == PROMISED:
            self.state = SUSPENDED
        self._stand_still(fact.effective_at, Stop(fact.effective_at, fact.cause, fact.cause_id, fact.until))

    def _commitment_resumed(self, fact: e.CommitmentResumed) -> None:
        cause = AGREED
        for stop in self.causes:
            if stop.cause_id == fact.cause_id:
                stop.until_at = fact.effective_at
                cause = stop.cause
        if fact.actor_id is not None:
            self.last_word_at = fact.effective_at
        if not self.causes and self.state == SUSPENDED:
            self.state = PROMISED
            self._run_again(fact.effective_at, fact.due, cause)


_BY = {"delegate": (DEBTORS,), "assign": (CREDITORS,)}

_MAY_SAY = {
    "terms": frozenset({"outcome", "conditions", "due"}),
    "refocus": frozenset({"level", "due", "cadence", "return_condition"}),
    "suspend": frozenset({"until"}),
    "delegate": frozenset({"person_id"}),
    "assign": frozenset({"person_id"}),
    "conclude": frozenset[str](),
}
_MUST_SAY = {"refocus": "level", "suspend": "until", "delegate": "person_id", "assign": "person_id"}


def _check_fields(kind: str, content: dict[str, Any]) -> None:
    said = {name for name, value in content.items() if value is not None}
    strange = sorted(said - _MAY_SAY[kind])
    if strange:
        names = {"due": "due_at"}
        raise Invalid(f"A change of kind {kind} does not say this.", field=names.get(strange[0], strange[0]))
    must = _MUST_SAY.get(kind)
    if must is not None and must not in said:
        raise Invalid(f"A change of kind {kind} says this.", field=must)
    if kind == "terms" and not said:
        raise Invalid("Say what is to change: outcome, conditions or due_at.", field="outcome")
