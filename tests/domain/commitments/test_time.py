"""Time in a commitment: what stands still, what moves, what silence means, and who is away."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.commitments.commitment import Commitment
from domain.commitments.content import Due
from domain.refusals import DatePast, Invalid, ReopenOver
from tests.domain.commitments.promises import (
    CHANGE,
    COMMITMENT,
    DUE,
    LASTING,
    LEADER,
    PERIOD,
    REPORT,
    STATES,
    TEXT,
    clock,
    creditor,
    debtor,
    promised,
)
from tests.domain.spec import OSLO, T0, person

AT = Due(datetime(2026, 1, 19, 12, 0, tzinfo=UTC))


def due_days(c: Commitment) -> list[date | None]:
    return [None if entry.due is None else entry.due.day(OSLO) for entry in c.due_log]


def test_an_agreed_suspension_moves_the_due_date_by_its_days_and_ends_by_itself() -> None:
    c = STATES["suspended"]()
    c.let_time_pass(clock(days=30))
    assert (c.state, c.missed_at(clock(days=12).at)) == ("promised", None)
    # Suspended from Tuesday the 6th until Friday the 16th was over: eleven days.
    assert due_days(c) == [date(2026, 1, 19), date(2026, 1, 30)]
    assert [entry.cause for entry in c.due_log] == ["promise", "agreed"]
    assert c.due_log[1].from_at.astimezone(OSLO).date() == date(2026, 1, 17)


def test_either_side_resumes_early() -> None:
    c = STATES["suspended"]()
    c.resume(creditor(days=4))
    assert due_days(c) == [date(2026, 1, 19), date(2026, 1, 22)]


def test_it_runs_again_only_when_no_cause_is_left_and_days_under_two_causes_count_once() -> None:
    c = STATES["suspended"]()  # from day 1
    c.set_aside(clock(days=3), PERIOD, date(2026, 2, 1))
    c.resume(debtor(days=5))
    assert c.state == "suspended"
    c.take_up_again(clock(days=8), PERIOD)
    assert (c.state, due_days(c)[-1]) == ("promised", date(2026, 1, 26))
    c.take_up_again(clock(days=9), PERIOD)
    c.set_aside(clock(days=9), PERIOD, date(2026, 2, 1))
    assert c.state == "promised", "what a period has set aside once it does not set aside again"


def test_what_is_returned_while_a_period_sets_it_aside_stands_still_until_that_is_over() -> None:
    c = STATES["reported"]()  # day 1
    c.set_aside(clock(days=2), PERIOD, date(2026, 2, 1))
    assert c.state == "reported"
    c.return_(creditor(days=3), "the south is missing")
    assert c.state == "suspended"
    c.take_up_again(clock(days=8), PERIOD)
    assert (c.state, due_days(c)[-1]) == ("promised", date(2026, 1, 26))


def test_an_instant_moves_by_the_very_time_that_it_stood_still() -> None:
    c = promised(TEXT.__class__(**{**vars(TEXT), "due": AT}))
    c.done(debtor(days=2))
    c.return_(creditor(days=2, hours=5), "the south is missing")
    assert c.content.due == Due(AT.at + timedelta(hours=5))
    assert c.due_log[-1].cause == "reported"


def test_what_a_debtor_retracts_stopped_nothing() -> None:
    c = promised()
    c.done(debtor(days=13))
    c.retract_done(debtor(days=20))
    assert due_days(c) == [date(2026, 1, 19)]
    assert c.missed_at(debtor(days=20).at) == DUE.at, "it passed while it was only said to be done"


def test_who_concedes_after_a_reopening_gets_the_time_in_which_it_was_kept() -> None:
    c = promised()
    c.done(debtor(days=10))
    c.confirm(creditor(days=11))
    c.reopen(creditor(days=16), "one region is missing")
    c.retract_done(debtor(days=17))
    assert c.missed_at(debtor(days=17).at) is None
    assert due_days(c) == [date(2026, 1, 19), date(2026, 1, 26)]


def test_a_report_that_is_returned_after_the_due_date_was_in_time() -> None:
    c = promised()
    c.done(debtor(days=14))
    c.return_(creditor(days=17), "not yet")
    assert c.missed_at(debtor(days=17).at) is None
    assert due_days(c) == [date(2026, 1, 19), date(2026, 1, 22)]
    c.let_time_pass(clock(days=19))
    assert c.missed_at(debtor(days=19).at) == c.due_log[1].due.at  # type: ignore[union-attr]


def test_silence_after_done_counts_against_the_creditor() -> None:
    c = STATES["reported"]()  # day 1
    c.let_time_pass(clock(days=7, hours=23))
    assert c.state == "reported"
    c.let_time_pass(clock(days=8))
    assert (c.state, c.end_cause, c.ended_at) == ("kept", "unanswered", T0 + timedelta(days=8))


def test_whose_answer_it_waits_for_may_be_away_thirty_days_at_most() -> None:
    away = {LEADER: [(date(2026, 1, 8), date(2026, 1, 17))]}
    due = STATES["reported"]().next_due(OSLO, away)
    assert due is not None
    assert due.at == T0 + timedelta(days=8 + 10)
    for_months = {LEADER: [(date(2026, 1, 1), date(2026, 6, 1))]}
    due = STATES["reported"]().next_due(OSLO, for_months)
    assert due is not None
    assert due.at == T0 + timedelta(days=8 + 30)
    assert STATES["reported"]().next_due(OSLO, {REPORT: for_months[LEADER]}).at == T0 + timedelta(days=8)  # type: ignore[union-attr]


def test_a_week_to_reopen_longer_while_the_creditor_is_away() -> None:
    kept = STATES["kept"]  # day 2
    kept().reopen(creditor(days=8, hours=23), "one is missing")
    with pytest.raises(ReopenOver):
        kept().reopen(creditor(days=9), "one is missing")
    kept().reopen(creditor(days=15), "one is missing", {LEADER: [(date(2026, 1, 8), date(2026, 1, 17))]})


def test_a_reopened_one_waits_for_its_answer_afresh() -> None:
    c = STATES["reopened"]()  # day 3
    c.let_time_pass(clock(days=9))
    assert c.state == "reported"
    c.let_time_pass(clock(days=10))
    assert (c.state, c.end_cause) == ("kept", "unanswered")


def test_it_lapses_thirty_days_after_due_without_a_word_from_either() -> None:
    c = promised()
    c.flag_at_risk(debtor(days=20), person(5), "I need help")
    c.let_time_pass(clock(days=49, hours=23))
    assert c.state == "promised"
    c.let_time_pass(clock(days=50))
    assert (c.state, c.ended_at) == ("lapsed", T0 + timedelta(days=50))


def test_an_impact_never_lapses() -> None:
    c = promised(LASTING)
    c.let_time_pass(clock(days=2000))
    assert c.state == "promised"


@pytest.mark.parametrize(("days", "cause"), [(14, "due"), (31, "unanswered")])
def test_what_nobody_answers_expires(days: int, cause: str) -> None:
    content = TEXT if cause == "due" else LASTING
    c = Commitment.request(creditor(), COMMITMENT, content)
    c.let_time_pass(clock(days=days + 1))
    assert (c.state, c.end_cause) == ("expired", cause)


def test_nobody_promises_what_is_past() -> None:
    c = Commitment.request(creditor(), COMMITMENT, TEXT)
    with pytest.raises(DatePast):
        c.promise(debtor(days=30), 1)
    with pytest.raises(DatePast):
        Commitment.request(creditor(days=30), COMMITMENT, TEXT)


def test_a_change_asked_in_time_counts_from_then_and_one_asked_late_undoes_nothing() -> None:
    later = Due.end_of_day(date(2026, 2, 2), OSLO)
    for asked_on, missed in ((10, False), (15, True)):
        c = promised()
        c.propose_change(debtor(days=asked_on), CHANGE, "terms", reason="late data", due=later)
        assert (c.missed_at(creditor(days=18).at) is not None) is True, "until it is accepted the miss stands"
        c.accept_change(creditor(days=18), 1)
        assert (c.missed_at(creditor(days=18).at) is not None) is missed
        assert c.due_log[-1].timing == ("after_due" if missed else "before_due")
        assert due_days(c) == [date(2026, 1, 19), date(2026, 2, 2)], "old dates are kept"


def test_a_refused_change_leaves_the_miss() -> None:
    c = STATES["change asked by the debtor"]()
    c.refuse_change(creditor(days=20), "we need it now")
    assert c.missed_at(creditor(days=20).at) == DUE.at


def test_a_new_date_agreed_while_suspended_moves_only_by_what_came_after() -> None:
    c = STATES["suspended"]()  # from day 1 (the 6th)
    c.propose_change(debtor(days=3), CHANGE.__class__(int=9), "terms", reason="less time", due=AT)
    c.accept_change(creditor(days=3), 1)
    c.resume(debtor(days=5))
    assert c.content.due == Due(AT.at + timedelta(days=2))


def test_it_cannot_be_moved_to_a_day_that_passed_meanwhile() -> None:
    c = STATES["change asked by the debtor"]()
    with pytest.raises(DatePast, match="meanwhile"):
        c.accept_change(creditor(days=23), 1)


def test_a_period_is_attested_once_it_came_by_each_side_for_itself() -> None:
    c = promised(LASTING)
    with pytest.raises(Invalid):
        c.attest(debtor(days=5), date(2026, 1, 12), "kept")
    with pytest.raises(Invalid, match="fall due"):
        c.attest(debtor(days=9), date(2026, 1, 13), "kept")
    c.attest(debtor(days=9), date(2026, 1, 12), "kept")
    c.attest(creditor(days=9), date(2026, 1, 12), "partly", "the last one slipped")
    assert {side: a.kept for (_, side), a in c.attestations.items()} == {"debtors": "kept", "creditors": "partly"}
