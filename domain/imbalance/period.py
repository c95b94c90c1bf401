"""ImbalancePeriod: what the clock does to it, what may be done now, and the aggregate as a whole.

The acts live by subject in the classes it is made of: declaring.py (until the start), running.py (from then on).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.agreements.agreement import Due
from domain.agreements.state import clock, end_of, start_of
from domain.base import Act
from domain.imbalance import events as e
from domain.imbalance.running import Running
from domain.imbalance.state import ACTIVE, DECLARED, ENDED
from domain.refusals import Refusal

WARNED_FOR = timedelta(hours=24)
"""How long before the start who has not answered is warned, at the least."""
REFUSED_WITHIN = timedelta(days=3)
"""How long the declarer may refuse in writing what a majority asked for."""
CLOSES_AFTER = timedelta(days=30)


class ImbalancePeriod(Running):
    """A deliberate, time-boxed priority over the rest, declared openly, with a beginning and an end."""

    TOPIC = "concord.imbalance"

    # The clock ------------------------------------------------------------------------------------

    def let_time_pass(self, act: Act) -> None:
        """Records everything that came due up to `act.at`, in order, each taking effect when it was due."""
        while (due := self.next_due(act.zone)) is not None and due.at <= act.at:
            self.record(due.fact, clock(act, due.at), **due.content)

    def next_due(self, zone: ZoneInfo) -> Due | None:
        """The next thing the clock will do: warn, start, part with who objected to an extension, end, close."""
        return min(self._dues(zone), key=lambda due: due.at, default=None)

    def _dues(self, zone: ZoneInfo) -> Iterator[Due]:
        over = end_of(self.content.ends_on, zone)
        if self.state == DECLARED:
            yield from self._starting(zone)
            # Where it could not start in time: nothing was ever set aside.
            yield Due(over, e.PeriodEnded, {"cause": "date"})
        elif self.state == ACTIVE:
            yield from self._running(zone)
            yield Due(over, e.PeriodEnded, {"cause": "date"})
        elif self.state == ENDED and self.ended_at is not None:
            yield Due(self.ended_at + CLOSES_AFTER, e.PeriodClosed, {"cause": "date"})

    def _starting(self, zone: ZoneInfo) -> Iterator[Due]:
        assert self.declared_at is not None
        start = max(start_of(self.content.starts_on, zone), self.declared_at)
        silent = self.unanswered()
        if not silent:
            yield Due(self._last_answered_at(start), e.PeriodStarted, {})
        elif self.warned_at is None:
            yield Due(max(self.declared_at, start - WARNED_FOR), e.PeopleWarned, {"people": silent})
        else:
            yield Due(max(start, self.warned_at + WARNED_FOR), e.PeriodStarted, {})

    def _last_answered_at(self, at_least: datetime) -> datetime:
        return max([at_least, *(answered.first_at for answered in self.answers.values())])

    def _running(self, zone: ZoneInfo) -> Iterator[Due]:
        if self.majority_at is not None:
            yield Due(self.majority_at + REFUSED_WITHIN, e.PeriodEnded, {"cause": "majority"})
        extension = self.extension
        if extension is None or extension.began_at is not None:
            return
        first_end = end_of(extension.from_on, zone)
        leaving = tuple(p for p in self.people if p in extension.answers and extension.answers[p].objected_at)
        if len(leaving) == len(self.people):
            yield Due(first_end, e.PeriodEnded, {"cause": "nobody_left"})
        else:
            yield Due(first_end, e.ExtensionBegan, {"left": leaving})

    # What may be done now -------------------------------------------------------------------------

    def allowed_acts(self, act: Act) -> list[str]:
        """The acts that the acting person can do now, by name, from the very guards that refuse them."""
        return [name for name, guard in self._guards(act) if _passes(guard)]

    def _guards(self, act: Act) -> Iterator[tuple[str, Callable[[], Any]]]:
        yield "edit", lambda: self.may_edit(act)
        yield "drop", lambda: self.may_edit(act)
        yield "self_check", lambda: self.may_check_self(act)
        yield "declare", lambda: self.may_declare(act)
        yield "acknowledge", lambda: self.may_acknowledge(act)
        yield "object", lambda: self.may_object(act)
        yield "ask", lambda: self.may_ask(act)
        if any(question.answer is None for question in self.questions.values()):
            yield "answer", lambda: self.may_answer(act)
        yield "withdraw", lambda: self.may_withdraw(act)
        yield "invite", lambda: self.may_invite(act)
        yield "join", lambda: self.may_join(act)
        yield "leave", lambda: self.may_leave(act)
        yield "extend", lambda: self.may_extend(act)
        yield "ask_to_end", lambda: self.may_ask_to_end(act)
        yield "refuse_to_end", lambda: self.may_refuse_to_end(act)
        yield "end", lambda: self.may_end(act)
        yield "milestone_met", lambda: self.may_meet_milestone(act)
        yield "closing_review", lambda: self.may_review(act)
        yield "close", lambda: self.may_close(act)


def _passes(guard: Callable[[], Any]) -> bool:
    try:
        guard()
    except Refusal:
        return False
    return True
