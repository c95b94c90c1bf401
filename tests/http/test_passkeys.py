"""Passkeys, with an authenticator in software: made once, for their owner and this site; they alone sign in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI

from tests.http.agreements.people import Someone
from tests.http.browsers import Browser, a_browser, in_a_session
from tests.http.conftest import MovableClock
from tests.identity.authenticator import PRESENT, Authenticator

HERE = "http://concord.test"


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[Browser]:
    async with a_browser(app) as browser:
        yield browser


async def makes_a_passkey(who: Someone, device: Authenticator) -> dict[str, Any]:
    async with in_a_session(who) as browser:
        asked = (await browser.sends("POST", "/passkeys/options")).json()
        body = {
            "name": "my telephone",
            "ceremony": asked["ceremony"],
            "credential": device.makes(asked["options"], HERE),
        }
        made = await browser.sends("POST", "/passkeys", body)
        assert made.status_code == 201, made.text
        return dict(made.json())


async def asked_to_sign(browser: Browser) -> dict[str, Any]:
    answer = await browser.sends("POST", "/sessions/passkey/options")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def sends(browser: Browser, asked: dict[str, Any], credential: dict[str, Any], **headers: str) -> int:
    body = {"ceremony": asked["ceremony"], "credential": credential}
    answer = await browser.sends("POST", "/sessions/passkey", body, headers or None)
    return answer.status_code


async def test_a_passkey_signs_its_owner_in_until_it_is_taken_away(
    cy: Someone, steward: Someone, browser: Browser, clock: MovableClock
) -> None:
    device = Authenticator()
    made = await makes_a_passkey(cy, device)
    asked = await asked_to_sign(browser)
    assert "allowCredentials" not in asked["options"] or asked["options"]["allowCredentials"] == []
    assert await sends(browser, asked, device.signs(asked["options"], HERE)) == 201
    assert (await browser.sends("GET", "/me")).json()["id"] == cy.id
    (listed,) = (await cy.sees("/passkeys"))["items"]
    assert (listed["id"], listed["last_used_on"]) == (made["id"], cy.day())
    assert (await steward.sends("DELETE", f"/passkeys/{made['id']}", If_Match="*")).status_code == 404
    # With a token, or long after signing in, it stays as it is.
    with_token = await cy.sends("DELETE", f"/passkeys/{made['id']}", If_Match="*")
    assert (with_token.status_code, with_token.json()["code"]) == (403, "sign-in-again")
    clock.move(minutes=15, seconds=1)
    for method, path in (("DELETE", f"/passkeys/{made['id']}"), ("POST", "/passkeys/options")):
        late = await browser.sends(method, path)
        assert (late.status_code, late.json()["code"]) == (403, "sign-in-again")
    asked = await asked_to_sign(browser)
    assert await sends(browser, asked, device.signs(asked["options"], HERE)) == 201
    assert (await browser.sends("DELETE", f"/passkeys/{made['id']}")).status_code == 200
    asked = await asked_to_sign(browser)
    assert await sends(browser, asked, device.signs(asked["options"], HERE)) == 401


async def test_what_is_not_signed_for_this_is_refused(
    cy: Someone, steward: Someone, browser: Browser, clock: MovableClock
) -> None:
    device = Authenticator()
    await makes_a_passkey(cy, device)
    asked = await asked_to_sign(browser)
    # Another site's page, nobody verified, somebody else's key, another question, from another site.
    assert await sends(browser, asked, device.signs(asked["options"], "http://elsewhere.test")) == 401
    assert await sends(browser, asked, device.signs(asked["options"], HERE, flags=PRESENT)) == 401
    stranger = Authenticator()
    stranger.id, stranger.count = device.id, device.count
    assert await sends(browser, asked, stranger.signs(asked["options"], HERE)) == 401
    other = await asked_to_sign(browser)
    assert await sends(browser, asked, device.signs(other["options"], HERE)) == 401
    assert await sends(browser, asked, device.signs(asked["options"], HERE), Origin="http://elsewhere.test") == 403
    # Once, and a copy of the device that counts on its own is noticed.
    right = device.signs(asked["options"], HERE)
    assert await sends(browser, asked, right) == 201
    assert await sends(browser, asked, right) == 401
    copied, asked = Authenticator(), await asked_to_sign(browser)
    copied.id, copied._key, copied.count = device.id, device._key, 1
    assert await sends(browser, asked, copied.signs(asked["options"], HERE)) == 401
    late = await asked_to_sign(browser)
    clock.move(minutes=10, seconds=1)
    assert await sends(browser, late, device.signs(late["options"], HERE)) == 401
    for nonsense in ({}, {"id": 5}, {"id": device.makes(_anything(), HERE)["id"], "response": {"signature": "x"}}):
        fresh = await asked_to_sign(browser)
        assert await sends(browser, fresh, nonsense) == 401
    await steward.does(f"/people/{cy.id}/deactivate")
    last = await asked_to_sign(browser)
    assert await sends(browser, last, device.signs(last["options"], HERE)) == 401


def _anything() -> dict[str, Any]:
    return {"rp": {"id": "concord.test"}, "challenge": "x"}


async def test_a_passkey_is_made_for_who_was_asked_and_once(cy: Someone, steward: Someone) -> None:
    device = Authenticator()
    async with in_a_session(cy) as cys, in_a_session(steward) as stewards:

        async def keeps(browser: Browser, body: dict[str, Any]) -> int:
            return (await browser.sends("POST", "/passkeys", body)).status_code

        asked = (await cys.sends("POST", "/passkeys/options")).json()
        body = {"name": "x", "ceremony": asked["ceremony"], "credential": device.makes(asked["options"], HERE)}
        assert (await cy.sends("POST", "/passkeys", body)).json()["code"] == "sign-in-again"
        assert await keeps(stewards, body) == 422
        wrong = body | {"credential": device.makes(asked["options"], "http://elsewhere.test")}
        assert await keeps(cys, wrong) == 422
        for nonsense in ({}, {"id": 5}, {"id": "x", "rawId": "x", "type": "public-key", "response": {}}):
            assert await keeps(cys, body | {"credential": nonsense}) == 422
        first = await cys.sends("POST", "/passkeys", body)
        again = await cys.sends("POST", "/passkeys", body)
        assert (first.status_code, first.json()) == (201, again.json())
        second = Authenticator().makes(asked["options"], HERE)
        assert await keeps(cys, body | {"credential": second}) == 422
        # The same device again, for another person.
        other = (await stewards.sends("POST", "/passkeys/options")).json()
        taken = {"name": "x", "ceremony": other["ceremony"], "credential": device.makes(other["options"], HERE)}
        assert await keeps(stewards, taken) == 422
        assert len((await cy.sees("/passkeys"))["items"]) == 1
