"""Until its day comes the version before holds: its terms, its notice period; what the clock makes of that."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.agreements import events as e
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.state import ReviewAnswer, end_of, start_of
from domain.agreements.terms import Term
from domain.refusals import NoticeTooShort
from tests.domain.agreements.agreement_facts import LEADER, REPORT, SUPPORT, agreement, current, head, in_force
from tests.domain.spec import OSLO, T0, act, fact

REVIEW = UUID(int=91)


def day(number: int) -> date:
    return T0.date() + timedelta(days=number)


def amended(a: AccountabilityAgreement, *, days: int = 0, text: str | None = None, **changes: Any) -> None:
    """An amendment that both consent to on that day."""
    a.open_amendment(act(REPORT, days=days), "It does not fit")
    if changes:
        a.change_head(act(REPORT, days=days), changes)
    if text is not None:
        a.revise_term(act(REPORT, days=days), SUPPORT, {"text": text})
    for person in (LEADER, REPORT):
        a.give_consent(act(person, days=days), **current(a))


def test_a_version_that_overtakes_one_that_waits_leaves_no_day_with_two_wordings() -> None:
    a = agreement(*in_force()).aggregate
    amended(a, text="An hour", effective_on=day(30))
    amended(a, days=10, text="Two hours")
    spans = [(s.term.text, s.from_at, s.until_at) for s in a.in_force_spans(OSLO) if s.term.id == SUPPORT]
    assert spans == [
        ("30 minutes each week that are not about status", start_of(day(0), OSLO), start_of(day(10), OSLO)),
        ("Two hours", start_of(day(10), OSLO), None),
    ]


def test_an_end_that_an_overtaking_version_took_away_does_not_come() -> None:
    a = agreement(*in_force(head(ends_on=day(20)))).aggregate
    amended(a, effective_on=day(30), ends_on=day(90))
    amended(a, days=10, ends_on=day(60))
    a.collect_events()
    a.let_time_pass(act(None, days=50))
    happened = [type(f) for f in a.collect_events()]
    assert (a.state, happened) == ("in_force", [e.EndAnnounced])
    a.let_time_pass(act(None, days=70))
    assert (a.state, a.ended_at) == ("expired", end_of(day(60), OSLO))


def test_the_notice_period_is_that_of_the_version_that_holds() -> None:
    a = agreement(*in_force()).aggregate
    amended(a, notice_period="P90D", effective_on=day(30))
    with pytest.raises(NoticeTooShort):
        a.give_notice(act(REPORT, days=30), day(60))
    a.give_notice(act(REPORT), day(14))


def test_the_next_review_is_by_the_version_that_holds() -> None:
    a = agreement(*in_force()).aggregate
    amended(a, review_every="P1M", effective_on=day(30))
    a.open_review(act(LEADER), REVIEW)
    for person in (LEADER, REPORT):
        a.answer_review(act(person), REVIEW, ReviewAnswer("Mondays", "-", {}, "still_right"))
    assert a.next_review_on == date(2026, 4, 5)


def test_what_waited_for_its_day_when_the_agreement_ended_never_held() -> None:
    a = agreement(*in_force()).aggregate
    amended(a, text="An hour", effective_on=day(30))
    a.give_notice(act(REPORT), day(20))
    a.let_time_pass(act(None, days=40))
    for on in (day(10), day(21), day(40)):
        held = a.version_held(on, OSLO)
        assert held is not None
        assert held.number == 1


def test_an_end_reached_before_the_last_day_of_a_notice_is_the_end() -> None:
    a = agreement(*in_force(head(ends_on=day(20)))).aggregate
    a.give_notice(act(REPORT), day(40))
    a.let_time_pass(act(None, days=60))
    assert (a.state, a.ended_at) == ("expired", end_of(day(20), OSLO))


def test_a_review_that_was_open_at_the_end_is_shown_after_fourteen_days_all_the_same() -> None:
    a = agreement(*in_force()).aggregate
    a.open_review(act(LEADER), REVIEW)
    a.answer_review(act(LEADER), REVIEW, ReviewAnswer("Mondays", "-", {}, "still_right"))
    a.record(e.AgreementEnded, act(LEADER, days=1), cause="motion")
    a.let_time_pass(act(None, days=13))
    assert a.reviews[REVIEW].concluded_at is None
    a.let_time_pass(act(None, days=30))
    assert a.reviews[REVIEW].concluded_at == T0 + timedelta(days=14)
    assert (a.state, a.next_due(OSLO)) == ("ended", None)


def test_a_review_answer_is_put_right_long_after_the_day_it_asked_for() -> None:
    said = {"what_works": "Mondays", "what_to_change": "-", "fits": {}, "outcome": "still_right"}
    opened = fact(e.ReviewOpened, act(LEADER), review_id=REVIEW)
    answered = fact(e.ReviewAnswered, act(LEADER), review_id=REVIEW, **said, entrust_next=None, next_review_on=day(20))
    agreement(*in_force(), opened, answered).when(
        lambda a: a.correct_review_answer(
            act(LEADER, days=60), REVIEW, ReviewAnswer(**said | {"what_works": "Tuesdays"}, next_review_on=day(20))
        )
    ).then((e.ReviewAnswered, {"what_works": "Tuesdays", "next_review_on": day(20)}))


def test_an_empty_list_where_there_was_none_is_no_edit() -> None:
    decision = Term(REVIEW, "decision", text="The design", decides=(REPORT,))
    a = agreement(*in_force()).aggregate
    a.open_amendment(act(REPORT), "Who decides")
    a.add_term(act(REPORT), decision)
    a.give_consent(act(LEADER), **current(a))
    a.collect_events()
    a.revise_term(act(REPORT), REVIEW, {"consulted": ()})
    assert list(a.collect_events()) == []
