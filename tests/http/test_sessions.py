"""Sessions: signing in with a password, what the cookie opens and to whom, ending them, and how often one may guess."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import FastAPI

from adapters.bootstrap import Concord
from adapters.http.app import create_app
from adapters.settings import Settings
from tests.http.agreements.people import Someone
from tests.http.browsers import Browser, a_browser
from tests.http.conftest import MovableClock

pytestmark = pytest.mark.usefixtures("quick_passwords")
EMAIL, PASSWORD = "sol@northwind.example", "nobody else would think of this"


@pytest.fixture
async def sol(concord: Concord, steward: Someone) -> Someone:
    """The steward, with a password."""
    await concord.identities.set_password(UUID(steward.id), PASSWORD)
    return steward


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[Browser]:
    async with a_browser(app) as browser:
        yield browser


async def test_a_session_opens_the_api_until_it_is_ended(sol: Someone, browser: Browser, app: FastAPI) -> None:
    answer = await browser.signs_in(EMAIL.upper(), PASSWORD)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["person_id"], answer.json()["session"]["device"]) == (sol.id, "Firefox on Linux")
    secret = browser.cookies["concord_session"]
    assert secret not in answer.text
    for cookie in answer.headers.get_list("Set-Cookie"):
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert (await browser.sends("GET", "/me")).json()["id"] == sol.id
    assert (await browser.sends("POST", "/people", {"name": "Dee", "email": "dee@example.org"})).status_code == 201
    async with a_browser(app) as other:
        second = (await other.signs_in(EMAIL, PASSWORD)).json()["session"]
        listed = (await browser.sends("GET", "/sessions")).json()["items"]
        assert [s["current"] for s in listed] == [True, False]
        # One by one, then here, then everywhere.
        ended = await browser.sends("DELETE", f"/sessions/{second['id']}")
        assert (ended.status_code, len(ended.json()["items"])) == (200, 1)
        assert (await browser.sends("DELETE", f"/sessions/{second['id']}")).status_code == 200
        assert (await other.sends("GET", "/me")).status_code == 401
        await other.signs_in(EMAIL, PASSWORD)
        assert (await browser.sends("DELETE", "/sessions/current")).status_code == 200
        assert "concord_session" not in browser.cookies
        assert (await other.sends("GET", "/me")).status_code == 200
        again = Someone(browser.client, sol.clock, token=sol.token)
        everywhere = await again.sends("DELETE", "/sessions", If_Match="*")
        assert everywhere.json()["items"] == []
        assert (await other.sends("GET", "/me")).status_code == 401
    assert (await sol.sends("DELETE", "/sessions/current", If_Match="*")).status_code == 404
    assert (await sol.sends("GET", "/me")).status_code == 200


async def test_somebody_elses_session_is_not_there(
    sol: Someone, cy: Someone, browser: Browser, clock: MovableClock
) -> None:
    session = (await browser.signs_in(EMAIL, PASSWORD)).json()["session"]
    answer = await cy.sends("DELETE", f"/sessions/{session['id']}", If_Match="*")
    assert answer.status_code == 404
    assert (await cy.sees("/sessions"))["items"] == []
    assert (await browser.sends("GET", "/me")).status_code == 200


async def test_it_ends_by_itself_unused_for_a_week_and_after_a_month_at_last(
    sol: Someone, browser: Browser, clock: MovableClock
) -> None:
    await browser.signs_in(EMAIL, PASSWORD)
    for _ in range(4):
        clock.move(days=6)
        assert (await browser.sends("GET", "/me")).status_code == 200
    clock.move(days=6)
    assert (await browser.sends("GET", "/me")).status_code == 401
    await browser.signs_in(EMAIL, PASSWORD)
    clock.move(days=7)
    assert (await browser.sends("GET", "/me")).status_code == 401


async def test_who_leaves_is_out_at_once(
    sol: Someone, cy: Someone, browser: Browser, concord: Concord, app: FastAPI
) -> None:
    await concord.identities.set_password(UUID(cy.id), PASSWORD)
    email = (await cy.sees("/me"))["email"]
    assert (await browser.signs_in(email, PASSWORD)).status_code == 201
    await sol.does(f"/people/{cy.id}/deactivate")
    assert (await browser.sends("GET", "/me")).status_code == 401
    assert (await browser.signs_in(email, PASSWORD)).status_code == 401


FROM_ELSEWHERE = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://concord.test"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://elsewhere.test"},
    {"Origin": "null"},
    {},
)


async def test_a_command_with_a_cookie_must_come_from_our_own_page(sol: Someone, browser: Browser) -> None:
    await browser.signs_in(EMAIL, PASSWORD)
    body = {"name": "Dee", "email": "dee@example.org"}
    for headers in FROM_ELSEWHERE:
        refused = await browser.sends("POST", "/people", body, headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "cross-site"), headers
        assert (await browser.sends("DELETE", "/sessions", headers=headers)).status_code == 403
        if headers:
            # Nor may it sign somebody in as another.
            as_another = await browser.sends("POST", "/sessions", {"email": EMAIL, "password": PASSWORD}, headers)
            assert as_another.status_code == 403
        assert (await browser.sends("GET", "/me", headers=headers)).status_code == 200
    assert (await browser.sends("POST", "/people", body, {"Origin": "http://concord.test"})).status_code == 201
    # A token is nothing that a browser sends by itself.
    other = {"name": "Dan", "email": "dan@example.org"}
    assert (await sol.sends("POST", "/people", other, **FROM_ELSEWHERE[0])).status_code == 201


async def test_signing_in_again_ends_the_session_that_the_browser_was_in(
    sol: Someone, browser: Browser, app: FastAPI
) -> None:
    await browser.signs_in(EMAIL, PASSWORD)
    async with a_browser(app) as kept:
        kept.client.cookies.update(browser.cookies)
        await browser.signs_in(EMAIL, PASSWORD)
        assert (await kept.sends("GET", "/me")).status_code == 401
    assert len((await browser.sends("GET", "/sessions")).json()["items"]) == 1


async def test_twenty_wrong_passwords_are_enough_and_lock_nobody_else_out(
    sol: Someone, app: FastAPI, clock: MovableClock
) -> None:
    async with a_browser(app) as owners, a_browser(app, "198.51.100.7") as strangers, a_browser(app) as others:
        await owners.signs_in(EMAIL, PASSWORD)
        await owners.sends("DELETE", "/sessions/current")
        guesses = [await strangers.signs_in(EMAIL, f"a guess, number {n}") for n in range(20)]
        assert {g.status_code for g in guesses} == {401}
        assert len({g.content for g in guesses}) == 1
        refused = await strangers.signs_in(EMAIL, PASSWORD)
        assert (refused.status_code, refused.json()["code"]) == (429, "too-many-tries")
        assert 0 < int(refused.headers["Retry-After"]) <= 900
        # The owner gets in: from elsewhere, with the browser that is known from the strangers' own address, by token.
        assert (await others.signs_in(EMAIL, PASSWORD)).status_code == 201
        async with a_browser(app, "198.51.100.7") as known:
            known.client.cookies.update(owners.cookies)
            assert (await known.signs_in(EMAIL, PASSWORD)).status_code == 201
        assert (await sol.sends("GET", "/me")).status_code == 200
        clock.move(minutes=15, seconds=1)
        assert (await strangers.signs_in(EMAIL, PASSWORD)).status_code == 201


async def test_guesses_that_come_at_once_are_counted_each(sol: Someone, browser: Browser) -> None:
    guesses = await asyncio.gather(*(browser.signs_in(EMAIL, f"a guess, number {n}") for n in range(40)))
    assert sum(g.status_code == 401 for g in guesses) <= 20
    assert {g.status_code for g in guesses} <= {401, 429}


async def test_nobody_learns_who_signs_in_here(sol: Someone, browser: Browser) -> None:
    wrong = await browser.signs_in(EMAIL, "not the password at all")
    unknown = await browser.signs_in("nobody@northwind.example", "not the password at all")
    assert (wrong.status_code, wrong.content) == (401, unknown.content)
    # Tried too often answers the same for an address that nobody has.
    for n in range(20):
        await browser.signs_in("nobody@northwind.example", f"a guess, number {n}")
    assert (await browser.signs_in("nobody@northwind.example", "one more")).status_code == 429


async def test_over_tls_the_cookie_is_bound_to_the_host(settings: Settings, concord: Concord, sol: Someone) -> None:
    secure = settings.model_copy(update={"public_url": "https://concord.test"})
    concord.settings = secure
    app = create_app(secure, concord=concord)
    async with app.router.lifespan_context(app), a_browser(app, base="https://concord.test") as browser:
        answer = await browser.signs_in(EMAIL, PASSWORD)
        assert answer.status_code == 201, answer.text
        assert set(browser.cookies) == {"__Host-concord_session", "__Host-concord_known"}
        assert all("; Secure" in cookie for cookie in answer.headers.get_list("Set-Cookie"))
        assert "max-age" in answer.headers["Strict-Transport-Security"]
        assert (await browser.sends("POST", "/people", {}, {"Origin": "http://concord.test"})).status_code == 403
        assert (await browser.sends("GET", "/me")).status_code == 200


async def test_a_repeat_under_the_same_key_is_the_same_session(sol: Someone, browser: Browser) -> None:
    body, key = {"email": EMAIL, "password": PASSWORD}, {"Idempotency-Key": "a-key", "Sec-Fetch-Site": "same-origin"}
    first = await browser.sends("POST", "/sessions", body, key)
    again = await browser.sends("POST", "/sessions", body, key)
    assert first.json()["session"]["id"] == again.json()["session"]["id"]
    assert len((await browser.sends("GET", "/sessions")).json()["items"]) == 1


async def test_neither_password_nor_secret_nor_network_address_is_kept(
    sol: Someone, browser: Browser, concord: Concord, tmp_path: Path
) -> None:
    await browser.signs_in(EMAIL, "not the password at all")
    await browser.signs_in(EMAIL, PASSWORD)
    tables = ["identity_people", "identity_sessions", "identity_attempts", "log_events", "log_receipts"]
    stored = "".join([str(await concord.database.fetch_all(f"SELECT * FROM {table}")) for table in tables])
    hidden = [browser.cookies["concord_session"], PASSWORD, "not the password", "192.0.2.1"]
    assert [one for one in hidden if one in stored] == []


async def test_a_password_is_changed_by_who_knows_it_and_ends_every_other_session(
    sol: Someone, browser: Browser, app: FastAPI
) -> None:
    await browser.signs_in(EMAIL, PASSWORD)
    new = {"current": PASSWORD, "password": "and now for another sentence"}
    headers = {"If-Match": "*", "Sec-Fetch-Site": "same-origin"}
    async with a_browser(app) as other:
        await other.signs_in(EMAIL, PASSWORD)
        wrong = await browser.sends("PUT", "/me/password", new | {"current": "a guess"}, headers)
        assert (wrong.status_code, wrong.json()["code"]) == (409, "wrong-state")
        short = await browser.sends("PUT", "/me/password", new | {"password": "short"}, headers)
        assert short.status_code == 422
        assert (await browser.sends("PUT", "/me/password", new, headers)).status_code == 200
        assert (await other.sends("GET", "/me")).status_code == 401
        assert (await browser.sends("GET", "/me")).status_code == 200
        assert (await other.signs_in(EMAIL, PASSWORD)).status_code == 401
        assert (await other.signs_in(EMAIL, new["password"])).status_code == 201
    for _ in range(20):
        await browser.sends("PUT", "/me/password", new | {"current": "a guess"}, headers)
    assert (await browser.sends("PUT", "/me/password", new, headers)).status_code == 429
