"""Drafting together: who may write what, and what an edit does to consent."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from domain.agreements import events as e
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.terms import Party, Term
from domain.cadence import Cadence
from domain.refusals import (
    AmendmentNone,
    CannotEditGiven,
    DatePast,
    Invalid,
    NotThere,
    NotYourAct,
    Refusal,
    WrongState,
)
from tests.domain.agreements.agreement_facts import (
    AGREEMENT,
    EXTRA,
    GIVEN,
    GIVEN_TERM,
    LEADER,
    PAIR,
    REPORT,
    SUPPORT,
    SUPPORT_TERM,
    UPDATE,
    UPDATE_TERM,
    added,
    agreement,
    current,
    drafted,
    head,
    in_force,
    opened,
    shared,
)
from tests.domain.spec import CARLA, STRANGER, T0, act, fact, given_nothing


def test_a_party_opens_a_draft() -> None:
    given_nothing(lambda: AccountabilityAgreement.open(act(LEADER), AGREEMENT, head())).then(
        (e.AgreementOpened, {"title": "How we work", "parties": PAIR, "carried_from": None})
    )


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"parties": (PAIR[0],)}, Invalid, "parties"),
        ({"parties": (PAIR[0], PAIR[0])}, Invalid, "parties"),
        ({"parties": (PAIR[1], Party(CARLA, "peer"))}, Invalid, "parties"),
        ({"parties": (PAIR[0], Party(REPORT, "boss"))}, Invalid, "parties"),
        ({"title": " "}, Invalid, "title"),
        ({"title": "x" * 201}, Invalid, "title"),
        ({"purpose_text": "x" * 20_001}, Invalid, "purpose_text"),
        ({"purpose_text": "nul \x00"}, Invalid, "purpose_text"),
        ({"purpose_text": "half \ud800"}, Invalid, "purpose_text"),
        ({"use": "ranking"}, Invalid, "use"),
        ({"notice_period": "P91D"}, Invalid, "notice_period"),
        ({"notice_period": "soon"}, Invalid, "notice_period"),
        ({"effective_on": T0.date() - timedelta(days=1)}, DatePast, None),
        ({"ends_on": T0.date() - timedelta(days=1)}, DatePast, None),
        ({"effective_on": T0.date() + timedelta(9), "ends_on": T0.date() + timedelta(8)}, Invalid, "ends_on"),
    ],
)
def test_a_head_that_is_wrong_is_refused(changes: dict[str, object], refusal: type[Refusal], field: str | None) -> None:
    given_nothing(lambda: AccountabilityAgreement.open(act(LEADER), AGREEMENT, head(**changes))).then_refused(
        refusal, field=field
    )


def test_text_is_kept_in_nfc() -> None:
    agreement(*drafted()).when(
        lambda a: a.change_head(act(REPORT), {"title": "Ame\u0301lie"}),
    ).then((e.HeadChanged, {"title": "Am\u00e9lie", "purpose_text": None, "cleared": ()}))


def test_only_the_opener_shares_and_only_once() -> None:
    agreement(opened()).when(lambda a: a.share(act(LEADER))).then(e.AgreementShared)
    agreement(opened()).when(lambda a: a.share(act(REPORT))).then_refused(NotYourAct)
    agreement(opened(), shared()).when(lambda a: a.share(act(LEADER))).then_refused(WrongState)


def test_before_the_share_only_the_opener_writes() -> None:
    agreement(opened()).when(lambda a: a.add_term(act(LEADER), UPDATE_TERM)).then(e.TermAdded)
    agreement(opened()).when(lambda a: a.add_term(act(REPORT), UPDATE_TERM)).then_refused(WrongState)
    agreement(opened(), added(UPDATE_TERM, LEADER)).when(
        lambda a: a.comment(act(REPORT), EXTRA, UPDATE, "Why?")
    ).then_refused(WrongState)


def test_a_stranger_finds_nothing_there() -> None:
    for command in (
        lambda a: a.add_term(act(STRANGER), UPDATE_TERM),
        lambda a: a.give_consent(act(STRANGER), **current(a)),
        lambda a: a.abandon(act(STRANGER)),
        lambda a: a.comment(act(STRANGER), EXTRA, UPDATE, "Hello"),
    ):
        agreement(*drafted()).when(command).then_refused(NotThere)


def test_a_contributor_comments_but_never_writes_or_consents() -> None:
    invited = fact(e.ContributorInvited, act(REPORT), person_id=CARLA, motion_id=EXTRA)
    agreement(*drafted(), invited).when(lambda a: a.comment(act(CARLA), EXTRA, UPDATE, "Looks right")).then(
        (e.Commented, {"text": "Looks right", "term_id": UPDATE})
    )
    agreement(*drafted(), invited).when(lambda a: a.add_term(act(CARLA), SUPPORT_TERM)).then_refused(NotYourAct)
    agreement(*drafted(), invited).when(lambda a: a.give_consent(act(CARLA), **current(a))).then_refused(NotYourAct)


def term(kind: str, **fields: object) -> Term:
    return Term(EXTRA, kind, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("a_term", "field"),
    [
        (term("wish", text="x"), "kind"),
        (term("update", owed_by=(REPORT,), topic="t", channel="c"), "cadence"),
        (term("escalation", owed_by=(REPORT,), trigger="t", channel="c"), "within"),
        (term("escalation", owed_by=(REPORT,), trigger="t", channel="c", within="soon"), "within"),
        (term("expectation", text="x"), "owed_by"),
        (term("expectation", owed_by=(STRANGER,), text="x"), "owed_by"),
        (term("expectation", owed_by=(REPORT, REPORT), text="x"), "owed_by"),
        (term("expectation", owed_by=(REPORT,), text="x", channel="chat"), "channel"),
        (term("hands_off", owed_by=(LEADER,), text="x"), "triggers"),
        (term("decision", text="x"), "decides"),
        (term("given", text="x"), "reason"),
        (term("norm", text="x", owed_by=(LEADER,)), "owed_by"),
        (term("norm", text="y" * 20_001), "text"),
        (
            term(
                "update",
                owed_by=(REPORT,),
                topic="t",
                channel="c",
                cadence=Cadence("FREQ=HOURLY", "UTC", "2026-01-12T10:00"),
            ),
            "cadence",
        ),
    ],
)
def test_a_term_that_is_incomplete_or_says_too_much_is_refused(a_term: Term, field: str) -> None:
    given_one = agreement(*drafted()).when(lambda a: a.add_term(act(REPORT), a_term))
    given_one.then_refused(Invalid)
    assert any(name.split(".")[0] == field for name in given_one._refusal.errors), given_one._refusal.errors  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "a_term",
    [
        UPDATE_TERM,
        term("escalation", owed_by=(REPORT,), trigger="A date slips", within="P1D", channel="phone"),
        term("expectation", owed_by=(REPORT,), text="I raise doubts early", good_looks_like="before work starts"),
        SUPPORT_TERM,
        term("hands_off", owed_by=(LEADER,), text="I stay out", triggers=("the release is at risk",)),
        term("decision", text="You choose the design", decides=(REPORT,), consulted=(LEADER,), limits="10 k"),
        GIVEN_TERM,
        term("norm", text="We repair within two days"),
    ],
    ids=lambda t: t.kind,
)
def test_all_eight_kinds_of_term_can_be_written(a_term: Term) -> None:
    agreement(opened(), shared()).when(lambda a: a.add_term(act(LEADER), a_term)).then(
        (e.TermAdded, {"term_id": a_term.id, "kind": a_term.kind, "words": a_term.words, "owed_by": a_term.owed_by})
    )


def test_only_who_set_a_given_changes_it() -> None:
    history = [*drafted(), added(GIVEN_TERM, LEADER)]
    agreement(*history).when(lambda a: a.revise_term(act(REPORT), GIVEN, {"text": "More"})).then_refused(
        CannotEditGiven
    )
    agreement(*history).when(lambda a: a.remove_term(act(REPORT), GIVEN)).then_refused(CannotEditGiven)
    agreement(*history).when(lambda a: a.comment(act(REPORT), EXTRA, GIVEN, "Hard")).then(e.Commented)
    agreement(*history).when(lambda a: a.revise_term(act(LEADER), GIVEN, {"text": "Less"})).then(
        (e.TermRevised, {"term_id": GIVEN})
    )


def test_an_edit_makes_a_new_revision_and_voids_every_consent() -> None:
    a = agreement(*drafted()).aggregate
    a.give_consent(act(LEADER), **current(a))
    assert a.proposal is not None
    before = a.proposal.revision
    a.revise_term(
        act(REPORT), SUPPORT, {"text": "An hour"}, reason="30 minutes are short", heard="You have little time"
    )
    assert (a.proposal.revision, dict(a.proposal.consents)) == (before + 1, {})


def test_a_comment_voids_nothing() -> None:
    a = agreement(*drafted()).aggregate
    a.give_consent(act(LEADER), **current(a))
    a.comment(act(REPORT), EXTRA, SUPPORT, "Thank you")
    a.answer_prompt(act(REPORT), "how_to_update", "In writing")
    assert a.proposal is not None
    assert set(a.proposal.consents) == {LEADER}


def test_an_edit_that_changes_nothing_records_nothing() -> None:
    agreement(*drafted()).when(
        lambda a: a.revise_term(act(REPORT), SUPPORT, {"text": SUPPORT_TERM.text})
    ).then_nothing()
    agreement(*drafted()).when(lambda a: a.change_head(act(REPORT), {"title": "How we work"})).then_nothing()


def test_an_optional_field_can_be_taken_away_and_a_needed_one_cannot() -> None:
    a = agreement(*drafted()).aggregate
    a.revise_term(act(LEADER), UPDATE, {"grace": "PT48H", "good_looks_like": "three lines"})
    a.revise_term(act(LEADER), UPDATE, {"grace": None})
    assert a.proposal is not None
    assert a.proposal.terms[UPDATE].grace is None
    assert a.proposal.terms[UPDATE].good_looks_like == "three lines"
    agreement(*drafted()).when(lambda a: a.revise_term(act(LEADER), UPDATE, {"topic": None})).then_refused(Invalid)


def test_after_version_one_the_text_changes_only_by_an_amendment() -> None:
    agreement(*in_force()).when(lambda a: a.add_term(act(REPORT), GIVEN_TERM)).then_refused(AmendmentNone)


def test_what_was_heard_is_marked_right_by_the_other_only() -> None:
    a = agreement(*drafted()).aggregate
    a.revise_term(act(REPORT), UPDATE, {"channel": "mail"}, heard="You want to read it in peace")
    (heard_id,) = a.heards
    with pytest.raises(NotYourAct):
        a.mark_heard_right(act(REPORT), heard_id)
    a.mark_heard_right(act(LEADER), heard_id)
    assert a.heards[heard_id].right_by == [LEADER]


def test_a_prompt_answer_is_shown_when_all_asked_have_answered_or_its_author_shows_it() -> None:
    a = agreement(opened()).aggregate
    a.answer_prompt(act(LEADER), "work_for_both", "Short loops")
    assert not a.answer_shown("work_for_both", LEADER)
    a.answer_prompt(act(LEADER), "work_for_both", "Shorter loops")
    a.answer_prompt(act(REPORT), "work_for_both", "No surprises")
    assert a.answer_shown("work_for_both", LEADER)
    a.answer_prompt(act(REPORT), "hopes_and_worries", "That it stays on paper", show_now=True)
    assert a.answer_shown("hopes_and_worries", REPORT)
    with pytest.raises(WrongState):
        a.answer_prompt(act(REPORT), "work_for_both", "Something else")


def test_how_to_update_is_asked_of_the_report() -> None:
    agreement(opened()).when(lambda a: a.answer_prompt(act(LEADER), "how_to_update", "By mail")).then_refused(
        NotYourAct
    )
    agreement(opened()).when(lambda a: a.answer_prompt(act(REPORT), "how_to_update", "By mail")).then(
        (e.PromptAnswered, {"key": "how_to_update", "show_now": False})
    )


def test_a_draft_can_be_abandoned_and_then_nothing_more_happens() -> None:
    a = agreement(*drafted()).aggregate
    a.abandon(act(REPORT))
    assert a.state == "abandoned"
    for command in (
        lambda: a.comment(act(LEADER), EXTRA, UPDATE, "Wait"),
        lambda: a.add_term(act(LEADER), GIVEN_TERM),
        lambda: a.give_consent(act(LEADER), 3, "0" * 64),
    ):
        with pytest.raises(WrongState):
            command()


def test_only_its_author_corrects_or_withdraws_a_comment() -> None:
    said = fact(e.Commented, act(REPORT), comment_id=EXTRA, term_id=UPDATE, text="Why?")
    agreement(*drafted(), said).when(lambda a: a.correct_comment(act(LEADER), EXTRA, "No")).then_refused(NotYourAct)
    agreement(*drafted(), said).when(lambda a: a.correct_comment(act(REPORT), EXTRA, "What for?")).then(
        (e.CommentCorrected, {"text": "What for?"})
    )
    agreement(*drafted(), said).when(lambda a: a.withdraw_comment(act(REPORT), EXTRA)).then(e.CommentWithdrawn)
    agreement(*drafted()).when(lambda a: a.withdraw_comment(act(REPORT), UUID(int=7))).then_refused(NotThere)
