"""Who stands where: joint promises, teams, handing on, and what a change must say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.commitments import events as e
from domain.commitments.commitment import Commitment
from domain.commitments.content import Content, Due, Who
from domain.refusals import Invalid, NotThere, NotYourAct, StaleConsent, WrongState
from tests.domain.commitments.promises import (
    CHANGE,
    COMMITMENT,
    DUE,
    LEADER,
    NEWCOMER,
    REPORT,
    STATES,
    TEXT,
    creditor,
    debtor,
    newcomer,
    promised,
    requested,
)
from tests.domain.spec import OSLO, act, person

TEAM = person(500)
MEMBER = person(501)
JOINT = replace(TEXT, owed_by=(Who("person", REPORT), Who("person", NEWCOMER)))
OF_TEAM = replace(TEXT, owed_by=(Who("team", TEAM), Who("person", REPORT)))


def in_team(by: Any) -> Any:
    return replace(by, teams=frozenset({TEAM}))


def test_it_is_promised_when_every_named_debtor_has_promised() -> None:
    c = requested(JOINT)
    c.promise(debtor(), 1)
    assert (c.state, c.waiting_debtors()) == ("requested", (Who("person", NEWCOMER),))
    with pytest.raises(WrongState, match="already"):
        c.promise(debtor(), 1)
    c.promise(newcomer(), 1)
    assert c.state == "promised"
    c.done(newcomer(days=1))
    assert c.report is not None
    assert c.report.by == NEWCOMER, "afterwards any one of a side acts, and it says who"


def test_nobody_becomes_a_debtor_by_anothers_offer() -> None:
    c = Commitment.offer(debtor(), COMMITMENT, JOINT)
    c.accept(creditor(), 1)
    assert c.state == "offered"
    c.promise(newcomer(), 1)
    assert c.state == "promised"


def test_a_joint_debtor_who_is_not_willing_declines_the_offer_of_the_other() -> None:
    c = Commitment.offer(debtor(), COMMITMENT, JOINT)
    c.accept(creditor(), 1)
    c.decline(newcomer(), "not me")
    assert c.state == "declined"


def test_a_counter_voids_every_yes() -> None:
    c = requested(JOINT)
    c.promise(debtor(), 1)
    c.counter(newcomer(), replace(TEXT, outcome="Two regions"), "I hear that it is urgent")
    assert (c.revision, c.content.outcome, c.heard) == (2, "Two regions", "I hear that it is urgent")
    assert c.content.owed_by == JOINT.owed_by, "who owes is not what a counter changes"
    with pytest.raises(StaleConsent):
        c.accept(creditor(), 1)
    c.accept(creditor(), 2)
    assert c.state == "countered"
    c.promise(debtor(), 2)
    assert c.state == "promised"


def test_a_team_is_bound_by_any_member_and_only_while_they_are_one() -> None:
    c = requested(OF_TEAM)
    with pytest.raises(NotThere):
        c.promise(act(MEMBER), 1)
    c.promise(in_team(act(MEMBER)), 1)
    assert c.waiting_debtors() == (Who("person", REPORT),)
    c.promise(debtor(), 1)
    c.flag_at_risk(in_team(act(MEMBER, days=1)), person(9), "late")
    with pytest.raises(NotThere):
        c.report_progress(act(MEMBER, days=2), person(9), "late")


def test_who_is_named_in_person_and_by_a_team_of_the_other_side_stands_where_they_are_named() -> None:
    c = requested(replace(TEXT, owed_to=(Who("team", TEAM), Who("person", LEADER))))
    assert c.side_of(in_team(debtor())) == "debtors"


def test_handing_on_needs_the_other_side_and_the_newcomer() -> None:
    c = promised()
    c.propose_change(debtor(days=1), CHANGE, "delegate", reason="she knows the source", person_id=NEWCOMER)
    assert c.sights()[NEWCOMER] == "party"
    c.collect_events()
    c.accept_change(newcomer(days=1), 1)
    assert [type(f) for f in c.collect_events()] == [e.ChangeAgreed]
    assert c.side_of(newcomer(days=1)) is None, "until all agree the old debtor answers"
    with pytest.raises(WrongState, match="another's yes"):
        c.accept_change(newcomer(days=1), 1)
    c.accept_change(creditor(days=2), 1)
    assert c.content.owed_by == (Who("person", NEWCOMER),)
    assert c.sights() == {NEWCOMER: "party", LEADER: "party", REPORT: "former_party"}
    assert c.left[Who("person", REPORT)][1] == "delegate"
    with pytest.raises(NotYourAct, match="any more"):
        c.done(debtor(days=3))
    c.done(newcomer(days=3))


def test_a_newcomer_who_refuses_sees_it_no_more() -> None:
    c = promised()
    c.propose_change(creditor(days=1), CHANGE, "assign", reason="new owner", person_id=NEWCOMER)
    c.refuse_change(newcomer(days=1), "not mine")
    assert NEWCOMER not in c.sights()
    assert c.changes[CHANGE].state == "refused"


def test_refocus_goes_down_openly_and_back_up() -> None:
    c = promised(replace(TEXT, level="result"))
    c.propose_change(
        debtor(days=1), CHANGE, "refocus", reason="the storm", level="task", return_condition="the storm is over"
    )
    c.accept_change(creditor(days=1), 1)
    assert (c.content.level, c.content.due, c.revision) == ("task", DUE, 2)
    c.propose_change(creditor(days=9), person(7), "refocus", reason="calm again", level="impact")
    c.accept_change(debtor(days=9), 2)
    assert (c.content.level, c.content.due) == ("impact", None)
    assert [(one.level, one.return_condition) for one in c.level_log] == [
        ("result", None),
        ("task", "the storm is over"),
        ("impact", None),
    ]
    c.propose_change(debtor(days=10), person(8), "conclude", reason="it holds")
    c.accept_change(creditor(days=11), 3)
    assert (c.state, c.end_cause) == ("kept", "concluded")


def test_a_counter_to_a_change_closes_it_and_turns() -> None:
    c = STATES["change asked by the debtor"]()
    sooner = Due.end_of_day(date(2026, 1, 22), OSLO)
    c.counter_change(creditor(days=2), person(8), reason="three days are enough", due=sooner)
    assert (c.changes[CHANGE].state, c.change.id if c.change else None) == ("countered", person(8))
    c.accept_change(debtor(days=2), 1)
    assert c.content.due == sooner


def test_any_end_closes_a_pending_change() -> None:
    c = STATES["change asked by the debtor"]()
    c.release(creditor(days=2))
    assert (c.change, c.changes[CHANGE].state) == (None, "closed")


def test_unmet_conditions_are_shown() -> None:
    c = STATES["reported"]()
    with pytest.raises(Invalid):
        c.confirm(creditor(days=2), [2])
    c.confirm(creditor(days=2), [0], "good work")
    assert c.report is not None
    assert (c.report.conditions_met, c.report.thanks) == ((0,), "good work")


def test_when_nobody_is_left_on_the_other_side_the_side_left_ends_it() -> None:
    c = promised()
    c.release(debtor(days=1), nobody_left=True)
    assert (c.state, c.end_cause) == ("released", "nobody_left")
    c = promised()
    c.cancel(creditor(days=1), nobody_left=True)
    assert (c.state, c.end_cause) == ("cancelled", "nobody_left")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"owed_by": ()}, "owed_by"),
        ({"owed_by": TEXT.owed_to}, "owed_to"),
        ({"owed_by": TEXT.owed_by * 2}, "owed_by"),
        ({"level": "dream"}, "level"),
        ({"use": "gossip"}, "use"),
        ({"outcome": " "}, "outcome"),
        ({"conditions": ("x", "")}, "conditions"),
        ({"due": None}, "due_at"),
        ({"due": Due.end_of_day(date(2126, 1, 1), OSLO)}, "due_at"),
        ({"level": "impact", "due": DUE, "cadence": STATES["promised impact"]().content.cadence}, "cadence"),
    ],
)
def test_what_cannot_be_promised(wrong: dict[str, Any], field: str) -> None:
    content = Content(**{**vars(TEXT), **wrong})
    with pytest.raises(Invalid) as refused:
        Commitment.request(creditor(), COMMITMENT, content)
    assert field in refused.value.errors


@pytest.mark.parametrize(
    ("kind", "said", "field"),
    [
        ("terms", {}, "outcome"),
        ("terms", {"level": "task"}, "level"),
        ("terms", {"outcome": TEXT.outcome}, "kind"),
        ("refocus", {"due": DUE}, "level"),
        ("suspend", {}, "until"),
        ("delegate", {"person_id": LEADER}, "person_id"),
        ("delegate", {"person_id": NEWCOMER, "until": date(2026, 2, 2)}, "until"),
        ("postpone", {}, "kind"),
    ],
)
def test_what_a_change_cannot_say(kind: str, said: dict[str, Any], field: str) -> None:
    c = promised()
    with pytest.raises(Invalid) as refused:
        c.propose_change(debtor(days=1), CHANGE, kind, reason="because", **said)
    assert field in refused.value.errors


def test_a_stranger_offers_nothing_for_others() -> None:
    with pytest.raises(Invalid):
        Commitment.offer(newcomer(), COMMITMENT, TEXT)
