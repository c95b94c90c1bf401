"""What must hold over all people of an organisation at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from domain.people import events as e
from domain.people.organisation import Organisation
from domain.people.policy import OrganisationPolicy
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


def test_a_policy_is_kept_in_normal_form_with_what_it_was_before() -> None:
    wanted = OrganisationPolicy(
        prompts=("hopes_and_worries", "work_for_both", "work_for_both"),
        grace="PT048H",
        create_people_from_provider=True,
        provider_domains=(" Example.ORG", "example.org"),
    )
    kept = OrganisationPolicy(
        prompts=("work_for_both", "hopes_and_worries"),
        grace="PT48H",
        create_people_from_provider=True,
        provider_domains=("example.org",),
    )
    given(Organisation, ORGANISATION, founded()).when(lambda o: o.change_policy(act(ANNA), wanted)).then(
        (e.PolicyChanged, {"old": OrganisationPolicy(), "new": kept})
    )


def test_the_same_policy_again_changes_nothing() -> None:
    changed = fact(e.PolicyChanged, act(ANNA), old=OrganisationPolicy(), new=OrganisationPolicy(statistics=False))
    given(Organisation, ORGANISATION, founded(), changed).when(
        lambda o: o.change_policy(act(ANNA), OrganisationPolicy(statistics=False))
    ).then()


@pytest.mark.parametrize(
    ("field", "settings"),
    [
        ("imbalance_longest_days", {"imbalance_longest_days": 366}),
        ("imbalance_gap_percent", {"imbalance_gap_percent": -1}),
        ("imbalance_share_percent", {"imbalance_share_percent": 0}),
        ("prompts", {"prompts": ("how_was_your_day",)}),
        ("grace", {"grace": "P31D"}),
        ("retention", {"retention": "PT1H"}),
        ("provider_domains", {"create_people_from_provider": True}),
        ("provider_domains", {"provider_domains": ("ada@example.org",)}),
        ("provider_domains", {"provider_domains": tuple(f"d{n}.example" for n in range(51))}),
    ],
)
def test_what_nobody_could_keep_is_no_policy(field: str, settings: dict[str, Any]) -> None:
    given(Organisation, ORGANISATION, founded()).when(
        lambda o: o.change_policy(act(ANNA), OrganisationPolicy(**settings))
    ).then_refused(Invalid, field=field)
