"""What one viewer is shown of an agreement, and which requests are offered to them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from domain.agreements import events as e
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.terms import Term
from services.agreements.reading import Reading
from services.agreements.view import show
from tests.domain.agreements.agreement_facts import (
    EXTRA,
    GIVEN,
    LEADER,
    REPORT,
    SUPPORT,
    TRIO,
    UPDATE,
    added,
    agreement,
    amending,
    current,
    drafted,
    head,
    in_force,
    shared,
)
from tests.domain.agreements.test_what_stays_private import ON_WHAT_STAYED, in_trio, written_alone
from tests.domain.spec import CARLA, OSLO, T0, act, fact


def shown(a: AccountabilityAgreement, viewer: UUID, sight: str = "party", days: float = 0) -> dict[str, Any]:
    return show(Reading(viewer, sight, (), T0 + timedelta(days=days), a.version, agreement=a, today=a), OSLO)


def day(number: int) -> date:
    return T0.date() + timedelta(days=number)


def test_to_the_others_the_text_begins_at_the_share() -> None:
    a = agreement(*written_alone()).aggregate
    a.share(act(LEADER, days=3))
    theirs = shown(a, REPORT, days=4)
    assert theirs["proposal"]["revision"] == 1
    assert (theirs["heard"], [c["id"] for c in theirs["comments"]]) == ([], [str(ON_WHAT_STAYED)])
    assert set(theirs["term_records"]) == {str(UPDATE)}
    record = theirs["term_records"][str(UPDATE)]
    assert (record["added_at"][:10], record["changed_at_version"]) == ("2026-01-08", a.version)
    own = shown(a, LEADER, days=4)
    assert (len(own["heard"]), len(own["comments"]), len(own["term_records"])) == (1, 2, 2)
    assert own["term_records"][str(UPDATE)]["added_at"][:10] == "2026-01-05"


def test_a_heard_from_before_the_share_is_not_offered_to_be_marked_right() -> None:
    a = agreement(*written_alone(), shared()).aggregate
    assert "POST heard/{heard_id}/right" not in shown(a, REPORT)["allowed_actions"]


def test_from_which_agreement_terms_were_carried_over_is_for_the_opener() -> None:
    a = agreement(*drafted()).aggregate
    a.carried_from = EXTRA
    assert (shown(a, LEADER)["carried_from"], shown(a, REPORT)["carried_from"]) == (str(EXTRA), None)


def test_the_end_that_is_shown_is_the_first_that_comes() -> None:
    notice = fact(e.NoticeGiven, act(REPORT), ends_on=day(40), reason=None)
    a = agreement(*in_force(head(ends_on=day(20))), notice).aggregate
    assert shown(a, LEADER)["ends_on"] == day(20).isoformat()


def test_after_the_end_a_version_that_never_took_effect_is_not_shown_as_the_text() -> None:
    a = agreement(*in_force(), amending()).aggregate
    a.revise_term(act(REPORT), SUPPORT, {"text": "An hour"})
    a.change_head(act(REPORT), {"effective_on": day(30)})
    for person in (LEADER, REPORT):
        a.give_consent(act(person), **current(a))
    a.record(e.AgreementEnded, act(REPORT, days=3), cause="motion")
    assert shown(a, LEADER, days=50)["version"] == 1


def test_who_has_left_is_offered_no_request_that_would_be_refused() -> None:
    granted = fact(e.EarlierVersionsGranted, act(REPORT), person_id=EXTRA)
    a = agreement(*in_trio(), granted).aggregate
    a.part_left(act(None), REPORT)
    assert shown(a, REPORT, "former_party")["allowed_actions"] == []


def test_consent_is_not_offered_to_a_text_whose_last_day_has_passed() -> None:
    a = agreement(*drafted(the_head=head(ends_on=day(5)))).aggregate
    assert "POST consents" in shown(a, REPORT, days=5)["allowed_actions"]
    assert "POST consents" not in shown(a, REPORT, days=6)["allowed_actions"]


def test_changing_a_term_is_offered_where_only_a_given_of_who_left_is_there() -> None:
    given = Term(GIVEN, "given", text="Fridays", reason="the build", set_by=CARLA)
    a = agreement(*drafted(added(given, CARLA), the_head=head(TRIO))).aggregate
    assert "PATCH terms/{term_id}" not in shown(a, REPORT)["allowed_actions"]
    a.change_head(act(LEADER), {"parties": TRIO[:2]})
    assert "PATCH terms/{term_id}" in shown(a, REPORT)["allowed_actions"]


def test_who_is_to_join_is_shown_no_records_of_terms_they_do_not_see() -> None:
    a = agreement(*in_force(), amending()).aggregate
    a.remove_term(act(REPORT), SUPPORT)
    a.add_term(act(REPORT), Term(SUPPORT.__class__(int=5), "support", (LEADER,), text="An hour"))
    for person in (LEADER, REPORT):
        a.give_consent(act(person), **current(a))
    a.open_amendment(act(REPORT, days=1), "One more")
    a.change_head(act(REPORT, days=1), {"parties": TRIO})
    theirs = shown(a, CARLA, "joining", days=2)
    assert str(SUPPORT) not in theirs["term_records"]
    assert str(SUPPORT) in shown(a, LEADER, days=2)["term_records"]
