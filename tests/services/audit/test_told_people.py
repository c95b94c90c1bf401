from __future__ import annotations

import pytest

from services.audit.told_people import tell_organisation, tell_person
from tests.golden.make import fact_for
from tests.golden.samples import OURS

OF_A_PERSON = [topic for topic in OURS if topic.startswith("concord.person.")]
OF_AN_ORGANISATION = [topic for topic in OURS if topic.startswith("concord.organisation.")]


@pytest.mark.parametrize("topic", OF_A_PERSON)
def test_everything_that_is_recorded_of_a_person_is_told_to_them(topic: str) -> None:
    for by_somebody in (True, False):
        fact = fact_for(OURS[topic], topic, full=True, by_somebody=by_somebody)
        assert tell_person(fact, own=True, steward=False, shares=False) is not None
        assert tell_person(fact, own=False, steward=False, shares=False) is None


@pytest.mark.parametrize("topic", OF_AN_ORGANISATION)
def test_everything_that_is_recorded_of_an_organisation_is_told_to_its_stewards(topic: str) -> None:
    assert tell_organisation(fact_for(OURS[topic], topic, full=True, by_somebody=True), steward=True) is not None
