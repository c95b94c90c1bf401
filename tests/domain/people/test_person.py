"""A person's place: who leads them, what opens doors for them, when they are away, and that leaving ends it all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.people import events as e
from domain.people.person import Person
from domain.refusals import DatePast, Invalid, NotThere, WrongState
from tests.domain.spec import ANNA, BORIS, CARLA, ORGANISATION, T0, Recalled, act, fact, given, given_nothing

TOKEN, INVITATION, ABSENCE = UUID(int=11), UUID(int=12), UUID(int=13)
TODAY = T0.date()


def joined(**other: Any) -> Recalled:
    return fact(e.PersonJoined, act(ANNA), **{"kind": "member", "leader_id": None, "roles": (), **other})


def left() -> Recalled:
    return fact(e.PersonDeactivated, act(ANNA))


def invited(**later: float) -> Recalled:
    return fact(e.InvitationIssued, act(ANNA), invitation_id=INVITATION, expires_at=T0 + timedelta(**later))


def tokened() -> Recalled:
    return fact(e.TokenIssued, act(BORIS), token_id=TOKEN, scopes=("all",), expires_at=None)


def away() -> Recalled:
    on = {"from_on": TODAY, "until_on": TODAY + timedelta(days=6)}
    return fact(e.AbsenceDeclared, act(BORIS), absence_id=ABSENCE, **on)


def test_somebody_joins_with_a_leader_and_a_role() -> None:
    begun = given_nothing(lambda: Person.join(act(ANNA), BORIS, leader_id=ANNA, roles=("steward",)))
    begun.then((e.PersonJoined, {"kind": "member", "leader_id": ANNA, "roles": ("steward",), "actor_id": ANNA}))
    person = begun.aggregate
    assert (person.id, person.organisation_id, person.leader_id, person.active) == (BORIS, ORGANISATION, ANNA, True)


def test_nobody_joins_as_their_own_leader() -> None:
    given_nothing(lambda: Person.join(act(ANNA), BORIS, leader_id=BORIS)).then_refused(Invalid, field="leader_id")


def test_a_role_that_does_not_exist_is_refused() -> None:
    given_nothing(lambda: Person.join(act(ANNA), BORIS, roles=("owner",))).then_refused(Invalid, field="roles")


def test_a_new_leader_is_recorded_with_the_one_before() -> None:
    given(Person, BORIS, joined(leader_id=ANNA)).when(lambda p: p.assign_leader(act(ANNA), CARLA)).then(
        (e.LeaderAssigned, {"old_leader_id": ANNA, "leader_id": CARLA})
    )


def test_a_leader_may_be_taken_away() -> None:
    given(Person, BORIS, joined(leader_id=ANNA)).when(lambda p: p.assign_leader(act(ANNA), None)).then(
        (e.LeaderAssigned, {"old_leader_id": ANNA, "leader_id": None})
    )


def test_the_same_leader_again_changes_nothing() -> None:
    given(Person, BORIS, joined(leader_id=ANNA)).when(lambda p: p.assign_leader(act(ANNA), ANNA)).then_nothing()


def test_nobody_leads_themselves() -> None:
    given(Person, BORIS, joined()).when(lambda p: p.assign_leader(act(ANNA), BORIS)).then_refused(
        Invalid, field="leader_id"
    )


def test_roles_are_given_and_taken_away() -> None:
    given(Person, BORIS, joined()).when(lambda p: p.change_roles(act(ANNA), ("steward", "steward"))).then(
        (e.RolesChanged, {"roles": ("steward",)})
    )
    steward = given(Person, BORIS, joined(roles=("steward",)))
    steward.when(lambda p: p.change_roles(act(ANNA), ())).then((e.RolesChanged, {"roles": ()}))
    assert steward.aggregate.roles == ()


def test_the_same_roles_again_change_nothing() -> None:
    given(Person, BORIS, joined(roles=("steward",))).when(
        lambda p: p.change_roles(act(ANNA), ("steward",))
    ).then_nothing()


def test_roles_that_do_not_exist_are_refused() -> None:
    given(Person, BORIS, joined()).when(lambda p: p.change_roles(act(ANNA), ("owner",))).then_refused(
        Invalid, field="roles"
    )


def test_an_invitation_is_accepted_once() -> None:
    invitation = given(Person, BORIS, joined(), invited(hours=72))
    invitation.when(lambda p: p.accept_invitation(act(BORIS), INVITATION)).then(
        (e.InvitationAccepted, {"invitation_id": INVITATION})
    )
    invitation.when(lambda p: p.accept_invitation(act(BORIS), INVITATION)).then_refused(NotThere)


def test_an_invitation_holds_until_it_expires_and_no_longer() -> None:
    still = given(Person, BORIS, joined(), invited(hours=72))
    still.when(lambda p: p.accept_invitation(act(BORIS, hours=71), INVITATION)).then(e.InvitationAccepted)
    over = given(Person, BORIS, joined(), invited(hours=72))
    over.when(lambda p: p.accept_invitation(act(BORIS, hours=72), INVITATION)).then_refused(NotThere)


def test_an_unknown_invitation_is_not_there() -> None:
    given(Person, BORIS, joined()).when(lambda p: p.accept_invitation(act(BORIS), INVITATION)).then_refused(NotThere)


@pytest.mark.parametrize("scopes", [(), ("all", "import"), ("agreements:read", "everything"), ("ALL",)])
def test_scopes_are_all_or_some_of_those_that_exist(scopes: tuple[str, ...]) -> None:
    given(Person, BORIS, joined()).when(lambda p: p.issue_token(act(BORIS), TOKEN, scopes)).then_refused(
        Invalid, field="scopes"
    )


def test_a_token_names_each_scope_once() -> None:
    given(Person, BORIS, joined()).when(lambda p: p.issue_token(act(BORIS), TOKEN, ("import", "import"))).then(
        (e.TokenIssued, {"scopes": ("import",), "expires_at": None})
    )


def test_a_token_that_would_be_over_already_is_refused() -> None:
    given(Person, BORIS, joined()).when(lambda p: p.issue_token(act(BORIS), TOKEN, ("all",), T0)).then_refused(
        Invalid, field="expires_at"
    )


def test_a_token_is_revoked_once() -> None:
    token = given(Person, BORIS, joined(), tokened())
    token.when(lambda p: p.revoke_token(act(BORIS), TOKEN)).then((e.TokenRevoked, {"token_id": TOKEN}))
    token.when(lambda p: p.revoke_token(act(BORIS), TOKEN)).then_refused(NotThere)


@pytest.mark.parametrize("back", [0, 14])
def test_an_absence_may_begin_up_to_fourteen_days_ago(back: int) -> None:
    first = TODAY - timedelta(days=back)
    given(Person, BORIS, joined()).when(lambda p: p.declare_absence(act(BORIS), ABSENCE, first, TODAY)).then(
        (e.AbsenceDeclared, {"absence_id": ABSENCE, "from_on": first, "until_on": TODAY})
    )


def test_an_absence_that_began_before_that_is_refused() -> None:
    first = TODAY - timedelta(days=15)
    given(Person, BORIS, joined()).when(lambda p: p.declare_absence(act(BORIS), ABSENCE, first, TODAY)).then_refused(
        DatePast, "14 days"
    )


def test_the_day_is_that_of_the_organisation() -> None:
    # 23:30 UTC on the 5th is the 6th in Oslo: the 22nd of December is fifteen days back there.
    late = act(BORIS, hours=15, minutes=30)
    given(Person, BORIS, joined()).when(
        lambda p: p.declare_absence(late, ABSENCE, date(2025, 12, 22), TODAY)
    ).then_refused(DatePast)


def test_an_absence_ends_no_earlier_than_it_begins() -> None:
    yesterday = TODAY - timedelta(days=1)
    given(Person, BORIS, joined()).when(
        lambda p: p.declare_absence(act(BORIS), ABSENCE, TODAY, yesterday)
    ).then_refused(Invalid, field="until_on")


def test_an_absence_is_told_for_a_year_at_most() -> None:
    year = TODAY + timedelta(days=367)
    given(Person, BORIS, joined()).when(lambda p: p.declare_absence(act(BORIS), ABSENCE, TODAY, year)).then_refused(
        Invalid, field="until_on"
    )


def test_that_somebody_else_signed_one_out_is_on_record() -> None:
    given(Person, BORIS, joined()).when(lambda p: p.sign_out(act(ANNA))).then((e.SignedOut, {}))


def test_an_absence_is_withdrawn_once() -> None:
    absence = given(Person, BORIS, joined(), away())
    assert [a.id for a in absence.aggregate.absences] == [ABSENCE]
    absence.when(lambda p: p.withdraw_absence(act(BORIS), ABSENCE)).then((e.AbsenceWithdrawn, {"absence_id": ABSENCE}))
    assert absence.aggregate.absences == []
    absence.when(lambda p: p.withdraw_absence(act(BORIS), ABSENCE)).then_refused(NotThere)


def test_leaving_takes_every_token_and_invitation_along() -> None:
    person = given(Person, BORIS, joined(), tokened(), invited(hours=72))
    person.when(lambda p: p.deactivate(act(ANNA))).then(e.PersonDeactivated)
    assert (person.aggregate.active, person.aggregate.tokens, person.aggregate.invitations) == (False, {}, {})


ACTS: dict[str, Callable[[Person], None]] = {
    "assign_leader": lambda p: p.assign_leader(act(ANNA), CARLA),
    "change_roles": lambda p: p.change_roles(act(ANNA), ("steward",)),
    "deactivate": lambda p: p.deactivate(act(ANNA)),
    "invite": lambda p: p.invite(act(ANNA), INVITATION, T0 + timedelta(hours=72)),
    "accept_invitation": lambda p: p.accept_invitation(act(BORIS), INVITATION),
    "issue_token": lambda p: p.issue_token(act(BORIS), TOKEN, ("all",)),
    "declare_absence": lambda p: p.declare_absence(act(BORIS), ABSENCE, TODAY, TODAY),
    "sign_out": lambda p: p.sign_out(act(ANNA)),
}


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize(
    "history",
    [(joined(), left()), (joined(kind="imported"),)],
    ids=["who has left", "who is only known from elsewhere"],
)
def test_nothing_can_be_done_to_somebody(name: str, history: tuple[Recalled, ...]) -> None:
    given(Person, BORIS, *history).when(ACTS[name]).then_refused(WrongState)
