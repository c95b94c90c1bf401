"""What must hold over all people of an organisation at once."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.people import events as e
from domain.people.organisation import Organisation
from domain.refusals import Invalid, LastSteward
from tests.domain.spec import ANNA, BORIS, CARLA, ORGANISATION, Recalled, act, fact, given, given_nothing

LINES: dict[UUID, UUID | None] = {ANNA: None, BORIS: ANNA, CARLA: BORIS}


def founded() -> Recalled:
    return fact(e.OrganisationFounded, act(ANNA), time_zone="Europe/Oslo")


def test_an_organisation_is_founded_with_its_zone() -> None:
    given_nothing(lambda: Organisation.found(act(ANNA), ORGANISATION)).then(
        (e.OrganisationFounded, {"time_zone": "Europe/Oslo"})
    )


@pytest.mark.parametrize("leader", [ANNA, None])
def test_a_line_is_changed(leader: UUID | None) -> None:
    given(Organisation, ORGANISATION, founded()).when(lambda o: o.change_line(act(ANNA), CARLA, leader, LINES)).then(
        (e.LineChanged, {"person_id": CARLA, "leader_id": leader})
    )


@pytest.mark.parametrize("leader", [ANNA, BORIS, CARLA])
def test_nobody_leads_themselves_directly_or_by_way_of_others(leader: UUID) -> None:
    given(Organisation, ORGANISATION, founded()).when(
        lambda o: o.change_line(act(ANNA), ANNA, leader, LINES)
    ).then_refused(Invalid, field="leader_id")


def test_a_circle_that_is_there_already_is_refused_and_not_followed_for_ever() -> None:
    circle: dict[UUID, UUID | None] = {ANNA: BORIS, BORIS: ANNA}
    given(Organisation, ORGANISATION, founded()).when(
        lambda o: o.change_line(act(ANNA), CARLA, ANNA, circle)
    ).then_refused(Invalid, field="leader_id")


def test_a_steward_may_go_where_another_is_left() -> None:
    given(Organisation, ORGANISATION, founded()).when(
        lambda o: o.part_with_steward(act(ANNA), ANNA, [ANNA, BORIS])
    ).then((e.StewardLeft, {"person_id": ANNA}))


@pytest.mark.parametrize("stewards", [[ANNA], []])
def test_the_last_steward_stays(stewards: list[UUID]) -> None:
    given(Organisation, ORGANISATION, founded()).when(
        lambda o: o.part_with_steward(act(ANNA), ANNA, stewards)
    ).then_refused(LastSteward)
