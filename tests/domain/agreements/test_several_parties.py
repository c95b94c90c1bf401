"""Three and more: who joins, who goes and when, and what was open meanwhile."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from domain.agreements import events as e
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.state import ReviewAnswer, end_of, start_of
from domain.agreements.terms import Party, Term
from domain.refusals import CannotEditGiven, StaleConsent, WrongState
from tests.domain.agreements.agreement_facts import (
    EXTRA,
    GIVEN,
    LEADER,
    PAIR,
    REPORT,
    SUPPORT,
    SUPPORT_TERM,
    TRIO,
    UPDATE,
    UPDATE_TERM,
    added,
    agreement,
    amending,
    current,
    drafted,
    head,
    in_force,
    opened,
    shared,
)
from tests.domain.spec import CARLA, OSLO, STRANGER, T0, Recalled, act, fact

MOTION, REVIEW = UUID(int=81), UUID(int=82)
HERS = Term(EXTRA, "expectation", (CARLA,), text="I review")
CARLAS_GIVEN = Term(GIVEN, "given", text="Reviews are on Fridays", reason="the build", set_by=CARLA)
ANSWER = ReviewAnswer("Mondays", "-", {}, "still_right")


def day(number: int) -> date:
    return T0.date() + timedelta(days=number)


def trio(*more: Term) -> list[Recalled]:
    made = {t.id: t for t in (UPDATE_TERM, SUPPORT_TERM, HERS, *more)}
    return in_force(head(TRIO), made=made)


def all_consent(a: AccountabilityAgreement, *people: UUID, days: int = 0) -> None:
    for person in people:
        a.give_consent(act(person, days=days), **current(a))


def test_who_left_and_is_to_come_back_is_bound_by_nothing_without_their_own_consent() -> None:
    a = agreement(*trio()).aggregate
    a.part_left(act(None), CARLA)
    a.open_amendment(act(LEADER, days=1), "She is back")
    a.change_head(act(LEADER, days=1), {"parties": TRIO})
    a.add_term(act(LEADER, days=1), Term(STRANGER, "expectation", (CARLA,), text="I review again"))
    all_consent(a, LEADER, REPORT, days=1)
    assert (len(a.versions), a.waiting_on()) == (1, (CARLA,))
    all_consent(a, CARLA, days=2)
    assert (len(a.versions), a.people) == (2, (LEADER, REPORT, CARLA))


def test_who_comes_back_owed_nothing_while_they_were_gone() -> None:
    a = agreement(*trio()).aggregate
    a.part_left(act(None, days=10), CARLA)
    a.open_amendment(act(LEADER, days=20), "She is back")
    a.change_head(act(LEADER, days=20), {"parties": TRIO})
    a.add_term(act(LEADER, days=20), Term(STRANGER, "expectation", (CARLA,), text="I review again"))
    all_consent(a, LEADER, REPORT, CARLA, days=20)
    (before,) = [s for s in a.in_force_spans(OSLO) if s.term.id == EXTRA]
    assert before.until_at == T0 + timedelta(days=10)


def leaving_out_carla(a: AccountabilityAgreement) -> None:
    """An amendment of the first day without her, for the thirtieth day on."""
    a.remove_term(act(CARLA), EXTRA)
    a.change_head(act(REPORT), {"parties": PAIR, "effective_on": day(30)})
    all_consent(a, LEADER, REPORT, CARLA)


def test_who_is_left_out_from_a_day_to_come_is_a_party_until_that_day() -> None:
    a = agreement(*trio(), amending()).aggregate
    leaving_out_carla(a)
    assert (a.people, a.sights()[CARLA]) == ((LEADER, REPORT, CARLA), "party")
    a.let_time_pass(act(None, days=29))
    assert CARLA in a.people
    a.let_time_pass(act(None, days=31))
    assert (a.people, a.left[CARLA]) == ((LEADER, REPORT), start_of(day(30), OSLO))
    (hers,) = [s for s in a.in_force_spans(OSLO) if s.term.id == EXTRA]
    assert hers.until_at == start_of(day(30), OSLO)


def test_who_is_left_out_later_consents_to_what_comes_before() -> None:
    a = agreement(*trio(), amending()).aggregate
    leaving_out_carla(a)
    a.open_amendment(act(LEADER, days=1), "Sooner")
    a.revise_term(act(LEADER, days=1), SUPPORT, {"text": "An hour"})
    all_consent(a, LEADER, REPORT, days=1)
    assert a.waiting_on() == (CARLA,)
    all_consent(a, CARLA, days=1)
    assert (a.people, a.sights()[CARLA]) == ((LEADER, REPORT), "former_party")


def test_what_a_party_was_to_decide_goes_out_of_an_open_text_with_them() -> None:
    hers = Term(STRANGER, "decision", text="Who reviews", decides=(CARLA,))
    joint = Term(MOTION, "decision", text="What ships", decides=(CARLA, LEADER), consulted=(CARLA,))
    a = agreement(*trio(hers, joint), amending()).aggregate
    a.part_left(act(None), CARLA)
    assert a.proposal is not None
    assert STRANGER not in a.proposal.terms
    assert (a.proposal.terms[MOTION].decides, a.proposal.terms[MOTION].consulted) == ((LEADER,), None)
    b = agreement(*trio(hers, joint)).aggregate
    b.part_left(act(None), CARLA)
    b.open_amendment(act(LEADER), "Without her")
    assert b.proposal is not None
    assert b.proposal.terms == a.proposal.terms


def test_a_stale_consent_is_told_that_a_party_left() -> None:
    a = agreement(*trio(), amending()).aggregate
    read = current(a)
    a.part_left(act(None), CARLA)
    with pytest.raises(StaleConsent, match="a party left"):
        a.give_consent(act(LEADER), **read)


def test_nobody_consents_to_a_text_that_binds_one_alone() -> None:
    a = agreement(*trio(), amending()).aggregate
    a.remove_term(act(LEADER), UPDATE)
    a.change_head(act(LEADER), {"parties": (TRIO[0], TRIO[2])})
    a.part_left(act(None), CARLA)
    with pytest.raises(WrongState):
        a.give_consent(act(LEADER), **current(a))


def test_a_given_of_who_left_can_be_changed_by_who_is_left() -> None:
    agreement(*trio(CARLAS_GIVEN), amending()).when(lambda a: a.remove_term(act(REPORT), GIVEN)).then_refused(
        CannotEditGiven
    )
    a = agreement(*trio(CARLAS_GIVEN)).aggregate
    a.part_left(act(None), CARLA)
    a.open_amendment(act(REPORT), "Without her")
    a.remove_term(act(REPORT), GIVEN)


def test_a_motion_waits_for_nobody_who_left() -> None:
    a = agreement(*trio()).aggregate
    a.propose_motion(act(LEADER), MOTION, "pause", until=day(20))
    a.agree_to_motion(act(REPORT), MOTION)
    assert a.state == "in_force"
    a.part_left(act(None, days=2), CARLA)
    a.let_time_pass(act(None, days=2))
    assert (a.state, a.pause_log) == ("paused", [(T0 + timedelta(days=2), None)])


def test_a_review_waits_for_nobody_who_left() -> None:
    a = agreement(*trio()).aggregate
    a.open_review(act(LEADER), REVIEW)
    for person in (LEADER, REPORT):
        a.answer_review(act(person), REVIEW, ANSWER)
    a.part_left(act(None, days=2), CARLA)
    a.let_time_pass(act(None, days=3))
    assert a.reviews[REVIEW].concluded_at == T0 + timedelta(days=2)


def test_two_of_three_gone_is_no_agreement_of_the_one_who_is_left() -> None:
    a = agreement(*trio()).aggregate
    a.propose_motion(act(LEADER, days=15), MOTION, "pause", until=day(40))
    for person in (CARLA, REPORT):
        a.give_notice(act(person, days=1), day(20))
    a.let_time_pass(act(None, days=25))
    assert (a.state, a.end_cause, a.motions[MOTION].state) == ("ended", "last_party", "lapsed")


def test_a_contributor_to_a_draft_who_leaves_the_organisation_is_no_contributor() -> None:
    invited = fact(e.ContributorInvited, act(REPORT), person_id=STRANGER, motion_id=EXTRA)
    agreement(*drafted(), invited).when(lambda a: a.part_left(act(None), STRANGER)).then(
        (e.ContributorDismissed, {"person_id": STRANGER})
    )


def test_nothing_can_be_decided_on_after_a_draft_was_abandoned() -> None:
    a = agreement(*drafted()).aggregate
    a.propose_motion(act(LEADER), MOTION, "invite_contributor", person_id=STRANGER)
    a.abandon(act(LEADER))
    with pytest.raises(WrongState):
        a.agree_to_motion(act(REPORT), MOTION)
    assert STRANGER not in a.sights()


def test_an_invitation_of_somebody_who_became_a_party_meanwhile_lapses() -> None:
    a = agreement(opened(), shared(), added(UPDATE_TERM, LEADER)).aggregate
    a.propose_motion(act(LEADER), MOTION, "invite_contributor", person_id=CARLA)
    a.change_head(act(LEADER), {"parties": (*PAIR, Party(CARLA, "peer"))})
    a.agree_to_motion(act(REPORT), MOTION)
    a.agree_to_motion(act(CARLA), MOTION)
    assert (a.motions[MOTION].state, a.contributors) == ("lapsed", {})


def test_the_last_day_of_a_part_is_included() -> None:
    a = agreement(*trio()).aggregate
    a.give_notice(act(CARLA), day(20))
    a.let_time_pass(act(None, days=30))
    assert a.left[CARLA] == end_of(day(20), OSLO)
