"""What was written before the share stays its author's; what people answered is read by both or by none."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.agreements import events as e
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.terms import Party
from domain.refusals import NotThere, StaleConsent, WrongState
from tests.domain.agreements.agreement_facts import (
    EXTRA,
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
from tests.domain.spec import CARLA, STRANGER, Recalled, act, fact

ON_WHAT_STAYED, ON_WHAT_WENT = UUID(int=71), UUID(int=72)


def written_alone() -> list[Recalled]:
    """A draft that its opener wrote for themself: a term that stays, one that goes, words with each."""
    heard = fact(
        e.HeadChanged,
        act(LEADER),
        **dict.fromkeys(("title", "use", "parties", "effective_on", "ends_on", "notice_period", "review_every")),
        purpose_text="Another purpose",
        cleared=(),
        reason="Mine",
        heard_id=EXTRA,
        heard="That you are tired",
    )
    return [
        opened(),
        added(UPDATE_TERM, LEADER),
        added(SUPPORT_TERM, LEADER),
        heard,
        fact(e.Commented, act(LEADER), comment_id=ON_WHAT_STAYED, term_id=UPDATE, text="Weekly is enough"),
        fact(e.Commented, act(LEADER), comment_id=ON_WHAT_WENT, term_id=SUPPORT, text="I have no time for this"),
        fact(e.TermRemoved, act(LEADER), term_id=SUPPORT, reason=None),
    ]


@pytest.mark.parametrize(("id", "shown"), [(UPDATE, True), (ON_WHAT_STAYED, True), (SUPPORT, False), (EXTRA, False)])
def test_what_the_opener_took_out_or_noted_before_the_share_is_shown_to_them_only(id: UUID, shown: bool) -> None:
    a = agreement(*written_alone(), shared()).aggregate
    assert a.is_shown_to(REPORT, id) is shown
    assert a.is_shown_to(LEADER, id)
    assert not a.is_shown_to(REPORT, ON_WHAT_WENT)


def test_what_was_heard_before_the_share_is_not_there_for_the_others() -> None:
    agreement(*written_alone(), shared()).when(lambda a: a.mark_heard_right(act(REPORT), EXTRA)).then_refused(NotThere)


def test_a_comment_kept_back_at_the_share_is_not_there_for_the_others() -> None:
    agreement(*written_alone(), shared()).when(
        lambda a: a.correct_comment(act(REPORT), ON_WHAT_WENT, "Mine")
    ).then_refused(NotThere)


def test_a_stale_consent_is_not_told_what_was_edited_before_the_share() -> None:
    a = agreement(*written_alone(), shared()).aggregate
    with pytest.raises(StaleConsent) as refused:
        a.give_consent(act(REPORT), 1, "0" * 64)
    assert "Since then" not in refused.value.sentence


def answered(*people: UUID, key: str = "work_for_both") -> list[Recalled]:
    return [fact(e.PromptAnswered, act(p), key=key, text=f"Answer of {p}", show_now=False) for p in people]


def readers(a: AccountabilityAgreement, author: UUID, key: str = "work_for_both") -> set[UUID]:
    return {p for p in (LEADER, REPORT, CARLA) if a.answer_shown_to(key, author, p)}


def test_an_answer_once_shown_stays_shown_when_somebody_joins_who_has_not_answered() -> None:
    a = agreement(*drafted(), *answered(LEADER, REPORT)).aggregate
    a.change_head(act(LEADER), {"parties": TRIO})
    assert a.answer_shown("work_for_both", LEADER)
    assert readers(a, LEADER) == {LEADER, REPORT}
    with pytest.raises(WrongState):
        a.answer_prompt(act(LEADER), "work_for_both", "I never said that")
    a.answer_prompt(act(CARLA), "work_for_both", "Mine")
    assert readers(a, LEADER) == readers(a, CARLA) == {LEADER, REPORT, CARLA}


def test_who_was_never_asked_reads_what_the_report_answered() -> None:
    a = agreement(*drafted(), *answered(REPORT, key="how_to_update")).aggregate
    assert LEADER in readers(a, REPORT, "how_to_update")


def test_an_answer_is_not_hidden_for_ever_by_somebody_who_left_without_answering() -> None:
    a = agreement(*in_trio(), *answered(LEADER, REPORT)).aggregate
    assert readers(a, LEADER) == {LEADER}
    a.part_left(act(None), CARLA)
    assert readers(a, LEADER) == {LEADER, REPORT}, "who left did not answer, and reads nothing"


def test_an_answer_of_who_left_before_it_was_shown_stays_theirs() -> None:
    a = agreement(*in_trio(), *answered(CARLA)).aggregate
    a.part_left(act(None), CARLA)
    for person in (LEADER, REPORT):
        a.answer_prompt(act(person), "work_for_both", "Short loops")
    assert readers(a, CARLA) == {CARLA}
    assert readers(a, REPORT) == {LEADER, REPORT}


def in_trio() -> list[Recalled]:
    third = type(UPDATE_TERM)(EXTRA, "expectation", (CARLA,), text="I review")
    return in_force(head(TRIO), made={UPDATE: UPDATE_TERM, SUPPORT: SUPPORT_TERM, EXTRA: third})


def test_who_is_taken_out_of_a_shared_draft_keeps_reading_what_there_was_and_nothing_when_it_was_not_shared() -> None:
    trio = opened(head(TRIO))
    a = agreement(trio, shared()).aggregate
    a.change_head(act(REPORT, days=1), {"parties": PAIR})
    assert a.sights()[CARLA] == "former_party"
    a.change_head(act(REPORT, days=2), {"parties": TRIO})
    assert a.sights()[CARLA] == "party"
    b = agreement(trio).aggregate
    b.change_head(act(LEADER), {"parties": PAIR})
    assert CARLA not in b.sights()


def test_what_the_report_let_somebody_read_ends_when_the_agreement_becomes_one_for_coaching() -> None:
    granted = fact(e.EarlierVersionsGranted, act(REPORT), person_id=STRANGER)
    a = agreement(*in_force(), granted, amending()).aggregate
    a.change_head(act(REPORT), {"use": "coaching"})
    for person in (LEADER, REPORT):
        a.give_consent(act(person), **current(a))
    assert STRANGER not in a.sights()


def test_a_contributor_who_becomes_a_party_is_no_contributor_after_they_left() -> None:
    invited = fact(e.ContributorInvited, act(REPORT), person_id=CARLA, motion_id=EXTRA)
    a = agreement(*in_force(), invited, amending()).aggregate
    a.change_head(act(REPORT), {"parties": (*PAIR, Party(CARLA, "peer"))})
    a.add_term(act(CARLA), type(UPDATE_TERM)(EXTRA, "expectation", (CARLA,), text="I review"))
    for person in (LEADER, REPORT, CARLA):
        a.give_consent(act(person), **current(a))
    a.part_left(act(None), CARLA)
    assert (a.contributors, a.sights()[CARLA]) == ({}, "former_party")


def test_a_former_party_whom_all_invite_is_a_contributor() -> None:
    a = agreement(*in_trio()).aggregate
    a.part_left(act(None), CARLA)
    a.propose_motion(act(LEADER, days=1), STRANGER, "invite_contributor", person_id=CARLA)
    a.agree_to_motion(act(REPORT, days=1), STRANGER)
    assert a.sights()[CARLA] == "contributor"
