"""Who signed in as somebody is shown to that person, and a steward who signs them out does it in the open."""

from __future__ import annotations

from uuid import UUID

import pytest
from fastapi import FastAPI

from adapters.bootstrap import Concord
from tests.http.agreements.people import Someone
from tests.http.browsers import a_browser
from tests.http.conftest import MovableClock
from tests.http.test_passkeys import asked_to_sign, makes_a_passkey, sends
from tests.identity.authenticator import Authenticator

pytestmark = pytest.mark.usefixtures("quick_passwords")
PASSWORD = "nobody else would think of this"


async def test_one_sees_who_signed_in_and_who_tried_for_ninety_days(
    cy: Someone, steward: Someone, concord: Concord, app: FastAPI, clock: MovableClock
) -> None:
    await concord.identities.set_password(UUID(cy.id), PASSWORD)
    email = (await cy.sees("/me"))["email"]
    async with a_browser(app) as browser:
        await browser.signs_in(email, PASSWORD)
        clock.move(hours=1)
        for _ in range(3):
            assert (await browser.signs_in(email, "a guess at it")).status_code == 401
        assert (await browser.signs_in("nobody@northwind.example", "a guess at it")).status_code == 401
        clock.move(hours=1)
        answer = await cy.sends("POST", f"/people/{cy.id}/sign-out")
        assert answer.status_code == 403
        await steward.does(f"/people/{cy.id}/sign-out")
        assert (await browser.sends("GET", "/me")).status_code == 401
        assert (await cy.sends("GET", "/me")).status_code == 200
        assert (await browser.signs_in(email, PASSWORD)).status_code == 201
    seen = (await cy.sees("/me/sign-ins"))["items"]
    told = [(note["outcome"], note["how"], note["device"], note["times"]) for note in seen]
    assert told == [
        ("signed_in", "password", "Firefox on Linux", 1),
        ("signed_out", "steward", "", 1),
        ("refused", "password", "Firefox on Linux", 3),
        ("signed_in", "password", "Firefox on Linux", 1),
    ]
    first = await cy.sees("/me/sign-ins?limit=3")
    rest = await cy.sees(f"/me/sign-ins?limit=3&cursor={first['next_cursor']}")
    assert first["items"] + rest["items"] == seen
    assert rest["next_cursor"] is None
    # Nobody else's business, and it is let go of in time.
    assert (await steward.sees("/me/sign-ins"))["items"] == []
    clock.move(days=90, hours=1)
    async with a_browser(app) as browser:
        await browser.signs_in(email, PASSWORD)
    assert len((await cy.sees("/me/sign-ins"))["items"]) == 1
    for cursor in ("x", "WzEsMl0", "WyJ4IiwieCJd"):
        assert (await cy.sends("GET", f"/me/sign-ins?cursor={cursor}")).status_code == 422


async def test_a_passkey_that_signs_wrongly_is_seen_by_its_owner(cy: Someone, app: FastAPI) -> None:
    device = Authenticator()
    await makes_a_passkey(cy, device)
    async with a_browser(app) as browser:
        asked = await asked_to_sign(browser)
        assert await sends(browser, asked, device.signs(asked["options"], "http://elsewhere.test")) == 401
    refused = (await cy.sees("/me/sign-ins?limit=1"))["items"]
    assert [(note["outcome"], note["how"]) for note in refused] == [("refused", "passkey")]


async def test_who_has_left_is_answered_as_nobody_is(
    cy: Someone, steward: Someone, concord: Concord, app: FastAPI
) -> None:
    concord.settings = concord.settings.model_copy(
        update={"smtp_url": "smtp://127.0.0.1:9", "mail_from": "x@x.example", "public_url": "http://concord.test"}
    )
    email = (await cy.sees("/me"))["email"]
    await steward.does(f"/people/{cy.id}/deactivate")
    async with a_browser(app) as browser:
        for path, body in (("/password-resets", {}), ("/sessions", {"password": PASSWORD})):
            left, nobody = [
                await browser.sends("POST", path, {"email": whose, **body}) for whose in (email, "nobody@x.example")
            ]
            assert (left.status_code, left.content) == (nobody.status_code, nobody.content)
            assert left.status_code in (200, 401)
    assert await concord.identities.outbox.waiting(concord.clock.now()) == (0, 0)


async def test_a_steward_signs_nobody_out_elsewhere(steward: Someone, foreigner: Someone) -> None:
    there = await steward.sends("POST", f"/people/{foreigner.id}/sign-out")
    nowhere = await steward.sends("POST", "/people/0197a2c0-0000-7000-8000-00000000ffff/sign-out")
    assert (there.status_code, there.content) == (404, nowhere.content)
