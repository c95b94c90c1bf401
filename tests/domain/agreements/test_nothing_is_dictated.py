"""No sequence of acts brings a text into force that some party did not consent to, word for word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.agreements import events as e
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.terms import OWING_KINDS, Term, content_hash
from domain.base import Fact, fold
from domain.refusals import Refusal
from tests.domain.agreements.agreement_facts import AGREEMENT, LEADER, PAIR, REPORT, TRIO, UPDATE_TERM, head
from tests.domain.spec import CARLA, STRANGER, T0, act

# The parties act most of the time: a walk in which strangers are refused all day proves little.
PEOPLE = st.sampled_from([LEADER, REPORT, LEADER, REPORT, CARLA, STRANGER])
DAYS = st.integers(min_value=0, max_value=40)


class TwoPeopleNegotiating(RuleBasedStateMachine):
    """Everybody may try everything; the machine keeps its own book of who said yes to which text."""

    def __init__(self) -> None:
        super().__init__()
        self.facts: list[Fact] = []
        self.now = T0
        self.spoke: set[UUID] = set()
        self.made = 0

    @initialize(parties=st.sampled_from([PAIR, PAIR, TRIO]), far=st.booleans())
    def open(self, parties: Any, far: bool) -> None:
        self.agreement = AccountabilityAgreement.open(act(LEADER), AGREEMENT, head(parties))
        self.spoke.add(LEADER)
        self._keep()
        self.write(LEADER, LEADER, "expectation", 0)
        self.share(LEADER)
        if far:
            self.write(REPORT, REPORT, "expectation", 1)

    def _keep(self) -> None:
        self.facts += [f for f in self.agreement.collect_events() if isinstance(f, Fact)]

    def _try(self, command: Callable[[], None]) -> bool:
        try:
            command()
        except Refusal:
            return False
        finally:
            self._keep()
        return True

    @rule(by=PEOPLE)
    def share(self, by: UUID) -> None:
        self._try(lambda: self.agreement.share(act(by, self.now)))

    @rule(
        by=PEOPLE, owed_by=PEOPLE, kind=st.sampled_from(["expectation", "update", "norm", "given"]), n=st.integers(0, 6)
    )
    def write(self, by: UUID, owed_by: UUID, kind: str, n: int) -> None:
        term_id = uuid5(AGREEMENT, f"{kind}{n}")
        term = {
            "expectation": Term(term_id, "expectation", (owed_by,), text=f"text {n}"),
            "update": Term(term_id, "update", (owed_by,), topic="t", channel="c", cadence=UPDATE_TERM.cadence),
            "norm": Term(term_id, "norm", text="We repair"),
            "given": Term(term_id, "given", text="Fixed", reason="because"),
        }[kind]
        if self._try(lambda: self.agreement.add_term(act(by, self.now), term)):
            self.spoke.add(by)

    @rule(by=PEOPLE, n=st.integers(0, 6), words=st.sampled_from(["other", "another"]))
    def revise(self, by: UUID, n: int, words: str) -> None:
        term_id = uuid5(AGREEMENT, f"expectation{n}")
        if self._try(lambda: self.agreement.revise_term(act(by, self.now), term_id, {"text": words})):
            self.spoke.add(by)

    @rule(by=PEOPLE, n=st.integers(0, 6))
    def remove(self, by: UUID, n: int) -> None:
        if self._try(lambda: self.agreement.remove_term(act(by, self.now), uuid5(AGREEMENT, f"expectation{n}"))):
            self.spoke.add(by)

    @rule(by=PEOPLE, parties=st.sampled_from([PAIR, TRIO]))
    def change_parties(self, by: UUID, parties: Any) -> None:
        if self._try(lambda: self.agreement.change_head(act(by, self.now), {"parties": parties})):
            self.spoke.add(by)

    @rule(by=PEOPLE)
    def answer(self, by: UUID) -> None:
        if self._try(lambda: self.agreement.answer_prompt(act(by, self.now), "work_for_both", "yes")):
            self.spoke.add(by)

    @rule()
    def everybody_says_yes_to_what_there_is(self) -> None:
        for by in (LEADER, REPORT, CARLA):
            self.consent(by, 0)

    @rule(by=PEOPLE, back=st.sampled_from([0, 0, 0, 1, 2]))
    def consent(self, by: UUID, back: int) -> None:
        proposal = self.agreement.proposal
        if proposal is not None:
            named, the_hash = proposal.revision - back, proposal.content_hash
            self._try(lambda: self.agreement.give_consent(act(by, self.now), named, the_hash))

    @rule(by=PEOPLE)
    def withdraw(self, by: UUID) -> None:
        self._try(lambda: self.agreement.withdraw_consent(act(by, self.now)))

    @rule(by=PEOPLE)
    def amend(self, by: UUID) -> None:
        self._try(lambda: self.agreement.open_amendment(act(by, self.now), "better"))

    @rule(by=PEOPLE)
    def decline(self, by: UUID) -> None:
        self._try(lambda: self.agreement.decline_amendment(act(by, self.now)))

    @rule(by=PEOPLE)
    def give_notice(self, by: UUID) -> None:
        last_day = (self.now + timedelta(days=20)).date()
        self._try(lambda: self.agreement.give_notice(act(by, self.now), last_day))

    @rule(days=DAYS)
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        self._try(lambda: self.agreement.let_time_pass(act(None, self.now)))

    @invariant()
    def every_version_was_consented_to_word_for_word_by_all_whom_it_binds(self) -> None:
        new = [n for n, f in enumerate(self.facts) if isinstance(f, e.VersionMade)]
        for n in new[self.made :]:
            version = self.facts[n]
            assert isinstance(version, e.VersionMade)
            terms = {t.id: t for t in version.terms}
            before: AccountabilityAgreement | None = fold(self.facts[: n + 1])
            assert before is not None
            the_head = before.versions[-1].head
            assert content_hash(the_head, terms) == version.content_hash
            said_yes = {
                f.actor_id
                for f in self.facts[:n]
                if isinstance(f, e.ConsentGiven) and f.content_hash == version.content_hash
            }
            assert set(the_head.people) <= said_yes
            owing = {p for t in version.terms if t.kind in OWING_KINDS for p in t.owed_by}
            normed = len(the_head.parties) >= 3 and any(t.kind == "norm" for t in version.terms)
            assert normed or set(the_head.people) <= owing
            if version.number == 1:
                assert set(the_head.people) <= self.spoke
        self.made = len(new)

    @invariant()
    def a_replay_is_the_same(self) -> None:
        if self.facts:
            assert fold(self.facts) == self.agreement


TestTwoPeopleNegotiating = TwoPeopleNegotiating.TestCase
TestTwoPeopleNegotiating.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
