"""Where an organisation asks for two factors, one of them opens nothing but the way to the second."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

import pytest
from fastapi import FastAPI

from adapters.bootstrap import Concord, open_concord
from services.access import DEEDS
from tests.http.agreements.people import API, Someone
from tests.http.browsers import a_browser, in_a_session
from tests.http.conftest import MovableClock
from tests.http.described import every_route
from tests.http.test_passkeys import HERE, asked_to_sign, sends
from tests.identity.authenticator import Authenticator

pytestmark = pytest.mark.usefixtures("quick_passwords")
PASSWORD = "nobody else would think of this"
NO_ID = "0197a2c0-0000-7000-8000-00000000ffff"
OPEN = {
    "read_me", "ask_for_passkey", "register_passkey", "list_passkeys", "list_sign_ins", "list_sessions", "end_session",
    "end_current_session", "end_all_sessions",
}  # fmt: skip


async def asks_for_two(steward: Someone, asks: bool = True) -> None:
    answer = await steward.sends("PATCH", "/organisation/policy", {"require_second_factor": asks}, If_Match="*")
    assert answer.status_code == 200, answer.text


async def test_a_password_alone_leads_to_a_passkey_and_nowhere_else(
    cy: Someone, steward: Someone, concord: Concord, app: FastAPI
) -> None:
    await concord.identities.set_password(UUID(cy.id), PASSWORD)
    email = (await cy.sees("/me"))["email"]
    async with a_browser(app) as browser:
        await browser.signs_in(email, PASSWORD)
        assert (await browser.sends("GET", "/people")).status_code == 200
        await asks_for_two(steward)
        # At once, in the session that was open; and for every operation there is but the few that lead on.
        wrong = []
        for method, path, route in every_route(app):
            if DEEDS[route.deed].anonymous or not path.startswith(API) or route.operation_id in OPEN:
                continue
            filled = "/".join(NO_ID if part.startswith("{") else part for part in path.removeprefix(API).split("/"))
            body = None if method in ("GET", "DELETE") else {}
            answer = await browser.sends(method, filled, body, {"Sec-Fetch-Site": "same-origin", "If-Match": "*"})
            if (answer.status_code, answer.json().get("code")) != (403, "second-factor-needed"):
                wrong.append((route.operation_id, answer.status_code, answer.text[:200]))
        assert wrong == []
        for path in ("/me", "/passkeys", "/sessions", "/me/sign-ins"):
            assert (await browser.sends("GET", path)).status_code == 200
        # A token goes on; whoever has it got it before, with what counted then.
        assert (await cy.sends("GET", "/people")).status_code == 200

        device = Authenticator()
        asked = (await browser.sends("POST", "/passkeys/options")).json()
        made = {"name": "x", "ceremony": asked["ceremony"], "credential": device.makes(asked["options"], HERE)}
        assert (await browser.sends("POST", "/passkeys", made)).status_code == 201
        # The password makes no second passkey beside it.
        refused = await browser.sends("POST", "/passkeys/options")
        assert (refused.status_code, refused.json()["code"]) == (403, "second-factor-needed")
        asked = await asked_to_sign(browser)
        assert await sends(browser, asked, device.signs(asked["options"], HERE)) == 201
        assert (await browser.sends("GET", "/people")).status_code == 200
        await browser.sends("DELETE", "/sessions/current")
        await browser.signs_in(email, PASSWORD)
        assert (await browser.sends("GET", "/people")).json()["code"] == "second-factor-needed"
        await asks_for_two(steward, False)
        assert (await browser.sends("GET", "/people")).status_code == 200


async def test_an_invitation_alone_gives_no_token_where_two_factors_count(
    steward: Someone, concord: Concord, app: FastAPI
) -> None:
    invited = await steward.makes("/people", {"name": "Dee", "email": "dee@example.org"})
    await asks_for_two(steward)
    path = urlsplit(invited["invitation_url"]).path.removeprefix(API)
    async with a_browser(app) as browser:
        key = {"Sec-Fetch-Site": "same-origin", "Idempotency-Key": "once"}
        for _ in range(2):
            accepted = await browser.sends("POST", path, {"password": PASSWORD}, key)
            assert (accepted.status_code, accepted.json()["token"]) == (201, None)
        assert (await browser.sends("GET", "/me")).json()["id"] == invited["id"]
        assert (await browser.sends("GET", "/people")).json()["code"] == "second-factor-needed"
    assert await concord.identities.tokens(UUID(invited["id"])) == []


async def test_what_counts_as_two_and_in_which_organisation(
    steward: Someone, foreigner: Someone, concord: Concord, clock: MovableClock
) -> None:
    async with in_a_session(steward) as old:
        assert (await old.sends("GET", "/people")).status_code == 200
        # Decided in another process.
        other = await open_concord(concord.settings, clock=clock)
        concord_before, steward.client._transport.app.state.concord = concord, other
        await asks_for_two(steward)
        steward.client._transport.app.state.concord = concord_before
        await other.close()
        assert (await old.sends("GET", "/people")).status_code == 403
    for how, status in (("oidc", 403), ("reset", 403), ("oidc_two_factors", 200), ("passkey", 200)):
        async with in_a_session(steward, how) as browser:
            assert (await browser.sends("GET", "/people")).status_code == status, how
    async with in_a_session(foreigner) as elsewhere:
        assert (await elsewhere.sends("GET", "/people")).status_code == 200
