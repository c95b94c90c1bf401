"""Commitment: what the clock does to it, what may be done now, and the aggregate as a whole.

The acts live by subject in the classes it is made of: conversing.py (until the promise), changing.py
(changes, suspension), concluding.py (how it goes and ends).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.agreements.agreement import Due as ClockDue
from domain.agreements.state import clock, end_of
from domain.base import Act
from domain.commitments import events as e
from domain.commitments.away import NOBODY, Away, either, side_away, stretched, waits_until
from domain.commitments.changing import AGREED, CHANGE_KINDS
from domain.commitments.concluding import Concluding
from domain.commitments.state import ENDS, PROMISED, REPORTED, TALKING
from domain.refusals import Refusal

EXPIRES_AFTER = timedelta(days=30)
UNANSWERED_AFTER = timedelta(days=7)
LAPSES_AFTER = timedelta(days=30)


class Commitment(Concluding):
    """A promise of one side to another, and the conversation about it; the same acts for either rank."""

    TOPIC = "concord.commitment"

    # The clock ------------------------------------------------------------------------------------

    def let_time_pass(self, act: Act, away: Away = NOBODY) -> None:
        """Records everything that came due up to `act.at`, in order, each taking effect when it was due.

        `away` says when people are away: what waits for them stands still then, thirty days at most.
        """
        while (due := self.next_due(act.zone, away)) is not None and due.at <= act.at:
            then = clock(act, due.at)
            if due.fact is e.CommitmentResumed:
                stop = next(s for s in self.causes if s.cause_id == due.content["cause_id"])
                self._end_stop(then, stop, "date")
            else:
                self.record(due.fact, then, **due.content)

    def next_due(self, zone: ZoneInfo, away: Away = NOBODY) -> ClockDue | None:
        """The next thing the clock will do to it, or None."""
        if self.state in ENDS:
            return None
        return min(self._dues(zone, away), key=lambda due: due.at, default=None)

    def _dues(self, zone: ZoneInfo, away: Away) -> Iterator[ClockDue]:
        if self.state in TALKING:
            if self.content.due is not None:
                yield ClockDue(self.content.due.at, e.CommitmentExpired, {"cause": "due"})
            yield ClockDue(self.turn_at + EXPIRES_AFTER, e.CommitmentExpired, {"cause": "unanswered"})
        for stop in self.causes:
            if stop.cause == AGREED and stop.until is not None:
                over = max(end_of(stop.until, zone), stop.from_at)
                yield ClockDue(over, e.CommitmentResumed, {"cause_id": stop.cause_id})
        if self.state == REPORTED and self.report is not None:
            since = max([self.report.at, *(at for at, _, _ in self.reopened)])
            over = waits_until(since, UNANSWERED_AFTER, self.content.owed_to, away, zone)
            yield ClockDue(over, e.DoneUnanswered, {})
        if self.state == PROMISED and self.content.due is not None:
            # It waits for a word from either, so it stands still while one of the sides is away.
            since = max(self.content.due.at, self.last_word_at)
            gone = either(side_away(self.content.owed_by, away, zone), side_away(self.content.owed_to, away, zone))
            yield ClockDue(stretched(since, LAPSES_AFTER, gone), e.CommitmentLapsed, {})

    # What may be done now -------------------------------------------------------------------------

    def allowed_acts(self, act: Act, away: Away = NOBODY) -> list[str]:
        """The acts that the acting person can do now, by name, from the very guards that refuse them.

        Changes read `propose_change:KIND`, a note's own acts `correct_note` and `withdraw_note`.
        """
        return [name for name, guard in self._guards(act, away) if _passes(guard)]

    def _guards(self, act: Act, away: Away) -> Iterator[tuple[str, Callable[[], Any]]]:
        yield "promise", lambda: self._may_say_yes(act, self.may_promise)
        yield "accept", lambda: self._may_say_yes(act, self.may_accept)
        yield "counter", lambda: self.may_counter(act)
        yield "decline", lambda: self.may_decline(act)
        yield "withdraw", lambda: self.may_withdraw(act)
        yield "report_progress", lambda: self.may_note(act)
        yield "flag_at_risk", lambda: self.may_note(act)
        yield "correct_note", lambda: self._may_amend_some_note(act)
        yield "withdraw_note", lambda: self._may_amend_some_note(act)
        for kind in CHANGE_KINDS:
            yield f"propose_change:{kind}", lambda kind=kind: self.may_propose_change(act, kind)  # type: ignore[misc]
        yield "accept_change", lambda: self._may_still_accept_change(act)
        yield "refuse_change", lambda: self.may_refuse_change(act)
        yield "counter_change", lambda: self.may_counter_change(act)
        yield "retract_change", lambda: self.may_retract_change(act)
        yield "resume", lambda: self.may_resume(act)
        yield "release", lambda: self.may_release(act)
        yield "cancel", lambda: self.may_cancel(act)
        yield "renege", lambda: self.may_renege(act)
        yield "done", lambda: self.may_report_done(act)
        yield "retract_done", lambda: self.may_retract_done(act)
        yield "confirm", lambda: self.may_answer_done(act)
        yield "return", lambda: self.may_answer_done(act)
        yield "reopen", lambda: self.may_reopen(act, away)
        yield "refuse_reopening", lambda: self.may_refuse_reopening(act)
        yield "attest", lambda: self.may_attest(act)
        yield "annotate", lambda: self.may_remark(act)
        yield "contest", lambda: self.may_remark(act)

    def _may_say_yes(self, act: Act, guard: Callable[[Act], Any]) -> None:
        guard(act)
        self._check_still_ahead(act)

    def _may_still_accept_change(self, act: Act) -> None:
        self._check_still_possible(act, self.may_accept_change(act))

    def _may_amend_some_note(self, act: Act) -> None:
        own = next((n.id for n in self.notes.values() if n.by == act.by and not n.withdrawn), None)
        self.may_amend_note(act, own or self.id)


def _passes(guard: Callable[[], Any]) -> bool:
    try:
        guard()
    except Refusal:
        return False
    return True
