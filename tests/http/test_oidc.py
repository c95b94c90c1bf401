"""Signing in by way of a real small provider: who gets in, and everything that does not get anybody in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI

from adapters.bootstrap import Concord
from tests.http.agreements.people import API, Someone
from tests.http.browsers import Browser, a_browser
from tests.http.conftest import MovableClock
from tests.identity.provider import CLIENT_ID, CLIENT_SECRET, Provider, a_provider

DEE = {"sub": "dee-1", "email": "Dee@example.org", "email_verified": True}


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One store is enough: the tables are tried on both elsewhere."""
    return sqlite_url


@pytest.fixture
async def provider(concord: Concord) -> AsyncIterator[Provider]:
    """The provider that the installation is set up with."""
    async with a_provider() as provider:
        concord.settings = concord.settings.model_copy(
            update={
                "oidc_issuer": provider.issuer,
                "oidc_client_id": CLIENT_ID,
                "oidc_client_secret": CLIENT_SECRET,
            }
        )
        provider.user = DEE
        yield provider


@pytest.fixture
async def dee(steward: Someone) -> dict[str, Any]:
    """Somebody who was invited and has never signed in."""
    return await steward.makes("/people", {"name": "Dee", "email": "dee@example.org"})


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[Browser]:
    async with a_browser(app) as browser:
        yield browser


async def comes_back(browser: Browser) -> str:
    """Goes to the provider and signs in there; the address that it sends the browser back to."""
    start = await browser.client.get(f"{API}/oidc/start")
    assert start.status_code == 303, start.text
    async with httpx2.AsyncClient() as elsewhere:
        back = await elsewhere.get(start.headers["Location"])
    parts = urlsplit(back.headers["Location"])
    assert (parts.netloc, parts.path) == ("concord.test", f"{API}/oidc/callback")
    return f"{parts.path}?{parts.query}"


async def test_who_was_invited_gets_in_with_a_verified_address_and_later_by_the_login_itself(
    dee: dict[str, Any], provider: Provider, browser: Browser, steward: Someone, concord: Concord, app: FastAPI
) -> None:
    answer = await browser.client.get(await comes_back(browser))
    assert answer.status_code == 200, answer.text
    assert (await browser.sends("GET", "/me")).json()["id"] == dee["id"]
    assert (await browser.sends("GET", "/sessions")).json()["items"][0]["how"] == "oidc"
    # The invitation opens this place no more, and no steward can make another.
    path = urlsplit(dee["invitation_url"]).path.removeprefix(API)
    assert (await browser.sends("POST", path, {"password": "nobody else would think"})).status_code == 404
    assert (await steward.sends("POST", f"/people/{dee['id']}/invitations")).status_code == 409
    # What counts from now on is the login, not what the provider says of its address.
    provider.user = DEE | {"email": "sol@northwind.example", "email_verified": False}
    async with a_browser(app) as other:
        assert (await other.client.get(await comes_back(other))).status_code == 200
        assert (await other.sends("GET", "/me")).json()["id"] == dee["id"]
    await steward.does(f"/people/{dee['id']}/deactivate")
    async with a_browser(app) as other:
        assert (await other.client.get(await comes_back(other))).status_code == 401


@pytest.mark.parametrize(
    "user",
    [
        {"sub": "eve", "email": "eve@example.org", "email_verified": True},
        {"sub": "eve", "email": "dee@example.org", "email_verified": False},
        {"sub": "eve", "email": "dee@example.org", "email_verified": "true"},
        {"sub": "eve", "email": "dee@example.org"},
        {"sub": "eve"},
    ],
)
async def test_nobody_else_gets_in_and_nobody_is_made(
    user: dict[str, Any], dee: dict[str, Any], provider: Provider, browser: Browser, steward: Someone
) -> None:
    provider.user = user
    assert (await browser.client.get(await comes_back(browser))).status_code == 401
    assert (await browser.sends("GET", "/me")).status_code == 401
    assert len((await steward.sees("/people"))["items"]) == 2


async def test_an_organisation_may_take_in_whoever_has_an_address_of_its_domain(
    dee: dict[str, Any], provider: Provider, browser: Browser, steward: Someone, foreigner: Someone, app: FastAPI
) -> None:
    takes_in = {"create_people_from_provider": True, "provider_domains": ["example.org"]}
    policy = "/organisation/policy"
    assert (await steward.sends("PATCH", policy, takes_in, If_Match="*")).status_code == 200
    for user in (
        {"sub": "fay", "email": "fay@elsewhere.example", "email_verified": True},
        {"sub": "fay", "email": "fay@sub.example.org", "email_verified": True},
        {"sub": "fay", "email": "fay@example.org", "email_verified": False},
    ):
        provider.user = user
        assert (await browser.client.get(await comes_back(browser))).status_code == 401
    provider.user = {
        "sub": "fay",
        "email": "Fay@Example.org",
        "email_verified": True,
        "name": "Fay Ito",
        "amr": ["mfa"],
    }
    for _ in range(2):
        assert (await browser.client.get(await comes_back(browser))).status_code == 200
    assert provider.scopes == {"openid", "email", "profile"}
    fay = (await browser.sends("GET", "/me")).json()
    assert (fay["name"], fay["email"], fay["roles"], fay["leader_id"]) == ("Fay Ito", "Fay@Example.org", [], None)
    assert fay["organisation"]["name"] == "Northwind"
    assert (await browser.sends("GET", "/sessions")).json()["items"][0]["how"] == "oidc_two_factors"
    assert len((await steward.sees("/people"))["items"]) == 3
    # Who has left does not come in again by that, nor with another login of the same address.
    await steward.does(f"/people/{fay['id']}/deactivate")
    for subject in ("fay", "fay-again"):
        provider.user = provider.user | {"sub": subject}
        assert (await browser.client.get(await comes_back(browser))).status_code == 401
    # Two that both want them: then neither takes them in by itself.
    assert (await foreigner.sends("PATCH", policy, takes_in, If_Match="*")).status_code == 200
    provider.user = {"sub": "gus", "email": "gus@example.org", "email_verified": True}
    assert (await browser.client.get(await comes_back(browser))).status_code == 401
    assert len((await steward.sees("/people"))["items"]) == 3
    off = {"create_people_from_provider": False}
    assert (await steward.sends("PATCH", policy, off, If_Match="*")).status_code == 200
    async with a_browser(app) as other:
        assert (await other.client.get(await comes_back(other))).status_code == 200
        # Without a name that can stand in a line, it is what comes before the @.
        assert (await other.sends("GET", "/me")).json()["name"] == "gus"
    assert len((await foreigner.sees("/people"))["items"]) == 2


@pytest.mark.parametrize(
    "twist",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "somebody else"},
        {"aud": [CLIENT_ID, "somebody else"]},
        {"iss": "https://elsewhere.example"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": 9_000_000_000},
        {"sub": ""},
    ],
)
async def test_a_token_that_is_not_for_this_sign_in_is_refused(
    twist: dict[str, Any], dee: dict[str, Any], provider: Provider, browser: Browser
) -> None:
    provider.twist = twist
    assert (await browser.client.get(await comes_back(browser))).status_code == 502
    assert (await browser.sends("GET", "/me")).status_code == 401


async def test_what_another_browser_asked_for_is_refused_and_so_is_a_repeat_and_a_forgery(
    dee: dict[str, Any], provider: Provider, browser: Browser, app: FastAPI, clock: MovableClock
) -> None:
    async with a_browser(app) as other:
        theirs = await comes_back(other)
        # Somebody else's answer slipped to this browser: without, and with, a conversation of its own.
        assert (await browser.client.get(theirs)).status_code == 401
        await browser.client.get(f"{API}/oidc/start")
        assert (await browser.client.get(theirs)).status_code == 401
        assert (await other.client.get(theirs)).status_code == 200
        assert (await other.client.get(theirs)).status_code == 401
    late = await comes_back(browser)
    clock.move(minutes=10, seconds=1)
    assert (await browser.client.get(late)).status_code == 401
    provider.forged = True
    assert (await browser.client.get(await comes_back(browser))).status_code == 502
    assert (await browser.sends("GET", "/me")).status_code == 401


async def test_a_code_cannot_be_used_without_what_this_browser_began_with(
    dee: dict[str, Any], provider: Provider, browser: Browser, app: FastAPI
) -> None:
    async with a_browser(app) as other:
        stolen = parse_qs(urlsplit(await comes_back(other)).query)["code"][0]
    own = await comes_back(browser)
    state = parse_qs(urlsplit(own).query)["state"][0]
    answer = await browser.client.get(f"{API}/oidc/callback", params={"code": stolen, "state": state})
    assert answer.status_code == 502
    assert provider.refused == ["verifier"]


async def test_a_provider_that_calls_itself_something_else_is_not_believed(
    dee: dict[str, Any], provider: Provider, browser: Browser, concord: Concord
) -> None:
    provider.calls_itself = "https://elsewhere.example"
    assert (await browser.client.get(f"{API}/oidc/start")).status_code == 502


async def test_without_a_provider_there_is_nothing_here(browser: Browser, steward: Someone) -> None:
    for path in ("/oidc/start", "/oidc/callback?code=x&state=y"):
        assert (await browser.client.get(API + path)).status_code == 404


async def test_who_signs_in_elsewhere_has_no_password_to_guess(dee: dict[str, Any], concord: Concord) -> None:
    known = await concord.identities.ever_signed_up(UUID(dee["id"]))
    assert not known
    await concord.identities.logins.connect("https://x.example", "s", UUID(dee["id"]), UUID(int=1), concord.clock.now())
    assert await concord.identities.ever_signed_up(UUID(dee["id"]))
    assert not await concord.identities.has_password(UUID(dee["id"]), "")
