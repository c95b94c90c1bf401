"""Whatever two sides say to each other in whatever order: what holds for every commitment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.base import Act, Fact, fold
from domain.commitments.commitment import Commitment
from domain.commitments.content import Due
from domain.commitments.state import BINDING, ENDS, REPORTED, DueEntry
from domain.refusals import Refusal
from tests.domain.commitments.promises import COMMITMENT, LEADER, NEWCOMER, REPORT, TEXT
from tests.domain.spec import OSLO, T0, act, person

PEOPLE = st.sampled_from([REPORT, LEADER, NEWCOMER])
AHEAD = st.integers(min_value=1, max_value=40)

SAYINGS: list[Callable[[Commitment, Act], Any]] = [
    lambda c, by: c.promise(by, c.revision),
    lambda c, by: c.accept(by, c.revision),
    lambda c, by: c.accept_change(by, c.revision),
    lambda c, by: c.accept_change(by, c.revision),
    lambda c, by: c.refuse_change(by),
    lambda c, by: c.retract_change(by),
    lambda c, by: c.resume(by),
    lambda c, by: c.done(by),
    lambda c, by: c.retract_done(by),
    lambda c, by: c.return_(by, "more"),
    lambda c, by: c.confirm(by),
    lambda c, by: c.reopen(by, "no"),
    lambda c, by: c.refuse_reopening(by, "yes"),
    lambda c, by: c.decline(by),
    lambda c, by: c.release(by),
    lambda c, by: c.renege(by, "sorry"),
    lambda c, by: c.flag_at_risk(by, person(1000 + c.version), "late"),
    lambda c, by: c.contest(by, person(1000 + c.version), "no"),
]


class AnyConversation(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = T0
        self.facts: list[Fact] = []
        self.dates: list[DueEntry] = []

    @initialize(offer=st.booleans())
    def begin(self, offer: bool) -> None:
        make, by = (Commitment.offer, REPORT) if offer else (Commitment.request, LEADER)
        self.c = make(act(by, self.now), COMMITMENT, TEXT)
        self.keep()

    @rule(by=PEOPLE, say=st.sampled_from(SAYINGS))
    def say(self, by: Any, say: Callable[[Commitment, Act], Any]) -> None:
        self.attempt(lambda: say(self.c, act(by, self.now)))

    @rule(by=PEOPLE, days=AHEAD)
    def counter(self, by: Any, days: int) -> None:
        later = Due.end_of_day((self.now + timedelta(days=days)).date(), OSLO)
        content = TEXT.__class__(**{**vars(TEXT), "due": later})
        self.attempt(lambda: self.c.counter(act(by, self.now), content))

    @rule(by=PEOPLE, kind=st.sampled_from(["terms", "terms", "suspend", "delegate", "refocus"]), days=AHEAD)
    def change(self, by: Any, kind: str, days: int) -> None:
        on = (self.now + timedelta(days=days)).date()
        due = Due(self.now + timedelta(days=days, hours=3)) if days % 2 else Due.end_of_day(on, OSLO)
        possible: dict[str, dict[str, Any]] = {
            "terms": {"due": due},
            "refocus": {"level": "result", "due": due},
            "suspend": {"until": on},
            "delegate": {"person_id": NEWCOMER},
        }
        said = possible[kind]
        new = person(2000 + self.c.version)
        self.attempt(lambda: self.c.propose_change(act(by, self.now), new, kind, reason="because", **said))

    @rule(aside=st.booleans(), period=st.integers(min_value=1, max_value=2))
    def imbalance(self, aside: bool, period: int) -> None:
        of_clock = act(None, self.now)
        if aside:
            self.attempt(lambda: self.c.set_aside(of_clock, person(3000 + period), date(2027, 1, 1)))
        else:
            self.attempt(lambda: self.c.take_up_again(of_clock, person(3000 + period)))

    @rule(hours=st.sampled_from([1, 5, 24, 72, 24 * 8, 24 * 31]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.c.let_time_pass(act(None, self.now))
        self.keep()

    def attempt(self, say: Callable[[], Any]) -> None:
        version = self.c.version
        try:
            say()
        except Refusal:
            assert self.c.collect_events() == []
            assert self.c.version == version
        self.keep()

    def keep(self) -> None:
        self.facts += [f for f in self.c.collect_events() if isinstance(f, Fact)]

    @invariant()
    def due_dates_are_kept_for_ever(self) -> None:
        if hasattr(self, "c"):
            assert self.c.due_log[: len(self.dates)] == self.dates
            self.dates = list(self.c.due_log)

    @invariant()
    def suspended_time_never_counts_as_late(self) -> None:
        if not hasattr(self, "c") or not self.c.is_binding:
            return
        missed = self.c.missed_at(self.now)
        if missed is not None:
            assert self.c.runs_at(missed)
            assert not any(s.from_at <= missed and (s.until_at is None or missed < s.until_at) for s in self.c.stops)
            assert missed in {entry.due.at for entry in self.c.due_log if entry.due is not None}

    @invariant()
    def its_history_tells_it_all(self) -> None:
        if hasattr(self, "c"):
            again: Commitment | None = fold(self.facts)
            assert again is not None
            assert vars(again).keys() == vars(self.c).keys()
            for name, value in vars(self.c).items():
                if not name.startswith("_"):
                    assert getattr(again, name) == value, name

    @invariant()
    def states_and_causes_fit(self) -> None:
        if not hasattr(self, "c"):
            return
        c = self.c
        assert (c.state in BINDING) == (c.is_binding and c.state not in ENDS)
        assert (c.ended_at is not None) == (c.state in ENDS)
        if c.state == "promised":
            assert not c.causes
            assert c.still_since is None
        if c.state == "suspended":
            assert c.causes
        if c.state == REPORTED:
            assert c.report is not None
            assert c.still_since is not None
        if c.state in ENDS:
            assert c.change is None
        if c.is_binding:
            assert set(c.promised_by) == set(c.content.owed_by), "nobody owes what they have not promised"


TestAnyConversation = AnyConversation.TestCase
TestAnyConversation.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
