"""Reviews, motions, pauses, notice and ending; what the clock does by itself."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from domain.agreements import events as e
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.state import ReviewAnswer, end_of
from domain.base import Fact, fold, fold_as_of
from domain.refusals import DatePast, Invalid, MotionOpen, NoticeTooShort, NotThere, NotYourAct, WrongState
from tests.domain.agreements.agreement_facts import (
    AGREEMENT,
    EXTRA,
    LEADER,
    REPORT,
    SUPPORT,
    SUPPORT_TERM,
    TRIO,
    UPDATE,
    UPDATE_TERM,
    agreement,
    amending,
    current,
    head,
    in_force,
)
from tests.domain.spec import CARLA, OSLO, T0, Recalled, act, fact

TODAY = T0.date()
MOTION = UUID("01900000-0000-7000-8000-0000000000c1")
REVIEW = UUID("01900000-0000-7000-8000-0000000000d1")


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def answer(outcome: str = "still_right", **other: object) -> ReviewAnswer:
    return ReviewAnswer(
        **{"what_works": "Mondays", "what_to_change": "-", "fits": {str(UPDATE): 4}, "outcome": outcome} | other
    )  # type: ignore[arg-type]


def trio() -> list[Recalled]:
    third = type(UPDATE_TERM)(EXTRA, "expectation", (CARLA,), text="I review")
    return in_force(head(TRIO), made={UPDATE: UPDATE_TERM, SUPPORT: SUPPORT_TERM, EXTRA: third})


def test_a_review_is_concluded_when_all_answers_are_in() -> None:
    a = agreement(*in_force()).aggregate
    a.open_review(act(LEADER), REVIEW)
    a.answer_review(act(LEADER), REVIEW, answer(next_review_on=day(40)))
    assert a.reviews[REVIEW].concluded_at is None
    a.answer_review(act(REPORT), REVIEW, answer("needs_change", next_review_on=day(20)))
    review = a.reviews[REVIEW]
    assert (review.outcome, review.next_review_on, a.next_review_on) == ("needs_change", day(20), day(20))


def test_a_review_without_all_answers_opens_up_after_fourteen_days() -> None:
    a = agreement(*in_force()).aggregate
    a.open_review(act(LEADER), REVIEW)
    a.answer_review(act(LEADER), REVIEW, answer())
    a.let_time_pass(act(None, days=13))
    assert a.reviews[REVIEW].concluded_at is None
    a.let_time_pass(act(None, days=15))
    assert a.reviews[REVIEW].concluded_at == T0 + timedelta(days=14)
    assert a.next_review_on == date(2026, 4, 19)


@pytest.mark.parametrize(
    "wrong",
    [{"fits": {str(UPDATE): 6}}, {"fits": {"nothing": 3}}, {"outcome": "fine"}, {"what_works": " "}],
)
def test_a_review_answer_that_is_wrong_is_refused(wrong: dict[str, object]) -> None:
    opened = fact(e.ReviewOpened, act(LEADER), review_id=REVIEW)
    agreement(*in_force(), opened).when(lambda a: a.answer_review(act(REPORT), REVIEW, answer(**wrong))).then_refused(  # type: ignore[arg-type]
        Invalid
    )


def test_a_pause_needs_both_and_ends_by_itself() -> None:
    a = agreement(*in_force()).aggregate
    a.propose_motion(act(LEADER), MOTION, "pause", until=day(5))
    assert a.state == "in_force"
    a.agree_to_motion(act(REPORT), MOTION)
    assert a.state == "paused"
    a.let_time_pass(act(None, days=5))
    assert a.state == "paused", "the day until which it lasts is included"
    a.let_time_pass(act(None, days=9))
    assert (a.state, a.pauses()) == ("in_force", [(T0, end_of(day(5), OSLO))])


def test_one_refusal_ends_a_motion_and_a_motion_lapses_after_fourteen_days() -> None:
    a = agreement(*in_force()).aggregate
    a.propose_motion(act(LEADER), MOTION, "end", reason="We are done")
    with pytest.raises(MotionOpen):
        a.propose_motion(act(REPORT), EXTRA, "end")
    with pytest.raises(NotYourAct):
        a.agree_to_motion(act(LEADER), MOTION)
    a.refuse_motion(act(REPORT), MOTION)
    assert (a.state, a.motions[MOTION].state) == ("in_force", "refused")
    a.propose_motion(act(REPORT), EXTRA, "end")
    a.let_time_pass(act(None, days=14))
    assert a.motions[EXTRA].state == "lapsed"
    with pytest.raises(WrongState):
        a.agree_to_motion(act(LEADER, days=15), EXTRA)


def test_ending_now_takes_both() -> None:
    a = agreement(*in_force(), amending()).aggregate
    a.propose_motion(act(LEADER), MOTION, "end")
    a.agree_to_motion(act(REPORT, days=1), MOTION)
    assert (a.state, a.end_cause, a.proposal) == ("ended", "motion", None)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"kind": "pause"}, Invalid),
        ({"kind": "pause", "until": TODAY - timedelta(days=1)}, DatePast),
        ({"kind": "end", "until": TODAY}, Invalid),
        ({"kind": "invite_contributor"}, Invalid),
        ({"kind": "invite_contributor", "person_id": REPORT}, Invalid),
        ({"kind": "merge"}, Invalid),
    ],
)
def test_a_motion_that_makes_no_sense_is_refused(wrong: dict[str, object], refusal: type[Exception]) -> None:
    agreement(*in_force()).when(lambda a: a.propose_motion(act(LEADER), MOTION, **wrong)).then_refused(refusal)  # type: ignore[arg-type]


def test_a_contributor_is_invited_by_all_and_dismissed_by_one() -> None:
    a = agreement(*in_force()).aggregate
    a.propose_motion(act(LEADER), MOTION, "invite_contributor", person_id=CARLA)
    assert CARLA not in a.sights()
    a.agree_to_motion(act(REPORT), MOTION)
    assert a.sights()[CARLA] == "contributor"
    a.dismiss_contributor(act(REPORT), CARLA)
    assert CARLA not in a.sights()


def test_notice_is_given_alone_keeps_the_notice_period_and_closes_an_amendment() -> None:
    a = agreement(*in_force(), amending()).aggregate
    with pytest.raises(NoticeTooShort, match="2026-01-19"):
        a.give_notice(act(REPORT), day(13))
    a.give_notice(act(REPORT), day(14), "A new role")
    assert (a.state, a.proposal) == ("ending", None)
    a.let_time_pass(act(None, days=14))
    assert a.state == "ending", "the last day is included"
    a.let_time_pass(act(None, days=15))
    assert (a.state, a.ended_at) == ("ended", end_of(day(14), OSLO))


def test_notice_is_rescinded_by_its_giver_only() -> None:
    given_notice = fact(e.NoticeGiven, act(REPORT), ends_on=day(20), reason=None)
    agreement(*in_force(), given_notice).when(lambda a: a.rescind_notice(act(LEADER))).then_refused(NotYourAct)
    a = agreement(*in_force(), given_notice).aggregate
    a.rescind_notice(act(REPORT))
    assert (a.state, a.notice) == ("in_force", None)
    agreement(*in_force()).when(lambda a: a.rescind_notice(act(REPORT))).then_refused(WrongState)


def test_a_rescinded_notice_does_not_bring_back_a_pause_that_ran_out_meanwhile() -> None:
    paused = fact(e.AgreementPaused, act(REPORT), until=day(3), motion_id=MOTION)
    a = agreement(*in_force(), paused).aggregate
    a.give_notice(act(REPORT), day(20))
    a.let_time_pass(act(None, days=6))
    a.rescind_notice(act(REPORT, days=6))
    assert a.state == "in_force"


def test_an_agreement_expires_and_all_are_told_fourteen_and_three_days_before() -> None:
    a = agreement(*in_force(head(ends_on=day(30)))).aggregate
    a.collect_events()
    a.let_time_pass(act(None, days=40))
    happened = [(type(f), f.effective_at) for f in a.collect_events()]
    assert [kind for kind, _ in happened] == [e.EndAnnounced, e.EndAnnounced, e.AgreementExpired]
    assert happened[-1][1] == end_of(day(30), OSLO)
    assert a.state == "expired"


def test_what_the_clock_did_late_took_effect_when_it_was_due() -> None:
    facts = recorded(*in_force(head(ends_on=day(30))))
    a = fold(facts)
    assert isinstance(a, AccountabilityAgreement)
    a.let_time_pass(act(None, days=90))
    facts += [f for f in a.collect_events() if isinstance(f, Fact)]
    assert fold_as_of(facts, T0 + timedelta(days=29)).state == "in_force"
    assert fold_as_of(facts, T0 + timedelta(days=32)).state == "expired"
    assert fold_as_of(facts, T0 + timedelta(days=32), known_at=T0 + timedelta(days=40)).state == "in_force"
    assert fold_as_of(facts, T0 - timedelta(days=1)) is None


def recorded(*steps: Recalled) -> list[Fact]:
    """The same history as facts."""
    made = AccountabilityAgreement.begin(steps[0].fact, steps[0].act, AGREEMENT, **steps[0].content)  # type: ignore[arg-type]
    for step in steps[1:]:
        made.record(step.fact, step.act, **step.content)
    return [f for f in made.collect_events() if isinstance(f, Fact)]


def test_with_three_parties_notice_ends_the_givers_part_only() -> None:
    a = agreement(*trio()).aggregate
    a.give_notice(act(CARLA), day(20))
    assert a.state == "in_force"
    a.let_time_pass(act(None, days=22))
    assert (a.state, a.people, a.sights()[CARLA]) == ("in_force", (LEADER, REPORT), "former_party")
    (hers,) = [s for s in a.in_force_spans(OSLO) if s.debtors == (CARLA,)]
    assert hers.until_at == end_of(day(20), OSLO)
    a.give_notice(act(REPORT, days=22), day(40))
    assert a.state == "ending", "two are left, so this notice ends it all"


def test_two_of_three_leaving_on_one_day_end_the_agreement() -> None:
    a = agreement(*trio()).aggregate
    a.give_notice(act(CARLA), day(20))
    a.give_notice(act(REPORT), day(20))
    a.let_time_pass(act(None, days=30))
    assert (a.state, a.end_cause, a.ended_at) == ("ended", "last_party", end_of(day(20), OSLO))


def test_when_the_reports_leader_changes_the_agreement_ends_in_fourteen_days_unless_taken_back() -> None:
    a = agreement(*in_force()).aggregate
    a.change_leader(act(None), REPORT, LEADER, CARLA)
    assert (a.state, a.notice and a.notice.cause, a.notice and a.notice.ends_on) == ("ending", "party_changed", day(14))
    a.take_back_leader_change(act(None, days=3), REPORT, LEADER)
    assert a.state == "in_force"
    a.change_leader(act(None, days=3), REPORT, CARLA, LEADER)
    assert a.state == "in_force", "that was never their leader here"


def test_a_party_leaving_the_organisation_ends_it_and_abandons_drafts() -> None:
    a = agreement(*in_force()).aggregate
    a.part_left(act(None), REPORT)
    assert (a.state, a.end_cause) == ("ended", "party_left")
    b = agreement(*in_force()[:3]).aggregate
    b.part_left(act(None), REPORT)
    assert b.state == "abandoned"
    c = agreement(*trio()).aggregate
    c.part_left(act(None), CARLA)
    assert (c.state, c.people) == ("in_force", (LEADER, REPORT))


def test_only_the_report_grants_earlier_versions_and_never_of_a_coaching_agreement() -> None:
    a = agreement(*in_force()).aggregate
    with pytest.raises(NotYourAct):
        a.grant_earlier_versions(act(LEADER), CARLA)
    a.grant_earlier_versions(act(REPORT), CARLA)
    assert a.sights()[CARLA] == "grant"
    with pytest.raises(NotYourAct):
        a.revoke_grant(act(LEADER), CARLA)
    a.revoke_grant(act(REPORT), CARLA)
    assert CARLA not in a.sights()
    with pytest.raises(NotThere):
        a.revoke_grant(act(REPORT), CARLA)
    agreement(*in_force(head(use="coaching"))).when(
        lambda a: a.grant_earlier_versions(act(REPORT), CARLA)
    ).then_refused(WrongState)


def test_a_party_who_leaves_while_an_amendment_is_open_voids_the_consents_to_it() -> None:
    a = agreement(*trio(), amending()).aggregate
    a.give_consent(act(LEADER), **current(a))
    a.part_left(act(None), CARLA)
    assert a.proposal is not None
    assert (dict(a.proposal.consents), EXTRA in a.proposal.terms) == ({}, False)
    for person in (LEADER, REPORT):
        a.give_consent(act(person), **current(a))
    assert len(a.versions) == 2


def test_spans_join_where_the_term_did_not_change() -> None:
    a = agreement(*in_force(), amending()).aggregate
    a.revise_term(act(REPORT, days=7), UPDATE, {"channel": "mail"})
    for person in (LEADER, REPORT):
        a.give_consent(act(person, days=7), **current(a))
    spans = {(s.term.kind, s.term.channel): (s.from_at, s.until_at) for s in a.in_force_spans(OSLO)}
    assert spans["support", None][1] is None
    assert spans["update", "chat"][1] == spans["update", "mail"][0]


def test_a_replay_gives_the_same_agreement() -> None:
    facts = recorded(*in_force(head(ends_on=day(30))))
    assert fold(facts) == agreement(*in_force(head(ends_on=day(30)))).aggregate
