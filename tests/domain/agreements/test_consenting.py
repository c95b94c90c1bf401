"""Consent is to an exact text; nothing one side dictated comes into force."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import rfc8785

from domain.agreements import events as e
from domain.agreements.terms import Party, canonical_json
from domain.refusals import AmendmentNone, AmendmentOpen, NotYourAct, OneSided, StaleConsent, WrongState
from tests.domain.agreements.agreement_facts import (
    EXTRA,
    GIVEN_TERM,
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
from tests.domain.spec import CARLA, T0, act, fact


def test_the_last_consent_makes_version_one() -> None:
    a = agreement(*drafted()).aggregate
    a.give_consent(act(LEADER), **current(a))
    assert (a.state, a.versions) == ("drafting", [])
    the_hash = current(a)["content_hash"]
    a.give_consent(act(REPORT, days=2), **current(a))
    (version,) = a.versions
    assert (a.state, version.number, version.content_hash) == ("in_force", 1, the_hash)
    assert version.takes_effect_on == (T0 + timedelta(days=2)).date()
    assert {c.person_id for c in version.consents} == {LEADER, REPORT}
    assert a.next_review_on == version.takes_effect_on + timedelta(days=30)


def test_the_hash_is_taken_over_the_canonical_form() -> None:
    a = agreement(*drafted(), added(GIVEN_TERM, LEADER)).aggregate
    assert a.proposal is not None
    mine = canonical_json(a.proposal.head, a.proposal.terms)
    assert mine == rfc8785.dumps(json.loads(mine))


def test_a_consent_to_stale_text_is_refused_saying_what_changed() -> None:
    a = agreement(*drafted()).aggregate
    seen = current(a)
    a.revise_term(act(REPORT), UPDATE, {"channel": "mail"})
    with pytest.raises(StaleConsent, match="revised a term"):
        a.give_consent(act(LEADER), **seen)


def test_a_consent_to_the_right_revision_with_another_hash_is_refused() -> None:
    agreement(*drafted()).when(lambda a: a.give_consent(act(LEADER), current(a)["revision"], "0" * 64)).then_refused(
        StaleConsent
    )


def test_nobody_consents_before_the_draft_is_shared() -> None:
    agreement(opened(), added(UPDATE_TERM, LEADER)).when(
        lambda a: a.give_consent(act(LEADER), **current(a))
    ).then_refused(WrongState)


def test_a_text_under_which_one_side_owes_nothing_is_refused_and_names_them() -> None:
    a = agreement(opened(), shared(), added(UPDATE_TERM, LEADER)).aggregate
    a.comment(act(REPORT), EXTRA, UPDATE, "And you?")
    with pytest.raises(OneSided) as refused:
        a.give_consent(act(REPORT), **current(a))
    assert refused.value.people == (LEADER,)


def test_a_party_that_never_wrote_anything_cannot_consent_to_version_one() -> None:
    history = [opened(), shared(), added(UPDATE_TERM, LEADER), added(SUPPORT_TERM, LEADER)]
    agreement(*history).when(lambda a: a.give_consent(act(REPORT), **current(a))).then_refused(OneSided)
    a = agreement(*history).aggregate
    a.answer_prompt(act(REPORT), "how_to_update", "In writing")
    a.give_consent(act(REPORT), **current(a))
    assert a.proposal is not None
    assert set(a.proposal.consents) == {REPORT}


@pytest.mark.parametrize(("parties", "enough"), [(PAIR, False), (TRIO, True)])
def test_a_norm_counts_only_with_three_or_more_parties(parties: tuple[Party, ...], enough: bool) -> None:
    norm = type(UPDATE_TERM)(EXTRA, "norm", text="We repair within two days")
    a = agreement(opened(head(parties)), shared(), added(norm, LEADER)).aggregate
    if enough:
        a.give_consent(act(LEADER), **current(a))
    else:
        with pytest.raises(OneSided):
            a.give_consent(act(LEADER), **current(a))


def test_consenting_twice_is_refused_and_a_consent_can_be_taken_back() -> None:
    a = agreement(*drafted()).aggregate
    a.give_consent(act(LEADER), **current(a))
    with pytest.raises(WrongState):
        a.give_consent(act(LEADER), **current(a))
    a.withdraw_consent(act(LEADER))
    a.give_consent(act(REPORT), **current(a))
    assert a.versions == []


def test_asking_for_changes_takes_ones_own_consent_back() -> None:
    a = agreement(*drafted()).aggregate
    a.give_consent(act(LEADER), **current(a))
    a.collect_events()
    a.ask_for_changes(act(LEADER), "Tuesdays, please")
    assert [type(f) for f in a.collect_events()] == [e.ConsentWithdrawn, e.ChangesAsked]


def test_a_text_takes_effect_on_its_day_and_the_one_before_holds_until_then() -> None:
    a = agreement(*in_force(), amending()).aggregate
    later = (T0 + timedelta(days=10)).date()
    a.change_head(act(REPORT), {"effective_on": later})
    a.give_consent(act(LEADER), **current(a))
    a.give_consent(act(REPORT), **current(a))
    today = T0.date()
    assert a.version_in_force(today) is a.versions[0]
    assert a.upcoming(today) is a.versions[1]
    assert a.version_in_force(later) is a.versions[1]
    assert a.upcoming(later) is None


def test_an_effective_day_that_passed_before_the_last_consent_becomes_the_day_of_that_consent() -> None:
    a = agreement(*drafted(the_head=head(effective_on=T0.date() + timedelta(days=1)))).aggregate
    a.give_consent(act(LEADER), **current(a))
    a.give_consent(act(REPORT, days=5), **current(a))
    assert a.versions[0].takes_effect_on == T0.date() + timedelta(days=5)


def test_one_amendment_at_a_time_and_the_version_in_force_stays_valid() -> None:
    agreement(*in_force()).when(lambda a: a.open_amendment(act(REPORT), "Mondays do not work")).then(
        (e.AmendmentOpened, {"reason": "Mondays do not work", "clerical": False})
    )
    agreement(*in_force(), amending()).when(lambda a: a.open_amendment(act(LEADER), "Me too")).then_refused(
        AmendmentOpen
    )
    a = agreement(*in_force(), amending()).aggregate
    a.revise_term(act(REPORT), UPDATE, {"channel": "mail"})
    holding = a.version_in_force(T0.date())
    assert holding is not None
    assert holding.terms[UPDATE].channel == "chat"


def test_an_amendment_is_retracted_by_its_opener_and_declined_by_the_other() -> None:
    agreement(*in_force(), amending(REPORT)).when(lambda a: a.retract_amendment(act(REPORT))).then(e.AmendmentRetracted)
    agreement(*in_force(), amending(REPORT)).when(lambda a: a.retract_amendment(act(LEADER))).then_refused(NotYourAct)
    agreement(*in_force(), amending(REPORT)).when(lambda a: a.decline_amendment(act(LEADER), "Not now")).then(
        e.AmendmentDeclined
    )
    agreement(*in_force(), amending(REPORT)).when(lambda a: a.decline_amendment(act(REPORT))).then_refused(NotYourAct)
    agreement(*in_force()).when(lambda a: a.retract_amendment(act(REPORT))).then_refused(AmendmentNone)


def test_a_clerical_amendment_needs_everybodys_consent_all_the_same() -> None:
    history = [*in_force(), fact(e.AmendmentOpened, act(LEADER), reason="Spelling", clerical=True)]
    a = agreement(*history).aggregate
    a.revise_term(act(LEADER), SUPPORT, {"text": "30 minutes every week"})
    a.give_consent(act(LEADER), **current(a))
    assert len(a.versions) == 1
    a.give_consent(act(REPORT), **current(a))
    assert (len(a.versions), a.versions[1].clerical) == (2, True)


def test_somebody_joins_by_an_amendment_that_they_consent_to_as_well() -> None:
    a = agreement(*in_force(), amending()).aggregate
    a.change_head(act(REPORT), {"parties": TRIO})
    a.add_term(act(REPORT), type(UPDATE_TERM)(EXTRA, "expectation", (CARLA,), text="I review within a day"))
    assert a.sights()[CARLA] == "party"
    for person in (LEADER, REPORT):
        a.give_consent(act(person), **current(a))
    assert len(a.versions) == 1
    with pytest.raises(NotYourAct):
        a.give_notice(act(CARLA), T0.date() + timedelta(days=60))
    a.give_consent(act(CARLA), **current(a))
    assert (len(a.versions), a.people) == (2, (LEADER, REPORT, CARLA))


def test_somebody_taken_out_by_an_amendment_consents_to_it_and_is_former_then() -> None:
    made = {
        UPDATE: UPDATE_TERM,
        SUPPORT: SUPPORT_TERM,
        EXTRA: type(UPDATE_TERM)(EXTRA, "expectation", (CARLA,), text="I review"),
    }
    a = agreement(*in_force(head(TRIO), made=made), amending()).aggregate
    a.remove_term(act(CARLA), EXTRA)
    a.change_head(act(REPORT), {"parties": PAIR})
    for person in (LEADER, REPORT):
        a.give_consent(act(person), **current(a))
    assert len(a.versions) == 1
    a.give_consent(act(CARLA), **current(a))
    assert a.people == (LEADER, REPORT)
    assert a.sights()[CARLA] == "former_party"
