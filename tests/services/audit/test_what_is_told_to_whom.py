"""Whatever people do to an agreement: nobody is told what is not theirs, and a history only grows at its end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.agreements import events as e
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.terms import Term
from domain.base import Act, Fact, fold
from domain.refusals import Refusal
from services.audit.audience import CONTRIBUTOR, PARTY, Audience
from services.audit.history import history
from services.audit.lineage import lineage
from services.ports import Recorded
from tests.domain.spec import ORGANISATION, OSLO, T0
from tests.services.audit.stage import ADA, AGREEMENT, BEN, CLEO, NAMES, PAIR, TRIO, a_head, an_answer

TERMS = [UUID(int=AGREEMENT.int + 16 + n) for n in range(3)]
COMMENTS = [UUID(int=AGREEMENT.int + 32 + n) for n in range(3)]
REVIEWS = [UUID(int=AGREEMENT.int + 48 + n) for n in range(2)]

Deed = tuple[str, int, int]
ALONE = ["add", "add", "revise", "remove", "comment", "comment", "correct", "withdraw", "title", "parties"]
ANSWERS = ["answer", "answer", "show"]
TOGETHER = ["consent", "consent", "amend", "retract", "review", "reviewed", "reviewed", "unsay", "share"]


def _some(what: list[str], most: int) -> st.SearchStrategy[list[Deed]]:
    return st.lists(st.tuples(st.sampled_from(what), st.integers(0, 2), st.integers(0, 1)), min_size=4, max_size=most)


DEEDS = st.tuples(
    _some([*ALONE, *ANSWERS], 16).map(lambda deeds: [(what, 0, n) for what, _, n in deeds]),
    st.sampled_from([[], [("share", 0, 0)], [("share", 0, 0)]]),
    _some([*ALONE, *ANSWERS, *TOGETHER], 30),
).map(lambda parts: [deed for part in parts for deed in part])
"""What the opener does first, mostly a share, and what anybody does then: who (of three), on which thing (of two)."""


@dataclass
class Life:
    """An agreement that things are done to, in memory; every word in it is a different one."""

    agreement: AccountabilityAgreement
    recorded: list[Recorded] = field(default_factory=list)
    minutes: int = 0
    said: int = 0

    def act(self, who: UUID) -> Act:
        self.minutes += 1
        return Act(who, T0 + timedelta(minutes=self.minutes), ORGANISATION, f"{self.minutes:064d}", OSLO)

    def words(self) -> str:
        self.said += 1
        return f"word{self.said:04d}x"

    def keep(self) -> None:
        for fact in self.agreement.collect_events():
            assert isinstance(fact, Fact)
            self.recorded.append(Recorded(3 * len(self.recorded) + 5, fact))

    def does(self, deed: Deed) -> None:
        what, whose, which = deed
        who = (ADA, BEN, CLEO)[whose]
        a, act, words, term_id = self.agreement, self.act(who), self.words(), TERMS[which]
        acts: dict[str, Callable[[], Any]] = {
            "add": lambda: a.add_term(act, Term(term_id, "expectation", (who,), text=words), heard=self.words()),
            "revise": lambda: a.revise_term(act, term_id, {"text": words}, reason=self.words()),
            "remove": lambda: a.remove_term(act, term_id, reason=words),
            "comment": lambda: a.comment(act, COMMENTS[which], term_id, words),
            "correct": lambda: a.correct_comment(act, COMMENTS[which], words),
            "withdraw": lambda: a.withdraw_comment(act, COMMENTS[which], words),
            "title": lambda: a.change_head(act, {"title": words}, reason=self.words()),
            "parties": lambda: a.change_head(act, {"parties": (PAIR, TRIO)[which % 2]}),
            "share": lambda: a.share(act),
            "answer": lambda: a.answer_prompt(act, "work_for_both", words),
            "show": lambda: a.answer_prompt(act, "hopes_and_worries", words, show_now=which == 0),
            "consent": lambda: a.give_consent(act, a.proposal.revision, a.proposal.content_hash),  # type: ignore[union-attr]
            "amend": lambda: a.open_amendment(act, words),
            "retract": lambda: a.retract_amendment(act, words),
            "review": lambda: a.open_review(act, REVIEWS[which % 2]),
            "reviewed": lambda: a.answer_review(act, REVIEWS[which % 2], an_answer(words)),
            "unsay": lambda: a.withdraw_review_answer(act, REVIEWS[which % 2], words),
        }
        try:
            acts[what]()
        except (Refusal, AttributeError):
            # Not possible now (or nothing is open to consent to): the agreement stays as it is.
            return
        self.keep()

    def audience(self, viewer: UUID, sight: str = PARTY) -> Audience:
        # A life of one's own: the teller folds, and what it is given must not change meanwhile.
        today = fold(one.fact for one in self.recorded)
        assert isinstance(today, AccountabilityAgreement)
        return Audience(viewer, sight, today, list(self.recorded), self.recorded[-1].fact.timestamp, OSLO)

    def history(self, viewer: UUID, sight: str = PARTY) -> list[dict[str, Any]]:
        return [entry.shown(NAMES) for entry in history(self.audience(viewer, sight))]


def begun() -> Life:
    life = Life.__new__(Life)
    life.recorded, life.minutes, life.said = [], 0, 0
    life.agreement = AccountabilityAgreement.open(life.act(ADA), AGREEMENT, a_head(title=life.words()))
    life.keep()
    return life


def words_of(shown: Any) -> set[str]:
    return set(re.findall(r"word\d{4}x", json.dumps(shown)))


def not_for(viewer: UUID, life: Life) -> set[str]:
    """Every word that is not this viewer's to know, worked out from the facts alone."""
    secret: set[str] = set()
    shared = next((n for n, one in enumerate(life.recorded) if isinstance(one.fact, e.AgreementShared)), None)
    before = life.recorded[: shared if shared is not None else len(life.recorded)]
    if viewer != ADA:
        secret |= words_of([repr(vars(one.fact)) for one in before if not _answer(one.fact)])
        if shared is not None:
            then = fold(one.fact for one in life.recorded[: shared + 1])
            assert isinstance(then, AccountabilityAgreement)
            assert then.proposal is not None
            in_text = [*(t.text for t in then.proposal.terms.values()), then.proposal.head.title]
            standing = [c.text for c in then.comments.values() if c.term_id in then.proposal.terms and not c.withdrawn]
            secret -= words_of([*in_text, *standing])
    today = life.audience(viewer).today
    assert isinstance(today, AccountabilityAgreement)
    secret |= set(_unshown(viewer, life, today))
    return secret


def _answer(fact: Fact) -> bool:
    return isinstance(fact, e.PromptAnswered | e.ReviewAnswered | e.ReviewAnswerWithdrawn)


def _unshown(viewer: UUID, life: Life, today: AccountabilityAgreement) -> Iterator[str]:
    """Answers that nobody was shown at any time: whatever the record says of them belongs to their authors."""
    shown: set[str] = set()
    for n in range(1, len(life.recorded) + 1):
        then = fold(one.fact for one in life.recorded[:n])
        assert isinstance(then, AccountabilityAgreement)
        shown |= {
            answer.text
            for key, answers in then.prompt_answers.items()
            for author, answer in answers.items()
            if then.answer_shown(key, author)
        }
        shown |= {a.what_works for r in then.reviews.values() if r.concluded_at for a in r.answers.values()}
    for one in life.recorded:
        fact = one.fact
        if fact.actor_id == viewer:
            continue
        if isinstance(fact, e.PromptAnswered) and fact.text not in shown:
            yield fact.text
        if isinstance(fact, e.ReviewAnswered) and fact.what_works not in shown:
            yield from words_of(fact.what_works)
        if isinstance(fact, e.ReviewAnswerWithdrawn) and fact.reason:
            review = today.reviews[fact.review_id]
            if review.concluded_at is None or review.concluded_at > fact.effective_at:
                yield fact.reason


@settings(max_examples=150, deadline=None)
@given(DEEDS)
def test_nobody_is_told_what_is_not_theirs(deeds: list[Deed]) -> None:
    life = begun()
    for deed in deeds:
        life.does(deed)
    for viewer in (ADA, BEN):
        told = words_of(life.history(viewer)) | _in_lineages(life, viewer)
        assert not told & not_for(viewer, life)
    answers = {one.fact.actor_id for one in life.recorded if isinstance(one.fact, e.ReviewAnswered)}
    as_contributor = life.history(CLEO, CONTRIBUTOR)
    assert not answers or not any(entry["what"].startswith("agreement.review") for entry in as_contributor)
    assert words_of(as_contributor) <= words_of(life.history(BEN)) | words_of(_own(as_contributor))


@settings(max_examples=100, deadline=None)
@given(DEEDS)
def test_who_opened_and_did_all_is_told_all(deeds: list[Deed]) -> None:
    life = begun()
    for what, _, which in deeds:
        life.does((what, 0, which))
    told = life.history(ADA)
    assert [entry["position"] for entry in told] == [one.position for one in life.recorded]
    said = words_of([repr(vars(one.fact)) for one in life.recorded])
    assert said == words_of(told)


@settings(max_examples=60, deadline=None)
@given(DEEDS)
def test_a_history_only_grows_at_its_end(deeds: list[Deed]) -> None:
    life = begun()
    before: dict[UUID, list[dict[str, Any]]] = {ADA: [], BEN: []}
    for deed in deeds:
        if deed[0] == "parties":
            # Who is asked afresh is not told others' answers until they have answered themselves.
            continue
        life.does(deed)
        for viewer, was in before.items():
            now = life.history(viewer)
            assert now[: len(was)] == was
            before[viewer] = now


def _own(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry for entry in entries if entry["by"] == str(CLEO)]


def _in_lineages(life: Life, viewer: UUID) -> set[str]:
    audience = life.audience(viewer)
    return {w for t in TERMS for entry in lineage(audience, t) for w in words_of(entry.shown())}
