from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.http.agreements import stories
from tests.http.agreements.every_request import ACTIONS, READS, filled
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair

ROUTES = [*(f"GET {read}" for read in READS), *ACTIONS]


async def request_of(route: str, agreement: dict[str, Any], pair: Pair, other: Someone) -> tuple[str, str, Any]:
    if route.startswith("GET "):
        term_id = agreement["terms"][0]["id"]
        return "GET", f"/agreements/{agreement['id']}{route[4:].format(term_id=term_id)}", None
    asked = filled(route, agreement, pair, other.id, by=pair.ada.id)
    return asked.method, asked.path, asked.body


@pytest.fixture
async def agreement(pair: Pair, cy: Someone) -> dict[str, Any]:
    """In force with everything on it that a path can name."""
    made = await stories.in_force(pair)
    here = f"/agreements/{made['id']}"
    await pair.ada.makes(f"{here}/terms/{made['terms'][0]['id']}/comments", {"text": "Good"})
    await pair.ada.makes(f"{here}/reviews")
    return await pair.ada.makes(f"{here}/motions", {"kind": "end"})


async def test_without_a_credential_nothing_is_there(
    pair: Pair, cy: Someone, nobody: Someone, agreement: dict[str, Any]
) -> None:
    for route in ROUTES:
        method, path, body = await request_of(route, agreement, pair, cy)
        answer = await nobody.sends(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), f"{route}: {answer.text}"


async def test_what_is_not_for_ones_eyes_answers_exactly_as_what_does_not_exist(
    pair: Pair, cy: Someone, foreigner: Someone, agreement: dict[str, Any]
) -> None:
    for route in ROUTES:
        method, path, body = await request_of(route, agreement, pair, cy)
        nowhere = path.replace(agreement["id"], str(uuid.uuid4()))
        for stranger in (cy, foreigner):
            headers = {} if method in ("GET", "POST") else {"If_Match": '"1"'}
            there = await stranger.sends(method, path, body, **headers)
            absent = await stranger.sends(method, nowhere, body, **headers)
            assert there.status_code == 404, f"{route}: {there.text}"
            assert there.content.replace(path.encode(), b"") == absent.content.replace(nowhere.encode(), b""), route
            assert plain_headers(there) == plain_headers(absent), route


async def test_a_stranger_sees_it_in_no_list(pair: Pair, cy: Someone, agreement: dict[str, Any]) -> None:
    assert [item["id"] for item in (await pair.ada.sees("/agreements"))["items"]] == [agreement["id"]]
    cy.seen_position = pair.ada.seen_position
    assert (await cy.sees("/agreements"))["items"] == []
    assert (await cy.sees(f"/agreements?party={pair.ada.id}"))["items"] == []


async def test_a_steward_sees_that_it_exists_and_nothing_of_what_it_says(
    pair: Pair, steward: Someone, agreement: dict[str, Any]
) -> None:
    card = await steward.sees(f"/agreements/{agreement['id']}")
    assert card["withheld"] is True
    assert set(card) == {"id", "state", "parties", "next_review_on", "withheld", "allowed_actions"}
    assert "Ada and Ben" not in str(card)
    for route in ACTIONS:
        method, path, body = await request_of(route, agreement, pair, steward)
        headers = {} if method == "POST" else {"If_Match": '"1"'}
        answer = await steward.sends(method, path, body, **headers)
        assert answer.status_code in (403, 404), f"{route}: {answer.text}"


async def test_a_person_of_another_organisation_cannot_be_named(pair: Pair, foreigner: Someone) -> None:
    for who in (foreigner.id, str(uuid.uuid4())):
        head = pair.head(parties=[{"person_id": pair.ada.id, "role": "peer"}, {"person_id": who, "role": "peer"}])
        answer = await pair.ada.sends("POST", "/agreements", head)
        assert answer.status_code == 422
        assert answer.json()["errors"] == [
            {"field": "parties", "message": "Only active people of your organisation can be named here."}
        ]


def plain_headers(answer: Any) -> dict[str, str]:
    kept = dict(answer.headers)
    for name in ("date", "x-request-id"):
        kept.pop(name, None)
    return kept
