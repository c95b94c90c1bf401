"""API tokens: one's own, narrowed by scopes, shown once, gone at once."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.bootstrap import Concord
from domain.people.person import SCOPES
from tests.http.agreements import stories
from tests.http.agreements.people import Someone, a_key
from tests.http.agreements.stories import Pair
from tests.http.conftest import MovableClock, token_of


def with_token(someone: Someone, token: str) -> Someone:
    return Someone(someone.client, someone.clock, someone.id, token)


async def test_a_token_is_shown_once_and_listed_without_its_secret(cy: Someone) -> None:
    made = await cy.makes("/tokens", {"name": "my editor", "scopes": ["agreements:read"]})
    assert made["token"].startswith("concord_")
    listed = await cy.sees("/tokens")
    assert [t["name"] for t in listed["items"]] == ["a test", "my editor"]
    assert made["token"] not in str(listed)
    assert "token" not in listed["items"][1]


async def test_a_repeat_shows_the_same_secret_again(cy: Someone) -> None:
    key, body = a_key(), {"name": "my editor", "scopes": ["all"]}
    first = await cy.sends("POST", "/tokens", body, Idempotency_Key=key)
    again = await cy.sends("POST", "/tokens", body, Idempotency_Key=key)
    assert (first.content, again.headers["Idempotent-Replayed"]) == (again.content, "true")
    assert (await with_token(cy, again.json()["token"]).sees("/me"))["id"] == cy.id
    assert (await cy.makes("/tokens", body))["token"] != first.json()["token"]


async def test_a_token_taken_back_opens_nothing_from_the_answer_on(cy: Someone) -> None:
    made = await cy.makes("/tokens", {"name": "my editor", "scopes": ["all"]})
    seen = (await cy.sends("GET", "/tokens")).headers["ETag"]
    left = await cy.sends("DELETE", f"/tokens/{made['id']}", If_Match=seen)
    assert (left.status_code, [t["name"] for t in left.json()["items"]]) == (200, ["a test"])
    assert (await with_token(cy, made["token"]).sends("GET", "/me")).status_code == 401
    assert (await cy.sends("DELETE", f"/tokens/{made['id']}", If_Match="*")).status_code == 404


async def test_anothers_token_is_not_there(cy: Someone, pair: Pair) -> None:
    made = await cy.makes("/tokens", {"name": "my editor", "scopes": ["all"]})
    answer = await pair.ada.sends("DELETE", f"/tokens/{made['id']}", If_Match="*")
    assert answer.status_code == 404
    assert (await with_token(cy, made["token"]).sends("GET", "/me")).status_code == 200


async def test_a_token_holds_until_it_expires(cy: Someone, clock: MovableClock) -> None:
    until = clock.now().replace(microsecond=0).isoformat().replace("+00:00", "Z")
    refused = await cy.sends("POST", "/tokens", {"name": "x", "scopes": ["all"], "expires_at": until})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "expires_at")
    made = await cy.makes("/tokens", {"name": "x", "scopes": ["all"], "expires_at": "2027-01-02T00:00:00+01:00"})
    assert made["expires_at"] == "2027-01-01T23:00:00.000000Z"
    short = with_token(cy, made["token"])
    assert (await short.sends("GET", "/me")).status_code == 200
    clock.move(days=1)
    assert (await short.sends("GET", "/me")).status_code == 401


async def test_the_day_of_its_last_use_is_kept_and_no_more(cy: Someone, clock: MovableClock) -> None:
    clock.move(days=1)
    await cy.sees("/me")
    (token,) = (await cy.sees("/tokens"))["items"]
    assert token["last_used_on"] == cy.day()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["everything"]}, "scopes"),
        ({"name": "x", "scopes": ["all", "import"]}, "scopes"),
        ({"name": "x", "scopes": "all"}, "scopes"),
        ({"name": " ", "scopes": ["all"]}, "name"),
        ({"name": "x", "scopes": ["all"], "expires_at": "2027-06-01"}, "expires_at"),
        ({"name": "x", "scopes": ["all"], "expires_at": "2027-06-01T00:00:00"}, "expires_at"),
        ({"name": "x", "scopes": ["all"], "expires_at": 1_900_000_000}, "expires_at"),
        ({"name": "x", "scopes": ["all"], "person_id": "me"}, "person_id"),
    ],
)
async def test_a_token_that_cannot_be_is_refused(body: dict[str, Any], field: str, cy: Someone) -> None:
    answer = await cy.sends("POST", "/tokens", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text
    assert len((await cy.sees("/tokens"))["items"]) == 1


async def test_a_narrow_token_does_not_widen_itself(cy: Someone, concord: Concord) -> None:
    for scope in SCOPES:
        narrow = with_token(cy, await token_of(concord, cy.id, scope))
        for method, path in (("POST", "/tokens"), ("GET", "/tokens")):
            answer = await narrow.sends(method, path, {"name": "x", "scopes": ["all"]} if method == "POST" else None)
            assert (answer.status_code, answer.json()["code"]) == (403, "not-your-act")


async def test_a_scope_that_is_missing_says_nothing_about_what_exists(pair: Pair, concord: Concord) -> None:
    agreement = await stories.in_force(pair)
    narrow = with_token(pair.ada, await token_of(concord, pair.ada.id, "people:write"))
    there = await narrow.sends("GET", f"/agreements/{agreement['id']}")
    absent = await narrow.sends("GET", "/agreements/01a1fd22-490d-7d9f-af47-90aa6533c513")
    assert (there.status_code, there.content) == (403, absent.content)


async def test_reading_and_writing_are_scopes_of_their_own(pair: Pair, concord: Concord) -> None:
    agreement = await stories.in_force(pair)
    path = f"/agreements/{agreement['id']}"
    reading = with_token(pair.ada, await token_of(concord, pair.ada.id, "agreements:read"))
    assert (await reading.sends("GET", path)).status_code == 200
    assert (await reading.sends("POST", f"{path}/notice", {"ends_on": pair.ada.day(20)})).status_code == 403


@pytest.mark.parametrize("header", ["Basic {}", "Bearer", "Bearer ", "bearer{}", "Token {}", "Bearer {}x", "Bearer ø"])
async def test_a_credential_in_another_form_is_none(header: str, cy: Someone) -> None:
    headers = {"Authorization": header.format(cy.token).encode("latin-1")}
    answer = await cy.client.get("/api/v1/me", headers=headers)
    assert answer.status_code == 401
